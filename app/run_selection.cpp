#include "app/run_selection.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "app/text.h"

namespace nc::app
{

namespace
{

Error epochUsage(std::string_view words)
{
    return usageError("--epoch does not take '" + std::string(words) +
                      "', it takes a number, first, last, all, A..B or A,B,C");
}

Error missingEpoch(std::string_view wanted, const io::RunReader& run)
{
    std::vector<std::string> recorded;
    for (std::int64_t epoch : run.epochs())
        recorded.push_back(std::to_string(epoch));
    const std::string holds = recorded.empty() ? "the run holds no epochs" : "recorded are " + joinedNames(recorded);
    return dataError("epoch " + std::string(wanted) + " is not recorded, " + holds + ": " + run.path().string(),
                     run.path().string());
}

} // namespace

Result<std::vector<std::int64_t>> selectEpochs(std::string_view words, const io::RunReader& run)
{
    const std::vector<std::int64_t>& all = run.epochs();
    if (words == "all" || words == "first" || words == "last") {
        if (all.empty())
            return missingEpoch(words, run);
        if (words == "all")
            return all;
        return std::vector<std::int64_t>{words == "first" ? all.front() : all.back()};
    }
    if (const std::size_t dots = words.find(".."); dots != std::string_view::npos) {
        const auto from = parseInteger(words.substr(0, dots)), to = parseInteger(words.substr(dots + 2));
        if (!from || !to || *from > *to)
            return epochUsage(words);
        std::vector<std::int64_t> chosen;
        std::copy_if(all.begin(), all.end(), std::back_inserter(chosen),
                     [&](auto e) { return e >= *from && e <= *to; });
        if (chosen.empty())
            return missingEpoch(words, run);
        return chosen;
    }
    std::set<std::int64_t> chosen;
    for (const std::string& word : splitText(words, ',')) {
        const auto epoch = word == "first" && !all.empty()  ? std::optional(all.front())
                           : word == "last" && !all.empty() ? std::optional(all.back())
                                                            : parseInteger(word);
        if (!epoch)
            return epochUsage(words);
        if (!std::binary_search(all.begin(), all.end(), *epoch))
            return missingEpoch(std::to_string(*epoch), run);
        chosen.insert(*epoch);
    }
    return std::vector<std::int64_t>(chosen.begin(), chosen.end());
}

Result<std::vector<Index>> selectClasses(std::string_view words, const io::RunReader& run)
{
    std::vector<Index> chosen;
    const std::vector<std::string>& names = run.classNames();
    for (const std::string& word : splitText(words, ',')) {
        Index index = -1;
        if (const auto named = std::find(names.begin(), names.end(), word); named != names.end())
            index = named - names.begin();
        else if (const auto number = parseInteger(word))
            index = *number;
        if (index < 0 || index >= run.classes())
            return dataError("class '" + word + "' is not in the run, its classes are " + joinedNames(names) + ": " +
                                 run.path().string(),
                             run.path().string());
        if (std::find(chosen.begin(), chosen.end(), index) != chosen.end())
            return usageError("--classes names class '" + names[static_cast<std::size_t>(index)] + "' twice");
        chosen.push_back(index);
    }
    return chosen;
}

std::optional<ViewClasses> viewClassesWithoutRows(const std::vector<Index>& recorded, Index classes)
{
    if (!recorded.empty())
        return ViewClasses{recorded, "recorded with the run"};
    if (classes > 4)
        return {};
    std::vector<Index> all(static_cast<std::size_t>(classes));
    std::iota(all.begin(), all.end(), Index{0});
    return ViewClasses{all, "all classes"};
}

ViewClasses defaultViewClasses(const io::RunReader& run, const Split& split)
{
    if (const auto known = viewClassesWithoutRows(run.viewClasses(), run.classes()))
        return *known;
    std::vector<Index> all(static_cast<std::size_t>(run.classes()));
    std::iota(all.begin(), all.end(), Index{0});
    std::vector<Index> rows(all.size(), 0);
    for (Index r = 0; r < split.rows(); ++r) {
        ++rows[static_cast<std::size_t>(split.labelA[static_cast<std::size_t>(r)])];
        if (!split.sameClass(r))
            ++rows[static_cast<std::size_t>(split.labelB[static_cast<std::size_t>(r)])];
    }
    std::stable_sort(all.begin(), all.end(), [&](Index a, Index b) {
        return rows[static_cast<std::size_t>(a)] > rows[static_cast<std::size_t>(b)];
    });
    all.resize(3);
    std::sort(all.begin(), all.end());
    return {all, split.kind == SplitKind::Mix ? "the three with the most mixes" : "the three with the most samples"};
}

ViewClasses manyViewClasses(const io::RunReader& run, const Split& split, std::size_t least)
{
    if (run.viewClasses().size() > least)
        return {run.viewClasses(), "recorded with the run"};
    std::vector<bool> has(static_cast<std::size_t>(run.classes()), false);
    for (const auto* labels : {&split.labelA, &split.labelB})
        for (const std::int32_t label : *labels)
            has[static_cast<std::size_t>(label)] = true;
    std::vector<Index> all;
    for (Index k = 0; k < run.classes(); ++k)
        if (has[static_cast<std::size_t>(k)])
            all.push_back(k);
    const bool every = static_cast<Index>(all.size()) == run.classes();
    return {all, every ? "all classes" : "all classes of the split"};
}

Result<io::SplitInfo> selectSplit(const std::string& name, SplitKind preferred, const io::RunSummary& summary)
{
    if (name.empty()) {
        if (const io::SplitInfo* first = summary.firstSplit(preferred))
            return *first;
        if (!summary.splits.empty())
            return summary.splits.front();
        return dataError("the run holds no split with features");
    }
    if (const io::SplitInfo* found = summary.split(name))
        return *found;
    std::vector<std::string> names;
    for (const io::SplitInfo& split : summary.splits)
        names.push_back(split.name);
    return dataError("split '" + name + "' is not in the run, its splits are " + joinedNames(names));
}

Result<void> requireLayer(const std::string& layer, const io::SplitInfo& split)
{
    std::vector<std::string> names;
    for (const io::LayerInfo& info : split.layers) {
        if (info.name == layer)
            return {};
        names.push_back(info.name);
    }
    return dataError("layer '" + layer + "' is not recorded for split '" + split.name + "', its layers are " +
                     joinedNames(names));
}

Result<std::optional<std::int64_t>> selectBasisEpoch(const std::string& words, const io::RunReader& run)
{
    if (words == "same")
        return std::optional<std::int64_t>();
    if (words != "first" && words != "last" && !parseInteger(words))
        return usageError("--basis-epoch does not take '" + words + "', it takes same, first, last or a number");
    const auto epochs = selectEpochs(words, run);
    if (!epochs)
        return epochs.error();
    return std::optional(epochs->front());
}

} // namespace nc::app

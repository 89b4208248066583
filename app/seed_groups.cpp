#include "app/seed_groups.h"

#include <algorithm>
#include <map>

#include <nlohmann/json.hpp>

#include "core/sample_statistics.h"

namespace nc::app
{

std::vector<SeedGroup> groupBySeed(const std::vector<std::string>& configurations)
{
    std::vector<SeedGroup> groups;
    std::map<std::string, std::size_t> known; // configuration without its seed -> group
    for (std::size_t run = 0; run < configurations.size(); ++run) {
        auto json = nlohmann::json::parse(configurations[run], nullptr, false);
        if (!json.is_object()) {
            groups.push_back({{run}, {}});
            continue;
        }
        const nlohmann::json seed = json.value("seed", nlohmann::json());
        json.erase("seed");
        const auto [place, isNew] = known.try_emplace(json.dump(), groups.size());
        if (isNew)
            groups.emplace_back();
        SeedGroup& group = groups[place->second];
        group.runs.push_back(run);
        if (seed.is_number_integer())
            group.seeds.push_back(seed.get<std::int64_t>());
    }
    return groups;
}

namespace
{

GroupEntry merge(const std::vector<const MetricEntry*>& entries, Deviation deviation)
{
    const MetricEntry& first = *entries.front();
    GroupEntry merged{first.epoch,
                      first.split,
                      first.layer,
                      first.kind,
                      first.samples,
                      first.classes,
                      static_cast<Index>(entries.size()),
                      {},
                      {}};
    for (std::size_t name = 0; name < first.values.size(); ++name) {
        std::vector<double> values;
        for (const MetricEntry* entry : entries)
            if (entry->values[name].available())
                values.push_back(entry->values[name].value);
        merged.unavailable.push_back(values.empty() ? first.values[name].unavailable : std::string());
        if (values.empty()) {
            merged.values.emplace_back();
            continue;
        }
        const Metric spread = standardDeviation(values, deviation, "run");
        merged.values.push_back(Spread{meanOf(values), spread.available() ? std::optional(spread.value) : std::nullopt,
                                       static_cast<Index>(values.size())});
    }
    return merged;
}

} // namespace

std::vector<GroupEntry> spreadOverSeeds(const std::vector<std::vector<MetricEntry>>& runs, Deviation deviation)
{
    std::vector<std::string> splits;
    std::map<std::pair<std::int64_t, std::size_t>, std::vector<const MetricEntry*>> byPlace;
    for (const std::vector<MetricEntry>& run : runs)
        for (const MetricEntry& entry : run) {
            auto split = std::find(splits.begin(), splits.end(), entry.split);
            if (split == splits.end())
                split = splits.insert(split, entry.split);
            byPlace[{entry.epoch, static_cast<std::size_t>(split - splits.begin())}].push_back(&entry);
        }
    std::vector<GroupEntry> merged;
    for (const auto& [place, entries] : byPlace)
        merged.push_back(merge(entries, deviation));
    return merged;
}

} // namespace nc::app

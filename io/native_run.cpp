#include <algorithm>
#include <set>

#include <sys/stat.h>

#include "io/dataset_rows.h"
#include "io/run_source.h"
#include "io/run_state.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

/// What tells whether a path still leads to the file that was opened.
struct FileIdentity {
    dev_t device = 0;
    ino_t inode = 0;
    bool operator==(const FileIdentity&) const = default;
};

std::optional<FileIdentity> identify(const std::string& path)
{
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0)
        return {};
    return FileIdentity{status.st_dev, status.st_ino};
}

class NativeRun final : public RunSource
{
public:
    explicit NativeRun(OpenRun run)
        : m_run(std::move(run))
    {
        numberEpochs();
    }

    const fs::path& path() const override { return m_run.path; }
    const StaticPart& header() const override { return m_run.header; }
    const std::vector<std::int64_t>& epochs() const override { return m_epochs; }
    Result<RunSummary> summary() const override;
    Result<bool> refresh(std::optional<RunSummary>& summary) override;
    Result<Split> split(std::int64_t epoch, const std::string& name) const override;
    Result<std::unique_ptr<RowSource>> features(std::int64_t epoch, const std::string& split,
                                                const std::string& layer) const override;
    Result<std::unique_ptr<RowSource>> logits(std::int64_t epoch, const std::string& split) const override;
    Result<std::optional<Classifier>> classifier(std::int64_t epoch) const override;
    Result<std::map<std::string, double>> scalars(std::int64_t epoch) const override;
    Result<Images> images(const std::string& split, Index first, Index count) const override;

private:
    void numberEpochs();
    void addEpochs(const std::vector<std::int64_t>& fresh, RunSummary& summary);
    Result<const h5::Group*> openedEpoch(std::int64_t number) const;
    void summarizeEpochs(const std::vector<EpochEntry>& entries, std::map<std::string, SplitInfo>& splits,
                         RunSummary& summary) const;
    static std::vector<std::string> summarizeHeader(const h5::Group& epoch, RunSummary& summary);
    void summarizeSplits(const h5::Group& epoch, const std::vector<std::string>& names,
                         std::map<std::string, SplitInfo>& splits) const;

    /// The epoch read last stays open; a file that was replaced or removed since is opened anew.
    struct Current {
        std::int64_t number = -1;
        std::optional<FileIdentity> identity;
        h5::Group group;
    };

    OpenRun m_run;
    std::vector<std::int64_t> m_epochs;
    mutable Current m_current;
    mutable std::set<std::int64_t> m_broken; ///< did not open for the summary
};

Result<const h5::Group*> NativeRun::openedEpoch(std::int64_t number) const
{
    const auto entry = std::lower_bound(m_run.entries.begin(), m_run.entries.end(), number,
                                        [](const EpochEntry& e, std::int64_t n) { return e.number < n; });
    if (entry == m_run.entries.end() || entry->number != number)
        return h5::Place{m_run.path.string(), "", number}.fault("it is not recorded");
    const std::string file = m_run.isFolder ? (m_run.path / entry->names.front()).string() : m_run.path.string();
    const std::optional<FileIdentity> identity = identify(file);
    if (m_current.number == number && identity && m_current.identity == identity)
        return &m_current.group;
    m_current = {};
    Result<h5::Group> group = openEpoch(m_run, *entry);
    if (!group)
        return group.error();
    m_current = {number, identity, std::move(*group)};
    return &m_current.group;
}

/// Adds what the epochs have, the last one first; of a split that was already seen, in a later epoch, nothing changes.
/// Layers are read where a split is new.
void NativeRun::summarizeEpochs(const std::vector<EpochEntry>& entries, std::map<std::string, SplitInfo>& splits,
                                RunSummary& into) const
{
    std::vector<std::vector<std::string>> names(entries.size());
    openEpochHeaders(m_run, entries, [&](std::size_t entry, const Result<h5::Group>& epoch) {
        if (epoch)
            names[entry] = summarizeHeader(*epoch, into);
        else
            m_broken.insert(entries[entry].number);
    });
    const auto isKnown = [&](const std::string& name) {
        const auto known = splits.find(name);
        return known != splits.end() && !known->second.layers.empty();
    };
    for (std::size_t i = 0; i < entries.size(); ++i) {
        std::erase_if(names[i], isKnown);
        if (names[i].empty())
            continue;
        if (const Result<const h5::Group*> epoch = openedEpoch(entries[i].number); epoch)
            summarizeSplits(**epoch, names[i], splits);
        else
            m_broken.insert(entries[i].number);
    }
}

/// Answers with the names of the splits that have features.
std::vector<std::string> NativeRun::summarizeHeader(const h5::Group& epoch, RunSummary& into)
{
    const auto has = [&epoch](const std::string& path) {
        const Result<bool> there = h5::exists(epoch, path);
        return there && *there;
    };
    into.hasClassifier = into.hasClassifier || has("classifier/weight");
    into.hasBias = into.hasBias || has("classifier/bias");
    if (!into.hasLogits) {
        const auto logits = h5::childNames(epoch, "logits");
        into.hasLogits = logits && !logits->empty();
    }
    const auto names = h5::childNames(epoch, "features");
    return names ? *names : std::vector<std::string>();
}

void NativeRun::summarizeSplits(const h5::Group& epoch, const std::vector<std::string>& names,
                                std::map<std::string, SplitInfo>& splits) const
{
    for (const std::string& name : names) {
        const Result<h5::Group> group = openSplit(m_run, epoch, name);
        if (!group)
            continue;
        Result<SplitInfo> info = readSplitInfo(*group, name);
        const auto layers = h5::childNames(epoch, "features/" + name);
        if (!info || !layers)
            continue;
        for (const std::string& layer : *layers) {
            const Result<h5::Dataset> dataset = h5::openDataset(epoch, "features/" + name + "/" + layer);
            if (dataset && dataset->isFloat() && dataset->shape.size() == 2)
                info->layers.push_back({layer, dataset->shape[1], dataset->typeName});
        }
        splits[name] = std::move(*info);
    }
}

Result<RunSummary> NativeRun::summary() const
{
    const StaticPart& header = m_run.header;
    RunSummary result;
    result.formatVersion = header.formatVersion;
    result.title = header.title;
    result.created = header.created;
    result.generator = header.generator;
    result.featureLayer = header.featureLayer;
    result.configuration = header.configuration;
    result.classNames = header.classNames;
    result.viewClasses = header.viewClasses;
    result.epochs = m_epochs;
    result.state = m_run.isFolder ? readRunState(m_run.path).name : "finished";
    m_broken.clear();
    result.bytes = bytesOf(m_run.path);

    std::map<std::string, SplitInfo> splits;
    summarizeEpochs({m_run.entries.rbegin(), m_run.entries.rend()}, splits, result);
    const auto fixed = h5::childNames(m_run.root, "splits");
    for (const std::string& name : fixed ? *fixed : std::vector<std::string>()) {
        const Result<h5::Group> group = h5::openGroup(m_run.root, "splits/" + name);
        if (!group)
            continue;
        if (const Result<SplitInfo> info = readSplitInfo(*group, name); info) {
            SplitInfo& known = splits.try_emplace(name, *info).first->second;
            known.hasImages = known.hasImages || info->hasImages;
        }
    }
    result.complete = result.state != "running" && m_broken.empty();
    for (auto& [name, info] : splits) {
        result.hasImages = result.hasImages || info.hasImages;
        result.splits.push_back(std::move(info));
    }
    return result;
}

void NativeRun::numberEpochs()
{
    m_epochs.clear();
    for (const EpochEntry& entry : m_run.entries)
        m_epochs.push_back(entry.number);
}

/// Brings a summary up to date by opening the new epochs alone, the last one first.
void NativeRun::addEpochs(const std::vector<std::int64_t>& fresh, RunSummary& summary)
{
    std::map<std::string, SplitInfo> splits;
    for (SplitInfo& info : summary.splits)
        splits[info.name] = std::move(info);
    std::vector<EpochEntry> entries;
    for (auto entry = m_run.entries.rbegin(); entry != m_run.entries.rend(); ++entry) {
        if (!std::binary_search(fresh.begin(), fresh.end(), entry->number))
            continue;
        std::error_code code;
        const std::uintmax_t size = fs::file_size(m_run.path / entry->names.front(), code);
        if (!code && m_broken.erase(entry->number) == 0)
            summary.bytes += size;
        entries.push_back(*entry);
    }
    summarizeEpochs(entries, splits, summary);
    summary.splits.clear();
    for (auto& [name, info] : splits)
        summary.splits.push_back(std::move(info));
    std::erase_if(m_broken,
                  [this](auto number) { return !std::binary_search(m_epochs.begin(), m_epochs.end(), number); });
    summary.epochs = m_epochs;
    summary.state = readRunState(m_run.path).name;
    summary.complete = summary.state != "running" && m_broken.empty();
}

Result<bool> NativeRun::refresh(std::optional<RunSummary>& summary)
{
    if (!m_run.isFolder || m_run.header.classNames.empty()) // the epochs may tell how many classes there are
        return false;
    Result<std::vector<EpochEntry>> entries = listEpochs(m_run);
    if (!entries)
        return entries.error();
    std::vector<std::int64_t> fresh;
    for (const EpochEntry& entry : *entries)
        if (std::find(m_run.entries.begin(), m_run.entries.end(), entry) == m_run.entries.end())
            fresh.push_back(entry.number);
    m_run.entries = std::move(*entries);
    numberEpochs();
    for (const std::int64_t number : m_broken) // may have been replaced by a good one
        if (std::binary_search(m_epochs.begin(), m_epochs.end(), number) &&
            std::find(fresh.begin(), fresh.end(), number) == fresh.end())
            fresh.push_back(number);
    std::sort(fresh.begin(), fresh.end());
    if (summary)
        addEpochs(fresh, *summary);
    return true;
}

Result<Split> NativeRun::split(std::int64_t epoch, const std::string& name) const
{
    const Result<const h5::Group*> opened = openedEpoch(epoch);
    if (!opened)
        return opened.error();
    const Result<h5::Group> group = openSplit(m_run, **opened, name);
    if (!group)
        return group.error();
    return readSplit(*group, name, static_cast<Index>(m_run.header.classNames.size()));
}

Result<std::unique_ptr<RowSource>> NativeRun::features(std::int64_t epoch, const std::string& split,
                                                       const std::string& layer) const
{
    const Result<const h5::Group*> group = openedEpoch(epoch);
    if (!group)
        return group.error();
    Result<h5::Dataset> dataset = openFeatures(m_run, **group, split, layer);
    if (!dataset)
        return dataset.error();
    return std::unique_ptr<RowSource>(std::make_unique<DatasetRows>(std::move(*dataset)));
}

Result<std::unique_ptr<RowSource>> NativeRun::logits(std::int64_t epoch, const std::string& split) const
{
    const Result<const h5::Group*> group = openedEpoch(epoch);
    if (!group)
        return group.error();
    const auto classes = static_cast<Index>(m_run.header.classNames.size());
    Result<std::optional<h5::Dataset>> dataset = openLogits(m_run, **group, split, classes);
    if (!dataset)
        return dataset.error();
    if (!*dataset)
        return std::unique_ptr<RowSource>();
    return std::unique_ptr<RowSource>(std::make_unique<DatasetRows>(std::move(**dataset)));
}

Result<std::optional<Classifier>> NativeRun::classifier(std::int64_t epoch) const
{
    const Result<const h5::Group*> group = openedEpoch(epoch);
    if (!group)
        return group.error();
    Result<std::optional<Classifier>> read =
        readClassifier(**group, static_cast<Index>(m_run.header.classNames.size()));
    if (read && *read)
        (*read)->trainedDim = m_run.header.reducedFrom;
    return read;
}

Result<std::map<std::string, double>> NativeRun::scalars(std::int64_t epoch) const
{
    const Result<const h5::Group*> group = openedEpoch(epoch);
    if (!group)
        return group.error();
    return readScalars(**group);
}

Result<Images> NativeRun::images(const std::string& split, Index first, Index count) const
{
    const Result<h5::Group> group = h5::openGroup(m_run.root, "splits/" + split);
    if (!group)
        return group.error();
    const Result<SplitInfo> info = readSplitInfo(*group, split);
    if (!info)
        return info.error();
    const Result<std::optional<h5::Dataset>> dataset = openImages(*group, info->samples);
    if (!dataset)
        return dataset.error();
    Images images;
    if (!*dataset)
        return images;
    const std::vector<Index>& shape = (*dataset)->shape;
    const Index begin = std::clamp<Index>(first, 0, shape[0]);
    images = {std::min(count, shape[0] - begin), shape[1], shape[2], shape.size() == 4 ? shape[3] : 1, {}};
    images.bytes.resize(static_cast<std::size_t>(images.count * (*dataset)->valuesPerRow()));
    if (!images.bytes.empty())
        if (Result<void> read = h5::readRaw(**dataset, begin, images.count, images.bytes.data()); !read)
            return read.error();
    return images;
}

} // namespace

std::uintmax_t bytesOf(const fs::path& path)
{
    std::error_code code;
    if (!fs::is_directory(path, code))
        return fs::file_size(path, code);
    std::uintmax_t sum = 0;
    for (fs::recursive_directory_iterator it(path, code), end; !code && it != end; it.increment(code))
        if (std::error_code own; it->is_regular_file(own))
            sum += it->file_size(own);
    return sum;
}

Result<bool> RunSource::refresh(std::optional<RunSummary>&)
{
    return false;
}

std::unique_ptr<RunSource> makeNativeRun(OpenRun run)
{
    return std::make_unique<NativeRun>(std::move(run));
}

} // namespace nc::io

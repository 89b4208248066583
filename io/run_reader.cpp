#include "io/run_reader.h"

#include <algorithm>
#include <limits>

#include <sys/stat.h>

#include "io/dataset_rows.h"
#include "io/open_run.h"
#include "io/run_state.h"
#include "io/within_memory.h"

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

} // namespace

struct RunReader::Impl {
    OpenRun run;
    std::vector<std::int64_t> epochs;
    mutable std::optional<RunSummary> summary;

    /// The epoch read last stays open; a file that was replaced or removed since is opened anew.
    struct Current {
        std::int64_t number = -1;
        std::optional<FileIdentity> identity;
        h5::Group group;
    };
    mutable Current current;

    Result<const h5::Group*> epoch(std::int64_t number) const;
    Result<h5::Group> split(std::int64_t number, const std::string& name) const;
    Result<RunSummary> readSummary() const;
    void summarizeEpoch(const h5::Group& epoch, std::map<std::string, SplitInfo>& splits, RunSummary& summary) const;
};

Result<const h5::Group*> RunReader::Impl::epoch(std::int64_t number) const
{
    const auto entry = std::lower_bound(run.entries.begin(), run.entries.end(), number,
                                        [](const EpochEntry& e, std::int64_t n) { return e.number < n; });
    if (entry == run.entries.end() || entry->number != number)
        return h5::Place{run.path.string(), "", number}.fault("it is not recorded");
    const std::string file = run.isFolder ? (run.path / entry->names.front()).string() : run.path.string();
    const std::optional<FileIdentity> identity = identify(file);
    if (current.number == number && identity && current.identity == identity)
        return &current.group;
    current = {};
    Result<h5::Group> group = openEpoch(run, *entry);
    if (!group)
        return group.error();
    current = {number, identity, std::move(*group)};
    return &current.group;
}

Result<h5::Group> RunReader::Impl::split(std::int64_t number, const std::string& name) const
{
    const Result<const h5::Group*> group = epoch(number);
    if (!group)
        return group.error();
    return openSplit(run, **group, name);
}

/// Adds what the epoch has; of a split that was already seen, in a later epoch, nothing changes.
void RunReader::Impl::summarizeEpoch(const h5::Group& epoch, std::map<std::string, SplitInfo>& splits,
                                     RunSummary& into) const
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
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
        if (const auto known = splits.find(name); known != splits.end() && !known->second.layers.empty())
            continue;
        const Result<h5::Group> group = openSplit(run, epoch, name);
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

Result<RunSummary> RunReader::Impl::readSummary() const
{
    const StaticPart& header = run.header;
    RunSummary result;
    result.formatVersion = header.formatVersion;
    result.title = header.title;
    result.created = header.created;
    result.generator = header.generator;
    result.featureLayer = header.featureLayer;
    result.configuration = header.configuration;
    result.classNames = header.classNames;
    result.viewClasses = header.viewClasses;
    result.epochs = epochs;
    result.state = run.isFolder ? readRunState(run.path) : "finished";
    result.complete = result.state != "running";
    result.bytes = bytesOf(run.path);

    std::map<std::string, SplitInfo> splits;
    for (auto entry = run.entries.rbegin(); entry != run.entries.rend(); ++entry) {
        const Result<const h5::Group*> epoch = this->epoch(entry->number);
        if (epoch)
            summarizeEpoch(**epoch, splits, result);
        else
            result.complete = false;
    }
    const auto fixed = h5::childNames(run.root, "splits");
    for (const std::string& name : fixed ? *fixed : std::vector<std::string>()) {
        const Result<h5::Group> group = h5::openGroup(run.root, "splits/" + name);
        if (!group)
            continue;
        if (const Result<SplitInfo> info = readSplitInfo(*group, name); info) {
            SplitInfo& known = splits.try_emplace(name, *info).first->second;
            known.hasImages = known.hasImages || info->hasImages;
        }
    }
    for (auto& [name, info] : splits) {
        result.hasImages = result.hasImages || info.hasImages;
        result.splits.push_back(std::move(info));
    }
    return result;
}

const SplitInfo* RunSummary::split(std::string_view name) const
{
    const auto it = std::find_if(splits.begin(), splits.end(), [name](const SplitInfo& s) { return s.name == name; });
    return it == splits.end() ? nullptr : &*it;
}

const SplitInfo* RunSummary::firstSplit(SplitKind kind) const
{
    const auto it = std::find_if(splits.begin(), splits.end(), [kind](const SplitInfo& s) { return s.kind == kind; });
    return it == splits.end() ? nullptr : &*it;
}

RunReader::RunReader(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
RunReader::RunReader(RunReader&&) noexcept = default;
RunReader& RunReader::operator=(RunReader&&) noexcept = default;
RunReader::~RunReader() = default;

Result<RunReader> RunReader::open(const fs::path& path)
{
    return withinMemory(path, [&]() -> Result<RunReader> {
        Result<OpenRun> run = openRun(path);
        if (!run)
            return run.error();
        auto impl = std::make_unique<Impl>();
        impl->run = std::move(*run);
        for (const EpochEntry& entry : impl->run.entries)
            impl->epochs.push_back(entry.number);
        return RunReader(std::move(impl));
    });
}

const fs::path& RunReader::path() const
{
    return m_impl->run.path;
}
const std::vector<std::int64_t>& RunReader::epochs() const
{
    return m_impl->epochs;
}
const std::vector<std::string>& RunReader::classNames() const
{
    return m_impl->run.header.classNames;
}
Index RunReader::classes() const
{
    return static_cast<Index>(classNames().size());
}
const std::string& RunReader::configuration() const
{
    return m_impl->run.header.configuration;
}
const std::vector<Index>& RunReader::viewClasses() const
{
    return m_impl->run.header.viewClasses;
}
const std::string& RunReader::title() const
{
    return m_impl->run.header.title;
}

Result<RunSummary> RunReader::summary() const
{
    if (!m_impl->summary) {
        Result<RunSummary> read = withinMemory(path(), [this] { return m_impl->readSummary(); });
        if (!read)
            return read;
        m_impl->summary = std::move(*read);
    }
    return *m_impl->summary;
}

Result<Split> RunReader::split(std::int64_t epoch, const std::string& name) const
{
    return withinMemory(path(), [&]() -> Result<Split> {
        const Result<h5::Group> group = m_impl->split(epoch, name);
        if (!group)
            return group.error();
        return readSplit(*group, name, classes());
    });
}

Result<std::unique_ptr<RowSource>> RunReader::features(std::int64_t epoch, const std::string& split,
                                                       const std::string& layer) const
{
    const Result<const h5::Group*> group = m_impl->epoch(epoch);
    if (!group)
        return group.error();
    Result<h5::Dataset> dataset = openFeatures(m_impl->run, **group, split, layer);
    if (!dataset)
        return dataset.error();
    return std::unique_ptr<RowSource>(std::make_unique<DatasetRows>(std::move(*dataset)));
}

Result<std::unique_ptr<RowSource>> RunReader::logits(std::int64_t epoch, const std::string& split) const
{
    const Result<const h5::Group*> group = m_impl->epoch(epoch);
    if (!group)
        return group.error();
    Result<std::optional<h5::Dataset>> dataset = openLogits(m_impl->run, **group, split, classes());
    if (!dataset)
        return dataset.error();
    if (!*dataset)
        return std::unique_ptr<RowSource>();
    return std::unique_ptr<RowSource>(std::make_unique<DatasetRows>(std::move(**dataset)));
}

Result<std::optional<Classifier>> RunReader::classifier(std::int64_t epoch) const
{
    return withinMemory(path(), [&]() -> Result<std::optional<Classifier>> {
        const Result<const h5::Group*> group = m_impl->epoch(epoch);
        if (!group)
            return group.error();
        return readClassifier(**group, classes());
    });
}

Result<std::map<std::string, double>> RunReader::scalars(std::int64_t epoch) const
{
    const Result<const h5::Group*> group = m_impl->epoch(epoch);
    if (!group)
        return group.error();
    return readScalars(**group);
}

Result<Images> RunReader::images(const std::string& split) const
{
    return images(split, 0, std::numeric_limits<Index>::max());
}

Result<Images> RunReader::images(const std::string& split, Index first, Index count) const
{
    return withinMemory(path(), [&]() -> Result<Images> {
        const Result<h5::Group> group = h5::openGroup(m_impl->run.root, "splits/" + split);
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
    });
}

Result<Snapshot> RunReader::snapshot(std::int64_t epoch, const std::string& split, const std::string& layer) const
{
    return withinMemory(path(), [&]() -> Result<Snapshot> {
        Result<Split> labels = this->split(epoch, split);
        if (!labels)
            return labels.error();
        const Result<std::unique_ptr<RowSource>> rows = features(epoch, split, layer);
        if (!rows)
            return rows.error();
        Result<std::optional<Classifier>> classifier = this->classifier(epoch);
        if (!classifier)
            return classifier.error();
        RowMatrixF values((*rows)->rows(), (*rows)->dim());
        if (Result<void> read = (*rows)->read(0, values); !read)
            return read.error();
        Snapshot snapshot(std::move(values));
        snapshot.epoch = epoch;
        snapshot.split = std::move(*labels);
        snapshot.classifier = std::move(*classifier);
        return snapshot;
    });
}

} // namespace nc::io

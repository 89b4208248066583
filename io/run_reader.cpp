#include "io/run_reader.h"

#include <algorithm>
#include <limits>

#include "io/foreign_run.h"
#include "io/run_source.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

struct RunReader::Impl {
    std::unique_ptr<RunSource> source;
    ReadOptions options;
    mutable std::optional<RunSummary> summary;
};

namespace
{

Result<std::unique_ptr<RunSource>> openSource(const fs::path& path, const std::optional<ForeignMapping>& mapping)
{
    if (mapping)
        return openForeignRun(path, *mapping);
    if (looksForeign(path)) {
        const Result<ForeignMapping> found = detectForeignMapping(path);
        if (!found)
            return found.error();
        return openForeignRun(path, *found);
    }
    Result<OpenRun> run = openRun(path);
    if (!run)
        return run.error();
    return makeNativeRun(std::move(*run));
}

std::size_t bytesInMemory(const RowSource& rows)
{
    return static_cast<std::size_t>(rows.rows()) * static_cast<std::size_t>(rows.dim()) * sizeof(float);
}

} // namespace

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

Result<RunReader> RunReader::open(const fs::path& path, const ReadOptions& options)
{
    return withinMemory(path, [&]() -> Result<RunReader> {
        Result<std::unique_ptr<RunSource>> source = openSource(path, options.mapping);
        if (!source)
            return source.error();
        auto impl = std::make_unique<Impl>();
        impl->source = std::move(*source);
        impl->options = options;
        return RunReader(std::move(impl));
    });
}

Result<void> RunReader::refresh()
{
    const Result<bool> done = withinMemory(path(), [this] { return m_impl->source->refresh(m_impl->summary); });
    if (!done)
        return done.error();
    if (*done)
        return {};
    Result<RunReader> again = open(path(), m_impl->options);
    if (!again)
        return again.error();
    *this = std::move(*again);
    return {};
}

const fs::path& RunReader::path() const
{
    return m_impl->source->path();
}
const std::vector<std::int64_t>& RunReader::epochs() const
{
    return m_impl->source->epochs();
}
const std::vector<std::string>& RunReader::classNames() const
{
    return m_impl->source->header().classNames;
}
Index RunReader::classes() const
{
    return static_cast<Index>(classNames().size());
}
const std::string& RunReader::configuration() const
{
    return m_impl->source->header().configuration;
}
const std::vector<Index>& RunReader::viewClasses() const
{
    return m_impl->source->header().viewClasses;
}
const std::string& RunReader::title() const
{
    return m_impl->source->header().title;
}

bool RunReader::sharesFrame(std::int64_t basis, std::int64_t epoch) const
{
    const std::optional<std::int64_t>& common = m_impl->source->header().reducedEpoch;
    return !common || basis == epoch || basis == *common;
}

bool RunReader::isReduced() const
{
    return m_impl->source->header().reducedFrom > 0;
}

Result<RunSummary> RunReader::summary() const
{
    if (!m_impl->summary) {
        Result<RunSummary> read = withinMemory(path(), [this] { return m_impl->source->summary(); });
        if (!read)
            return read;
        m_impl->summary = std::move(*read);
    }
    return *m_impl->summary;
}

Result<Split> RunReader::split(std::int64_t epoch, const std::string& name) const
{
    return withinMemory(path(), [&] { return m_impl->source->split(epoch, name); });
}

Result<std::unique_ptr<RowSource>> RunReader::features(std::int64_t epoch, const std::string& split,
                                                       const std::string& layer) const
{
    return withinMemory(path(), [&] { return m_impl->source->features(epoch, split, layer); });
}

Result<std::unique_ptr<RowSource>> RunReader::heldFeatures(std::int64_t epoch, const std::string& split,
                                                           const std::string& layer) const
{
    Result<std::unique_ptr<RowSource>> rows = features(epoch, split, layer);
    if (!rows || bytesInMemory(**rows) > m_impl->options.memoryLimit / 2)
        return rows;
    return withinMemory(path(), [&]() -> Result<std::unique_ptr<RowSource>> {
        RowMatrixF values((*rows)->rows(), (*rows)->dim());
        if (Result<void> read = (*rows)->read(0, values); !read)
            return read.error();
        return std::unique_ptr<RowSource>(std::make_unique<Snapshot>(std::move(values)));
    });
}

Result<std::unique_ptr<RowSource>> RunReader::logits(std::int64_t epoch, const std::string& split) const
{
    return m_impl->source->logits(epoch, split);
}

Result<std::optional<Classifier>> RunReader::classifier(std::int64_t epoch) const
{
    return withinMemory(path(), [&] { return m_impl->source->classifier(epoch); });
}

Result<std::map<std::string, double>> RunReader::scalars(std::int64_t epoch) const
{
    return m_impl->source->scalars(epoch);
}

Result<Images> RunReader::images(const std::string& split) const
{
    return images(split, 0, std::numeric_limits<Index>::max());
}

Result<Images> RunReader::images(const std::string& split, Index first, Index count) const
{
    return withinMemory(path(), [&] { return m_impl->source->images(split, first, count); });
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
        if (bytesInMemory(**rows) > m_impl->options.memoryLimit)
            return dataError("Cannot hold epoch " + std::to_string(epoch) + " in memory: its features take " +
                                 std::to_string(bytesInMemory(**rows)) + " bytes, the limit is " +
                                 std::to_string(m_impl->options.memoryLimit) + ": " + path().string(),
                             path().string());
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

#include "app/metrics_report.h"

#include <algorithm>
#include <map>

namespace nc::app
{

namespace
{

/// The clean split that serves the convexity gap of a mix split: same origin, with the layer; empty where there is
/// none.
std::string cleanTwin(const io::RunSummary& summary, const io::SplitInfo& mix, const std::string& layer)
{
    for (const io::SplitInfo& split : summary.splits) {
        if (split.kind != SplitKind::Clean || split.origin != mix.origin)
            continue;
        for (const io::LayerInfo& info : split.layers)
            if (info.name == layer)
                return split.name;
    }
    return {};
}

/// Rows in memory that somebody else owns.
class RowsInMemory final : public RowSource
{
public:
    explicit RowsInMemory(const RowMatrixF& rows)
        : m_rows(rows)
    {
    }

    [[nodiscard]] Index rows() const override { return m_rows.rows(); }
    [[nodiscard]] Index dim() const override { return m_rows.cols(); }
    [[nodiscard]] bool exactAsFloat() const override { return true; }
    [[nodiscard]] bool concurrentReads() const override { return true; }
    [[nodiscard]] const float* inMemory() const override { return m_rows.data(); }
    Result<void> read(Index first, Eigen::Ref<RowMatrixF> into) const override
    {
        into = m_rows.middleRows(first, into.rows());
        return {};
    }
    Result<void> read(Index first, Eigen::Ref<RowMatrixD> into) const override
    {
        into = m_rows.middleRows(first, into.rows()).cast<double>();
        return {};
    }

private:
    const RowMatrixF& m_rows;
};

/// Takes rows into memory where they are few: features as float where that loses nothing, logits as double.
class Memory
{
public:
    Memory(EpochRows& owner, std::size_t mostBytes, std::vector<std::unique_ptr<RowMatrixF>> old)
        : m_owner(owner)
        , m_mostBytes(mostBytes)
        , m_old(std::move(old))
    {
    }

    Result<void> hold(EpochRows::Part& part)
    {
        if (part.features->exactAsFloat() && fits(*part.features, sizeof(float))) {
            std::unique_ptr<RowMatrixF> rows = takeOld();
            rows->resize(part.features->rows(), part.features->dim());
            if (Result<void> read = part.features->read(0, *rows); !read)
                return read;
            part.features = std::make_unique<RowsInMemory>(*rows);
            m_owner.memory.push_back(std::move(rows));
        }
        if (part.logits && fits(*part.logits, sizeof(double))) {
            RowMatrixD rows(part.logits->rows(), part.logits->dim());
            if (Result<void> read = part.logits->read(0, rows); !read)
                return read;
            part.logits = std::make_unique<DoubleRows>(std::move(rows));
        }
        return {};
    }

private:
    [[nodiscard]] bool fits(const RowSource& rows, std::size_t valueBytes) const
    {
        return static_cast<std::size_t>(rows.rows() * rows.dim()) * valueBytes <= m_mostBytes;
    }
    std::unique_ptr<RowMatrixF> takeOld()
    {
        if (m_old.empty())
            return std::make_unique<RowMatrixF>();
        std::unique_ptr<RowMatrixF> rows = std::move(m_old.front()); // in the order in which they were filled
        m_old.erase(m_old.begin());
        return rows;
    }

    EpochRows& m_owner;
    std::size_t m_mostBytes;
    std::vector<std::unique_ptr<RowMatrixF>> m_old;
};

Result<EpochRows::Part> openPart(const io::RunReader& run, std::int64_t epoch, const std::string& name,
                                 const std::string& layer)
{
    Result<Split> split = run.split(epoch, name);
    if (!split)
        return split.error();
    Result<std::unique_ptr<RowSource>> rows = run.features(epoch, name, layer);
    if (!rows)
        return rows.error();
    EpochRows::Part part;
    part.split = std::move(*split);
    part.features = std::move(*rows);
    return part;
}

/// Reads what the mix parts need of clean splits that were not asked for. An epoch that leaves them out falls back to
/// same-class mixes, as where none were recorded.
Result<void> readTwins(EpochRows& rows, const io::RunReader& run, const io::RunSummary& summary, Memory& memory)
{
    for (EpochRows::Part& part : rows.parts) {
        const io::SplitInfo* info = summary.split(part.split.name);
        const bool mix = info && part.split.kind == SplitKind::Mix;
        const std::string twin = mix ? cleanTwin(summary, *info, rows.layer) : std::string();
        if (twin.empty())
            continue;
        const auto isTwin = [&](const EpochRows::Part& other) { return other.split.name == twin; };
        bool known = std::any_of(rows.parts.begin(), rows.parts.end(), isTwin) ||
                     std::any_of(rows.twins.begin(), rows.twins.end(), isTwin);
        if (!known)
            if (Result<EpochRows::Part> opened = openPart(run, rows.epoch, twin, rows.layer)) {
                if (Result<void> held = memory.hold(*opened); !held)
                    return held;
                rows.twins.push_back(std::move(*opened));
                known = true;
            }
        part.twin = known ? twin : std::string();
    }
    return {};
}

} // namespace

bool EpochRows::inMemory() const
{
    const auto lies = [](const Part& part) {
        return part.features->inMemory() && (!part.logits || part.logits->concurrentReads());
    };
    return std::all_of(parts.begin(), parts.end(), lies) && std::all_of(twins.begin(), twins.end(), lies);
}

Result<EpochRows> readEpoch(const io::RunReader& run, const io::RunSummary& summary, std::int64_t epoch,
                            const std::vector<std::string>& splits, const std::string& layer, std::size_t mostBytes,
                            std::vector<std::unique_ptr<RowMatrixF>> memory)
{
    EpochRows rows;
    Memory held(rows, mostBytes, std::move(memory));
    rows.epoch = epoch;
    rows.layer = layer;
    rows.classes = run.classes();
    if (layer == "penultimate") {
        Result<std::optional<Classifier>> recorded = run.classifier(epoch);
        if (!recorded)
            return recorded.error();
        rows.classifier = std::move(*recorded);
    }
    for (const std::string& name : splits) {
        Result<EpochRows::Part> part = openPart(run, epoch, name, layer);
        if (!part)
            return part.error();
        if (layer == "penultimate") {
            Result<std::unique_ptr<RowSource>> logits = run.logits(epoch, name);
            if (!logits)
                return logits.error();
            part->logits = std::move(*logits);
        }
        if (Result<void> done = held.hold(*part); !done)
            return done.error();
        rows.parts.push_back(std::move(*part));
    }
    if (Result<void> read = readTwins(rows, run, summary, held); !read)
        return read.error();
    return rows;
}

Result<std::vector<MetricEntry>> measureEpoch(const EpochRows& rows, const MetricOptions& options,
                                              const TaskControl& control)
{
    std::map<std::string, ClassMeans> cleanMeans;
    for (const EpochRows::Part& twin : rows.twins) {
        Result<ClassMeans> means = sameClassMeans(*twin.features, twin.split, rows.classes, control);
        if (!means)
            return means.error();
        cleanMeans.emplace(twin.split.name, std::move(*means));
    }
    std::vector<MetricEntry> entries(rows.parts.size());
    for (const SplitKind kind : {SplitKind::Clean, SplitKind::Mix}) // the class means of clean ones serve mixes
        for (std::size_t k = 0; k < rows.parts.size(); ++k) {
            const EpochRows::Part& part = rows.parts[k];
            if (part.split.kind != kind)
                continue;
            MetricInputs inputs;
            inputs.epoch = rows.epoch;
            inputs.layer = rows.layer;
            inputs.features = part.features.get();
            inputs.split = &part.split;
            inputs.classes = rows.classes;
            inputs.classifier = rows.classifier ? &*rows.classifier : nullptr;
            inputs.logits = part.logits.get();
            const auto twin = cleanMeans.find(part.twin);
            inputs.cleanMeans = twin != cleanMeans.end() ? &twin->second : nullptr;
            MetricOptions own = options;
            own.keepClassMeans = true;
            if (!part.viewClasses.empty())
                own.viewClasses = part.viewClasses;
            Result<MetricEntry> entry = measure(inputs, own, control);
            if (!entry)
                return entry.error();
            entries[k] = std::move(*entry);
            if (auto& means = entries[k].classMeans) {
                cleanMeans.emplace(part.split.name, std::move(*means));
                means.reset();
            }
        }
    return entries;
}

Result<MetricEntry> measureRun(const io::RunReader& run, const io::RunSummary& summary, std::int64_t epoch,
                               const std::string& split, const std::string& layer, const MetricOptions& options,
                               const TaskControl& control)
{
    const Result<EpochRows> rows = readEpoch(run, summary, epoch, {split}, layer);
    if (!rows)
        return rows.error();
    Result<std::vector<MetricEntry>> entries = measureEpoch(*rows, options, control);
    return entries ? Result<MetricEntry>(std::move(entries->front())) : entries.error();
}

} // namespace nc::app

#include <algorithm>
#include <map>

#include "core/class_statistics.h"
#include "io/run_copy.h"
#include "io/run_reader.h"
#include "io/run_writer.h"
#include "io/subspace_frame.h"
#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr Index residualColumns = 2;

/// The coordinates that one layer is written in.
struct LayerFrame {
    SubspaceFrame last;   ///< of the last epoch that records the layer
    SubspaceFrame shared; ///< of all epochs, as long as that is no wider than what each epoch would need alone
    bool isShared = true;
    Index width = 0; ///< columns before those of the residual
    Index dim = 0;

    explicit LayerFrame(Index columns)
        : last(columns)
        , shared(columns)
        , dim(columns)
    {
    }
    [[nodiscard]] bool isWorthwhile() const { return width + residualColumns < dim; }
};

class Reducer
{
public:
    Reducer(const OpenRun& run, const RunReader& reader, const TaskControl& control)
        : m_run(run)
        , m_reader(reader)
        , m_control(control)
    {
    }

    Result<void> findFrames();
    Result<void> write(h5::Writer& writer);

private:
    using LayerRows = std::map<std::string, Matrix>;

    /// What the frame of each layer must span in that epoch: class means of each split, and the classifier's rows.
    Result<LayerRows> spanningRows(const EpochEntry& entry) const;
    [[nodiscard]] SubspaceFrame frameOf(const LayerFrame& layer, const Matrix& rows) const;
    Result<void> writeEpoch(h5::Writer& writer, const EpochEntry& entry);
    Result<void> writeLayer(h5::Writer& writer, const std::string& path, std::int64_t epoch, const std::string& split,
                            const std::string& layer, const Matrix& basis, Index width);
    Result<void> copyRest(h5::Writer& writer, const h5::Group& epoch, const std::string& path) const;
    [[nodiscard]] bool isReduced(const std::string& layer) const
    {
        const auto found = m_layers.find(layer);
        return found != m_layers.end() && found->second.isWorthwhile();
    }

    const OpenRun& m_run;
    const RunReader& m_reader;
    const TaskControl& m_control;
    std::map<std::string, LayerFrame> m_layers;
    double m_done = 0; ///< epochs, of two walks over all
};

void append(Matrix& rows, const Eigen::Ref<const Matrix>& more)
{
    if (rows.size() == 0) {
        rows = more;
        return;
    }
    rows.conservativeResize(rows.rows() + more.rows(), Eigen::NoChange);
    rows.bottomRows(more.rows()) = more;
}

Result<Reducer::LayerRows> Reducer::spanningRows(const EpochEntry& entry) const
{
    LayerRows result;
    const Result<h5::Group> epoch = openEpoch(m_run, entry);
    if (!epoch)
        return epoch.error();
    const Result<std::optional<Classifier>> classifier = m_reader.classifier(entry.number);
    if (!classifier)
        return classifier.error();
    if (*classifier)
        result["penultimate"] = (*classifier)->weight;
    const auto splits = h5::childNames(*epoch, "features");
    if (!splits)
        return splits.error();
    for (const std::string& name : *splits) {
        const auto layers = h5::childNames(*epoch, "features/" + name);
        const Result<Split> split = m_reader.split(entry.number, name);
        if (!layers || !split)
            return layers ? split.error() : layers.error();
        for (const std::string& layer : *layers) {
            const auto features = m_reader.features(entry.number, name, layer);
            if (!features)
                return features.error();
            const Result<ClassMeans> means = sameClassMeans(**features, *split, m_reader.classes(), m_control);
            if (!means)
                return means.error();
            Matrix& rows = result[layer];
            if (rows.size() > 0 && rows.cols() != means->means.cols())
                return epoch->place.fault("features/" + name + "/" + layer,
                                          "has another width than in the epoch's other splits");
            for (Index k = 0; k < means->means.rows(); ++k)
                if (means->counts[static_cast<std::size_t>(k)] > 0)
                    append(rows, means->means.row(k));
        }
    }
    return result;
}

/// The last epoch's axes first, then those that the epoch needs besides.
SubspaceFrame Reducer::frameOf(const LayerFrame& layer, const Matrix& rows) const
{
    if (layer.isShared)
        return layer.shared;
    SubspaceFrame frame = layer.last;
    (void)frame.add(rows, layer.dim);
    return frame;
}

/// From the last epoch to the first, so that the last one's axes come first.
Result<void> Reducer::findFrames()
{
    for (auto entry = m_run.entries.rbegin(); entry != m_run.entries.rend(); ++entry) {
        const Result<LayerRows> rows = spanningRows(*entry);
        if (!rows)
            return rows.error();
        for (const auto& [name, own] : *rows) {
            if (own.size() == 0) // no samples of any class
                continue;
            LayerFrame& layer = m_layers.try_emplace(name, own.cols()).first->second;
            if (layer.dim != own.cols())
                return dataError("Cannot reduce the run: layer '" + printable(name) +
                                     "' does not have the same width in all epochs: " + printable(m_run.path.string()),
                                 m_run.path.string());
            if (layer.last.width() == 0)
                (void)layer.last.add(own, layer.dim);
            SubspaceFrame alone = layer.last;
            (void)alone.add(own, layer.dim);
            layer.width = std::max(layer.width, alone.width());
            layer.isShared = layer.isShared && layer.shared.add(own, std::min(2 * layer.last.width(), layer.dim));
        }
        m_control.report(++m_done / static_cast<double>(2 * m_run.entries.size()));
    }
    for (auto& [name, layer] : m_layers)
        if (layer.isShared)
            layer.width = layer.shared.width();
    return {};
}

Result<void> Reducer::write(h5::Writer& writer)
{
    if (Result<void> copied = copyStaticPart(m_run, writer); !copied)
        return copied;
    if (isReduced("penultimate"))
        writer.attribute("/", "reduced_from", static_cast<std::int64_t>(m_layers.at("penultimate").dim));
    const bool own = std::any_of(m_layers.begin(), m_layers.end(), [](const auto& layer) {
        return layer.second.isWorthwhile() && !layer.second.isShared;
    });
    if (own)
        writer.attribute("/", "reduced_epoch", m_run.entries.back().number);
    for (const EpochEntry& entry : m_run.entries) {
        if (Result<void> written = writeEpoch(writer, entry); !written)
            return written;
        m_control.report(++m_done / static_cast<double>(2 * m_run.entries.size()));
    }
    return {};
}

Result<void> Reducer::writeEpoch(h5::Writer& writer, const EpochEntry& entry)
{
    const std::string path = "epochs/" + epochName(entry.number);
    const Result<h5::Group> epoch = openEpoch(m_run, entry);
    if (!epoch)
        return epoch.error();
    if (Result<void> copied = copyRest(writer, *epoch, path); !copied)
        return copied;
    const Result<LayerRows> rows = spanningRows(entry);
    if (!rows)
        return rows.error();
    for (const auto& [layer, own] : *rows) {
        if (!isReduced(layer))
            continue;
        const LayerFrame& frame = m_layers.at(layer);
        const Matrix basis = frameOf(frame, own).basis();
        const Result<std::optional<Classifier>> classifier = m_reader.classifier(entry.number);
        if (layer == "penultimate" && classifier && *classifier) {
            RowMatrixD weight = RowMatrixD::Zero((*classifier)->classes(), frame.width + residualColumns);
            weight.leftCols(basis.cols()) = (*classifier)->weight * basis;
            writer.dataset(path + "/classifier/weight", weight.rows(), weight.cols(),
                           [&weight](Index first, Index) { return weight.row(first).data(); });
        }
        const auto splits = h5::childNames(*epoch, "features");
        for (const std::string& split : splits ? *splits : std::vector<std::string>()) {
            const Result<bool> has = h5::exists(*epoch, "features/" + split + "/" + layer);
            if (!has || !*has)
                continue;
            const Result<void> written = writeLayer(writer, path, entry.number, split, layer, basis, frame.width);
            if (!written)
                return written;
        }
    }
    return {};
}

/// Twice over the rows: first how long each residual is, then the coordinates.
Result<void> Reducer::writeLayer(h5::Writer& writer, const std::string& path, std::int64_t epoch,
                                 const std::string& splitName, const std::string& layer, const Matrix& basis,
                                 Index width)
{
    const auto features = m_reader.features(epoch, splitName, layer);
    const Result<Split> split = m_reader.split(epoch, splitName);
    if (!features || !split)
        return features ? split.error() : features.error();
    const RowSource& rows = **features;
    Vector lengths(rows.rows());
    const auto measure = [&](Index first, auto block) {
        const RowMatrixD inside = block * basis;
        lengths.segment(first, block.rows()) = (block - inside * basis.transpose()).rowwise().norm();
    };
    if (Result<void> walked = forEachBlock<double>(rows, measure, m_control); !walked)
        return walked;
    std::vector<std::int32_t> groups = split->labelA;
    for (Index row = 0; row < rows.rows(); ++row)
        if (!split->sameClass(row))
            groups[static_cast<std::size_t>(row)] = -1;
    const auto residuals = balancedInPlane(lengths, groups);

    std::optional<Error> failure;
    RowMatrixD block, coordinates;
    writer.dataset(path + "/features/" + splitName + "/" + layer, rows.rows(), width + residualColumns,
                   [&](Index first, Index count) {
                       block.resize(count, rows.dim());
                       coordinates.setZero(count, width + residualColumns);
                       if (Result<void> read = rows.read(first, block); !read && !failure)
                           failure = read.error();
                       coordinates.leftCols(basis.cols()) = block * basis;
                       coordinates.rightCols(residualColumns) = residuals.middleRows(first, count);
                       return coordinates.data();
                   });
    if (failure)
        return *failure;
    return {};
}

/// All of the epoch but the classifier's weight and the features that are written anew.
Result<void> Reducer::copyRest(h5::Writer& writer, const h5::Group& epoch, const std::string& path) const
{
    const auto copy = [&](const std::string& inside, const std::function<bool(const std::string&)>& skip) {
        const std::string to = inside.empty() ? path : path + "/" + inside;
        writer.group(to);
        const H5Handle made(H5Gopen2(writer.file(), to.c_str(), H5P_DEFAULT), H5Gclose);
        if (inside.empty())
            return copyContents(epoch, writer, made.get(), skip);
        const Result<h5::Group> from = h5::openGroup(epoch, inside);
        if (!from)
            return Result<void>(from.error());
        return copyContents(*from, writer, made.get(), skip);
    };
    const bool weight = isReduced("penultimate");
    const Result<bool> hasClassifier = h5::exists(epoch, "classifier");
    if (!hasClassifier)
        return hasClassifier.error();
    Result<void> done = copy("", [](const auto& name) { return name == "features" || name == "classifier"; });
    if (done && *hasClassifier)
        done = copy("classifier", [weight](const auto& name) { return weight && name == "weight"; });
    const auto splits = h5::childNames(epoch, "features");
    for (const std::string& split : splits ? *splits : std::vector<std::string>())
        if (done)
            done = copy("features/" + split, [this](const auto& name) { return isReduced(name); });
    return done;
}

Result<void> reduce(const fs::path& path, const fs::path& file, const TaskControl& control)
{
    if (Result<void> expected = expectRun(path, "reduce"); !expected)
        return expected;
    const Result<OpenRun> run = openRun(path);
    if (!run)
        return run.error();
    if (run->header.reducedFrom > 0)
        return run->root.place.fault("it is a reduced run already");
    const Result<RunReader> reader = RunReader::open(path);
    if (!reader)
        return reader.error();
    Reducer reducer(*run, *reader, control);
    if (Result<void> found = reducer.findFrames(); !found)
        return found;
    return writeCopy(file, [&reducer](h5::Writer& writer) { return reducer.write(writer); });
}

} // namespace

Result<void> packReduced(const fs::path& run, const fs::path& file, const TaskControl& control)
{
    return withinMemory(run, [&] { return reduce(run, file, control); });
}

} // namespace nc::io

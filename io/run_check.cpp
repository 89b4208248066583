#include "io/run_check.h"

#include <algorithm>
#include <fstream>
#include <set>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <nlohmann/json.hpp>

#include "io/dataset_rows.h"
#include "io/foreign_detection.h"
#include "io/open_run.h"
#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

class Checker
{
public:
    Checker(const OpenRun& run, bool deep)
        : m_run(run)
        , m_deep(deep)
    {
    }

    void checkStaticPart();
    void checkFolder();
    void checkEpoch(const EpochEntry& entry);

    [[nodiscard]] std::vector<Problem> takeProblems() { return std::move(m_problems); }

private:
    void add(Severity severity, const Error& error);
    void error(const Error& error) { add(Severity::Error, error); }
    void warn(const Error& error) { add(Severity::Warning, error); }
    template <typename T>
    bool good(const Result<T>& result)
    {
        if (!result)
            error(result.error());
        return static_cast<bool>(result);
    }
    /// Names of the children, none where that is itself a problem.
    std::vector<std::string> names(const h5::Group& group, const std::string& path);

    void expectType(const h5::Group& group, const std::string& path, const std::vector<std::string>& types);
    void expectText(const h5::Group& group, const std::string& attribute, const std::vector<std::string>& values);
    void checkSplit(const h5::Group& parent, const std::string& name);
    void checkFeatures(const h5::Group& epoch, const std::string& split, const std::string& layer);
    void checkLogits(const h5::Group& epoch, const std::string& split, const std::optional<Classifier>& classifier);
    void checkMetrics(const h5::Group& epoch);
    void compareLogits(const h5::Dataset& logits, const h5::Dataset& features, const Classifier& classifier);
    void checkChecksums(const h5::Group& group);

    [[nodiscard]] Index classes() const { return static_cast<Index>(m_run.header.classNames.size()); }

    const OpenRun& m_run;
    bool m_deep;
    std::vector<Problem> m_problems;
    std::set<std::string> m_told; ///< a fault of the static part is met again in every epoch
};

void Checker::add(Severity severity, const Error& error)
{
    if (m_told.insert(error.message).second)
        m_problems.push_back({severity, error.file, error.dataset, error.epoch, error.message});
}

std::vector<std::string> Checker::names(const h5::Group& group, const std::string& path)
{
    Result<std::vector<std::string>> result = h5::childNames(group, path);
    return good(result) ? std::move(*result) : std::vector<std::string>();
}

/// A warning where the dataset is there and has another type: readers take it all the same.
void Checker::expectType(const h5::Group& group, const std::string& path, const std::vector<std::string>& types)
{
    const Result<std::optional<h5::Dataset>> dataset = h5::findDataset(group, path);
    const bool reduced = m_run.header.reducedFrom > 0 && dataset && *dataset && (*dataset)->typeName == "float64";
    if (!dataset || !*dataset || reduced || std::find(types.begin(), types.end(), (*dataset)->typeName) != types.end())
        return;
    std::string expected;
    for (const std::string& type : types)
        expected += (expected.empty() ? "" : " or ") + type;
    warn(group.place.remark(path, "has type " + (*dataset)->typeName + ", the format says " + expected));
}

void Checker::expectText(const h5::Group& group, const std::string& attribute, const std::vector<std::string>& values)
{
    const auto value = h5::textAttribute(group, attribute);
    if (!good(value) || !*value || std::find(values.begin(), values.end(), **value) != values.end())
        return;
    std::string expected;
    for (const std::string& known : values)
        expected += (expected.empty() ? "'" : ", '") + known + "'";
    warn(group.place.remark("attribute '" + attribute + "' of '" + printable(group.place.prefix) + "' is '" +
                            printable(**value) + "', the format knows " + expected));
}

void Checker::checkStaticPart()
{
    expectType(m_run.root, "classes/names", {"text"});
    if (m_run.header.hasBadViewClasses)
        error(m_run.root.place.fault("attribute 'view_classes' names a class twice or outside 0.." +
                                     std::to_string(classes() - 1)));
    const std::string& configuration = m_run.header.configuration;
    if (!configuration.empty() && !nlohmann::json::accept(configuration))
        warn(m_run.root.place.remark("attribute 'config' is no JSON"));
    for (const std::string& name : names(m_run.root, "splits"))
        checkSplit(m_run.root, name);
    if (m_run.entries.empty())
        warn(m_run.root.place.remark("no epochs are recorded"));
    if (!m_run.isFolder)
        for (const std::string& name : names(m_run.root, "epochs"))
            if (!epochNumber(name))
                warn(m_run.root.place.remark("'epochs/" + printable(name) +
                                             "' is ignored, because it is not named by six digits or more"));
    if (m_deep)
        checkChecksums(m_run.root);
}

/// What lies beside the files of the run.
void Checker::checkFolder()
{
    for (const fs::path& folder : {m_run.path, m_run.path / "epochs"}) {
        std::error_code code;
        std::vector<fs::path> paths;
        for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
            paths.push_back(it->path());
        std::sort(paths.begin(), paths.end());
        for (const fs::path& path : paths) {
            const h5::Place place{path.string(), "", {}};
            if (path.extension() == ".part")
                warn(place.remark(
                    "an unfinished file, which is ignored, is left of a writer that is at work or was killed"));
            else if (folder != m_run.path && path.extension() == ".h5" && !epochNumber(path.stem().string()))
                warn(place.remark("the file is ignored, because it is not named by six digits or more"));
        }
    }
    const fs::path state = m_run.path / "run.json";
    std::error_code code;
    if (std::ifstream file(state); fs::exists(state, code) && !nlohmann::json::accept(file))
        warn(h5::Place{state.string(), "", {}}.remark("it is no JSON"));
}

void Checker::checkSplit(const h5::Group& parent, const std::string& name)
{
    const Result<h5::Group> group = h5::openGroup(parent, "splits/" + name);
    if (!good(group))
        return;
    const Result<Split> split = readSplit(*group, name, classes());
    if (!good(split))
        return;
    const auto kind = h5::textAttribute(*group, "kind");
    if (kind && !*kind)
        warn(group->place.remark("attribute 'kind' of 'splits/" + printable(name) + "' is missing"));
    expectText(*group, "origin", {"train", "test"});
    expectText(*group, "mode", {"eval", "train", "train-chosen"});
    expectText(*group, "lambda_per", {"sample", "batch"});
    expectText(*group, "bn", {"running", "re-estimated"});
    for (const char* labels : {"labels", "label_a", "label_b"})
        expectType(*group, labels, {"int32"});
    for (const char* samples : {"sample", "sample_a", "sample_b"})
        expectType(*group, samples, {"int64"});
    expectType(*group, "lambda", {"float32"});
    (void)good(openImages(*group, split->rows()));
}

void Checker::checkEpoch(const EpochEntry& entry)
{
    const Result<h5::Group> epoch = openEpoch(m_run, entry);
    if (!good(epoch))
        return;
    const auto number = h5::integerAttribute(*epoch, "epoch");
    if (number && !*number)
        warn(epoch->place.remark("attribute 'epoch' is missing, the name counts"));
    for (const char* optional : {"step", "seconds"})
        (void)good(h5::numberAttribute(*epoch, optional));
    for (const std::string& name : names(*epoch, "splits"))
        checkSplit(*epoch, name);
    std::size_t layers = 0;
    for (const std::string& split : names(*epoch, "features"))
        for (const std::string& layer : names(*epoch, "features/" + split)) {
            const std::string path = "features/" + split + "/" + layer;
            if (h5::openGroup(*epoch, path)) {
                warn(epoch->place.remark(path, "is ignored, because it is a group"));
                continue;
            }
            checkFeatures(*epoch, split, layer);
            ++layers;
        }
    if (layers == 0)
        error(epoch->place.fault("it holds no features"));
    const Result<std::optional<Classifier>> classifier = readClassifier(*epoch, classes());
    (void)good(classifier);
    expectType(*epoch, "classifier/weight", {"float32"});
    expectType(*epoch, "classifier/bias", {"float32"});
    for (const std::string& split : names(*epoch, "logits"))
        checkLogits(*epoch, split, classifier ? *classifier : std::nullopt);
    checkMetrics(*epoch);
    if (m_deep)
        checkChecksums(*epoch);
}

void Checker::checkFeatures(const h5::Group& epoch, const std::string& split, const std::string& layer)
{
    const Result<h5::Dataset> features = openFeatures(m_run, epoch, split, layer);
    if (!good(features))
        return;
    expectType(epoch, features->name, {"float32", "float16"});
    if (!m_deep)
        return;
    RowMatrixF block(std::min(blockRows(features->shape[1]), features->rows()), features->shape[1]);
    for (Index first = 0; first < features->rows(); first += block.rows()) {
        const Index rows = std::min(block.rows(), features->rows() - first);
        if (!good(h5::readValues(*features, first, rows, block.data())))
            return;
    }
}

void Checker::checkLogits(const h5::Group& epoch, const std::string& split, const std::optional<Classifier>& classifier)
{
    const Result<std::optional<h5::Dataset>> logits = openLogits(m_run, epoch, split, classes());
    if (!good(logits) || !*logits)
        return;
    expectType(epoch, (*logits)->name, {"float32"});
    if (!m_deep)
        return;
    const Result<h5::Dataset> features = openFeatures(m_run, epoch, split, "penultimate");
    if (features && classifier)
        return compareLogits(**logits, *features, *classifier);
    RowMatrixF values((*logits)->rows(), classes());
    (void)good(h5::readValues(**logits, 0, values.rows(), values.data()));
}

/// W h + b in double against what the network recorded.
void Checker::compareLogits(const h5::Dataset& logits, const h5::Dataset& features, const Classifier& classifier)
{
    const Index step = std::min(blockRows(features.shape[1]), features.rows());
    RowMatrixD h(step, classifier.dim()), z(step, classes());
    double largest = 0, difference = 0;
    for (Index first = 0; first < features.rows(); first += step) {
        const Index rows = std::min(step, features.rows() - first);
        if (!good(h5::readValues(logits, first, rows, z.data())) || !h5::readValues(features, first, rows, h.data()))
            return;
        const RowMatrixD expected =
            (h.topRows(rows) * classifier.weight.transpose()).rowwise() + classifier.bias.transpose();
        largest = std::max(largest, z.topRows(rows).cwiseAbs().maxCoeff());
        difference = std::max(difference, (expected - z.topRows(rows)).cwiseAbs().maxCoeff());
    }
    const bool half = features.element == h5::Element::Float16 || logits.element == h5::Element::Float16;
    const double allowed = (half ? 1e-3 : 1e-4) * std::max(1.0, largest);
    if (difference > allowed)
        error(logits.fault("differs from W h + b by " + std::to_string(difference) + ", more than " +
                           std::to_string(allowed)));
}

void Checker::checkMetrics(const h5::Group& epoch)
{
    (void)good(readScalars(epoch));
    for (const std::string& name : names(epoch, "metrics")) {
        const Result<h5::Dataset> dataset = h5::openDataset(epoch, "metrics/" + name);
        if (dataset && dataset->rows() * dataset->valuesPerRow() != 1)
            warn(epoch.place.remark(dataset->name, "is ignored, because it is no single number"));
        else
            expectType(epoch, "metrics/" + name, {"float64"});
    }
}

std::optional<std::uint64_t> hashOf(const h5::Dataset& dataset)
{
    const std::size_t rowBytes = static_cast<std::size_t>(dataset.valuesPerRow()) * dataset.valueBytes;
    const auto step =
        static_cast<Index>(std::max<std::size_t>(1, (std::size_t{1} << 20) / std::max<std::size_t>(1, rowBytes)));
    std::vector<char> block(static_cast<std::size_t>(std::min(step, dataset.rows())) * rowBytes);
    XXH64_state_t state;
    XXH64_reset(&state, 0);
    for (Index first = 0; first < dataset.rows() && rowBytes > 0; first += step) {
        const Index rows = std::min(step, dataset.rows() - first);
        if (!h5::readRaw(dataset, first, rows, block.data()))
            return {};
        XXH64_update(&state, block.data(), static_cast<std::size_t>(rows) * rowBytes);
    }
    return XXH64_digest(&state);
}

/// Every dataset below `group` that carries a checksum; of the root, without the epochs, which are checked one by one.
void Checker::checkChecksums(const h5::Group& group)
{
    std::vector<std::string> paths;
    const auto visit = [](hid_t, const char* name, const H5O_info_t* info, void* into) -> herr_t {
        if (info->type == H5O_TYPE_DATASET && isUtf8(name))
            static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    if (H5Ovisit2(group.id.get(), H5_INDEX_NAME, H5_ITER_NATIVE, visit, &paths, H5O_INFO_BASIC) < 0)
        return error(group.place.fault("its table of contents is damaged"));
    for (const std::string& path : paths) {
        if (&group == &m_run.root && path.starts_with("epochs/"))
            continue;
        const Result<h5::Dataset> dataset = h5::openDataset(group, path);
        const std::optional<std::uint64_t> expected = dataset ? h5::checksumAttribute(*dataset) : std::nullopt;
        if (!expected || !dataset->hasPlainBytes())
            continue;
        const std::optional<std::uint64_t> found = hashOf(*dataset);
        if (!found)
            error(dataset->fault("cannot be read (truncated or damaged)"));
        else if (*found != *expected)
            error(dataset->fault("is damaged: its bytes do not have the recorded checksum xxh64"));
    }
}

CheckReport reportOf(const Error& error)
{
    return {{{Severity::Error, error.file, error.dataset, error.epoch, error.message}}};
}

/// Everything that the mapping names, as a program would read it.
CheckReport checkForeign(const RunReader& run, bool deep, const TaskControl& control)
{
    CheckReport report;
    std::set<std::string> told;
    const auto good = [&](const auto& result) {
        if (!result && told.insert(result.error().message).second)
            report.problems.push_back(reportOf(result.error()).problems.front());
        return static_cast<bool>(result);
    };
    const Result<RunSummary> summary = run.summary();
    if (!good(summary))
        return report;
    double done = 0;
    for (const std::int64_t epoch : run.epochs()) {
        if (control.stopRequested())
            break;
        (void)good(run.classifier(epoch));
        for (const SplitInfo& split : summary->splits) {
            (void)good(run.split(epoch, split.name));
            const auto features = run.features(epoch, split.name);
            if (good(features) && deep)
                (void)good(forEachBlock<float>(
                    **features, [](Index, auto) {}, control));
        }
        control.report(++done / static_cast<double>(run.epochs().size()));
    }
    return report;
}

} // namespace

bool CheckReport::valid() const
{
    return std::none_of(problems.begin(), problems.end(),
                        [](const Problem& p) { return p.severity == Severity::Error; });
}

CheckReport checkRun(const fs::path& path, bool deep, const TaskControl& control,
                     const std::optional<ForeignMapping>& mapping)
{
    const Result<CheckReport> report = withinMemory(path, [&]() -> Result<CheckReport> {
        if (mapping || looksForeign(path)) {
            const Result<RunReader> foreign = RunReader::open(path, {mapping});
            if (!foreign)
                return foreign.error();
            return checkForeign(*foreign, deep, control);
        }
        const Result<OpenRun> run = openRun(path);
        if (!run)
            return run.error();
        Checker checker(*run, deep);
        checker.checkStaticPart();
        if (run->isFolder)
            checker.checkFolder();
        double done = 0;
        for (const EpochEntry& entry : run->entries) {
            if (control.stopRequested())
                break;
            checker.checkEpoch(entry);
            control.report(++done / static_cast<double>(run->entries.size()));
        }
        return CheckReport{checker.takeProblems()};
    });
    return report ? *report : reportOf(report.error());
}

} // namespace nc::io

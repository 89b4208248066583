#include "io/open_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "io/own_process.h"
#include "io/utf8.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr std::int64_t knownVersion = 1;
constexpr Index mostClasses = Index{1} << 20; ///< where they are inferred: a stray number must not become so many names

Result<void> checkFormat(const h5::Group& root, StaticPart& header)
{
    const auto format = h5::textAttribute(root, "format");
    if (!format)
        return format.error();
    if (format->value_or("") != "ncscope-run")
        return root.place.fault("it is no NCScope run: attribute 'format' " +
                                (*format ? "is '" + printable(**format) + "'" : std::string("is missing")));
    const auto version = h5::integerAttribute(root, "format_version");
    if (!version)
        return version.error();
    if (!*version)
        return root.place.fault("attribute 'format_version' is missing");
    header.formatVersion = **version;
    if (header.formatVersion > knownVersion)
        return root.place.fault("its format_version " + std::to_string(header.formatVersion) + " is newer than " +
                                std::to_string(knownVersion) + ", the newest that this program reads");
    if (header.formatVersion < 1)
        return root.place.fault("its format_version " + std::to_string(header.formatVersion) + " is unknown");
    return {};
}

Result<StaticPart> readStaticPart(const h5::Group& root)
{
    StaticPart header;
    if (Result<void> known = checkFormat(root, header); !known)
        return known.error();
    const std::pair<const char*, std::string*> texts[] = {{"title", &header.title},
                                                          {"created", &header.created},
                                                          {"generator", &header.generator},
                                                          {"feature_layer", &header.featureLayer},
                                                          {"config", &header.configuration}};
    for (const auto& [name, into] : texts) {
        const auto text = h5::textAttribute(root, name);
        if (!text)
            return text.error();
        *into = text->value_or("");
    }
    const Result<std::optional<h5::Dataset>> names = h5::findDataset(root, "classes/names");
    if (!names)
        return names.error();
    if (*names) {
        if (Result<void> shape = h5::expectShape(**names, {-1}); !shape)
            return shape.error();
        Result<std::vector<std::string>> entries = h5::readTexts(**names);
        if (!entries)
            return entries.error();
        if (entries->empty())
            return (*names)->fault("has no entries");
        header.classNames = std::move(*entries);
    }
    const auto view = h5::integersAttribute(root, "view_classes");
    if (!view)
        return view.error();
    header.viewClasses.assign(view->begin(), view->end());
    const auto reducedFrom = h5::integerAttribute(root, "reduced_from");
    const auto reducedEpoch = h5::integerAttribute(root, "reduced_epoch");
    if (!reducedFrom || !reducedEpoch)
        return (reducedFrom ? reducedEpoch : reducedFrom).error();
    header.reducedFrom = static_cast<Index>(reducedFrom->value_or(0));
    header.reducedEpoch = *reducedEpoch;
    return header;
}

/// "epochs/000012.h5" of a folder, as it is listed now.
Result<std::vector<std::string>> listedEpochFiles(const fs::path& folder)
{
    std::vector<std::string> names;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
        if (it->path().extension() == ".h5" && epochNumber(it->path().stem().string()))
            names.push_back("epochs/" + it->path().filename().string());
    if (code)
        return dataError("Cannot read the run: " + code.message() + ": " + folder.string(), folder.string());
    return names;
}

/// Every epoch up to the last one that is there. A folder that grows while it is listed may show a file without one
/// that came before it; that one stands in a second listing for certain, what came later does not count yet.
Result<std::vector<std::string>> epochFiles(const fs::path& run)
{
    const fs::path folder = run / "epochs";
    std::error_code code;
    if (!fs::exists(folder, code))
        return std::vector<std::string>();
    Result<std::vector<std::string>> names = listedEpochFiles(folder);
    constexpr auto grows = std::chrono::seconds(2); // much longer than a listing takes, and than clocks are coarse
    if (!names || names->empty() || fs::last_write_time(folder, code) + grows < fs::file_time_type::clock::now())
        return names;
    const auto numberOf = [](const std::string& name) { return *epochNumber(fs::path(name).stem().string()); };
    std::int64_t last = 0;
    for (const std::string& name : *names)
        last = std::max(last, numberOf(name));
    names = listedEpochFiles(folder);
    if (names)
        std::erase_if(*names, [&](const std::string& name) { return numberOf(name) > last; });
    return names;
}

Result<h5::Group> openRoot(const fs::path& file, const h5::Place& place)
{
    const Result<H5Handle> handle = h5::openFile(file, place);
    if (!handle)
        return handle.error();
    h5::Group root{H5Handle(H5Gopen2(handle->get(), "/", H5P_DEFAULT), H5Gclose), place};
    if (!root.id)
        return place.fault("its root group is damaged");
    return root;
}

Result<std::vector<std::int32_t>> readLabels(const h5::Group& group, const std::string& name, Index rows, Index classes)
{
    const Result<h5::Dataset> dataset = h5::openDataset(group, name);
    if (!dataset)
        return dataset.error();
    if (Result<void> shape = h5::expectShape(*dataset, {rows}); !shape)
        return shape.error();
    const Result<std::vector<std::int64_t>> values = h5::readIntegers(*dataset);
    if (!values)
        return values.error();
    for (std::size_t row = 0; row < values->size(); ++row)
        if ((*values)[row] < 0 || (*values)[row] >= classes)
            return dataset->fault("holds the label " + std::to_string((*values)[row]) + " in row " +
                                  std::to_string(row) + ", outside 0.." + std::to_string(classes - 1));
    return std::vector<std::int32_t>(values->begin(), values->end());
}

Result<std::vector<double>> readLambda(const h5::Group& group, Index rows)
{
    const Result<h5::Dataset> dataset = h5::openDataset(group, "lambda");
    if (!dataset)
        return dataset.error();
    if (Result<void> shape = h5::expectShape(*dataset, {rows}); !shape)
        return shape.error();
    Result<std::vector<double>> values = h5::readFloats(*dataset);
    if (!values)
        return values;
    for (std::size_t row = 0; row < values->size(); ++row)
        if (!((*values)[row] >= 0 && (*values)[row] <= 1))
            return dataset->fault("holds " + std::to_string((*values)[row]) + " in row " + std::to_string(row) +
                                  ", outside [0,1]");
    return values;
}

Result<std::vector<std::int64_t>> readSamples(const h5::Group& group, const std::string& name, Index rows)
{
    const Result<std::optional<h5::Dataset>> dataset = h5::findDataset(group, name);
    if (!dataset)
        return dataset.error();
    if (!*dataset)
        return std::vector<std::int64_t>();
    if (Result<void> shape = h5::expectShape(**dataset, {rows}); !shape)
        return shape.error();
    return h5::readIntegers(**dataset);
}

Result<SplitKind> readKind(const h5::Group& group)
{
    const auto kind = h5::textAttribute(group, "kind");
    if (!kind)
        return kind.error();
    if (!*kind) { // what it holds tells
        const Result<bool> mix = h5::exists(group, "label_a");
        if (!mix)
            return mix.error();
        return *mix ? SplitKind::Mix : SplitKind::Clean;
    }
    if (**kind == "clean")
        return SplitKind::Clean;
    if (**kind == "mix")
        return SplitKind::Mix;
    std::string owner = group.place.prefix;
    owner.resize(owner.size() - 1);
    Error error = group.place.fault("attribute 'kind' of '" + printable(owner) + "' is '" + printable(**kind) +
                                    "', expected 'clean' or 'mix'");
    error.dataset = printable(owner);
    return error;
}

Result<Index> largestLabel(const h5::Group& root)
{
    Index largest = -1;
    const Result<std::vector<std::string>> splits = h5::childNames(root, "splits");
    if (!splits)
        return splits.error();
    for (const std::string& name : *splits) {
        const Result<h5::Group> group = h5::openGroup(root, "splits/" + name);
        if (!group)
            continue;
        const Result<Split> split = readSplit(*group, name, mostClasses);
        if (!split)
            continue;
        for (const auto* labels : {&split->labelA, &split->labelB})
            for (const std::int32_t label : *labels)
                largest = std::max<Index>(largest, label);
    }
    return largest;
}

Index inferClasses(const OpenRun& run)
{
    Index columns = 0, largest = -1;
    for (const EpochEntry& entry : run.entries) {
        const Result<h5::Group> epoch = openEpoch(run, entry);
        if (!epoch)
            continue;
        const Result<std::optional<h5::Dataset>> weight = h5::findDataset(*epoch, "classifier/weight");
        if (weight && *weight && (*weight)->shape.size() == 2)
            return (*weight)->rows();
        const Result<std::vector<std::string>> splits = h5::childNames(*epoch, "logits");
        for (const std::string& split : splits ? *splits : std::vector<std::string>()) {
            const Result<h5::Dataset> logits = h5::openDataset(*epoch, "logits/" + split);
            if (columns == 0 && logits && logits->shape.size() == 2)
                columns = logits->shape[1];
        }
        if (columns == 0)
            if (const Result<Index> own = largestLabel(*epoch); own)
                largest = std::max(largest, *own);
    }
    if (columns > 0)
        return columns;
    if (const Result<Index> fixed = largestLabel(run.root); fixed)
        largest = std::max(largest, *fixed);
    return largest + 1;
}

/// "0", "1", … where no names were recorded; and view classes that are classes.
Result<void> completeClasses(OpenRun& run)
{
    StaticPart& header = run.header;
    if (header.classNames.empty()) {
        const Index classes = inferClasses(run);
        if (classes > mostClasses)
            return run.root.place.fault("its classifier or logits would need " + std::to_string(classes) + " classes");
        for (Index k = 0; k < classes; ++k)
            header.classNames.push_back(std::to_string(k));
    }
    std::vector<Index> sorted = header.viewClasses;
    std::sort(sorted.begin(), sorted.end());
    const auto classes = static_cast<Index>(header.classNames.size());
    header.hasBadViewClasses = !sorted.empty() && (sorted.front() < 0 || sorted.back() >= classes ||
                                                   std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end());
    if (header.hasBadViewClasses)
        header.viewClasses.clear();
    return {};
}

/// The file that holds what never changes.
Result<fs::path> staticFile(const fs::path& path)
{
    std::error_code code;
    if (!fs::exists(path, code))
        return dataError("Cannot read the run: there is no such file or folder: " + printable(path.string()),
                         path.string());
    const fs::path file = fs::is_directory(path, code) ? path / "run.h5" : path;
    if (!fs::exists(file, code))
        return dataError("Cannot read the run: the folder holds no run.h5: " + printable(path.string()), file.string());
    return file;
}

Result<OpenRun> openStaticPart(const fs::path& path, const fs::path& file)
{
    OpenRun run;
    run.path = path;
    run.isFolder = path != file;
    Result<h5::Group> root = openRoot(file, {file.string(), "", {}});
    if (!root)
        return root.error();
    run.root = std::move(*root);
    Result<StaticPart> header = readStaticPart(run.root);
    if (!header)
        return header.error();
    run.header = std::move(*header);
    Result<std::vector<EpochEntry>> entries = listEpochs(run);
    if (!entries)
        return entries.error();
    run.entries = std::move(*entries);
    return run;
}

Result<OpenRun> openWithClasses(const fs::path& path, const fs::path& file)
{
    Result<OpenRun> run = openStaticPart(path, file);
    if (!run)
        return run;
    if (Result<void> completed = completeClasses(*run); !completed)
        return completed.error();
    return run;
}

/// Opens all that an epoch holds, as programs will.
void openAll(const h5::Group& epoch)
{
    const auto names = [&epoch](const std::string& path) {
        const Result<std::vector<std::string>> found = h5::childNames(epoch, path);
        return found ? *found : std::vector<std::string>();
    };
    for (const std::string& split : names("features"))
        for (const std::string& layer : names("features/" + split))
            (void)h5::openDataset(epoch, "features/" + split + "/" + layer);
    for (const std::string& split : names("logits"))
        (void)h5::openDataset(epoch, "logits/" + split);
    for (const char* part : {"classifier/weight", "classifier/bias"})
        (void)h5::findDataset(epoch, part);
    for (const std::string& split : names("splits"))
        if (const Result<h5::Group> group = h5::openGroup(epoch, "splits/" + split))
            (void)readSplit(*group, split, mostClasses);
    (void)readScalars(epoch);
}

Result<h5::Group> openTriedEpoch(const OpenRun& run, const EpochEntry& entry)
{
    const std::string& name = entry.names.front();
    h5::Place place{run.isFolder ? (run.path / name).string() : run.path.string(), "", entry.number};
    if (entry.names.size() > 1)
        return place.fault("it is recorded twice, as " + name + " and as " + entry.names[1]);
    const auto open = [&]() -> Result<h5::Group> {
        if (run.isFolder)
            return openRoot(run.path / name, place);
        // A group of its own, so that sentences about the epoch say which one it is.
        h5::Group root{H5Handle(H5Gopen2(run.root.id.get(), "/", H5P_DEFAULT), H5Gclose), place};
        return h5::openGroup(root, name);
    };
    Result<h5::Group> epoch = open();
    if (!epoch)
        return epoch;
    const auto number = h5::integerAttribute(*epoch, "epoch");
    if (!number)
        return number.error();
    if (*number && **number != entry.number)
        return epoch->place.fault("its attribute 'epoch' says " + std::to_string(**number) + ", its name " + name);
    return epoch;
}

/// `kind`: the job "header" or "epoch".
Job epochTrial(const OpenRun& run, const EpochEntry& entry, const char* kind)
{
    const std::string file = (run.path / entry.names.front()).string();
    return {{kind, file, std::to_string(entry.number)}, {file, "", entry.number}};
}

} // namespace

std::optional<std::int64_t> epochNumber(std::string_view name)
{
    std::int64_t number = 0;
    const bool digits = std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (name.size() < 6 || !digits || std::from_chars(name.data(), name.data() + name.size(), number).ec != std::errc())
        return {};
    return number;
}

std::string epochName(std::int64_t number)
{
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

Result<std::vector<EpochEntry>> listEpochs(const OpenRun& run)
{
    std::vector<std::string> names;
    if (run.isFolder) {
        Result<std::vector<std::string>> files = epochFiles(run.path);
        if (!files)
            return files.error();
        names = std::move(*files);
    } else {
        const Result<std::vector<std::string>> groups = h5::childNames(run.root, "epochs");
        if (!groups)
            return groups.error();
        for (const std::string& name : *groups)
            if (epochNumber(name))
                names.push_back("epochs/" + name);
    }
    std::map<std::int64_t, std::vector<std::string>> byNumber;
    for (const std::string& name : names)
        byNumber[*epochNumber(fs::path(name).stem().string())].push_back(name);
    std::vector<EpochEntry> entries;
    for (auto& [number, same] : byNumber) {
        std::sort(same.begin(), same.end());
        entries.push_back({number, std::move(same)});
    }
    return entries;
}

Result<OpenRun> openRun(const fs::path& path)
{
    const Result<fs::path> file = staticFile(path);
    if (!file)
        return file.error();
    if (Result<void> survived = survives({{"open", path.string()}, {file->string(), "", {}}}); !survived)
        return survived.error();
    return openWithClasses(path, *file);
}

Result<void> tryRun(const fs::path& path)
{
    const Result<OpenRun> run = openRun(path);
    if (!run)
        return run.error();
    const Result<std::vector<std::string>> splits = h5::childNames(run->root, "splits");
    for (const std::string& name : splits ? *splits : std::vector<std::string>())
        if (const Result<h5::Group> group = h5::openGroup(run->root, "splits/" + name)) {
            (void)readSplit(*group, name, static_cast<Index>(run->header.classNames.size()));
            (void)openImages(*group, -1);
        }
    for (const EpochEntry& entry : run->isFolder ? std::vector<EpochEntry>() : run->entries)
        if (const Result<h5::Group> epoch = openEpoch(*run, entry))
            openAll(*epoch);
    return {};
}

Result<void> tryEpochFile(const fs::path& file, std::int64_t number)
{
    const Result<h5::Group> epoch = openRoot(file, {file.string(), "", number});
    if (!epoch)
        return epoch.error();
    openAll(*epoch);
    return {};
}

Result<void> tryEpochHeader(const fs::path& file, std::int64_t number)
{
    const Result<h5::Group> epoch = openRoot(file, {file.string(), "", number});
    if (!epoch)
        return epoch.error();
    (void)h5::integerAttribute(*epoch, "epoch");
    for (const char* part : {"features", "logits"})
        (void)h5::childNames(*epoch, part);
    for (const char* part : {"classifier/weight", "classifier/bias"})
        (void)h5::exists(*epoch, part);
    return {};
}

Result<h5::Group> openEpoch(const OpenRun& run, const EpochEntry& entry)
{
    if (run.isFolder)
        if (Result<void> survived = survives(epochTrial(run, entry, "epoch")); !survived)
            return survived.error();
    return openTriedEpoch(run, entry);
}

void openEpochHeaders(const OpenRun& run, std::span<const EpochEntry> entries,
                      const std::function<void(std::size_t entry, Result<h5::Group>)>& opened)
{
    if (!run.isFolder) { // the one file was tried as a whole
        for (std::size_t i = 0; i < entries.size(); ++i)
            opened(i, openTriedEpoch(run, entries[i]));
        return;
    }
    std::vector<Job> trials;
    for (const EpochEntry& entry : entries)
        trials.push_back(epochTrial(run, entry, "header"));
    surviveEach(trials, [&](std::size_t i, const Result<void>& survived) {
        opened(i, survived ? openTriedEpoch(run, entries[i]) : Result<h5::Group>(survived.error()));
    });
}

Result<h5::Group> openSplit(const OpenRun& run, const h5::Group& epoch, const std::string& name)
{
    const std::string path = "splits/" + name;
    const Result<bool> own = h5::exists(epoch, path);
    if (!own)
        return own.error();
    if (*own)
        return h5::openGroup(epoch, path);
    const Result<bool> fixed = h5::exists(run.root, path);
    if (!fixed)
        return fixed.error();
    if (*fixed)
        return h5::openGroup(run.root, path);
    Error error = epoch.place.fault("there is no split '" + printable(name) + "' with labels");
    error.dataset = printable(path);
    return error;
}

Result<SplitInfo> readSplitInfo(const h5::Group& group, const std::string& name)
{
    SplitInfo info;
    info.name = name;
    const Result<SplitKind> kind = readKind(group);
    if (!kind)
        return kind.error();
    info.kind = *kind;
    const auto origin = h5::textAttribute(group, "origin"), mode = h5::textAttribute(group, "mode");
    if (!origin || !mode)
        return (origin ? mode : origin).error();
    info.origin = origin->value_or("train");
    info.mode = mode->value_or("eval");
    const Result<h5::Dataset> labels = h5::openDataset(group, info.kind == SplitKind::Mix ? "label_a" : "labels");
    if (!labels)
        return labels.error();
    if (Result<void> shape = h5::expectShape(*labels, {-1}); !shape)
        return shape.error();
    info.samples = labels->rows();
    const Result<bool> images = h5::exists(group, "images");
    info.hasImages = images && *images;
    return info;
}

Result<Split> readSplit(const h5::Group& group, const std::string& name, Index classes)
{
    const Result<SplitInfo> info = readSplitInfo(group, name);
    if (!info)
        return info.error();
    const auto lambdaPer = h5::textAttribute(group, "lambda_per"), batchNorm = h5::textAttribute(group, "bn");
    if (!lambdaPer || !batchNorm)
        return (lambdaPer ? batchNorm : lambdaPer).error();
    const bool mix = info->kind == SplitKind::Mix;
    auto labelA = readLabels(group, mix ? "label_a" : "labels", info->samples, classes);
    if (!labelA)
        return labelA.error();
    auto labelB = mix ? readLabels(group, "label_b", info->samples, classes) : labelA;
    if (!labelB)
        return labelB.error();
    auto lambda =
        mix ? readLambda(group, info->samples) : std::vector<double>(static_cast<std::size_t>(info->samples), 1.0);
    if (!lambda)
        return lambda.error();
    auto sampleA = readSamples(group, mix ? "sample_a" : "sample", info->samples);
    if (!sampleA)
        return sampleA.error();
    auto sampleB = mix ? readSamples(group, "sample_b", info->samples) : sampleA;
    if (!sampleB)
        return sampleB.error();
    return Split{name,
                 info->kind,
                 info->origin,
                 info->mode,
                 lambdaPer->value_or(""),
                 batchNorm->value_or(""),
                 std::move(*labelA),
                 std::move(*labelB),
                 std::move(*lambda),
                 std::move(*sampleA),
                 std::move(*sampleB)};
}

Result<h5::Dataset> openFeatures(const OpenRun& run, const h5::Group& epoch, const std::string& split,
                                 const std::string& layer)
{
    Result<h5::Dataset> features = h5::openDataset(epoch, "features/" + split + "/" + layer);
    if (!features)
        return features;
    const Result<h5::Group> group = openSplit(run, epoch, split);
    if (!group)
        return group.error();
    const Result<SplitInfo> info = readSplitInfo(*group, split);
    if (!info)
        return info.error();
    if (Result<void> shape = h5::expectShape(*features, {info->samples, -1}); !shape)
        return shape.error();
    if (!features->isFloat())
        return features->fault("has type " + features->typeName + ", expected float16, float32 or float64");
    if (features->shape[1] == 0)
        return features->fault("has no columns");
    if (layer != "penultimate")
        return features;
    const Result<std::optional<h5::Dataset>> weight = h5::findDataset(epoch, "classifier/weight");
    if (weight && *weight && (*weight)->shape.size() == 2 && (*weight)->shape[1] != features->shape[1])
        return features->fault("has " + std::to_string(features->shape[1]) + " columns, but 'classifier/weight' has " +
                               std::to_string((*weight)->shape[1]));
    return features;
}

Result<std::optional<h5::Dataset>> openLogits(const OpenRun& run, const h5::Group& epoch, const std::string& split,
                                              Index classes)
{
    Result<std::optional<h5::Dataset>> logits = h5::findDataset(epoch, "logits/" + split);
    if (!logits || !*logits)
        return logits;
    const Result<h5::Group> group = openSplit(run, epoch, split);
    if (!group)
        return group.error();
    const Result<SplitInfo> info = readSplitInfo(*group, split);
    if (!info)
        return info.error();
    if (Result<void> shape = h5::expectShape(**logits, {info->samples, classes}); !shape)
        return shape.error();
    if (!(*logits)->isFloat())
        return (*logits)->fault("has type " + (*logits)->typeName + ", expected float16, float32 or float64");
    return logits;
}

Result<std::optional<Classifier>> readClassifier(const h5::Group& epoch, Index classes)
{
    const Result<std::optional<h5::Dataset>> weight = h5::findDataset(epoch, "classifier/weight");
    if (!weight)
        return weight.error();
    if (!*weight)
        return std::optional<Classifier>();
    if (Result<void> shape = h5::expectShape(**weight, {classes, -1}); !shape)
        return shape.error();
    if ((*weight)->shape[1] == 0)
        return (*weight)->fault("has no columns");
    Classifier classifier{RowMatrixD(classes, (*weight)->shape[1]), Vector::Zero(classes)};
    if (Result<void> read = h5::readValues(**weight, 0, classes, classifier.weight.data()); !read)
        return read.error();
    const Result<std::optional<h5::Dataset>> bias = h5::findDataset(epoch, "classifier/bias");
    if (!bias)
        return bias.error();
    if (*bias) {
        if (Result<void> shape = h5::expectShape(**bias, {classes}); !shape)
            return shape.error();
        if (Result<void> read = h5::readValues(**bias, 0, classes, classifier.bias.data()); !read)
            return read.error();
        classifier.hasBias = true;
    }
    return std::optional<Classifier>(std::move(classifier));
}

Result<std::map<std::string, double>> readScalars(const h5::Group& epoch)
{
    std::map<std::string, double> scalars;
    const Result<std::vector<std::string>> names = h5::childNames(epoch, "metrics");
    if (!names)
        return names.error();
    for (const std::string& name : *names) {
        const Result<h5::Dataset> dataset = h5::openDataset(epoch, "metrics/" + name);
        if (!dataset)
            return dataset.error();
        double value = 0;
        if (dataset->rows() * dataset->valuesPerRow() != 1 ||
            !(dataset->isFloat() || dataset->element == h5::Element::Integer))
            continue; // others may add tables of their own here
        if (H5Dread(dataset->id.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) < 0)
            return dataset->fault("cannot be read (truncated or damaged)");
        scalars[name] = value;
    }
    return scalars;
}

Result<std::optional<h5::Dataset>> openImages(const h5::Group& split, Index samples)
{
    Result<std::optional<h5::Dataset>> images = h5::findDataset(split, "images");
    if (!images || !*images)
        return images;
    const std::size_t rank = (*images)->shape.size();
    const std::vector<Index> expected =
        rank == 4 ? std::vector<Index>{samples, -1, -1, 3} : std::vector<Index>{samples, -1, -1};
    if (Result<void> shape = h5::expectShape(**images, expected); !shape)
        return shape.error();
    if ((*images)->typeName != "uint8")
        return (*images)->fault("has type " + (*images)->typeName + ", expected uint8");
    return images;
}

} // namespace nc::io

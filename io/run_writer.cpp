#include "io/run_writer.h"

#include <cerrno>

#include <unistd.h>

#include "io/atomic_file.h"
#include "io/h5_writer.h"
#include "io/open_run.h"
#include "io/run_state.h"
#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr float largestHalf = 65504.0f;

/// Writes the file by `fill` and puts it in its place only when it is whole and on disk.
Result<void> writeH5(const fs::path& path, const std::function<void(h5::Writer&)>& fill)
{
    return writeAtomically(path, [&fill](const fs::path& part) -> Result<void> {
        h5::Writer writer(part);
        fill(writer);
        return writer.finish();
    });
}

void writeSplit(h5::Writer& file, const Split& split, const std::map<std::string, Images>& images)
{
    const std::string path = "splits/" + split.name;
    const bool mix = split.kind == SplitKind::Mix;
    file.group(path);
    file.attribute(path, "kind", std::string(mix ? "mix" : "clean"));
    file.attribute(path, "origin", split.origin);
    file.attribute(path, "mode", split.mode);
    if (!split.lambdaPer.empty())
        file.attribute(path, "lambda_per", split.lambdaPer);
    if (!split.batchNorm.empty())
        file.attribute(path, "bn", split.batchNorm);
    file.dataset(path + (mix ? "/label_a" : "/labels"), std::span(split.labelA));
    if (!split.sampleA.empty())
        file.dataset(path + (mix ? "/sample_a" : "/sample"), std::span(split.sampleA));
    if (mix) {
        file.dataset(path + "/label_b", std::span(split.labelB));
        const std::vector<float> lambda(split.lambda.begin(), split.lambda.end());
        file.dataset(path + "/lambda", std::span(lambda));
        if (!split.sampleB.empty())
            file.dataset(path + "/sample_b", std::span(split.sampleB));
    }
    if (const auto it = images.find(split.name); it != images.end())
        file.dataset(path + "/images", it->second);
}

void writeHeader(h5::Writer& file, const RunHeader& header)
{
    file.attribute("/", "format", std::string("ncscope-run"));
    file.attribute("/", "format_version", std::int64_t{1});
    file.attribute("/", "generator", header.generator);
    file.attribute("/", "created", header.created.empty() ? timeStamp() : header.created);
    if (!header.title.empty())
        file.attribute("/", "title", header.title);
    if (!header.configuration.empty())
        file.attribute("/", "config", header.configuration);
    if (!header.featureLayer.empty())
        file.attribute("/", "feature_layer", header.featureLayer);
    if (!header.viewClasses.empty()) {
        const std::vector<std::int32_t> classes(header.viewClasses.begin(), header.viewClasses.end());
        file.attribute("/", "view_classes", std::span(classes));
    }
    file.dataset("classes/names", header.classNames);
    for (const Split& split : header.splits)
        writeSplit(file, split, header.images);
}

void writeClassifier(h5::Writer& file, const Classifier& classifier)
{
    const RowMatrixF weight = classifier.weight.cast<float>();
    file.dataset("classifier/weight", weight, FloatType::Float32);
    if (!classifier.hasBias)
        return;
    const std::vector<float> bias(classifier.bias.begin(), classifier.bias.end());
    file.dataset("classifier/bias", std::span(bias));
}

void writeEpochParts(h5::Writer& file, const EpochData& data)
{
    file.attribute("/", "epoch", data.epoch);
    if (data.step)
        file.attribute("/", "step", *data.step);
    if (data.seconds)
        file.attribute("/", "seconds", *data.seconds);
    if (data.classifier)
        writeClassifier(file, *data.classifier);
    for (const EpochData::Layer& layer : data.features) {
        const bool fits = layer.type != FloatType::Float16 || layer.features.size() == 0 ||
                          layer.features.cwiseAbs().maxCoeff() <= largestHalf;
        file.dataset("features/" + layer.split + "/" + layer.layer, layer.features,
                     fits ? layer.type : FloatType::Float32);
    }
    for (const EpochData::Logits& logits : data.logits)
        file.dataset("logits/" + logits.split, logits.values, FloatType::Float32);
    for (const auto& [name, value] : data.scalars)
        file.dataset("metrics/" + name, value);
}

Result<void> makeRunFolder(const fs::path& folder)
{
    std::error_code code;
    if (fs::exists(folder, code)) {
        if (!fs::is_directory(folder, code))
            return dataError("Cannot write the run: it is a file, not a folder: " + printable(folder.string()),
                             folder.string());
        const bool empty = fs::is_empty(folder, code);
        if (code)
            return cannotWrite(folder, code.value());
        if (!empty)
            return dataError("Cannot write the run: the folder is not empty: " + printable(folder.string()),
                             folder.string());
        return {};
    }
    if (!fs::create_directory(folder, code))
        return cannotWrite(folder, code.value());
    return flushFolder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
}

void removeParts(const fs::path& folder)
{
    std::error_code code;
    std::vector<fs::path> parts;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
        if (it->path().extension() == ".part")
            parts.push_back(it->path());
    for (const fs::path& part : parts)
        fs::remove(part, code);
}

const char* stateName(RunWriter::State state)
{
    switch (state) {
    case RunWriter::State::Running:
        return "running";
    case RunWriter::State::Finished:
        return "finished";
    case RunWriter::State::Stopped:
        return "stopped";
    }
    return "";
}

} // namespace

Result<RunWriter> RunWriter::create(const fs::path& folder, const RunHeader& header)
{
    if (header.classNames.empty())
        return usageError("Cannot write a run without classes: RunHeader::classNames is empty");
    if (Result<void> made = makeRunFolder(folder); !made)
        return made.error();
    if (Result<void> written = writeH5(folder / "run.h5", [&](h5::Writer& file) { writeHeader(file, header); });
        !written)
        return written.error();
    RunWriter writer;
    writer.m_folder = folder;
    writer.m_title = header.title;
    writer.m_configuration = header.configuration;
    writer.m_classes = static_cast<Index>(header.classNames.size());
    for (const Split& split : header.splits)
        writer.m_rows[split.name] = split.rows();
    if (Result<void> stated = writer.setState(State::Running); !stated)
        return stated.error();
    return writer;
}

Result<RunWriter> RunWriter::resume(const fs::path& folder)
{
    const Result<OpenRun> run = withinMemory(folder, [&] { return openRun(folder); });
    if (!run)
        return run.error();
    if (!run->isFolder)
        return dataError("Cannot write the run: only a directory run can go on: " + printable(folder.string()),
                         folder.string());
    removeParts(folder);
    removeParts(folder / "epochs");
    RunWriter writer;
    writer.m_folder = folder;
    writer.m_title = run->header.title;
    writer.m_configuration = run->header.configuration;
    writer.m_classes = static_cast<Index>(run->header.classNames.size());
    const Result<std::vector<std::string>> splits = h5::childNames(run->root, "splits");
    if (!splits)
        return splits.error();
    for (const std::string& name : *splits) {
        const Result<h5::Group> group = h5::openGroup(run->root, "splits/" + name);
        if (!group)
            return group.error();
        const Result<SplitInfo> info = readSplitInfo(*group, name);
        if (!info)
            return info.error();
        writer.m_rows[name] = info->samples;
    }
    return writer;
}

Result<void> RunWriter::checkShapes(const EpochData& data) const
{
    const auto wrong = [&](const std::string& what) {
        return dataError("Cannot write epoch " + std::to_string(data.epoch) + ": " + what + ": " +
                             printable(m_folder.string()),
                         m_folder.string());
    };
    const auto rowsAgree = [&](const std::string& split, Index rows) {
        const auto known = m_rows.find(split);
        return known != m_rows.end() && known->second == rows;
    };
    if (data.epoch < 0)
        return wrong("the number of an epoch is not negative");
    if (data.classifier && data.classifier->classes() != m_classes)
        return wrong("the classifier has " + std::to_string(data.classifier->classes()) + " rows, the run has " +
                     std::to_string(m_classes) + " classes");
    for (const EpochData::Layer& layer : data.features)
        if (!rowsAgree(layer.split, layer.features.rows()))
            return wrong("the features of split '" + layer.split + "' have " + std::to_string(layer.features.rows()) +
                         " rows, which is not what the run's split has");
    for (const EpochData::Logits& logits : data.logits)
        if (!rowsAgree(logits.split, logits.values.rows()) || logits.values.cols() != m_classes)
            return wrong("the logits of split '" + logits.split + "' are not as many as its samples times the classes");
    return {};
}

Result<std::string> RunWriter::writeEpoch(const EpochData& data)
{
    if (Result<void> good = checkShapes(data); !good)
        return good.error();
    const fs::path folder = m_folder / "epochs";
    std::error_code code;
    if (fs::create_directory(folder, code))
        if (Result<void> flushed = flushFolder(m_folder); !flushed)
            return flushed.error();
    if (code)
        return cannotWrite(folder, code.value());
    const std::string name = "epochs/" + epochName(data.epoch) + ".h5";
    Result<void> written = writeH5(m_folder / name, [&](h5::Writer& file) { writeEpochParts(file, data); });
    if (written && m_state == State::Running)
        written = setState(State::Running);
    if (!written) {
        Error error = written.error();
        error.epoch = data.epoch;
        return error;
    }
    return name;
}

Result<void> RunWriter::setState(State state)
{
    m_state = state;
    return writeRunState(m_folder, m_title, m_configuration, stateName(state));
}

} // namespace nc::io

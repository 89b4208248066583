#include "core/config/train_config.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include <nlohmann/json.hpp>

#include "core/config/data_sets.h"
#include "core/config/network_size.h"
#include "core/config/train_config_fields.h"
#include "core/config/train_plan.h"

namespace nc
{
namespace
{

using Json = nlohmann::ordered_json;
using config::FieldEntry;

std::string wrongValue(const FieldEntry& entry, const std::string& got)
{
    return std::string(entry.field.key) + " is " + got + ", but takes " + entry.takes();
}

/// The keys one could have meant: those of the same group, or all.
std::string unknownKey(std::string_view key)
{
    const std::string group(key.substr(0, key.find('.') == std::string_view::npos ? 0 : key.find('.') + 1));
    std::string all, same;
    for (const ConfigField& field : configFields()) {
        std::string& list = !group.empty() && field.key.substr(0, group.size()) == group ? same : all;
        list += (list.empty() ? "" : ", ") + std::string(field.key);
    }
    return "unknown key '" + std::string(key) + "', the keys are " + (same.empty() ? all : same);
}

bool isIntegral(const Json& value)
{
    return value.is_number_integer() ||
           (value.is_number_float() && std::abs(value.get<double>()) < 9e15 &&
            value.get<double>() == static_cast<double>(static_cast<std::int64_t>(value.get<double>())));
}

bool store(std::int64_t* into, const Json& value)
{
    if (!isIntegral(value) || (value.is_number_unsigned() && value.get<std::uint64_t>() > (std::uint64_t{1} << 62)))
        return false;
    *into = value.is_number_float() ? static_cast<std::int64_t>(value.get<double>()) : value.get<std::int64_t>();
    return true;
}
bool store(double* into, const Json& value)
{
    if (!value.is_number())
        return false;
    *into = value.get<double>();
    return true;
}
bool store(bool* into, const Json& value)
{
    if (!value.is_boolean())
        return false;
    *into = value.get<bool>();
    return true;
}
bool store(std::string* into, const Json& value)
{
    if (!value.is_string())
        return false;
    *into = value.get<std::string>();
    return true;
}
template <typename T>
bool store(std::vector<T>* into, const Json& value)
{
    if (!value.is_array())
        return false;
    std::vector<T> list(value.size());
    for (std::size_t i = 0; i < value.size(); ++i)
        if (!store(&list[i], value[i]))
            return false;
    *into = std::move(list);
    return true;
}

/// Empty when the value was taken, else the sentence.
std::string assign(TrainConfig& config, const FieldEntry& entry, const Json& value)
{
    TrainConfig changed = config;
    const bool stored = std::visit([&](auto* into) { return store(into, value); }, entry.slot(changed));
    if (!stored || !entry.accepts(changed))
        return wrongValue(entry, value.dump());
    config = std::move(changed);
    return {};
}

void assignTree(TrainConfig& config, const Json& node, const std::string& path, std::vector<std::string>& problems)
{
    for (const auto& [name, value] : node.items()) {
        const std::string key = path.empty() ? name : path + "." + name;
        if (const FieldEntry* entry = config::findField(key)) {
            if (std::string problem = assign(config, *entry, value); !problem.empty())
                problems.push_back(std::move(problem));
        } else if (value.is_object()) {
            assignTree(config, value, key, problems);
        } else if (key != "preset") {
            problems.push_back(unknownKey(key));
        }
    }
}

Error joined(const std::vector<std::string>& problems, const std::string& file)
{
    std::string all;
    for (const std::string& problem : problems)
        all += (all.empty() ? "" : "; ") + problem;
    return usageError("Bad configuration: " + all + (file.empty() ? "" : ": " + file));
}

Json valueOf(const TrainConfig& config, const FieldEntry& entry)
{
    return std::visit([](auto* value) { return Json(*value); }, entry.slot(const_cast<TrainConfig&>(config)));
}

/// The object in which the last part of a dotted key stands, made where it is missing.
Json& parentOf(Json& root, std::string_view key, std::string_view nested)
{
    const std::size_t dot = key.find('.');
    if (dot == std::string_view::npos)
        return root;
    Json& group = root[std::string(key.substr(0, dot))];
    return nested.empty() ? group : group[std::string(nested)];
}

std::string lastPart(std::string_view key)
{
    const std::size_t dot = key.find('.');
    return std::string(dot == std::string_view::npos ? key : key.substr(dot + 1));
}

Json schemaOf(const FieldEntry& entry)
{
    const ConfigField& field = entry.field;
    Json schema = {{"description", field.help}, {"default", valueOf(TrainConfig{}, entry)}};
    const auto range = [&](const char* type) {
        const auto bound = [&](double v) {
            return std::string_view(type) == "integer" ? Json(static_cast<std::int64_t>(v)) : Json(v);
        };
        return Json{{"type", type}, {"minimum", bound(field.min)}, {"maximum", bound(field.max)}};
    };
    switch (field.kind) {
    case FieldKind::Integer:
        schema.update(range("integer"));
        break;
    case FieldKind::Real:
        schema.update(range("number"));
        break;
    case FieldKind::Boolean:
        schema["type"] = "boolean";
        break;
    case FieldKind::Text:
        schema["type"] = "string";
        if (!field.choices.empty())
            schema["examples"] = field.choices;
        break;
    case FieldKind::Choice:
        schema["enum"] = field.choices;
        break;
    case FieldKind::Integers:
    case FieldKind::Reals:
        schema["type"] = "array";
        schema["items"] = range(field.kind == FieldKind::Integers ? "integer" : "number");
        break;
    }
    return schema;
}

/// The text after '=' as the JSON value that the field's kind expects; discarded where it is none.
Json settingValue(const ConfigField& field, std::string_view text)
{
    if (field.kind == FieldKind::Text || field.kind == FieldKind::Choice)
        return Json(std::string(text));
    const bool list = field.kind == FieldKind::Integers || field.kind == FieldKind::Reals;
    const bool bracketed = !text.empty() && text.front() == '[';
    return Json::parse(list && !bracketed ? "[" + std::string(text) + "]" : std::string(text), nullptr, false);
}

using Problems = std::vector<ConfigProblem>;

/// A file is told what it holds when it is looked at; until then nothing of it can be wrong.
[[nodiscard]] bool isKnown(const TrainConfig& config)
{
    return !namesPictureFile(config.data.name) || config.data.file;
}

void checkClasses(const TrainConfig& config, Problems& problems)
{
    const auto& classes = config.data.classes;
    const auto known = static_cast<std::int64_t>(dataSetFacts(config).classNames.size());
    for (const std::int64_t label : classes)
        if (label >= known)
            problems.push_back({"data.classes", "data.classes names " + std::to_string(label) +
                                                    ", but takes labels of " + config.data.name + " from 0 to " +
                                                    std::to_string(known - 1)});
    if (std::set(classes.begin(), classes.end()).size() != classes.size())
        problems.push_back({"data.classes", "data.classes names a class twice"});
    else if (classes.size() == 1)
        problems.push_back({"data.classes", "data.classes names one class, but takes none (all) or at least two"});
    const std::vector<std::int64_t> labels = trainedLabels(config);
    const auto& view = config.recording.viewClasses;
    for (const std::int64_t label : view)
        if (std::find(labels.begin(), labels.end(), label) == labels.end())
            problems.push_back({"recording.view_classes", "recording.view_classes names " + std::to_string(label) +
                                                              ", which is not among data.classes"});
    if (std::set(view.begin(), view.end()).size() != view.size())
        problems.push_back({"recording.view_classes", "recording.view_classes names a class twice"});
}

void checkData(const TrainConfig& config, Problems& problems)
{
    if (isKnown(config))
        checkClasses(config, problems);
    if (config.trainSamples > 0 && config.trainSamples < config.optimiser.batchSize)
        problems.push_back({"train_samples", "train_samples is " + std::to_string(config.trainSamples) +
                                                 ", but takes at least one batch (optimiser.batch_size is " +
                                                 std::to_string(config.optimiser.batchSize) + ")"});
    if (!isKnown(config))
        return;
    const std::int64_t side = dataSetFacts(config).side;
    if (config.data.side > 0 && config.data.side < side)
        problems.push_back({"data.side", "data.side is " + std::to_string(config.data.side) +
                                             ", but takes 0 or at least " + std::to_string(side) + ", the side of " +
                                             config.data.name});
    if (config.recording.thumbnails > side)
        problems.push_back({"recording.thumbnails",
                            "recording.thumbnails is " + std::to_string(config.recording.thumbnails) +
                                ", but takes at most " + std::to_string(side) + ", the side of " + config.data.name});
}

/// A CUDA graph repeats the same kernels on the same memory: nothing that the host draws anew may be among them.
void checkGraph(const TrainConfig& config, Problems& problems)
{
    const char* other = config.device == "cpu" ? "device cpu"
                        : config.mixing.kind == "manifold-mixup"
                            ? "mixing.kind manifold-mixup, which draws a stage each step"
                        : config.network.dropout > 0    ? "network.dropout, which draws anew each step"
                        : config.precision == "float16" ? "precision float16, whose loss scale changes"
                        : config.isFree()               ? "network.kind ufm, which has no network"
                                                        : nullptr;
    if (config.cudaGraph && other)
        problems.push_back({"cuda_graph", std::string("cuda_graph is true, but does not go with ") + other});
}

void checkRecording(const TrainConfig& config, Problems& problems)
{
    const auto& recording = config.recording;
    if (recording.bnBatches > 0 && (recording.mode != "eval" || config.isFree()))
        problems.push_back({"recording.bn_batches", "recording.bn_batches is " + std::to_string(recording.bnBatches) +
                                                        ", but takes 0 unless recording.mode is eval"});
    if (recordsBatches(config) && recording.mode == "train")
        problems.push_back({"recording.mode", "recording.mode is train, but takes eval or train-chosen with "
                                              "recording.probe batches, which hold the shown classes only"});
}

void checkShape(const TrainConfig& config, Problems& problems)
{
    const auto& network = config.network;
    const std::int64_t side = inputSize(config).side;
    if (network.kind == "vit" && isKnown(config) && side % network.patch != 0)
        problems.push_back({"network.patch", "network.patch is " + std::to_string(network.patch) +
                                                 ", but takes a divisor of the picture's side, " +
                                                 std::to_string(side)});
    if (network.kind == "vit" && network.embedDim % network.heads != 0)
        problems.push_back({"network.heads", "network.heads is " + std::to_string(network.heads) +
                                                 ", but takes a divisor of network.embed_dim, " +
                                                 std::to_string(network.embedDim)});
    if (network.kind == "wide-resnet" && (networkDepth(network) < 10 || (networkDepth(network) - 4) % 6 != 0))
        problems.push_back({"network.depth", "network.depth is " + std::to_string(network.depth) +
                                                 ", but takes 6n+4 with n of at least 1 for a wide ResNet, such as 16, "
                                                 "28 or 40"});
    if (config.isFree() && network.featureDim == 0)
        problems.push_back({"network.feature_dim",
                            "network.feature_dim is 0, but takes at least 1 for the unconstrained features model"});
    if (config.isFree() && config.mixes() && config.mixing.kind != "mixup")
        problems.push_back({"mixing.kind", "mixing.kind is " + config.mixing.kind +
                                               ", but takes mixup or none for the unconstrained features model, which "
                                               "mixes labels and has no pictures"});
    if (config.isFree() && !config.mixes() && config.recording.cleanTrain == 0)
        problems.push_back({"recording.clean_train",
                            "recording.clean_train is 0, but takes at least 1 for an unconstrained features model "
                            "without mixing, whose features are those of the recorded training pictures"});
    const auto& widths = network.widths;
    if (widths.empty() || widths.size() > 4)
        problems.push_back(
            {"network.widths", "network.widths has " + std::to_string(widths.size()) + " entries, but takes 1 to 4"});
}

void checkNetwork(const TrainConfig& config, Problems& problems)
{
    checkShape(config, problems);
    if (!problems.empty() || !isKnown(config))
        return;
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
    const InputSize input = inputSize(config);
    const std::int64_t dim = networkSize(config.network, input.channels, input.side, classes).featureDim;
    if (config.network.classifier == "etf" && dim < classes)
        problems.push_back(
            {"network.classifier", "network.classifier is etf, but takes a feature dimension of at least " +
                                       std::to_string(classes) + " for " + std::to_string(classes) +
                                       " classes (it is " + std::to_string(dim) + ")"});
    if (config.optimiser.nesterov && (config.optimiser.kind != "sgd" || config.optimiser.momentum == 0))
        problems.push_back(
            {"optimiser.nesterov", "optimiser.nesterov is true, but takes optimiser.kind sgd and a momentum"});
}

} // namespace

DataSetFacts dataSetFacts(const TrainConfig& config)
{
    if (!namesPictureFile(config.data.name))
        return dataSetFacts(config.data.name);
    if (config.data.file)
        return *config.data.file;
    DataSetFacts unread;
    unread.name = config.data.name;
    unread.title = std::filesystem::path(config.data.name).stem().string();
    unread.side = 0;
    unread.whereFrom = "there is no such file";
    return unread;
}

std::vector<ConfigProblem> configProblems(const TrainConfig& config)
{
    std::vector<ConfigProblem> problems;
    for (const FieldEntry& entry : config::fieldEntries())
        if (!entry.accepts(config))
            problems.push_back({std::string(entry.field.key), wrongValue(entry, valueOf(config, entry).dump())});
    if (problems.empty()) {
        checkData(config, problems);
        checkGraph(config, problems);
        checkRecording(config, problems);
        checkNetwork(config, problems);
    }
    return problems;
}

Result<TrainConfig> parseTrainConfig(std::string_view json, const std::string& file)
{
    Json tree;
    try {
        tree = Json::parse(json);
    } catch (const Json::parse_error& error) {
        return dataError("Cannot read the configuration: no JSON at byte " + std::to_string(error.byte) +
                             (file.empty() ? "" : ": " + file),
                         file);
    }
    if (!tree.is_object())
        return dataError("Cannot read the configuration: the JSON is no object" +
                             (file.empty() ? std::string() : ": " + file),
                         file);
    TrainConfig config;
    if (tree.contains("preset")) {
        auto base =
            presetConfig(tree["preset"].is_string() ? tree["preset"].get<std::string>() : tree["preset"].dump());
        if (!base)
            return base;
        config = std::move(*base);
    }
    std::vector<std::string> problems;
    assignTree(config, tree, {}, problems);
    if (problems.empty())
        for (ConfigProblem& problem : configProblems(config))
            problems.push_back(std::move(problem.message));
    if (!problems.empty())
        return joined(problems, file);
    return config;
}

Result<TrainConfig> readTrainConfig(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return dataError("Cannot read the configuration: no readable file: " + file.string(), file.string());
    return parseTrainConfig(text.str(), file.string());
}

Result<void> applySetting(TrainConfig& config, std::string_view setting)
{
    const std::size_t equals = setting.find('=');
    if (equals == std::string_view::npos)
        return usageError("Bad setting '" + std::string(setting) + "': --set takes key=value");
    const std::string_view key = setting.substr(0, equals), text = setting.substr(equals + 1);
    const FieldEntry* entry = config::findField(key);
    if (!entry)
        return usageError("Bad setting: " + unknownKey(key));
    const Json value = settingValue(entry->field, text);
    const std::string problem =
        value.is_discarded() ? wrongValue(*entry, "'" + std::string(text) + "'") : assign(config, *entry, value);
    if (!problem.empty())
        return usageError("Bad setting: " + problem);
    return {};
}

Result<TrainConfig> withSettings(TrainConfig config, std::span<const std::string> settings)
{
    for (const std::string& setting : settings)
        if (Result<void> done = applySetting(config, setting); !done)
            return done.error();
    std::vector<std::string> problems;
    for (ConfigProblem& problem : configProblems(config))
        problems.push_back(std::move(problem.message));
    if (!problems.empty())
        return joined(problems, {});
    return config;
}

std::string toJson(const TrainConfig& config, int indent)
{
    Json root = Json::object();
    for (const FieldEntry& entry : config::fieldEntries())
        parentOf(root, entry.field.key, {})[lastPart(entry.field.key)] = valueOf(config, entry);
    return root.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string configSchema(int indent)
{
    Json root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "NCScope training configuration"},
                 {"type", "object"},
                 {"additionalProperties", false},
                 {"properties", {{"preset", {{"enum", presetNames()}, {"description", "Preset to start from."}}}}}};
    Json& properties = root["properties"];
    for (const FieldEntry& entry : config::fieldEntries()) {
        const std::string_view key = entry.field.key;
        if (const std::size_t dot = key.find('.'); dot != std::string_view::npos) {
            Json& group = properties[std::string(key.substr(0, dot))];
            group["type"] = "object";
            group["additionalProperties"] = false;
        }
        Json& parent = parentOf(properties, key, "properties");
        parent[lastPart(key)] = schemaOf(entry);
    }
    return root.dump(indent);
}

} // namespace nc

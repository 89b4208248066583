#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/data_sets.h"
#include "core/result.h"

/// What a training is told, as one value. A single table of fields (train_config_fields.cpp) drives everything that
/// reads or writes it: JSON, the schema, `--set key=value` and the sentences for wrong values. No LibTorch here.
namespace nc
{

/// Members are named by their dotted keys: mixing.lambdaPer is `mixing.lambda_per`. Ranges and meanings:
/// configFields().
struct TrainConfig {
    std::string title; ///< empty: see displayTitle()
    std::int64_t epochs = 30;
    std::int64_t seed = 0;
    std::string device = "auto"; ///< auto, cpu, cuda, cuda:N
    std::int64_t threads = 0;    ///< 0: LibTorch's own choice
    double budgetSeconds = 0;    ///< CPU seconds, 0: no budget
    std::int64_t trainSamples = 0;
    std::int64_t probeSamples = 0;
    std::string precision = "float32"; ///< float32, bfloat16, float16 (autocast; float16 with a loss scale)

    bool cudaGraph = false; ///< passes of full batches on a GPU are recorded once and repeated

    struct Data {
        std::string name = "fashion-mnist"; ///< see knownDataSets(), or a file (namesPictureFile())
        std::vector<std::int64_t> classes;  ///< labels of the data set, empty: all
        std::int64_t side = 0;              ///< pictures are padded with black to this side, 0: not
        std::string augment = "none";       ///< none, crop, crop-flip
        std::int64_t cropPadding = 4;
        std::int64_t cutout = 0;          ///< side of the black square, 0: none
        std::string imbalance = "none";   ///< none, step, exponential
        double imbalanceRatio = 10;       ///< images of the largest class over those of the smallest
        double labelNoise = 0;            ///< share of training labels drawn anew
        std::optional<DataSetFacts> file; ///< what is in the file, once that was looked at; no key of its own
    } data;
    struct Network {
        std::string kind = "residual"; ///< residual, plain, wide-resnet, preact-resnet, vit, mlp, ufm
        std::vector<std::int64_t> widths{32, 64, 128};
        std::int64_t featureDim = 16; ///< residual, plain, ufm; 0: the pooled activations are the features
        bool featureRelu = false;
        std::int64_t depth = 0; ///< see networkDepth()
        std::int64_t width = 4; ///< widening factor k
        std::int64_t embedDim = 192, heads = 3, patch = 4;
        double dropout = 0;
        std::string classifier = "learned"; ///< learned, etf, random (both frozen)
        double classifierScale = 1;         ///< norm of a frozen row
        bool classifierBias = false;
    } network;
    struct Mixing {
        std::string kind = "mixup"; ///< mixup, manifold-mixup, cutmix, mixup-of-three, none
        double alpha = 1;
        std::string lambdaPer = "sample"; ///< sample, batch
        std::string partners = "any";     ///< any, same, different (class)
    } mixing;
    struct Loss {
        std::string kind = "cross-entropy"; ///< cross-entropy, mse, focal
        double featurePenalty = 0.05;       ///< mu of (mu/2)|h|^2
        double labelSmoothing = 0;
        double focalGamma = 2;
    } loss;
    struct Optimiser {
        std::string kind = "sgd"; ///< sgd, adam, adamw
        std::int64_t batchSize = 128;
        double learningRate = 0.05;
        double momentum = 0.9;
        bool nesterov = false;
        double weightDecay = 5e-4;
        std::string decayOn = "all";     ///< all, weights (not norms and biases)
        double clipNorm = 0;             ///< 0: gradients are not clipped
        std::string schedule = "cosine"; ///< step, cosine
        double warmup = 0;               ///< fraction of the training
        std::vector<double> drops{0.6, 0.85};
        double dropFactor = 0.1;
    } optimiser;
    struct Recording {
        std::vector<std::int64_t> epochs; ///< empty: the rule of recordedEpochs()
        std::string probe = "pairs";      ///< pairs, batches: see drawProbe()
        std::string lambdaPer = "sample"; ///< of the probe: sample, batch
        std::int64_t loops = 1;           ///< passes over the pictures (probe batches)
        std::string mode = "eval"; ///< eval, train (batch statistics of all classes), train-chosen (of chosenClasses())
        std::int64_t bnBatches = 0;    ///< over which batch norm is estimated anew before recording; 0: not
        std::string dtype = "float32"; ///< float16, float32
        bool logits = true;
        std::int64_t cleanTrain = 5000, cleanTest = 5000;
        bool wholeTrain = false;      ///< figures of the whole training set too, without its features
        std::int64_t thumbnails = 28; ///< side in pixels, 0: none
        bool layers = false;          ///< the stages too, pooled
        bool beside = true;           ///< by cores that training leaves idle, where there are such
        std::vector<std::int64_t> viewClasses;
    } recording;

    [[nodiscard]] bool mixes() const { return mixing.kind != "none"; }
    /// An unconstrained features model: what is trained are the features of the recorded rows, and there are no
    /// pictures.
    [[nodiscard]] bool isFree() const { return network.kind == "ufm"; }
};

enum class FieldKind { Integer, Real, Boolean, Text, Choice, Integers, Reals };

/// That a Choice has one of these values.
struct FieldCondition {
    std::string_view key;
    std::vector<std::string_view> values;
};

/// One row of the table, for forms and help.
struct ConfigField {
    std::string_view key; ///< dotted, e.g. "mixing.alpha"
    FieldKind kind = FieldKind::Text;
    double min = 0, max = 0;                 ///< of a number, or of each number of a list
    std::vector<std::string_view> choices;   ///< of a Choice; of a Text the usual ones
    std::string_view help;                   ///< one sentence
    std::vector<FieldCondition> readWhere{}; ///< all must hold, else the field has no effect
};
[[nodiscard]] std::span<const ConfigField> configFields();

/// Why a field has no effect in this configuration, "not used where network.kind is vit"; empty where it has one.
[[nodiscard]] std::string unusedBecause(const TrainConfig& config, const ConfigField& field);

/// Of config.data.name; of a file that was not looked at yet only its title, no classes and side 0.
[[nodiscard]] DataSetFacts dataSetFacts(const TrainConfig& config);

/// One wrong field, told in one sentence: key, what it got, what it takes.
struct ConfigProblem {
    std::string key, message;
};

/// What is wrong with the value, empty when it can be trained: ranges first, then what fields demand of each other.
[[nodiscard]] std::vector<ConfigProblem> configProblems(const TrainConfig& config);

/// Parses JSON text, missing keys keep their defaults; the key "preset" names the preset to start from.
/// Errors: no JSON (Data), unknown key or bad value (Usage; all sentences in one line). `file` is named in the message.
[[nodiscard]] Result<TrainConfig> parseTrainConfig(std::string_view json, const std::string& file = {});
[[nodiscard]] Result<TrainConfig> readTrainConfig(const std::filesystem::path& file);

/// Applies one "key=value", as given to `--set`; lists are written 0,1,7,8. Does not check fields against each other.
[[nodiscard]] Result<void> applySetting(TrainConfig& config, std::string_view setting);

/// `settings` applied in order, then everything checked: the way from a command line to a configuration.
[[nodiscard]] Result<TrainConfig> withSettings(TrainConfig config, std::span<const std::string> settings);

/// The names that presetConfig() takes: quick, demo, …, each also with -erm (no mixing), -mse, -etf (frozen
/// classifier).
[[nodiscard]] std::vector<std::string> presetNames();
[[nodiscard]] Result<TrainConfig> presetConfig(std::string_view name);
/// What a preset is for, what it needs, and which part of it is known from where. One sentence or two.
[[nodiscard]] std::string presetSummary(std::string_view name);

/// The settings of a network by its usual name: wrn-40-10 (any depth and width), vit-b, vit-s, vit-ti,
/// preact-resnet-18, mlp, residual, plain. Error (Usage) lists them.
[[nodiscard]] Result<std::vector<std::string>> networkSettings(std::string_view name);

/// The whole resolved configuration, every key, in the order of the table. Reading it back gives the same value.
[[nodiscard]] std::string toJson(const TrainConfig& config, int indent = 2);
/// JSON Schema (2020-12) of configuration files.
[[nodiscard]] std::string configSchema(int indent = 2);

} // namespace nc

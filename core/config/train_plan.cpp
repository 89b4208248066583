#include "core/config/train_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/config/data_sets.h"
#include "core/config/network_size.h"
#include "core/split_mix.h"

namespace nc
{

std::vector<std::int64_t> trainedLabels(const TrainConfig& config)
{
    if (!config.data.classes.empty())
        return config.data.classes;
    std::vector<std::int64_t> all(dataSetFacts(config).classNames.size());
    std::iota(all.begin(), all.end(), std::int64_t{0});
    return all;
}

std::vector<std::string> trainedClassNames(const TrainConfig& config)
{
    const std::vector<std::string> names = dataSetFacts(config).classNames;
    std::vector<std::string> chosen;
    for (const std::int64_t label : trainedLabels(config))
        chosen.push_back(static_cast<std::size_t>(label) < names.size() ? names[static_cast<std::size_t>(label)]
                                                                        : std::to_string(label));
    return chosen;
}

bool recordsBatches(const TrainConfig& config)
{
    return config.recording.probe == "batches" && !config.isFree();
}

namespace
{

/// Whether only batches of the shown classes are recorded.
bool recordsChosen(const TrainConfig& config)
{
    return recordsBatches(config) || config.recording.mode == "train-chosen";
}

std::vector<std::int64_t> configuredPositions(const TrainConfig& config)
{
    const std::vector<std::int64_t> labels = trainedLabels(config);
    std::vector<std::int64_t> positions;
    for (const std::int64_t label : config.recording.viewClasses)
        positions.push_back(std::find(labels.begin(), labels.end(), label) - labels.begin());
    return positions;
}

} // namespace

std::vector<std::int64_t> probedClasses(const TrainConfig& config)
{
    constexpr std::size_t mostChosen = 3, mostProbed = 10;
    const std::size_t classes = trainedLabels(config).size();
    std::vector<std::int64_t> probed = configuredPositions(config);
    const std::size_t wanted = std::min(classes, !recordsChosen(config) ? mostProbed
                                                 : probed.empty()       ? mostChosen
                                                                        : probed.size());
    // The rest are the others in an order that the seed draws.
    std::vector<std::pair<std::uint64_t, std::int64_t>> others;
    for (std::int64_t c = 0; c < static_cast<std::int64_t>(classes); ++c)
        if (std::find(probed.begin(), probed.end(), c) == probed.end())
            others.emplace_back(splitMix64(static_cast<std::uint64_t>(config.seed), static_cast<std::uint64_t>(c)), c);
    std::sort(others.begin(), others.end());
    for (std::size_t i = 0; i < others.size() && probed.size() < wanted; ++i)
        probed.push_back(others[i].second);
    std::sort(probed.begin(), probed.end());
    return probed;
}

std::vector<std::int64_t> viewClassPositions(const TrainConfig& config)
{
    const std::vector<std::int64_t> configured = configuredPositions(config);
    return configured.empty() && recordsChosen(config) ? probedClasses(config) : configured;
}

std::vector<std::int64_t> recordedEpochs(const TrainConfig& config)
{
    std::vector<std::int64_t> epochs = config.recording.epochs;
    if (epochs.empty())
        for (std::int64_t e = 0; e <= config.epochs;) {
            epochs.push_back(e);
            e = e < 10 ? e + 1 : std::max(e + 1, std::lround(1.1 * static_cast<double>(e)));
        }
    epochs.push_back(0);
    epochs.push_back(config.epochs);
    std::sort(epochs.begin(), epochs.end());
    epochs.erase(std::unique(epochs.begin(), epochs.end()), epochs.end());
    epochs.erase(std::upper_bound(epochs.begin(), epochs.end(), config.epochs), epochs.end());
    return epochs;
}

std::int64_t trainingImages(const TrainConfig& config)
{
    const std::int64_t available =
        dataSetFacts(config).trainImages * static_cast<std::int64_t>(trainedLabels(config).size());
    return config.trainSamples > 0 ? std::min(config.trainSamples, available) : available;
}

std::int64_t stepsPerEpoch(const TrainConfig& config)
{
    return (config.isFree() ? recordedRows(config) : trainingImages(config)) /
           std::max<std::int64_t>(1, config.optimiser.batchSize);
}

double learningRateAt(const TrainConfig& config, double fraction)
{
    const auto& optimiser = config.optimiser;
    if (fraction < optimiser.warmup)
        return optimiser.learningRate * fraction / optimiser.warmup;
    if (optimiser.schedule == "cosine") {
        const double done = (fraction - optimiser.warmup) / (1 - optimiser.warmup);
        return optimiser.learningRate * 0.5 * (1 + std::cos(std::numbers::pi * done));
    }
    double rate = optimiser.learningRate;
    for (const double drop : optimiser.drops)
        if (fraction >= drop)
            rate *= optimiser.dropFactor;
    return rate;
}

std::vector<std::int64_t> probeCells(const TrainConfig& config)
{
    const auto classes = static_cast<std::int64_t>(probedClasses(config).size());
    std::vector<std::int64_t> shares;
    for (std::int64_t i = 0; i < classes; ++i)
        for (std::int64_t j = i; j < classes; ++j)
            shares.push_back(i == j ? 2 : 1);
    std::int64_t total = 0;
    for (const std::int64_t share : shares)
        total += share;
    const std::int64_t samples = config.probeSamples > 0 ? config.probeSamples : 200 * total;
    // Cumulative rounding: each cell within one of its share, and the sum exact.
    std::int64_t before = 0;
    for (std::int64_t& share : shares) {
        const std::int64_t after = before + share;
        share = samples * after / total - samples * before / total;
        before = after;
    }
    return shares;
}

std::string displayTitle(const TrainConfig& config)
{
    if (!config.title.empty())
        return config.title;
    const std::string of = config.isFree() ? "Unconstrained features" : dataSetFacts(config).title;
    std::string title = of + ", " + std::to_string(trainedLabels(config).size()) + " classes, " +
                        (config.mixes() ? config.mixing.kind : "no mixing");
    if (config.loss.kind == "mse")
        title += ", squared error";
    else if (config.loss.kind == "focal")
        title += ", focal loss";
    if (config.network.classifier != "learned")
        title += ", fixed classifier";
    return title;
}

std::string featureLayerText(const TrainConfig& config)
{
    const auto& network = config.network;
    const std::string dim =
        std::to_string(networkSize(network, inputSize(config).channels, inputSize(config).side, 2).featureDim);
    if (network.kind == "wide-resnet")
        return "pooled " + dim + ", ReLU";
    if (network.kind == "preact-resnet")
        return "pooled " + dim + ", no ReLU";
    if (network.kind == "vit")
        return "class token " + dim + ", layer norm";
    if (config.isFree())
        return "free " + dim;
    const bool pooled = network.featureDim == 0 && network.kind != "mlp";
    return (pooled ? "pooled " : "linear ") + dim + (network.featureRelu ? ", ReLU" : ", no ReLU");
}

std::int64_t probeRows(const TrainConfig& config)
{
    if (recordsBatches(config)) {
        const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
        const std::int64_t pictures =
            classes == 0 ? 0
                         : trainingImages(config) / classes * static_cast<std::int64_t>(probedClasses(config).size());
        const std::int64_t batch = std::min(config.optimiser.batchSize, pictures);
        return batch == 0 ? 0 : config.recording.loops * (pictures / batch) * batch;
    }
    const std::vector<std::int64_t> cells = probeCells(config);
    return std::accumulate(cells.begin(), cells.end(), std::int64_t{0});
}

std::int64_t recordedRows(const TrainConfig& config)
{
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
    std::int64_t rows = std::min(config.recording.cleanTrain, trainingImages(config));
    if (!config.isFree())
        rows += std::min(config.recording.cleanTest, dataSetFacts(config).testImages * classes);
    if (!config.isFree() || config.mixes())
        rows += probeRows(config);
    return rows;
}

MemoryEstimate estimateMemory(const TrainConfig& config)
{
    const DataSetFacts facts = dataSetFacts(config);
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
    const InputSize input = inputSize(config);
    const NetworkSize network = networkSize(config.network, input.channels, input.side, classes);
    MemoryEstimate need;
    const std::int64_t rows = recordedRows(config);
    need.parameters = network.parameters + (config.isFree() ? rows * network.featureDim : 0);
    if (!config.isFree())
        need.dataBytes =
            (trainingImages(config) + facts.testImages * classes) * facts.channels * facts.side * facts.side;
    need.stateBytes = (config.optimiser.kind == "sgd" ? 3 : 4) * 4 * need.parameters;
    need.activationBytes = 2 * 4 * config.optimiser.batchSize * network.activations;
    need.recordingBytes = rows * 4 * (network.featureDim + classes);
    if (config.recording.beside && config.device == "cpu") // a second network, and the weights it gets next
        need.recordingBytes += 2 * 4 * need.parameters;
    const std::int64_t wordBytes = config.recording.dtype == "float16" ? 2 : 4;
    const std::int64_t epochBytes =
        rows * (network.featureDim * wordBytes + (config.recording.logits ? 4 * classes : 0));
    need.runBytes = static_cast<std::int64_t>(recordedEpochs(config).size()) * epochBytes +
                    rows * facts.channels * config.recording.thumbnails * config.recording.thumbnails +
                    12 * need.parameters;
    return need;
}

} // namespace nc

#include "core/config/train_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nc
{

const std::array<std::string, 10>& fashionMnistClasses()
{
    static const std::array<std::string, 10> names = {"T-shirt", "Trouser", "Pullover", "Dress", "Coat",
                                                      "Sandal",  "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
    return names;
}

std::vector<std::int64_t> trainedLabels(const TrainConfig& config)
{
    if (!config.data.classes.empty())
        return config.data.classes;
    std::vector<std::int64_t> all(fashionMnistClasses().size());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<std::int64_t>(i);
    return all;
}

std::vector<std::string> trainedClassNames(const TrainConfig& config)
{
    std::vector<std::string> names;
    for (const std::int64_t label : trainedLabels(config))
        names.push_back(fashionMnistClasses().at(static_cast<std::size_t>(label)));
    return names;
}

std::vector<std::int64_t> viewClassPositions(const TrainConfig& config)
{
    const std::vector<std::int64_t> labels = trainedLabels(config);
    std::vector<std::int64_t> positions;
    for (const std::int64_t label : config.recording.viewClasses)
        positions.push_back(std::find(labels.begin(), labels.end(), label) - labels.begin());
    return positions;
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

double learningRateAt(const TrainConfig& config, double fraction)
{
    const auto& optimiser = config.optimiser;
    if (optimiser.schedule == "cosine")
        return optimiser.learningRate * 0.5 * (1 + std::cos(std::numbers::pi * fraction));
    double rate = optimiser.learningRate;
    for (const double drop : optimiser.drops)
        if (fraction >= drop)
            rate *= optimiser.dropFactor;
    return rate;
}

std::vector<std::int64_t> probeCells(const TrainConfig& config)
{
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
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
    std::string title = "FashionMNIST, " + std::to_string(trainedLabels(config).size()) + " classes, " +
                        (config.mixes() ? "mixup" : "no mixing");
    if (config.loss.kind == "mse")
        title += ", squared error";
    if (config.network.classifier == "etf")
        title += ", fixed classifier";
    return title;
}

std::string featureLayerText(const TrainConfig& config)
{
    const auto& network = config.network;
    if (network.featureDim == 0)
        return "pooled " + std::to_string(network.widths.back()) + (network.featureRelu ? ", ReLU" : ", no ReLU");
    return "linear " + std::to_string(network.featureDim) + (network.featureRelu ? ", ReLU" : ", no ReLU");
}

MemoryEstimate estimateMemory(const TrainConfig& config)
{
    constexpr std::int64_t pixels = 28 * 28, imagesOfClass = 6000, testOfClass = 1000;
    const auto& network = config.network;
    const auto classes = static_cast<std::int64_t>(trainedLabels(config).size());
    const bool residual = network.kind == "residual";
    MemoryEstimate need;

    std::int64_t channels = 1, area = pixels, activations = 0;
    for (const std::int64_t width : network.widths) {
        need.parameters += 9 * channels * width + 2 * width;
        activations += 2 * area * width; // convolution and batch norm, kept for the way back
        area /= 4;
        activations += area * width; // halved
        if (residual) {
            need.parameters += 2 * (9 * width * width + 2 * width);
            activations += 5 * area * width;
        }
        channels = width;
    }
    const std::int64_t dim = network.featureDim > 0 ? network.featureDim : channels;
    if (network.featureDim > 0)
        need.parameters += (channels + 1) * dim;
    need.parameters += classes * dim + (network.classifierBias ? classes : 0);

    const std::int64_t available = imagesOfClass * classes;
    const std::int64_t train = config.trainSamples > 0 ? std::min(config.trainSamples, available) : available;
    std::int64_t rows = config.recording.cleanTrain + config.recording.cleanTest;
    for (const std::int64_t cell : probeCells(config))
        rows += cell;
    need.dataBytes = (train + testOfClass * classes) * pixels;
    need.stateBytes = 3 * 4 * need.parameters;
    need.activationBytes = 2 * 4 * config.optimiser.batchSize * activations;
    need.recordingBytes = rows * 4 * (dim + classes);
    const std::int64_t wordBytes = config.recording.dtype == "float16" ? 2 : 4;
    const std::int64_t epochBytes = rows * (dim * wordBytes + (config.recording.logits ? 4 * classes : 0));
    need.runBytes = static_cast<std::int64_t>(recordedEpochs(config).size()) * epochBytes +
                    rows * config.recording.thumbnails * config.recording.thumbnails + 12 * need.parameters;
    return need;
}

} // namespace nc

#include "core/training/recorder.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "core/collapse_metrics.h"

namespace nc::training
{
namespace
{

/// Copies a picture (size x size x channels) at another side: each target pixel the mean of the source pixels under it.
void shrink(const std::vector<double>& picture, std::int64_t size, std::int64_t channels, std::int64_t side,
            std::uint8_t* into)
{
    const double scale = static_cast<double>(size) / static_cast<double>(side);
    /// Pixels [begin, end) under target pixel t, and the length of source pixel v that lies under it.
    const auto begin = [&](std::int64_t t) { return static_cast<std::int64_t>(static_cast<double>(t) * scale); };
    const auto overlap = [&](std::int64_t t, std::int64_t v) {
        return std::min(static_cast<double>(v + 1), static_cast<double>(t + 1) * scale) -
               std::max(static_cast<double>(v), static_cast<double>(t) * scale);
    };
    for (std::int64_t y = 0; y < side; ++y)
        for (std::int64_t x = 0; x < side; ++x)
            for (std::int64_t c = 0; c < channels; ++c) {
                double sum = 0, area = 0;
                for (std::int64_t v = begin(y); v < size && overlap(y, v) > 0; ++v)
                    for (std::int64_t u = begin(x); u < size && overlap(x, u) > 0; ++u) {
                        const double weight = overlap(y, v) * overlap(x, u);
                        sum += weight * picture[static_cast<std::size_t>((v * size + u) * channels + c)];
                        area += weight;
                    }
                *into++ = static_cast<std::uint8_t>(std::lround(std::clamp(sum / area, 0.0, 255.0)));
            }
}

Thumbnails thumbnailsOf(const Split& split, const LabelledImages& images, std::int64_t side)
{
    Thumbnails result{split.rows(), side, images.channels, {}};
    const std::int64_t bytes = images.imageBytes(), small = side * side * images.channels;
    result.bytes.resize(static_cast<std::size_t>(result.count * small));
    std::vector<double> picture(static_cast<std::size_t>(bytes));
    for (std::size_t row = 0; row < split.lambda.size(); ++row) {
        const std::uint8_t *a = images.image(split.sampleA[row]), *b = images.image(split.sampleB[row]);
        for (std::int64_t p = 0; p < bytes; ++p)
            picture[static_cast<std::size_t>(p)] = split.lambda[row] * a[p] + (1 - split.lambda[row]) * b[p];
        shrink(picture, images.width, images.channels, side,
               result.bytes.data() + static_cast<std::int64_t>(row) * small);
    }
    return result;
}

RowMatrixF toMatrix(const std::vector<torch::Tensor>& blocks)
{
    const torch::Tensor all = torch::cat(blocks).to(torch::kCPU, torch::kFloat).contiguous();
    return Eigen::Map<const RowMatrixF>(all.data_ptr<float>(), all.size(0), all.size(1));
}

/// Rows of each block: as few blocks of at most `size` rows as possible, of nearly the same size, so that batch
/// statistics never come from a handful of pictures.
std::vector<std::pair<std::size_t, std::size_t>> evenBlocks(std::size_t rows, std::size_t size)
{
    const std::size_t blocks = (rows + size - 1) / size;
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (std::size_t i = 0; i < blocks; ++i)
        ranges.emplace_back(rows * i / blocks, rows * (i + 1) / blocks);
    return ranges;
}

struct Score {
    double accuracy = 0, crossEntropy = 0;
};

/// Of clean rows: share classified right, mean -log p of the label.
Score scoreOf(const RowMatrixF& logits, const std::vector<std::int32_t>& labels)
{
    Score score;
    for (Index row = 0; row < logits.rows(); ++row) {
        Index top = 0;
        const double largest = logits.row(row).maxCoeff(&top);
        const auto z = logits.row(row).cast<double>().array();
        const auto label = labels[static_cast<std::size_t>(row)];
        score.accuracy += top == label ? 1 : 0;
        score.crossEntropy += largest + std::log((z - largest).exp().sum()) - z(label);
    }
    const auto count = static_cast<double>(logits.rows());
    return {score.accuracy / count, score.crossEntropy / count};
}

/// NC1 of the split recorded last.
std::optional<double> withinClassCollapse(const RecordedEpoch& epoch, const Split& split)
{
    const Snapshot rows(epoch.splits.back().features);
    MetricInputs inputs;
    inputs.epoch = epoch.epoch;
    inputs.features = &rows;
    inputs.split = &split;
    inputs.classes = epoch.classifier.classes();
    const Result<MetricEntry> entry = measure(inputs, {});
    if (!entry || !(*entry)["nc1.pinv"].available())
        return std::nullopt;
    return (*entry)["nc1.pinv"].value;
}

Classifier classifierOf(torch::nn::Linear& layer)
{
    const torch::Tensor weight = layer->weight.detach().to(torch::kCPU, torch::kDouble).contiguous();
    Classifier result;
    result.weight = Eigen::Map<const RowMatrixD>(weight.data_ptr<double>(), weight.size(0), weight.size(1));
    result.bias = Vector::Zero(weight.size(0));
    if (layer->bias.defined()) {
        const torch::Tensor bias = layer->bias.detach().to(torch::kCPU, torch::kDouble).contiguous();
        result.bias = Eigen::Map<const Vector>(bias.data_ptr<double>(), bias.size(0));
        result.hasBias = true;
    }
    return result;
}

} // namespace

Recorder::Recorder(const TrainConfig& config, const ImageDataSet& data, const SampleSet& train, const SampleSet& test,
                   const torch::Device& device)
    : m_config(config)
{
    const auto classes = static_cast<std::int64_t>(*std::max_element(train.label.begin(), train.label.end()) + 1);
    add(drawProbe(config, train), data.train, data, device);
    using Purpose = RandomStream::Purpose;
    if (config.recording.cleanTrain > 0)
        add(cleanSplit(config,
                       drawSamples(train, classes, config.recording.cleanTrain,
                                   RandomStream(config.seed, Purpose::CleanTrain)),
                       "train"),
            data.train, data, device);
    if (config.recording.cleanTest > 0)
        add(cleanSplit(
                config,
                drawSamples(test, classes, config.recording.cleanTest, RandomStream(config.seed, Purpose::CleanTest)),
                "test"),
            data.test, data, device);
}

void Recorder::add(Split split, const LabelledImages& images, const ImageDataSet& data, const torch::Device& device)
{
    std::set<std::int64_t> used(split.sampleA.begin(), split.sampleA.end());
    used.insert(split.sampleB.begin(), split.sampleB.end());
    const std::vector<std::int64_t> kept(used.begin(), used.end());
    const auto rowOf = [&](std::int64_t sample) {
        return std::lower_bound(kept.begin(), kept.end(), sample) - kept.begin();
    };
    MixPlan plan;
    for (std::size_t row = 0; row < split.lambda.size(); ++row) {
        plan.first.push_back(rowOf(split.sampleA[row]));
        plan.second.push_back(rowOf(split.sampleB[row]));
        plan.lambda.push_back(static_cast<float>(split.lambda[row]));
    }
    if (m_config.recording.thumbnails > 0)
        m_statics.thumbnails[split.name] = thumbnailsOf(split, images, m_config.recording.thumbnails);
    m_sources.push_back({std::move(plan), PixelStore(m_config, images, kept, data, device)});
    m_statics.splits.push_back(std::move(split));
}

RecordedSplit Recorder::recordSplit(Network& network, std::size_t index) const
{
    const auto& [plan, pixels] = m_sources[index];
    const std::size_t rows = plan.lambda.size();
    // With batch statistics each batch must hold all classes: a fixed shuffle, undone below.
    const bool shuffled = m_config.recording.mode == "train";
    std::vector<std::int64_t> order(rows);
    std::iota(order.begin(), order.end(), std::int64_t{0});
    if (shuffled)
        order = RandomStream(m_config.seed, RandomStream::Purpose::Recording, static_cast<std::int64_t>(index))
                    .permutation(static_cast<std::int64_t>(rows));
    constexpr std::size_t evalBlock = 100;
    const auto size = shuffled ? static_cast<std::size_t>(m_config.optimiser.batchSize) : evalBlock;
    std::vector<torch::Tensor> features, logits;
    std::vector<std::pair<std::string, std::vector<torch::Tensor>>> layers;
    for (const auto& [begin, end] : evenBlocks(rows, size)) {
        MixPlan block;
        for (std::size_t i = begin; i < end; ++i) {
            const auto row = static_cast<std::size_t>(order[i]);
            block.first.push_back(plan.first[row]);
            block.second.push_back(plan.second[row]);
            block.lambda.push_back(plan.lambda[row]);
        }
        Network::Wanted wanted;
        wanted.stages = m_config.recording.layers;
        const Activations activations = network.forwardFeatures(pixels.mixed(block), wanted);
        features.push_back(activations.penultimate);
        logits.push_back(activations.logits);
        layers.resize(activations.stages.size());
        for (std::size_t s = 0; s < layers.size(); ++s) {
            layers[s].first = activations.stages[s].first;
            layers[s].second.push_back(activations.stages[s].second);
        }
    }
    const auto inOrder = [&](const std::vector<torch::Tensor>& blocks) {
        RowMatrixF values = toMatrix(blocks);
        if (!shuffled)
            return values;
        RowMatrixF sorted(values.rows(), values.cols());
        for (std::size_t i = 0; i < rows; ++i)
            sorted.row(order[i]) = values.row(static_cast<Index>(i));
        return sorted;
    };
    RecordedSplit result{m_statics.splits[index].name, inOrder(features), inOrder(logits), {}};
    for (const auto& [name, blocks] : layers)
        result.layers.emplace_back(name, inOrder(blocks));
    return result;
}

RecordedEpoch Recorder::record(Network& network, std::int64_t epoch) const
{
    const torch::NoGradGuard noGradient;
    const ModeGuard mode(network, m_config.recording.mode == "train");
    RecordedEpoch result;
    result.epoch = epoch;
    result.classifier = classifierOf(network.classifier());
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        result.splits.push_back(recordSplit(network, i));
        const Split& split = m_statics.splits[i];
        if (split.kind == SplitKind::Mix)
            continue;
        const Score score = scoreOf(result.splits.back().logits, split.labelA);
        if (split.origin == "test") {
            result.scalars["test_accuracy"] = score.accuracy;
            result.scalars["test_loss"] = score.crossEntropy;
        } else {
            result.scalars["clean_accuracy"] = score.accuracy;
            if (const std::optional<double> nc1 = withinClassCollapse(result, split))
                result.scalars["nc1"] = *nc1;
        }
    }
    return result;
}

ModeGuard::ModeGuard(torch::nn::Module& module, bool training)
    : m_module(module)
    , m_wasTraining(module.is_training())
{
    for (const torch::Tensor& buffer : module.buffers())
        m_saved.push_back(buffer.detach().clone());
    module.train(training);
}

ModeGuard::~ModeGuard()
{
    const torch::NoGradGuard noGradient;
    const auto buffers = m_module.buffers();
    for (std::size_t i = 0; i < m_saved.size(); ++i)
        buffers[i].copy_(m_saved[i]);
    m_module.train(m_wasTraining);
}

} // namespace nc::training

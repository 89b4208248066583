#include "core/training/recorder.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>

#include <c10/core/impl/VirtualGuardImpl.h>

#include "core/collapse_metrics.h"
#include "core/config/train_plan.h"
#include "core/training/host_copy.h"

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

/// Blocks of rows one below the other in memory of the host, pinned where they come from a GPU: the copies are queued
/// there and nobody waits for them.
class HostRows
{
public:
    HostRows(std::size_t rows, bool pinned)
        : m_rows(static_cast<std::int64_t>(rows))
        , m_pinned(pinned)
    {
    }
    void put(std::size_t begin, const torch::Tensor& block)
    {
        if (!m_values.defined())
            m_values =
                torch::empty({m_rows, block.size(1)}, torch::TensorOptions(torch::kFloat).pinned_memory(m_pinned));
        const auto first = static_cast<std::int64_t>(begin);
        m_values.slice(0, first, first + block.size(0)).copy_(block, true);
    }
    [[nodiscard]] const torch::Tensor& values() const { return m_values; }

private:
    std::int64_t m_rows;
    bool m_pinned;
    torch::Tensor m_values;
};

/// As a matrix, the rows put back in their order.
RowMatrixF toMatrix(const torch::Tensor& rows, const std::vector<std::int64_t>& order)
{
    const Eigen::Map<const RowMatrixF> values(rows.data_ptr<float>(), rows.size(0), rows.size(1));
    if (order.empty())
        return values;
    RowMatrixF sorted(values.rows(), values.cols());
    for (std::size_t i = 0; i < order.size(); ++i)
        sorted.row(order[i]) = values.row(static_cast<Index>(i));
    return sorted;
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

Classifier classifierOf(const PendingEpoch& pending)
{
    const torch::Tensor weight = pending.weight.to(torch::kDouble);
    Classifier result;
    result.weight = Eigen::Map<const RowMatrixD>(weight.data_ptr<double>(), weight.size(0), weight.size(1));
    result.bias = Vector::Zero(weight.size(0));
    if (pending.bias.defined()) {
        const torch::Tensor bias = pending.bias.to(torch::kDouble);
        result.bias = Eigen::Map<const Vector>(bias.data_ptr<double>(), bias.size(0));
        result.hasBias = true;
    }
    return result;
}

/// Batch norm's running averages become the plain means over these training batches. Leaves the network in eval mode.
void reestimateBatchNorm(Network& network, std::int64_t batches, const std::function<void(std::int64_t)>& trainingBatch)
{
    std::vector<std::pair<torch::nn::BatchNorm2dImpl*, std::optional<double>>> norms;
    for (const auto& module : network.modules())
        if (auto* norm = module->as<torch::nn::BatchNorm2d>()) {
            norms.emplace_back(norm, norm->options.momentum());
            norm->reset_running_stats();
            norm->options.momentum(std::nullopt); // a plain mean
        }
    network.train();
    for (std::int64_t k = 0; k < batches; ++k)
        trainingBatch(k);
    network.eval();
    for (const auto& [norm, momentum] : norms)
        norm->options.momentum(momentum);
}

/// Seconds on the wall of each thing that `work(k)` does, which returns their number: k = 0 not timed, then for about
/// `seconds`, at least once.
template <typename Work>
double secondsEach(double seconds, const Work& work)
{
    using Clock = std::chrono::steady_clock;
    std::ignore = work(0);
    const auto start = Clock::now();
    double elapsed = 0, things = 0;
    for (std::size_t k = 1; k < 2 || elapsed < seconds; ++k) {
        things += static_cast<double>(work(k));
        elapsed = std::chrono::duration<double>(Clock::now() - start).count();
    }
    return elapsed / things;
}

} // namespace

Recorder::Recorder(const TrainConfig& config, const ImageDataSet& data, const SampleSet& train, const SampleSet& test,
                   const torch::Device& device, const PixelStore* trainPixels)
    : m_config(config)
    , m_device(device)
{
    const auto classes = static_cast<std::int64_t>(*std::max_element(train.label.begin(), train.label.end()) + 1);
    if (!config.isFree() || config.mixes())
        add(drawProbe(config, train), data.train, data, device);
    using Purpose = RandomStream::Purpose;
    const auto addClean = [&](const SampleSet& from, std::int64_t count, Purpose purpose, const char* origin,
                              const LabelledImages& images) {
        // Batch statistics of the shown classes are those of batches of nothing else.
        const SampleSet fitting =
            config.recording.mode == "train-chosen" ? ofClasses(from, probedClasses(config)) : from;
        if (count > 0)
            add(cleanSplit(config, drawSamples(fitting, classes, count, RandomStream(config.seed, purpose)), origin),
                images, data, device);
    };
    addClean(train, config.recording.cleanTrain, Purpose::CleanTrain, "train", data.train);
    addClean(test, config.isFree() ? 0 : config.recording.cleanTest, Purpose::CleanTest, "test", data.test);
    if (config.recording.wholeTrain && !config.isFree())
        m_wholeTrain.emplace(config,
                             trainPixels ? *trainPixels : PixelStore(config, data.train, train.index, data, device),
                             train.label);
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
    const bool isMix = split.kind == SplitKind::Mix;
    if (isMix && recordsBatches(m_config))
        plan.placements = recordedPlacements(m_config, split.lambda.size());
    if (m_config.recording.thumbnails > 0)
        m_statics.thumbnails[split.name] = thumbnailsOf(split, images, m_config.recording.thumbnails);
    const std::int64_t before = m_sources.empty() ? 0 : m_sources.back().firstRow + m_statics.splits.back().rows();
    const std::vector<std::int64_t> pictures = m_config.isFree() ? std::vector<std::int64_t>{} : kept;
    m_sources.push_back({std::move(plan), PixelStore(m_config, images, pictures, data, device),
                         isMix && (recordsBatches(m_config) || m_config.recording.lambdaPer == "batch"), before});
    m_statics.splits.push_back(std::move(split));
}

torch::Tensor Recorder::targets(std::int64_t classes) const
{
    std::vector<torch::Tensor> all;
    for (const Split& split : m_statics.splits) {
        const auto oneHot = [&](const std::vector<std::int32_t>& labels) {
            return torch::one_hot(torch::tensor(labels).to(torch::kInt64), classes).to(torch::kFloat);
        };
        const torch::Tensor lambda = torch::tensor(split.lambda).to(torch::kFloat).view({-1, 1});
        all.push_back(lambda * oneHot(split.labelA) + (1 - lambda) * oneHot(split.labelB));
    }
    return torch::cat(all);
}

torch::Tensor Recorder::input(const Source& source, std::span<const std::int64_t> rows) const
{
    const std::vector<std::int64_t> list(rows.begin(), rows.end());
    if (m_config.isFree())
        return (torch::tensor(list, torch::kInt64) + source.firstRow).to(source.pixels.device());
    MixPlan block;
    for (const std::int64_t at : rows) {
        const auto row = static_cast<std::size_t>(at);
        block.first.push_back(source.plan.first[row]);
        block.second.push_back(source.plan.second[row]);
        block.lambda.push_back(source.plan.lambda[row]);
        if (!source.plan.placements.empty())
            block.placements.push_back(source.plan.placements[row]);
    }
    if (!block.placements.empty()) // each lies as it does at its own place in the batch
        for (const std::int64_t second : block.second)
            block.secondPlacements.push_back(block.placements[static_cast<std::size_t>(
                std::find(block.first.begin(), block.first.end(), second) - block.first.begin())]);
    return source.pixels.mixed(block);
}

std::size_t Recorder::blockRows(bool fixed) const
{
    // Of the network of fashion-cnn on one core, blocks of 200 or 400 rows cost more a row, of 25 and 50 as much
    // (docs/benchmarks.md); why, and how it is with other networks and on GPUs, was not measured.
    constexpr std::size_t evalRows = 100;
    return usesBatchStatistics() || fixed ? static_cast<std::size_t>(m_config.optimiser.batchSize) : evalRows;
}

Recorder::Passage Recorder::passageOf(std::size_t index) const
{
    const Source& source = m_sources[index];
    const std::size_t rows = source.plan.lambda.size();
    // With batch statistics each batch must hold all classes: a fixed shuffle, undone in finish().
    const bool statistics = usesBatchStatistics();
    Passage passage;
    passage.shuffled = statistics && !source.inBatches;
    passage.order.resize(rows);
    std::iota(passage.order.begin(), passage.order.end(), std::int64_t{0});
    if (passage.shuffled)
        passage.order = RandomStream(m_config.seed, RandomStream::Purpose::Recording, static_cast<std::int64_t>(index))
                            .permutation(static_cast<std::int64_t>(rows));
    passage.blocks = evenBlocks(rows, blockRows(source.inBatches));
    return passage;
}

Activations Recorder::recordBlock(Network& network, std::size_t index, const Passage& passage, std::size_t block) const
{
    const auto [begin, end] = passage.blocks[block];
    Network::Wanted wanted;
    wanted.stages = m_config.recording.layers;
    return network.forwardFeatures(input(m_sources[index], std::span(passage.order).subspan(begin, end - begin)),
                                   wanted);
}

PendingSplit Recorder::recordSplit(Network& network, std::size_t index) const
{
    Passage passage = passageOf(index);
    const std::size_t rows = passage.order.size();
    const bool pinned = m_device.is_cuda();
    HostRows features(rows, pinned), logits(rows, pinned);
    std::vector<std::pair<std::string, HostRows>> stages;
    for (std::size_t block = 0; block < passage.blocks.size(); ++block) {
        const Activations activations = recordBlock(network, index, passage, block);
        const std::size_t begin = passage.blocks[block].first;
        features.put(begin, activations.penultimate);
        logits.put(begin, activations.logits);
        for (std::size_t s = 0; s < activations.stages.size(); ++s) {
            if (stages.size() == s)
                stages.emplace_back(activations.stages[s].first, HostRows(rows, pinned));
            stages[s].second.put(begin, activations.stages[s].second);
        }
    }
    PendingSplit result{{{"penultimate", features.values()}}, logits.values(), {}};
    for (const auto& [name, values] : stages)
        result.layers.emplace_back(name, values.values());
    if (passage.shuffled)
        result.order = std::move(passage.order);
    return result;
}

double Recorder::trial(Network& network, double seconds, const std::function<void(std::int64_t)>& trainingBatch) const
{
    const torch::NoGradGuard noGradient;
    const auto generator = keptGenerator();
    const ModeGuard mode(network, usesBatchStatistics());
    const Passage passage = passageOf(0);
    const double perRow = secondsEach(seconds, [&](std::size_t taken) {
        const std::size_t block = taken % passage.blocks.size();
        // Onto the host: waits for a GPU.
        std::ignore = recordBlock(network, 0, passage, block).logits.to(torch::kCPU);
        return passage.blocks[block].second - passage.blocks[block].first;
    });
    const std::int64_t rows =
        m_sources.back().firstRow + m_statics.splits.back().rows() + (m_wholeTrain ? m_wholeTrain->rows() : 0);
    double all = static_cast<double>(rows) * perRow;
    if (m_config.recording.bnBatches > 0 && trainingBatch) {
        network.train();
        all += static_cast<double>(m_config.recording.bnBatches) * secondsEach(seconds, [&](std::size_t taken) {
                   trainingBatch(static_cast<std::int64_t>(taken));
                   std::ignore = network.parameters().front().sum().item<float>(); // behind it in a GPU's queue
                   return 1;
               });
    }
    return all;
}

PendingEpoch Recorder::record(Network& network, std::int64_t epoch,
                              const std::function<void(std::int64_t)>& trainingBatch) const
{
    const torch::NoGradGuard noGradient;
    const auto generator = keptGenerator();
    const ModeGuard mode(network, usesBatchStatistics());
    if (m_config.recording.bnBatches > 0 && trainingBatch)
        reestimateBatchNorm(network, m_config.recording.bnBatches, trainingBatch);
    PendingEpoch result;
    result.epoch = epoch;
    result.weight = onHost(network.classifier()->weight);
    if (network.classifier()->bias.defined())
        result.bias = onHost(network.classifier()->bias);
    for (std::size_t i = 0; i < m_sources.size(); ++i)
        result.splits.push_back(recordSplit(network, i));
    if (m_wholeTrain)
        result.wholeTrain = m_wholeTrain->record(network, blockRows(false));
    if (m_device.is_cuda()) {
        result.arrived.emplace(m_device.type());
        result.arrived->record(c10::impl::VirtualGuardImpl(m_device.type()).getStream(m_device));
    }
    return result;
}

RecordedEpoch Recorder::finish(const PendingEpoch& pending) const
{
    if (pending.arrived)
        pending.arrived->synchronize();
    RecordedEpoch result;
    result.epoch = pending.epoch;
    result.classifier = classifierOf(pending);
    if (pending.wholeTrain)
        result.scalars = wholeTrainScalars(*pending.wholeTrain, result.classifier);
    for (std::size_t i = 0; i < pending.splits.size(); ++i) {
        const PendingSplit& rows = pending.splits[i];
        const Split& split = m_statics.splits[i];
        result.splits.push_back(
            {split.name, toMatrix(rows.layers[0].second, rows.order), toMatrix(rows.logits, rows.order), {}});
        for (std::size_t s = 1; s < rows.layers.size(); ++s)
            result.splits.back().layers.emplace_back(rows.layers[s].first, toMatrix(rows.layers[s].second, rows.order));
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

std::unique_ptr<GeneratorGuard> Recorder::keptGenerator() const
{
    const bool draws = usesBatchStatistics() || m_config.recording.bnBatches > 0;
    return draws ? std::make_unique<GeneratorGuard>(m_device) : nullptr;
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

GeneratorGuard::GeneratorGuard(const torch::Device& device)
    : m_generator(at::globalContext().defaultGenerator(device))
    , m_state(m_generator.get_state())
{
}

GeneratorGuard::~GeneratorGuard()
{
    m_generator.set_state(m_state);
}

} // namespace nc::training

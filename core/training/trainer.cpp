#include "core/training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <new>

#include "core/config/network_size.h"
#include "core/config/train_plan.h"
#include "core/training/autocast.h"
#include "core/training/background_writer.h"
#include "core/training/checkpoint.h"
#include "core/training/data_parallel.h"
#include "core/training/engine.h"
#include "core/training/loss_scale.h"
#include "core/training/optimisers.h"
#include "core/training/recorder.h"
#include "core/training/safetensors.h"
#include "core/training/side_network.h"
#include "core/training/step_graph.h"

namespace nc::training
{
namespace
{

using Clock = std::chrono::steady_clock;
using Purpose = RandomStream::Purpose;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// CPU seconds of this process, all threads.
double cpuSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// What LibTorch throws, in one sentence; the rest of its text is a stack trace.
Error errorOf(const std::exception& error, const TrainConfig& config)
{
    const std::string text = error.what(), first = text.substr(0, text.find('\n'));
    const auto says = [&](const char* words) { return text.find(words) != std::string::npos; };
    const bool memory = dynamic_cast<const std::bad_alloc*>(&error) || says("out of memory") ||
                        says("not enough memory") || says("allocate memory") || says("ALLOC_FAILED");
    if (!memory)
        return environmentError("LibTorch failed: " + first);
    const auto estimate = static_cast<double>(estimateMemory(config).memoryBytes());
    char gigabytes[32];
    std::snprintf(gigabytes, sizeof gigabytes, "%.1f", estimate / 1e9);
    return environmentError("Out of memory: this training takes about " + std::string(gigabytes) +
                            " GB besides LibTorch itself; lower optimiser.batch_size (now " +
                            std::to_string(config.optimiser.batchSize) + "), train_samples or the network (" + first +
                            ")");
}

/// Runs `work`, a Result; what it throws is a Result too.
template <typename Work>
auto caught(const TrainConfig& config, Work&& work) -> decltype(work())
{
    try {
        return work();
    } catch (const std::exception& error) {
        return errorOf(error, config);
    }
}

Result<SampleSet> samplesOf(const TrainConfig& config, const LabelledImages& images, std::int64_t count,
                            Purpose purpose, const char* origin)
{
    const std::vector<std::int64_t> classes = trainedLabels(config);
    SampleSet set = drawSamples(images.labels, classes, count, RandomStream(config.seed, purpose));
    for (std::size_t c = 0; c < classes.size(); ++c)
        if (std::find(set.label.begin(), set.label.end(), static_cast<std::int32_t>(c)) == set.label.end())
            return dataError("Cannot train: the " + std::string(origin) + " pictures hold none of class " +
                             trainedClassNames(config)[c]);
    return set;
}

} // namespace

struct Trainer::Impl {
    Impl(const TrainConfig& trainConfig, const ImageDataSet& data, const SampleSet& train, const SampleSet& test,
         torch::Device where, Communicator* processes);

    Result<Outcome> run();
    Result<Outcome> trainPass();
    TrialTimes trial(double seconds);
    [[nodiscard]] std::int64_t rows() const { return config.isFree() ? freeTargets.size(0) : pixels.count(); }
    Activations forward(const torch::Tensor& images, const MixPlan& plan);
    std::pair<Activations, torch::Tensor> activationsAndTargets(std::int64_t epoch,
                                                                std::span<const std::int64_t> batch);
    torch::Tensor backward(const Activations& activations, const torch::Tensor& targets);
    torch::Tensor repeatedPasses(const MixPlan& plan);
    double step(std::int64_t epoch, std::span<const std::int64_t> batch, bool wantLoss);
    Result<Outcome> trainAll();
    void finishEpoch(bool record);
    PendingEpoch recordProbe(std::int64_t epoch);
    std::function<void(std::int64_t)> unseenBatches();
    std::function<RecordedEpoch()> recording();
    std::string checkpoint();
    void tellFinished();
    void decideSteps(double cpuOfStep);
    void takeSums();
    [[nodiscard]] MixPlan shareOfStep(std::int64_t epoch, std::span<const std::int64_t> batch);
    [[nodiscard]] double meanOverProcesses(double value) const;
    void gatherForSaving();
    [[nodiscard]] std::int64_t steps() const;
    [[nodiscard]] std::int64_t fullSteps() const { return rows() / config.optimiser.batchSize; }
    [[nodiscard]] double learningRate() const;
    [[nodiscard]] std::map<std::string, double> passScalars() const;
    [[nodiscard]] Error diverged() const;

    Communicator alone;
    Communicator& group;
    std::unique_ptr<DataParallel> parallel; ///< of a running run() of several processes, else null
    TrainConfig config;
    torch::Device device;
    std::string deviceName;
    std::int64_t classes;
    PixelStore pixels;
    std::vector<std::int32_t> trainLabels;
    torch::Tensor labels; ///< the same on the device
    Recorder recorder;
    torch::Tensor freeTargets;         ///< labels of the rows of an unconstrained features model, rows x C
    std::unique_ptr<SideNetwork> side; ///< that records, else null
    std::shared_ptr<Network> network;
    std::unique_ptr<torch::optim::Optimizer> optimiser;
    std::optional<LossScale> lossScale;                 ///< of float16
    std::unique_ptr<StepGraph> graph;                   ///< of cuda_graph, else null
    torch::Tensor graphImages, graphTargets, graphLoss; ///< what it reads and writes

    Progress progress;
    torch::Tensor sums; ///< loss and lambda-weighted hits of this pass, double, on the device: read only when needed
    double rate = 0;    ///< learning rate of the last step

    // Of the running run().
    BackgroundWriter* writer = nullptr;
    SnapshotSink* sink = nullptr;
    const TrainHooks* hooks = nullptr;
    std::filesystem::path checkpointFile;
    Clock::time_point started;
    double secondsBefore = 0;
    double cpuStart = 0, cpuRecording = 0, cpuSteps = 0;
    std::int64_t stepsMeasured = 0;
};

Trainer::Impl::Impl(const TrainConfig& trainConfig, const ImageDataSet& data, const SampleSet& train,
                    const SampleSet& test, torch::Device where, Communicator* processes)
    : group(processes ? *processes : alone)
    , config(trainConfig)
    , device(where)
    , deviceName(where.str())
    , classes(static_cast<std::int64_t>(trainedLabels(trainConfig).size()))
    , pixels(trainConfig, data.train, trainConfig.isFree() ? std::vector<std::int64_t>{} : train.index, data, where)
    , trainLabels(train.label)
    , labels(torch::tensor(train.label).to(torch::kInt64).to(where))
    , recorder(trainConfig, data, train, test, where, &pixels)
    , freeTargets(trainConfig.isFree() ? recorder.targets(classes).to(where) : torch::Tensor())
{
    if (config.threads > 0)
        at::set_num_threads(static_cast<int>(config.threads));
    const std::int64_t pixelsAside = inputSize(config).side;
    const ImageShape shape{data.train.channels, pixelsAside, pixelsAside, config.isFree() ? rows() : 0};
    side = SideNetwork::create(config, shape, classes, device, group.size()); // before the seed: it draws too
    torch::manual_seed(static_cast<std::uint64_t>(config.seed));
    network = makeNetwork(config.network, shape, classes);
    network->to(device);
    toChannelsLast(*network);
    optimiser = makeOptimiser(config.optimiser, *network);
    sums = torch::zeros({2}, torch::TensorOptions(torch::kDouble).device(device));
    progress.stepsPerEpoch = config.budgetSeconds > 0 ? 0 : fullSteps();
    if (config.precision == "float16")
        lossScale.emplace();
}

std::int64_t Trainer::Impl::steps() const
{
    return progress.stepsPerEpoch > 0 ? progress.stepsPerEpoch : fullSteps();
}

double Trainer::Impl::learningRate() const
{
    const double passes =
        static_cast<double>(progress.epoch) + static_cast<double>(progress.step) / static_cast<double>(steps());
    return learningRateAt(config, passes / static_cast<double>(config.epochs));
}

void Trainer::Impl::takeSums()
{
    const torch::Tensor host = sums.to(torch::kCPU);
    progress.lossSum = meanOverProcesses(host[0].item<double>());
    progress.correctSum = meanOverProcesses(host[1].item<double>());
}

/// Together.
double Trainer::Impl::meanOverProcesses(double value) const
{
    group.sum({&value, 1});
    return value / group.size();
}

/// What this process does of a step: all of it, or its rows of the same plan. Partners of hidden mixes must be near, so
/// they are drawn within the rows.
MixPlan Trainer::Impl::shareOfStep(std::int64_t epoch, std::span<const std::int64_t> batch)
{
    const MixContext context{trainLabels, inputSize(config).side, network->stageCount()};
    const std::int64_t rows = std::ssize(batch) / group.size(), begin = group.rank() * rows;
    if (config.mixing.kind == "manifold-mixup")
        return planStep(config, context, batch.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(rows)),
                        epoch, progress.step);
    MixPlan plan = planStep(config, context, batch, epoch, progress.step);
    return group.size() == 1 ? plan : rowsOf(plan, begin, begin + rows);
}

Activations Trainer::Impl::forward(const torch::Tensor& images, const MixPlan& plan)
{
    const Autocast precision(config, device);
    if (plan.hiddenStage < 0)
        return network->forwardFeatures(images);
    const torch::Tensor partner = torch::tensor(plan.partner, torch::kInt64).to(device);
    const torch::Tensor lambda = torch::tensor(plan.lambda).to(device);
    Network::Wanted wanted;
    wanted.hook = [&](std::int64_t stage, const torch::Tensor& x) {
        if (stage != plan.hiddenStage)
            return x;
        std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
        shape[0] = -1;
        const torch::Tensor share = lambda.view(shape).to(x.scalar_type());
        return share * x + (1 - share) * x.index_select(0, partner);
    };
    return network->forwardFeatures(images, wanted);
}

/// Of the step that progress stands before; targets are B x C.
std::pair<Activations, torch::Tensor> Trainer::Impl::activationsAndTargets(std::int64_t epoch,
                                                                           std::span<const std::int64_t> batch)
{
    if (config.isFree()) {
        const torch::Tensor numbers =
            torch::tensor(std::vector<std::int64_t>(batch.begin(), batch.end()), torch::kInt64).to(device);
        return {network->forwardFeatures(numbers), freeTargets.index_select(0, numbers)};
    }
    const MixPlan plan = shareOfStep(epoch, batch);
    return {forward(pixels.mixed(plan), plan), softLabels(plan, labels, classes)};
}

/// From the loss, which is returned, back to the gradients; counts loss and hits.
torch::Tensor Trainer::Impl::backward(const Activations& activations, const torch::Tensor& targets)
{
    const torch::Tensor loss = objective(config, activations, targets);
    if (parallel)
        parallel->begin();
    else
        optimiser->zero_grad();
    (lossScale ? lossScale->scaled(loss) : loss).backward();
    const torch::NoGradGuard noGradient;
    const torch::Tensor hits = targets.gather(1, activations.logits.argmax(1, true)).mean();
    sums += torch::stack({loss.detach(), hits}).to(torch::kDouble);
    return loss.detach();
}

/// Both passes by a CUDA graph, which finds each batch where the first one lay. Optimisers take numbers that change on
/// the host, such as the learning rate, and so are no part of it.
torch::Tensor Trainer::Impl::repeatedPasses(const MixPlan& plan)
{
    const torch::Tensor images = pixels.mixed(plan), targets = softLabels(plan, labels, classes);
    if (graphImages.defined()) {
        graphImages.copy_(images);
        graphTargets.copy_(targets);
    } else {
        graphImages = images.clone();
        graphTargets = targets.clone();
    }
    graph->run([&] { graphLoss = backward(forward(graphImages, plan), graphTargets); });
    return graphLoss;
}

/// One step of gradient descent; the loss where it is wanted (on a GPU that waits for the device), else NaN.
double Trainer::Impl::step(std::int64_t epoch, std::span<const std::int64_t> batch, bool wantLoss)
{
    rate = learningRate();
    for (auto& parameters : optimiser->param_groups())
        parameters.options().set_lr(rate);
    if (config.network.dropout > 0) // so that a resumed training drops the same, and each process its own
        torch::manual_seed(RandomStream(config.seed, Purpose::Dropout, epoch, progress.step).next() +
                           static_cast<std::uint64_t>(group.rank()));
    torch::Tensor loss;
    if (graph) {
        loss = repeatedPasses(shareOfStep(epoch, batch));
    } else {
        const auto [activations, targets] = activationsAndTargets(epoch, batch);
        loss = backward(activations, targets);
    }
    if (parallel)
        parallel->finish();
    const bool isFinite = !lossScale || lossScale->unscale(network->parameters());
    if (config.optimiser.clipNorm > 0)
        torch::nn::utils::clip_grad_norm_(network->parameters(), config.optimiser.clipNorm);
    if (isFinite)
        optimiser->step();
    ++progress.step;
    ++progress.totalSteps;
    if (!wantLoss)
        return std::nan("");
    // On a GPU each process reads its loss when it likes, so it is that of its own rows.
    return device.is_cpu() ? meanOverProcesses(loss.item<double>()) : loss.item<double>();
}

/// Fits the images of an epoch into what is left of the budget, once, after twenty steps (docs of budget_seconds).
void Trainer::Impl::decideSteps(double cpuOfStep)
{
    constexpr std::int64_t warmUp = 4, measured = 20; // the first steps allocate memory and choose convolutions
    if (progress.stepsPerEpoch > 0)
        return;
    if (++stepsMeasured > warmUp)
        cpuSteps += cpuOfStep;
    if (stepsMeasured < measured)
        return;
    const double perStep = cpuSteps / static_cast<double>(measured - warmUp);
    const auto recordings = static_cast<double>(recordedEpochs(config).size() - 1);
    const double left = config.budgetSeconds - (cpuSeconds() - cpuStart) - recordings * cpuRecording;
    const double passes = static_cast<double>(config.epochs - progress.epoch);
    const auto affordable = static_cast<std::int64_t>(left / (perStep * passes));
    const std::int64_t decided = std::clamp(affordable, (fullSteps() + 3) / 4, fullSteps());
    progress.stepsPerEpoch = static_cast<std::int64_t>(meanOverProcesses(static_cast<double>(decided)));
}

Error Trainer::Impl::diverged() const
{
    return dataError("Training diverged in epoch " + std::to_string(progress.epoch + 1) + " at step " +
                     std::to_string(progress.step) +
                     ": the loss is not finite (lower optimiser.learning_rate); the epochs before are kept");
}

/// The rest of the pass that progress stands in.
Result<Outcome> Trainer::Impl::trainPass()
{
    const std::int64_t epoch = progress.epoch + 1, size = config.optimiser.batchSize;
    const std::vector<std::int64_t> order = epochOrder(config, rows(), epoch);
    auto reported = Clock::now() - std::chrono::hours(1);
    std::int64_t imagesSince = 0;
    network->train();
    while (progress.step < steps()) {
        tellFinished();
        // A failed writer stops all processes, as a stop asked of one does; run() says which it was.
        const bool stops = hooks->stop.stop_requested() || writer->failure().has_value();
        if (meanOverProcesses(stops ? 1 : 0) > 0)
            return Outcome::Stopped;
        constexpr double reportEvery = 0.2;
        const bool report = secondsSince(reported) >= reportEvery;
        const double cpuBefore = cpuSeconds();
        const auto batch =
            std::span(order).subspan(static_cast<std::size_t>(progress.step * size), static_cast<std::size_t>(size));
        const double loss = step(epoch, batch, report || device.is_cpu());
        decideSteps(cpuSeconds() - cpuBefore);
        if ((report || device.is_cpu()) && !std::isfinite(loss))
            return diverged();
        imagesSince += size;
        if (report && hooks->onBatch && group.isRoot())
            hooks->onBatch(
                {epoch, progress.step, steps(), loss, static_cast<double>(imagesSince) / secondsSince(reported)});
        if (report) {
            reported = Clock::now();
            imagesSince = 0;
        }
    }
    takeSums();
    if (!std::isfinite(progress.lossSum))
        return diverged();
    return Outcome::Completed;
}

std::map<std::string, double> Trainer::Impl::passScalars() const
{
    std::map<std::string, double> scalars;
    if (progress.epoch == 0) {
        scalars["learning_rate"] = learningRateAt(config, 0);
        return scalars;
    }
    const auto count = static_cast<double>(steps());
    scalars["learning_rate"] = rate;
    scalars["train_loss"] = progress.lossSum / count;
    scalars["train_accuracy"] = progress.correctSum / count;
    scalars["train_images"] = count * static_cast<double>(config.optimiser.batchSize);
    return scalars;
}

/// Runs the probe (where wanted) and hands it over with a checkpoint, the root does; progress stands after the pass.
void Trainer::Impl::finishEpoch(bool record)
{
    const EpochProgress report{progress.epoch, {}, passScalars()};
    if (parallel)
        parallel->averageBuffers(*network);
    const double cpuBefore = cpuSeconds();
    const std::function<RecordedEpoch()> recordedEpoch =
        record && group.isRoot() ? recording() : std::function<RecordedEpoch()>();
    progress.lossSum = progress.correctSum = 0;
    sums.zero_();
    progress.seconds = secondsBefore + secondsSince(started);
    if (!group.isRoot())
        return;
    std::string bytes = checkpoint();
    const std::int64_t step = progress.totalSteps;
    const double seconds = progress.seconds;
    // What the thread needs, by value or living longer than it.
    writer->push([recordedEpoch, bytes = std::move(bytes), report, step, seconds, file = checkpointFile,
                  &sink = *sink]() -> Result<EpochProgress> {
        EpochProgress told = report;
        if (recordedEpoch) {
            RecordedEpoch recorded = recordedEpoch();
            recorded.step = step;
            recorded.seconds = seconds;
            recorded.scalars.merge(told.scalars);
            Result<std::string> written = sink.writeEpoch(recorded);
            if (!written)
                return written.error();
            told.file = std::move(*written);
            told.scalars = std::move(recorded.scalars);
        }
        // Only now: whoever resumes from it finds the epoch.
        if (Result<void> saved = writeCheckpoint(file, bytes); !saved)
            return saved.error();
        return told;
    });
    if (progress.stepsPerEpoch > 0)
        return;
    writer->drain(); // the budget counts what recording costs, and steps are measured without it
    cpuRecording = cpuSeconds() - cpuBefore;
}

/// The probe as the network sees it now: what the writer's thread has left to do of it, which needs nothing that
/// training changes.
std::function<RecordedEpoch()> Trainer::Impl::recording()
{
    if (side) {
        const auto state = std::make_shared<const SideNetwork::State>(SideNetwork::stateOf(*network));
        return [this, state, epoch = progress.epoch] {
            return recorder.finish(recorder.record(side->with(*state), epoch));
        };
    }
    const auto pending = std::make_shared<const PendingEpoch>(recordProbe(progress.epoch));
    return [this, pending] { return recorder.finish(*pending); };
}

PendingEpoch Trainer::Impl::recordProbe(std::int64_t epoch)
{
    return recorder.record(*network, epoch, unseenBatches());
}

/// Runs training batch k through the network, for recording.bn_batches. Epoch 0 has no steps of its own: its draws are
/// free for this.
std::function<void(std::int64_t)> Trainer::Impl::unseenBatches()
{
    return [this, order = epochOrder(config, rows(), 0)](std::int64_t batch) {
        const std::int64_t first = batch % fullSteps() * config.optimiser.batchSize;
        const auto chosen = std::span(order).subspan(static_cast<std::size_t>(first),
                                                     static_cast<std::size_t>(config.optimiser.batchSize));
        const MixPlan plan =
            planStep(config, {trainLabels, inputSize(config).side, network->stageCount()}, chosen, 0, batch);
        std::ignore = forward(pixels.mixed(plan), plan);
    };
}

std::string Trainer::Impl::checkpoint()
{
    if (lossScale) {
        progress.lossScale = lossScale->state.factor;
        progress.goodSteps = lossScale->state.goodSteps;
    }
    return checkpointBytes(progress, *network, *optimiser);
}

void Trainer::Impl::tellFinished()
{
    for (const EpochProgress& epoch : writer->takeFinished())
        if (hooks->onEpoch)
            hooks->onEpoch(epoch);
}

Result<Outcome> Trainer::Impl::run()
{
    started = Clock::now();
    cpuStart = cpuSeconds();
    secondsBefore = progress.seconds;
    if (group.size() > 1) {
        Result<std::unique_ptr<DataParallel>> made = DataParallel::create(network->parameters(), group);
        if (!made)
            return made.error();
        parallel = std::move(*made);
    }
    BackgroundWriter background;
    writer = &background;
    const Result<Outcome> outcome = trainAll();
    background.drain();
    tellFinished();
    const bool stopped = outcome && *outcome == Outcome::Stopped;
    if (stopped)
        gatherForSaving();
    if (const std::optional<Error> failure = background.failure())
        return *failure;
    if (stopped && group.isRoot())
        if (Result<void> saved = writeCheckpoint(checkpointFile, checkpoint()); !saved)
            return saved.error();
    return outcome;
}

/// What the processes know of an unfinished pass, together.
void Trainer::Impl::gatherForSaving()
{
    takeSums();
    progress.seconds = secondsBefore + secondsSince(started);
    if (parallel)
        parallel->averageBuffers(*network);
}

Result<Outcome> Trainer::Impl::trainAll()
{
    const std::vector<std::int64_t> recorded = recordedEpochs(config);
    if (progress.totalSteps == 0)
        finishEpoch(true);
    while (progress.epoch < config.epochs) {
        const Result<Outcome> pass = trainPass();
        if (!pass || *pass == Outcome::Stopped)
            return pass;
        ++progress.epoch;
        progress.step = 0;
        const bool asked = hooks->snapshot && hooks->snapshot->exchange(false);
        const bool scheduled = std::binary_search(recorded.begin(), recorded.end(), progress.epoch);
        finishEpoch(asked || scheduled);
    }
    return Outcome::Completed;
}

TrialTimes Trainer::Impl::trial(double seconds)
{
    constexpr int warmUp = 4; // the first steps allocate memory and choose convolutions
    const std::int64_t size = config.optimiser.batchSize;
    const std::vector<std::int64_t> order = epochOrder(config, rows(), 1);
    network->train();
    TrialTimes times;
    auto start = Clock::now();
    double cpuBefore = cpuSeconds();
    for (int taken = 1;; ++taken) {
        const auto first = static_cast<std::size_t>((progress.totalSteps % fullSteps()) * size);
        progress.step = 0;
        step(1, std::span(order).subspan(first, static_cast<std::size_t>(size)), true);
        const double elapsed = secondsSince(start);
        if (taken <= warmUp && elapsed < seconds) {
            start = Clock::now();
            cpuBefore = cpuSeconds();
            continue;
        }
        ++times.steps;
        if (elapsed < seconds)
            continue;
        times.secondsPerStep = elapsed / static_cast<double>(times.steps);
        times.cpuSecondsPerStep = (cpuSeconds() - cpuBefore) / static_cast<double>(times.steps);
        times.secondsPerEpoch = times.secondsPerStep * static_cast<double>(fullSteps());
        times.secondsPerRecording = recorder.trial(*network, seconds / 4, unseenBatches());
        times.recordsBeside = side != nullptr;
        return times;
    }
}

Trainer::Trainer(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
Trainer::Trainer(Trainer&&) noexcept = default;
Trainer& Trainer::operator=(Trainer&&) noexcept = default;
Trainer::~Trainer() = default;

Result<Trainer> Trainer::create(const TrainConfig& config, const ImageDataSet& data, Communicator* group)
{
    const int processes = group ? group->size() : 1;
    if (config.optimiser.batchSize % processes != 0 || config.optimiser.batchSize < 2 * processes)
        return usageError("Cannot train on " + std::to_string(processes) + " processes: optimiser.batch_size=" +
                          std::to_string(config.optimiser.batchSize) + " cannot be shared evenly, at least two each");
    if (config.isFree() && processes > 1)
        return usageError("Cannot train an unconstrained features model on " + std::to_string(processes) +
                          " processes: its rows take one");
    const Result<torch::Device> device = chooseDevice(config.device, group ? group->localRank() : 0);
    if (!device)
        return device.error();
    if (config.precision == "float16" && device->is_cpu())
        return usageError("Cannot train: precision is float16, which takes a GPU; the CPU takes float32 or bfloat16");
    if (config.cudaGraph && (device->is_cpu() || processes > 1))
        return usageError("Cannot train: cuda_graph is true, which takes one process on a GPU");
    Result<SampleSet> train = samplesOf(config, data.train, config.trainSamples, Purpose::TrainSamples, "training");
    if (!train)
        return train.error();
    train = disturbed(config, std::move(*train));
    const Result<SampleSet> test = samplesOf(config, data.test, 0, Purpose::CleanTest, "test");
    if (!test)
        return test.error();
    return caught(config, [&]() -> Result<Trainer> {
        auto impl = std::make_unique<Impl>(config, data, *train, *test, *device, group);
        if (impl->rows() < config.optimiser.batchSize)
            return dataError("Cannot train: " + std::to_string(impl->rows()) + " pictures are less than one batch of " +
                             std::to_string(config.optimiser.batchSize));
        if (config.cudaGraph) {
            Result<std::unique_ptr<StepGraph>> graph = StepGraph::create(*device);
            if (!graph)
                return graph.error();
            impl->graph = std::move(*graph);
        }
        return Trainer(std::move(impl));
    });
}

const RecordedStatics& Trainer::statics() const
{
    return m_impl->recorder.statics();
}

const std::string& Trainer::device() const
{
    return m_impl->deviceName;
}

Result<void> Trainer::resume(const std::filesystem::path& checkpoint)
{
    std::error_code ignored;
    if (!std::filesystem::exists(checkpoint, ignored))
        return {};
    Result<Progress> loaded = loadCheckpoint(checkpoint, *m_impl->network, *m_impl->optimiser);
    if (!loaded)
        return loaded.error();
    toChannelsLast(*m_impl->network);
    m_impl->progress = *loaded;
    if (m_impl->lossScale && loaded->lossScale > 0)
        m_impl->lossScale->state = {loaded->lossScale, loaded->goodSteps};
    m_impl->sums = torch::tensor({loaded->lossSum, loaded->correctSum}, torch::kDouble).to(m_impl->device);
    return {};
}

Result<Outcome> Trainer::run(SnapshotSink& sink, const std::filesystem::path& checkpoint, const TrainHooks& hooks)
{
    m_impl->sink = &sink;
    m_impl->hooks = &hooks;
    m_impl->checkpointFile = checkpoint;
    return caught(m_impl->config, [&] { return m_impl->run(); });
}

Result<TrialTimes> Trainer::trial(double seconds)
{
    return caught(m_impl->config, [&]() -> Result<TrialTimes> { return m_impl->trial(seconds); });
}

Result<std::string> Trainer::recordWeights(const std::filesystem::path& file, std::int64_t epoch, SnapshotSink& sink)
{
    const Result<StateDict> tensors = readSafetensors(file);
    if (!tensors)
        return tensors.error();
    if (Result<void> loaded = loadStateDict(*m_impl->network, *tensors, file.string()); !loaded)
        return loaded.error();
    return caught(m_impl->config, [&] { return sink.writeEpoch(m_impl->recorder.finish(m_impl->recordProbe(epoch))); });
}

std::string Trainer::weights() const
{
    return safetensorsBytes(stateDict(*m_impl->network));
}

Result<bool> weightsHaveClassifierBias(const std::filesystem::path& file)
{
    const Result<StateDict> tensors = readSafetensors(file);
    if (!tensors)
        return tensors.error();
    return tensors->contains("linear.bias") || tensors->contains("head.bias") || tensors->contains("classifier.bias");
}

} // namespace nc::training

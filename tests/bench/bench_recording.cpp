// What recording costs a training (preset fashion-cnn, one thread): a picture of a step, a recorded row with and
// without the network's forward pass, what the writer's thread does of it, and from these the shares of whole
// trainings. Takes turns and reads the CPU time, so that what else runs on the machine meets all alike.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include <unistd.h>

#include "core/config/data_folder.h"
#include "core/config/train_plan.h"
#include "core/training/recorder.h"
#include "core/training/trainer.h"
#include "io/run_writer.h"

namespace
{

using namespace nc;
using namespace nc::training;

/// CPU seconds of all threads.
template <typename Work>
double cpuOf(Work&& work)
{
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    const double before = now();
    work();
    return now() - before;
}

/// Takes no time: what recording costs with it is all but the forward pass.
class InstantNetwork final : public Network
{
public:
    explicit InstantNetwork(const TrainConfig& config)
        : m_dim(config.network.featureDim)
    {
        makeClassifier("classifier", m_dim, static_cast<std::int64_t>(trainedLabels(config).size()), config.network);
    }
    [[nodiscard]] std::int64_t stageCount() const override { return 1; }

protected:
    torch::Tensor stage(std::int64_t, const torch::Tensor& input) override { return input; }
    torch::Tensor features(const torch::Tensor& lastStage) override { return torch::zeros({lastStage.size(0), m_dim}); }

private:
    std::int64_t m_dim;
};

/// CPU seconds: of a picture of a step, and of a recorded epoch.
struct Times {
    double picture = 0;
    double record = 0;            ///< of training's thread
    double instant = 0;           ///< the same without the forward pass
    double figures = 0, file = 0; ///< of the writer's thread
    [[nodiscard]] double machinery() const { return instant + figures + file; }
    [[nodiscard]] double all() const { return record + figures + file; }
};

double median(const std::vector<Times>& rounds, double Times::*member)
{
    std::vector<double> values;
    for (const Times& round : rounds)
        values.push_back(round.*member);
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

io::EpochData epochData(const RecordedEpoch& epoch)
{
    io::EpochData data;
    data.epoch = epoch.epoch;
    data.classifier = epoch.classifier;
    data.scalars = epoch.scalars;
    for (const RecordedSplit& split : epoch.splits) {
        data.features.push_back({split.name, "penultimate", split.features, io::FloatType::Float32});
        data.logits.push_back({split.name, split.logits});
    }
    return data;
}

struct Bench {
    TrainConfig config;
    Trainer trainer;
    Recorder recorder;
    std::shared_ptr<Network> network;
    std::shared_ptr<InstantNetwork> instant;
    io::RunWriter writer;

    Times round(std::int64_t epoch)
    {
        constexpr double stepSeconds = 4;
        Times times;
        if (const auto trial = trainer.trial(stepSeconds))
            times.picture = trial->cpuSecondsPerStep / static_cast<double>(config.optimiser.batchSize);
        PendingEpoch pending;
        times.record = cpuOf([&] { pending = recorder.record(*network, epoch); });
        times.instant = cpuOf([&] { std::ignore = recorder.record(*instant, epoch); });
        RecordedEpoch recorded;
        times.figures = cpuOf([&] { recorded = recorder.finish(pending); });
        times.file = cpuOf([&] {
            if (const auto written = writer.writeEpoch(epochData(recorded)); !written)
                std::fprintf(stderr, "%s\n", written.error().message.c_str());
        });
        return times;
    }
};

void printShare(const char* what, TrainConfig config, std::int64_t epochs, const Times& times)
{
    config.epochs = epochs;
    const auto recorded = static_cast<double>(recordedEpochs(config).size());
    const double steps =
        static_cast<double>(epochs * stepsPerEpoch(config) * config.optimiser.batchSize) * times.picture;
    const auto percent = [&](double recording) { return 100 * recorded * recording / (steps + recorded * recording); };
    std::printf("%s: %ld passes, %.0f epochs recorded: %.1f s of %.0f s, %.2f %%; all but the forward passes %.2f %%\n",
                what, static_cast<long>(epochs), recorded, recorded * times.all(), steps + recorded * times.all(),
                percent(times.all()), percent(times.machinery()));
}

/// Passes that fit into a number of seconds by the rule of recording.
std::int64_t passesWithin(double seconds, TrainConfig config, const Times& times)
{
    const double pass = static_cast<double>(stepsPerEpoch(config) * config.optimiser.batchSize) * times.picture;
    config.epochs = 1;
    while (static_cast<double>(config.epochs + 1) * pass +
               static_cast<double>(recordedEpochs(config).size() + 1) * times.all() <=
           seconds)
        ++config.epochs;
    return config.epochs;
}

void print(const TrainConfig& config, const Times& times)
{
    const auto rows = static_cast<double>(recordedRows(config));
    const auto perRow = [&](double seconds) { return 1e3 * seconds / rows; };
    std::printf("a picture of a step      %.4f ms\n", 1e3 * times.picture);
    std::printf("a recorded row           %.4f ms: forward pass %.4f, else of training's thread %.4f, of the writer's "
                "thread %.4f (figures %.4f, file %.4f)\n",
                perRow(times.all()), perRow(times.record - times.instant), perRow(times.instant),
                perRow(times.figures + times.file), perRow(times.figures), perRow(times.file));
    std::printf("a recorded epoch         %.0f rows, %.2f s; all but the forward pass %.3f s\n", rows, times.all(),
                times.machinery());
    constexpr double tenMinutes = 600;
    const std::int64_t passes = passesWithin(tenMinutes, config, times);
    printShare("ten minutes", config, passes, times);
    printShare("500 passes", config, 500, times);
    TrainConfig ten = config;
    ten.epochs = passes;
    const double budget = 0.02 * tenMinutes / static_cast<double>(recordedEpochs(ten).size());
    std::printf("2 %% of ten minutes are %.0f rows at each of these epochs\n", budget / times.all() * rows);
}

} // namespace

int main()
{
    Result<TrainConfig> config = presetConfig("fashion-cnn");
    const Result<std::filesystem::path> folder = findDataSet("fashion-mnist", {});
    if (!config || !folder)
        return std::fprintf(stderr, "bench_recording needs FashionMNIST\n"), 1;
    const Result<ImageDataSet> data = loadDataSet("fashion-mnist", *folder);
    if (!data)
        return std::fprintf(stderr, "%s\n", data.error().message.c_str()), 1;
    config->threads = 1;
    config->device = "cpu";
    torch::set_num_threads(1);
    const auto classes = trainedLabels(*config);
    const auto samples = [&](const LabelledImages& images) {
        return drawSamples(images.labels, classes, 0, RandomStream(0, RandomStream::Purpose::TrainSamples));
    };
    Recorder recorder(*config, *data, samples(data->train), samples(data->test), torch::kCPU);
    const std::filesystem::path run =
        std::filesystem::temp_directory_path() / ("bench_recording." + std::to_string(getpid()));
    io::RunHeader header;
    header.classNames = trainedClassNames(*config);
    header.splits = recorder.statics().splits;
    Result<Trainer> trainer = Trainer::create(*config, *data);
    Result<io::RunWriter> writer = io::RunWriter::create(run, header);
    if (!trainer || !writer)
        return std::fprintf(stderr, "%s\n", (trainer ? writer.error() : trainer.error()).message.c_str()), 1;
    const auto network = makeNetwork(config->network, {1, 28, 28}, static_cast<std::int64_t>(classes.size()));
    toChannelsLast(*network);
    Bench bench{
        *config,           std::move(*trainer), std::move(recorder), network, std::make_shared<InstantNetwork>(*config),
        std::move(*writer)};
    std::vector<Times> rounds;
    constexpr int count = 5;
    for (int round = 0; round < count; ++round) {
        rounds.push_back(bench.round(round));
        std::printf("round %d   a picture %.4f ms   an epoch %.2f s\n", round + 1, 1e3 * rounds.back().picture,
                    rounds.back().all());
        std::fflush(stdout);
    }
    std::filesystem::remove_all(run);
    Times medians;
    for (double Times::*member : {&Times::picture, &Times::record, &Times::instant, &Times::figures, &Times::file})
        medians.*member = median(rounds, member);
    std::printf("medians\n");
    print(*config, medians);
    return 0;
}

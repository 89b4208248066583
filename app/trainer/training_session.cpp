#include "app/trainer/training_session.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <mutex>

#include <nlohmann/json.hpp>

#include "app/trainer/dry_run.h"
#include "app/trainer/picture_file.h"
#include "core/config/data_sets.h"
#include "core/config/train_plan.h"
#include "io/run_writer.h"

namespace nc::trainer
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

/// The run's files, written by the trainer's thread for recording and, to keep run.json fresh, by the main one.
struct RunFiles {
    io::RunWriter& writer;
    std::mutex busy;
};

/// io's writer as the trainer's sink.
class RunSink final : public training::SnapshotSink
{
public:
    RunSink(RunFiles& files, const TrainConfig& config)
        : m_files(files)
        , m_type(config.recording.dtype == "float16" ? io::FloatType::Float16 : io::FloatType::Float32)
        , m_logits(config.recording.logits)
    {
    }

    Result<std::string> writeEpoch(const training::RecordedEpoch& epoch) override
    {
        io::EpochData data;
        data.epoch = epoch.epoch;
        data.step = epoch.step;
        data.seconds = epoch.seconds;
        data.classifier = epoch.classifier;
        data.scalars = epoch.scalars;
        for (const training::RecordedSplit& split : epoch.splits) {
            data.features.push_back({split.name, "penultimate", split.features, m_type});
            for (const auto& [layer, values] : split.layers)
                data.features.push_back({split.name, layer, values, m_type});
            if (m_logits)
                data.logits.push_back({split.name, split.logits});
        }
        const std::scoped_lock lock(m_files.busy);
        return m_files.writer.writeEpoch(data);
    }

private:
    RunFiles& m_files;
    io::FloatType m_type;
    bool m_logits;
};

io::RunHeader headerOf(const TrainConfig& config, const training::RecordedStatics& statics)
{
    io::RunHeader header;
    header.title = displayTitle(config);
    header.generator = "ncscope-train " NCSCOPE_VERSION;
    header.configuration = toJson(config);
    header.featureLayer = featureLayerText(config);
    header.classNames = trainedClassNames(config);
    for (const std::int64_t position : viewClassPositions(config))
        header.viewClasses.push_back(position);
    header.splits = statics.splits;
    for (const auto& [split, thumbnails] : statics.thumbnails)
        header.images[split] = {thumbnails.count, thumbnails.side, thumbnails.side, thumbnails.channels,
                                thumbnails.bytes};
    return header;
}

/// What is to be trained, and whether there is nothing left to do.
struct Plan {
    TrainConfig config;
    bool finished = false;
};

Result<Plan> planOf(const Options& options)
{
    Result<TrainConfig> config = resolveConfig(options);
    if (!config)
        return config.error();
    return Plan{std::move(*config)};
}

Result<Plan> openForResuming(const Options& options)
{
    const Result<io::RunReader> reader = io::RunReader::open(options.output);
    if (!reader)
        return reader.error();
    const Result<io::RunSummary> summary = reader->summary();
    if (!summary)
        return summary.error();
    const std::string where = options.output.string();
    if (summary->state == "running")
        return dataError("Cannot resume: a training is running in this run: " + where, where);
    if (summary->configuration.empty())
        return dataError("Cannot resume: the run holds no configuration: " + where, where);
    Result<TrainConfig> recorded = parseTrainConfig(summary->configuration, where);
    if (!recorded)
        return dataError("Cannot resume: " + recorded.error().message, where);
    // Where to compute may change, what to compute may not.
    Result<TrainConfig> wanted = options.configFile.empty() && options.preset.empty()
                                     ? withSettings(*recorded, options.settings)
                                     : resolveConfig(options);
    if (!wanted)
        return wanted.error();
    TrainConfig same = *wanted;
    same.device = recorded->device;
    same.threads = recorded->threads;
    if (toJson(same) != toJson(*recorded))
        return usageError(
            "Cannot resume: the run was trained with another configuration; --resume takes only device and "
            "threads besides: " +
            where);
    wanted = withPictureFile(std::move(*wanted), options.data);
    if (!wanted)
        return wanted.error();
    return Plan{std::move(*wanted), summary->state == "finished"};
}

/// Tells about a training: protocol lines for programs, a log for people. Also keeps run.json fresh.
class Reporter
{
public:
    Reporter(const Options& options, const TrainConfig& config, RunFiles& files)
        : m_quiet(options.quiet)
        , m_epochs(config.epochs)
        , m_files(files)
    {
    }

    void batch(const training::BatchProgress& progress)
    {
        sendLine(Json{{"type", "batch"},
                      {"epoch", progress.epoch},
                      {"step", progress.step},
                      {"steps", progress.steps},
                      {"loss", progress.loss},
                      {"images_per_second", std::round(progress.imagesPerSecond)}}
                     .dump());
        keepAlive(std::chrono::minutes(1));
    }

    void epoch(const training::EpochProgress& progress)
    {
        Json line = {{"type", "epoch"}, {"epoch", progress.epoch}, {"file", nullptr}};
        if (!progress.file.empty())
            line["file"] = progress.file;
        for (const auto& [name, value] : progress.scalars)
            line[name] = std::isfinite(value) ? Json(value) : Json(nullptr);
        sendLine(line.dump());
        keepAlive(std::chrono::seconds(0));
        if (m_quiet)
            return;
        std::string text = "epoch " + std::to_string(progress.epoch) + "/" + std::to_string(m_epochs);
        for (const char* name : {"train_loss", "train_accuracy", "test_accuracy", "learning_rate"})
            if (const auto found = progress.scalars.find(name); found != progress.scalars.end()) {
                char number[64];
                std::snprintf(number, sizeof number, "  %s %.4g", name, found->second);
                text += number;
            }
        std::fprintf(stderr, "%s%s%s\n", text.c_str(), progress.file.empty() ? "" : "  ", progress.file.c_str());
    }

private:
    /// A run that is not refreshed for ten minutes counts as stopped on other machines. Failing to is no reason to
    /// stop.
    void keepAlive(Clock::duration atLeast)
    {
        if (Clock::now() - m_refreshed < atLeast)
            return;
        const std::unique_lock lock(m_files.busy, std::try_to_lock);
        if (!lock) // an epoch is being written, which tells as well that the run lives
            return;
        m_refreshed = Clock::now();
        if (const Result<void> done = m_files.writer.setState(io::RunWriter::State::Running); !done && !m_quiet)
            std::fprintf(stderr, "ncscope-train: warning: %s\n", done.error().message.c_str());
    }

    bool m_quiet;
    std::int64_t m_epochs;
    RunFiles& m_files;
    Clock::time_point m_refreshed = Clock::now();
};

void sendStarted(const fs::path& run, const std::string& device, const TrainConfig& config)
{
    sendLine(Json{{"type", "started"},
                  {"protocol", 1},
                  {"run", run.string()},
                  {"device", device},
                  {"epochs", config.epochs},
                  {"title", displayTitle(config)}}
                 .dump());
}

void sendFinished(const char* reason)
{
    sendLine(Json{{"type", "finished"}, {"reason", reason}}.dump());
}

fs::path checkpointOf(const Options& options)
{
    return options.output / "checkpoints" / "last.pt";
}

/// The run's folder is made here, once everything else is there.
Result<io::RunWriter> openWriter(const Options& options, const TrainConfig& config, const training::Trainer& trainer)
{
    Result<io::RunWriter> writer = options.resume
                                       ? io::RunWriter::resume(options.output)
                                       : io::RunWriter::create(options.output, headerOf(config, trainer.statics()));
    if (writer)
        if (Result<void> done = writer->setState(io::RunWriter::State::Running); !done)
            return done.error();
    return writer;
}

Result<training::Outcome> train(training::Trainer& trainer, io::RunWriter& writer, const Options& options,
                                const TrainConfig& config, CommandListener& commands)
{
    RunFiles files{writer, {}};
    RunSink sink(files, config);
    Reporter reporter(options, config, files);
    training::TrainHooks hooks;
    hooks.onBatch = [&](const auto& progress) { reporter.batch(progress); };
    hooks.onEpoch = [&](const auto& progress) { reporter.epoch(progress); };
    hooks.stop = commands.stopToken();
    hooks.snapshot = &commands.snapshotWanted();
    return trainer.run(sink, checkpointOf(options), hooks);
}

} // namespace

void sendLine(const std::string& json)
{
    std::fprintf(stdout, "%s\n", json.c_str());
    std::fflush(stdout);
}

void sendError(const Error& error)
{
    const auto orNull = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    const Json details = {{"message", error.message}, {"file", orNull(error.file)}, {"dataset", orNull(error.dataset)}};
    sendLine(Json{{"type", "error"}, {"message", error.message}, {"error", details}}.dump(
        -1, ' ', false, Json::error_handler_t::replace));
}

Result<training::Trainer> makeTrainer(const Options& options, const TrainConfig& config, training::Communicator* group)
{
    const Result<training::ImageDataSet> data = loadPictures(config, options.data);
    if (!data)
        return data.error();
    Result<training::Trainer> trainer = training::Trainer::create(config, *data, group);
    if (trainer && options.resume)
        if (Result<void> done = trainer->resume(checkpointOf(options)); !done)
            return done.error();
    return trainer;
}

namespace
{

/// Takes nothing: what a process that is not the root records.
class NoSink final : public training::SnapshotSink
{
public:
    Result<std::string> writeEpoch(const training::RecordedEpoch&) override { return std::string(); }
};

/// What the processes beside the root do: its configuration, their share of each batch, and nothing on disk.
Result<int> follow(const Options& options, const CommandListener& commands, training::Communicator& group)
{
    const std::string text = group.fromRoot({});
    if (text.empty()) // there is nothing left to train
        return 0;
    Result<TrainConfig> config = parseTrainConfig(text);
    if (config)
        config = withPictureFile(std::move(*config), options.data);
    if (!config)
        return config.error();
    Result<training::Trainer> trainer = makeTrainer(options, *config, &group);
    if (!trainer)
        return trainer.error();
    NoSink sink;
    training::TrainHooks hooks;
    hooks.stop = commands.stopToken();
    const Result<training::Outcome> outcome = trainer->run(sink, checkpointOf(options), hooks);
    if (!outcome && outcome.error().kind == ErrorKind::Data)
        (void)group.fromRoot({}); // known to all, such as a loss that is not finite: the root says it and ends us
    if (!outcome)
        return outcome.error();
    return 0;
}

} // namespace

Result<int> runTraining(const Options& options, CommandListener& commands, training::Communicator& group)
{
    if (!group.isRoot())
        return follow(options, commands, group);
    const Result<Plan> plan = options.resume ? openForResuming(options) : planOf(options);
    if (!plan)
        return plan.error();
    const TrainConfig& config = plan->config;
    if (plan->finished) {
        (void)group.fromRoot({});
        sendStarted(options.output, config.device, config);
        sendFinished("completed");
        return 0;
    }
    (void)group.fromRoot(toJson(config));
    if (!options.resume)
        if (Result<void> disk = checkDisk(config, options.output); !disk)
            return disk.error();
    Result<training::Trainer> trainer = makeTrainer(options, config, &group);
    if (!trainer)
        return trainer.error();
    Result<io::RunWriter> writer = openWriter(options, config, *trainer);
    if (!writer)
        return writer.error();
    sendStarted(options.output, trainer->device(), config);
    if (!options.quiet)
        std::fprintf(stderr, "%s: training on %s into %s\n", displayTitle(config).c_str(), trainer->device().c_str(),
                     options.output.c_str());
    const Result<training::Outcome> outcome = train(*trainer, *writer, options, config, commands);
    const bool completed = outcome && *outcome == training::Outcome::Completed;
    const Result<void> marked =
        writer->setState(completed ? io::RunWriter::State::Finished : io::RunWriter::State::Stopped);
    if (!outcome)
        return outcome.error();
    if (!marked)
        return marked.error();
    if (!completed && commands.interrupted())
        return Error{ErrorKind::Interrupted, "Interrupted, a checkpoint was written: " + options.output.string()};
    sendFinished(completed ? "completed" : "stopped");
    return 0;
}

namespace
{

/// The last number in a file's name, else its place in the list.
std::int64_t epochOf(const fs::path& file, std::size_t place)
{
    const std::string stem = file.stem().string();
    const std::size_t end = stem.find_last_of("0123456789");
    if (end == std::string::npos)
        return static_cast<std::int64_t>(place);
    std::size_t begin = end;
    while (begin > 0 && stem[begin - 1] >= '0' && stem[begin - 1] <= '9')
        --begin;
    constexpr std::size_t mostDigits = 9;
    return end + 1 - begin > mostDigits ? static_cast<std::int64_t>(place)
                                        : std::stoll(stem.substr(begin, end + 1 - begin));
}

/// The files by epoch. Error (Usage): two of the same epoch.
Result<std::map<std::int64_t, fs::path>> weightsByEpoch(const std::vector<fs::path>& files)
{
    std::map<std::int64_t, fs::path> list;
    for (std::size_t i = 0; i < files.size(); ++i)
        if (const auto [entry, isNew] = list.emplace(epochOf(files[i], i), files[i]); !isNew)
            return usageError("Two files of weights for epoch " + std::to_string(entry->first) + ": " +
                              entry->second.string() + " and " + files[i].string());
    return list;
}

} // namespace

Result<int> recordRun(const Options& given)
{
    const Result<std::map<std::int64_t, fs::path>> files = weightsByEpoch(given.weights);
    if (!files)
        return files.error();
    const Result<bool> bias = training::weightsHaveClassifierBias(files->begin()->second);
    if (!bias)
        return bias.error();
    Options options = given;
    options.settings.insert(options.settings.begin(),
                            std::string("network.classifier_bias=") + (*bias ? "true" : "false"));
    for (const DataSetFacts& facts : knownDataSets())
        if (options.data == facts.name) {
            options.settings.push_back("data.name=" + std::string(facts.name));
            options.data.clear();
        }
    Result<TrainConfig> config = resolveConfig(options);
    if (!config)
        return config.error();
    config->epochs = std::max<std::int64_t>(1, files->rbegin()->first);
    Result<training::Trainer> trainer = makeTrainer(options, *config);
    if (!trainer)
        return trainer.error();
    Result<io::RunWriter> writer = openWriter(options, *config, *trainer);
    if (!writer)
        return writer.error();
    sendStarted(options.output, trainer->device(), *config);
    RunFiles output{*writer, {}};
    RunSink sink(output, *config);
    for (const auto& [epoch, file] : *files) {
        const Result<std::string> written = trainer->recordWeights(file, epoch, sink);
        if (!written)
            return written.error();
        sendLine(Json{{"type", "epoch"}, {"epoch", epoch}, {"file", *written}}.dump());
    }
    if (Result<void> done = writer->setState(io::RunWriter::State::Finished); !done)
        return done.error();
    sendFinished("completed");
    return 0;
}

} // namespace nc::trainer

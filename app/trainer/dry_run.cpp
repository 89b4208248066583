#include "app/trainer/dry_run.h"

#include <cmath>
#include <cstdio>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/trainer/time_plan.h"
#include "app/trainer/training_session.h"
#include "core/config/train_plan.h"
#include "core/training/trainer.h"

namespace nc::trainer
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// "1.2 GB" or "340 MB", for sentences.
std::string byteText(std::int64_t bytes)
{
    char text[32];
    const auto number = static_cast<double>(bytes);
    if (number < 1e9)
        std::snprintf(text, sizeof text, "%.0f MB", number / 1e6);
    else
        std::snprintf(text, sizeof text, "%.1f GB", number / 1e9);
    return text;
}

/// What the recorded epochs take of the whole training, and how to make that less where it is much.
Json recordingOf(const TrainConfig& config, const training::TrialTimes& times, double share)
{
    constexpr double much = 0.05;
    Json document = {{"seconds_per_epoch", times.secondsPerRecording},
                     {"beside", times.recordsBeside},
                     {"share", share},
                     {"advice", nullptr}};
    if (share <= much)
        return document;
    std::string advice = "recording.epochs makes recorded epochs fewer; probe_samples, recording.clean_train and "
                         "recording.clean_test make them smaller";
    if (config.recording.wholeTrain && !config.isFree())
        advice += "; recording.whole_train takes a pass over all training pictures at each of them";
    document["advice"] = advice;
    return document;
}

struct Trial {
    std::string device;
    training::TrialTimes times;
};

Result<Trial> tryOut(const Options& options, const TrainConfig& config)
{
    constexpr double trialSeconds = 2;
    const std::int64_t needed = estimateMemory(config).memoryBytes();
    if (const auto free = freeMemory(); config.device == "cpu" && free && *free < needed)
        return environmentError("no trial steps: about " + byteText(needed) + " of memory are needed, " +
                                byteText(*free) + " are free");
    Result<training::Trainer> trainer = makeTrainer(options, config);
    if (!trainer)
        return trainer.error();
    const Result<training::TrialTimes> times = trainer->trial(trialSeconds);
    if (!times)
        return times.error();
    return Trial{trainer->device(), *times};
}

/// The existing folder at or above `path`.
fs::path existingParent(fs::path path)
{
    std::error_code ignored;
    path = fs::absolute(path, ignored);
    while (!fs::exists(path, ignored) && path.has_relative_path())
        path = path.parent_path();
    return path;
}

std::optional<std::int64_t> freeDisk(const fs::path& folder)
{
    std::error_code code;
    const fs::space_info space = fs::space(existingParent(folder), code);
    return code ? std::nullopt : std::optional(static_cast<std::int64_t>(space.available));
}

} // namespace

std::optional<std::int64_t> freeMemory()
{
    std::ifstream lines("/proc/meminfo");
    std::string name;
    std::int64_t kilobytes = 0;
    for (std::string unit; lines >> name >> kilobytes && std::getline(lines, unit);)
        if (name == "MemAvailable:")
            return 1024 * kilobytes;
    return std::nullopt;
}

Result<void> checkDisk(const TrainConfig& config, const fs::path& folder)
{
    const std::int64_t needed = estimateMemory(config).runBytes;
    const auto free = freeDisk(folder);
    if (!free || *free >= needed)
        return {};
    return environmentError("Cannot train: the run takes about " + byteText(needed) + " on disk and " +
                                byteText(*free) +
                                " are free (recording.epochs, probe_samples and recording.clean_train say how much is "
                                "recorded): " +
                                folder.string(),
                            folder.string());
}

Result<int> dryRun(const Options& options)
{
    const Result<TrainConfig> config = resolveConfig(options);
    if (!config)
        return config.error();
    const MemoryEstimate need = estimateMemory(*config);
    Json document = {{"config", Json::parse(toJson(*config))},
                     {"parameters", need.parameters},
                     {"memory_bytes", need.memoryBytes()},
                     {"run_bytes", need.runBytes},
                     {"recorded_epochs", recordedEpochs(*config)},
                     {"seconds_per_epoch", nullptr},
                     {"recording", nullptr},
                     {"trial", nullptr},
                     {"unavailable", Json::object()}};
    if (const Result<Trial> trial = tryOut(options, *config)) {
        const TimePlan plan = planTimes(*config, trial->times);
        document["seconds_per_epoch"] = plan.secondsPerPass;
        document["recording"] = recordingOf(*config, trial->times, plan.recordingShare);
        document["trial"] = {
            {"device", trial->device},
            {"steps", trial->times.steps},
            {"seconds_per_step", trial->times.secondsPerStep},
            {"images_per_second", static_cast<double>(config->optimiser.batchSize) / trial->times.secondsPerStep}};
    } else {
        document["unavailable"]["seconds_per_epoch"] = trial.error().message;
    }
    std::puts(document.dump(options.json ? -1 : 2).c_str());
    return 0;
}

} // namespace nc::trainer

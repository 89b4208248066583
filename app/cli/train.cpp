#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/cli/command.h"
#include "app/program_files.h"
#include "app/text.h"
#include "app/training.h"
#include "core/config/train_config.h"
#include "core/config/train_plan.h"

extern char** environ; // NOLINT: POSIX

namespace nc::cli
{

namespace
{

constexpr Option options[] = {
    {"--output", "DIR", "the run's folder", "-o"},
    {"--preset", "NAME", "a named configuration instead of a file"},
    {"--set", "KEY=VALUE", "changes one field, may be repeated", "", true},
    {"--data", "DIR", "where the data set lies"},
    {"--device", "auto|cpu|cuda[:N]", "where to compute"},
    {"--resume", "", "go on from the last checkpoint"},
    {"--detach", "", "train on in the background, log to DIR.log"},
    {"--dry-run", "", "print the resolved configuration, what it takes and the time of an epoch"},
};

Result<TrainConfig> readConfig(const Arguments& arguments)
{
    const auto& files = arguments.positionals();
    const auto preset = arguments.value("--preset");
    if (files.empty() == !preset)
        return usageError(preset ? "a configuration file and --preset exclude each other"
                                 : "ncscope train needs CONFIG.json or --preset NAME, one of " +
                                       app::joinedNames(presetNames(), 40));
    Result<TrainConfig> config = preset ? presetConfig(*preset) : readTrainConfig(files[0]);
    if (!config)
        return config.error();
    std::vector<std::string> settings = arguments.values("--set");
    if (const auto device = arguments.value("--device"))
        settings.push_back("device=" + *device);
    return withSettings(std::move(*config), settings);
}

/// One protocol line for people: the batch on one line that is rewritten on a terminal, an epoch on a line of its own.
void showLine(const std::string& line, Console& console)
{
    const Json message = Json::parse(line, nullptr, false);
    if (!message.is_object() || console.verbosity == Console::Verbosity::Quiet)
        return;
    const std::string type = message.value("type", "");
    const bool terminal = isatty(STDERR_FILENO) != 0;
    const auto number = [&](const char* key) {
        return message.contains(key) && message[key].is_number() ? message[key].get<double>() : std::nan("");
    };
    const auto clear = terminal ? "\r\033[K" : "";
    if (type == "started") {
        console.note("training on " + message.value("device", std::string("?")) + ", " +
                     app::shortNumber(number("epochs")).substr(0, app::shortNumber(number("epochs")).find('.')) +
                     " epochs");
    } else if (type == "batch" && terminal) {
        std::fprintf(stderr, "%sepoch %.0f  batch %.0f of %.0f  loss %s  %.0f images/s", clear, number("epoch"),
                     number("step"), number("steps"), app::shortNumber(number("loss")).c_str(),
                     number("images_per_second"));
    } else if (type == "epoch") {
        std::fprintf(stderr, "%sepoch %.0f recorded, train accuracy %s\n", clear, number("epoch"),
                     app::shortNumber(number("train_accuracy")).c_str());
    } else if (type == "finished") {
        std::fprintf(stderr, "%s%s\n", clear, message.value("reason", std::string("finished")).c_str());
    }
}

std::vector<std::string> trainerWords(const Arguments& arguments, const std::string& program)
{
    std::vector<std::string> words{program};
    words.insert(words.end(), arguments.positionals().begin(), arguments.positionals().end());
    for (const char* name : {"--preset", "--data", "--device"})
        if (const auto value = arguments.value(name))
            words.insert(words.end(), {name, *value});
    for (const std::string& setting : arguments.values("--set"))
        words.insert(words.end(), {"--set", setting});
    if (const auto output = arguments.value("--output"))
        words.insert(words.end(), {"-o", *output});
    if (arguments.has("--resume"))
        words.emplace_back("--resume");
    return words;
}

/// File descriptors and attributes of the child, freed together.
struct SpawnPlan {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    SpawnPlan()
    {
        posix_spawn_file_actions_init(&files);
        posix_spawnattr_init(&attributes);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;
    ~SpawnPlan()
    {
        posix_spawn_file_actions_destroy(&files);
        posix_spawnattr_destroy(&attributes);
    }
};

Result<pid_t> spawn(const std::vector<std::string>& words, const SpawnPlan& plan)
{
    std::vector<char*> list;
    for (const std::string& word : words)
        list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    pid_t child = 0;
    if (const int code = posix_spawn(&child, list[0], &plan.files, &plan.attributes, list.data(), environ); code != 0)
        return environmentError("cannot start ncscope-train: " + std::string(std::strerror(code)) + ": " + words[0],
                                words[0]);
    return child;
}

int exitStatus(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<int> trainInBackground(const std::vector<std::string>& words, const std::filesystem::path& folder,
                              Console& console)
{
    const std::string log = app::trainingLogOf(folder).string();
    const Result<std::int64_t> child = app::startInBackground(words, log);
    if (!child)
        return child.error();
    if (console.json)
        console.printJson(Json{{"pid", *child}, {"run", folder.string()}, {"log", log}});
    else
        console.print("training in the background, process " + std::to_string(*child) + ", log " + log);
    return 0;
}

/// The trainer as a child, and the lines that it writes.
struct Child {
    pid_t process = 0;
    std::unique_ptr<FILE, int (*)(FILE*)> out{nullptr, std::fclose};

    /// The next line without its end; empty where there is none any more.
    std::optional<std::string> nextLine()
    {
        char* buffer = nullptr;
        std::size_t capacity = 0;
        const ssize_t length = getline(&buffer, &capacity, out.get());
        const std::unique_ptr<char, void (*)(void*)> owner(buffer, std::free);
        return length > 0 ? std::optional(std::string(buffer, static_cast<std::size_t>(length))) : std::nullopt;
    }
};

Result<Child> startHere(const std::vector<std::string>& words)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return environmentError("cannot make a pipe to ncscope-train");
    // Ctrl+C goes to both: the trainer stops tidily, and we wait for it.
    std::signal(SIGINT, SIG_IGN);
    SpawnPlan plan;
    sigset_t restored;
    sigemptyset(&restored);
    sigaddset(&restored, SIGINT);
    posix_spawnattr_setsigdefault(&plan.attributes, &restored);
    posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&plan.files, ends[1], STDOUT_FILENO);
    const Result<pid_t> child = spawn(words, plan);
    close(ends[1]);
    if (!child) {
        close(ends[0]);
        return child.error();
    }
    return Child{*child, {fdopen(ends[0], "r"), std::fclose}};
}

Result<int> trainHere(const std::vector<std::string>& words, Console& console)
{
    Result<Child> child = startHere(words);
    if (!child)
        return child.error();
    while (const auto line = child->nextLine()) {
        if (console.json) {
            console.print(*line);
            std::fflush(stdout);
        } else {
            showLine(*line, console);
        }
    }
    return exitStatus(child->process);
}

/// What `ncscope-train --dry-run` says, with the time of trial steps; null without a trainer.
Json dryRunOfTrainer(std::vector<std::string> words)
{
    words.insert(words.end(), {"--dry-run", "--json"});
    Result<Child> child = startHere(words);
    if (!child)
        return {};
    const std::string line = child->nextLine().value_or("");
    const Json document = Json::parse(line, nullptr, false);
    return exitStatus(child->process) == 0 && document.is_object() ? document : Json();
}

/// "14 % of the training: what lowers it" or "beside the training", of a dry run's `recording`.
std::string recordingText(const Json& recording)
{
    if (!recording.is_object())
        return "unknown";
    const Json advice = recording.value("advice", Json());
    const double share = recording.value("share", 0.0);
    if (share == 0 && recording.value("beside", false))
        return "beside the training, on cores that it leaves idle";
    return std::to_string(std::lround(100 * share)) + " % of the training" +
           (advice.is_string() ? ": " + advice.get<std::string>() : "");
}

/// `measured`: of the trainer, null where there is none.
void printDryRun(const TrainConfig& config, const Json& measured, Console& console)
{
    const MemoryEstimate estimate = estimateMemory(config);
    if (console.json) {
        Json json{{"config", Json::parse(toJson(config))},
                  {"parameters", estimate.parameters},
                  {"memory_bytes", estimate.memoryBytes()},
                  {"run_bytes", estimate.runBytes},
                  {"recorded_epochs", recordedEpochs(config)},
                  {"seconds_per_epoch", nullptr},
                  {"recording", nullptr},
                  {"unavailable", {{"seconds_per_epoch", "ncscope-train is not installed"}}}};
        console.printJson(measured.is_null() ? json : measured);
        return;
    }
    const auto bytes = [](std::int64_t n) { return app::byteSize(static_cast<std::uintmax_t>(n)); };
    std::string time = "unknown without ncscope-train";
    if (measured.is_object() && measured["seconds_per_epoch"].is_number()) {
        time = app::shortNumber(measured["seconds_per_epoch"].get<double>()) + " s on " +
               measured["trial"].value("device", "?") + ", by trial steps\nrecording       " +
               recordingText(measured.value("recording", Json()));
    } else if (measured.is_object())
        time = "unknown: " + measured["unavailable"].value("seconds_per_epoch", "?");
    console.print(toJson(config) + "\n\nparameters      " + app::groupedNumber(estimate.parameters) +
                  "\nmemory          " + bytes(estimate.memoryBytes()) + ", about\nrun on disk     " +
                  bytes(estimate.runBytes) + " in " + std::to_string(recordedEpochs(config).size()) +
                  " recorded epochs\ntime per epoch  " + time);
}

Result<int> run(const Arguments& arguments, Console& console)
{
    if (Result<void> one = arguments.exclusive({"--detach", "--dry-run"}); !one)
        return one.error();
    const std::filesystem::path program = app::trainerProgram();
    if (arguments.positionals().empty() && !arguments.has("--preset") && arguments.has("--resume")) {
        // The run holds its configuration: the trainer reads it there.
    } else {
        const Result<TrainConfig> config = readConfig(arguments);
        if (!config)
            return config.error();
        if (arguments.has("--dry-run")) {
            const bool installed = access(program.c_str(), X_OK) == 0;
            printDryRun(*config, installed ? dryRunOfTrainer(trainerWords(arguments, program.string())) : Json(),
                        console);
            return 0;
        }
    }
    if (!arguments.has("--output"))
        return usageError("ncscope train needs -o DIR");
    if (access(program.c_str(), X_OK) != 0)
        return environmentError("ncscope-train is not installed, build it with ./bootstrap build: " + program.string(),
                                program.string());
    const std::vector<std::string> words = trainerWords(arguments, program.string());
    return arguments.has("--detach") ? trainInBackground(words, arguments.valueOr("--output", ""), console)
                                     : trainHere(words, console);
}

} // namespace

const Command trainCommand{"train",
                           "[CONFIG.json]",
                           0,
                           1,
                           "Trains a network and records its run (starts ncscope-train).",
                           options,
                           "  ncscope train --preset demo -o runs/mixup\n"
                           "  ncscope train --preset quick --set epochs=5 --set mixing.alpha=0.4 -o runs/try\n\n"
                           "presets (ncscope-train --help says what each needs): quick, demo, demo10, fashion-cnn,\n"
                           "repro-wrn-{fashion,cifar10,cifar100}, repro-vit-{fashion,cifar10,cifar100};\n"
                           "each also with -erm (no mixing), -mse (squared error), -etf (frozen classifier)",
                           run};

} // namespace nc::cli

#include "app/trainer/sweep.h"

#include <cctype>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/trainer/training_session.h"
#include "io/atomic_file.h"
#include "io/run_reader.h"

namespace nc::trainer
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// A value as `--set` writes it: lists without brackets, texts without quotes.
std::string settingText(const Json& value)
{
    if (value.is_string())
        return value.get<std::string>();
    std::string text = value.dump();
    if (value.is_array())
        text = text.substr(1, text.size() - 2);
    return text;
}

/// "kind-mixup" of mixing.kind=mixup, with nothing that a folder's name or a shell would mind.
std::string nameOf(const std::string& key, const std::string& value)
{
    std::string name = key.substr(key.rfind('.') + 1) + "-" + value;
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.')
            c = '-';
    return name;
}

Result<std::vector<SweepRun>> combinations(const Json& grid, const std::string& file)
{
    std::vector<SweepRun> runs(1);
    for (const auto& [key, values] : grid.items()) {
        if (!values.is_array() || values.empty())
            return usageError("Bad sweep: grid." + key + " takes a list of values: " + file);
        std::vector<SweepRun> longer;
        for (const SweepRun& run : runs)
            for (const Json& value : values) {
                const std::string text = settingText(value);
                SweepRun next = run;
                next.name += (next.name.empty() ? "" : "_") + nameOf(key, text);
                next.settings.push_back(key + "=" + text);
                longer.push_back(std::move(next));
            }
        runs = std::move(longer);
    }
    return runs;
}

/// The words that train or resume a run of the sweep.
std::vector<std::string> wordsOf(const Sweep& sweep, const SweepRun& run, const Options& options,
                                 const fs::path& config)
{
    const fs::path folder = options.output / run.name;
    std::vector<std::string> words{"ncscope-train", "train", "--quiet", "-o", folder.string()};
    if (!options.data.empty())
        words.insert(words.end(), {"--data", options.data.string()});
    if (std::error_code ignored; fs::exists(folder / "run.h5", ignored))
        words.emplace_back("--resume"); // says so where the sweep has changed in between
    if (sweep.preset.empty())
        words.push_back(config.string());
    else
        words.insert(words.end(), {"--preset", sweep.preset});
    for (const auto* list : {&options.settings, &run.settings})
        for (const std::string& setting : *list)
            words.insert(words.end(), {"--set", setting});
    return words;
}

bool isFinished(const fs::path& folder)
{
    const Result<io::RunReader> reader = io::RunReader::open(folder);
    const Result<io::RunSummary> summary = reader ? reader->summary() : Result<io::RunSummary>(reader.error());
    return summary && summary->state == "finished";
}

/// Starts this program again with its protocol going to a log beside the run. -1: no process.
pid_t start(const std::vector<std::string>& words, const fs::path& log)
{
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child != 0)
        return child;
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644), in = open("/dev/null", O_RDONLY);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    dup2(in, STDIN_FILENO);
    sigset_t none; // the listener blocked what a training waits for in its own way
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execv("/proc/self/exe", arguments.data());
    _exit(127);
}

void tell(const SweepRun& run, const char* state, const fs::path& log)
{
    sendLine(Json{{"type", "run"}, {"name", run.name}, {"state", state}, {"log", log.string()}}.dump());
}

/// Runs the list, `jobs` at a time. Returns how many failed.
int trainAll(const Sweep& sweep, const Options& options, const fs::path& config, CommandListener& commands)
{
    std::map<pid_t, const SweepRun*> running;
    const auto logOf = [&](const SweepRun& run) { return options.output / (run.name + ".log"); };
    auto next = sweep.runs.begin();
    int failed = 0;
    bool stopping = false;
    while (next != sweep.runs.end() || !running.empty()) {
        if (!stopping && commands.stopToken().stop_requested()) {
            stopping = true;
            for (const auto& [process, run] : running)
                kill(process, SIGTERM); // each writes a checkpoint
            next = sweep.runs.end();
        }
        while (next != sweep.runs.end() && static_cast<int>(running.size()) < options.jobs) {
            const SweepRun& run = *next++;
            if (isFinished(options.output / run.name)) {
                tell(run, "finished", logOf(run));
                continue;
            }
            const pid_t child = start(wordsOf(sweep, run, options, config), logOf(run));
            if (child > 0)
                running.emplace(child, &run);
            else
                ++failed;
            tell(run, child > 0 ? "started" : "failed", logOf(run));
        }
        int status = 0;
        const pid_t ended = waitpid(-1, &status, WNOHANG);
        if (const auto found = running.find(ended); found != running.end()) {
            const bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
            failed += good ? 0 : 1;
            tell(*found->second, !good ? "failed" : stopping ? "stopped" : "finished", logOf(*found->second));
            running.erase(found);
        } else {
            usleep(50'000);
        }
    }
    return failed;
}

std::string quoted(const std::string& word)
{
    std::string text = "'";
    for (const char c : word)
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

/// A job array: task N trains the N-th run; submitted again, it resumes what was stopped.
std::string slurmScript(const Sweep& sweep, const Options& options, const fs::path& config)
{
    std::ostringstream script;
    script << "#!/bin/bash\n#SBATCH --job-name=ncscope-sweep\n#SBATCH --array=0-" << sweep.runs.size() - 1
           << "\n#SBATCH --gpus=1\n#SBATCH --signal=B:TERM@120\n"
           << "# " << sweep.runs.size() << " trainings; submit again to resume what was stopped.\n"
           << "set -u\ncase \"$SLURM_ARRAY_TASK_ID\" in\n";
    for (std::size_t i = 0; i < sweep.runs.size(); ++i) {
        script << i << ") folder=" << quoted((options.output / sweep.runs[i].name).string()) << "; words=(";
        for (const std::string& setting : sweep.runs[i].settings)
            script << "--set " << quoted(setting) << " ";
        script << ") ;;\n";
    }
    script << "esac\nif [ -e \"$folder/run.h5\" ]; then words+=(--resume); fi\nexec ncscope-train train --quiet -o "
              "\"$folder\" ";
    script << (sweep.preset.empty() ? quoted(config.string()) : "--preset " + quoted(sweep.preset));
    for (const std::string& setting : options.settings)
        script << " --set " << quoted(setting);
    if (!options.data.empty())
        script << " --data " << quoted(options.data.string());
    script << " \"${words[@]}\"\n";
    return script.str();
}

} // namespace

Result<Sweep> readSweep(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return dataError("Cannot read the sweep: no readable file: " + file.string(), file.string());
    const Json json = Json::parse(text.str(), nullptr, false);
    if (!json.is_object())
        return dataError("Cannot read the sweep: no JSON object: " + file.string(), file.string());
    for (const auto& [key, value] : json.items())
        if (key != "preset" && key != "config" && key != "grid")
            return usageError("Bad sweep: unknown key '" + key +
                              "', the keys are preset, config, grid: " + file.string());
    if (json.contains("preset") == json.contains("config") || !json.contains("grid") || !json["grid"].is_object())
        return usageError("Bad sweep: it takes one of preset and config, and a grid of lists: " + file.string());
    Sweep sweep;
    if (json.contains("preset"))
        sweep.preset = json["preset"].is_string() ? json["preset"].get<std::string>() : json["preset"].dump();
    else
        sweep.config = json["config"].dump(2);
    Result<std::vector<SweepRun>> runs = combinations(json["grid"], file.string());
    if (!runs)
        return runs.error();
    sweep.runs = std::move(*runs);
    const Result<TrainConfig> base =
        sweep.preset.empty() ? parseTrainConfig(sweep.config, file.string()) : presetConfig(sweep.preset);
    if (!base)
        return base.error();
    for (const SweepRun& run : sweep.runs) // all of them before the first is trained
        if (const Result<TrainConfig> config = withSettings(*base, run.settings); !config)
            return usageError("Bad sweep, run " + run.name + ": " + config.error().message + ": " + file.string());
    return sweep;
}

Result<int> runSweep(const Options& options, CommandListener& commands)
{
    const Result<Sweep> sweep = readSweep(options.configFile);
    if (!sweep)
        return sweep.error();
    std::error_code code;
    fs::create_directories(options.output, code);
    if (code)
        return environmentError("Cannot make the folder of the sweep: " + code.message() + ": " +
                                    options.output.string(),
                                options.output.string());
    const fs::path config = options.output / "config.json";
    if (!sweep->config.empty())
        if (Result<void> written = io::writeAtomically(config, sweep->config); !written)
            return written.error();
    if (!options.slurm.empty()) {
        if (Result<void> written = io::writeAtomically(options.slurm, slurmScript(*sweep, options, config)); !written)
            return written.error();
        return 0;
    }
    const int failed = trainAll(*sweep, options, config, commands);
    if (failed > 0)
        return dataError(std::to_string(failed) + " of " + std::to_string(sweep->runs.size()) +
                             " trainings failed, their logs stand beside them: " + options.output.string(),
                         options.output.string());
    if (commands.interrupted())
        return Error{ErrorKind::Interrupted, "Interrupted, checkpoints were written: " + options.output.string()};
    return 0;
}

} // namespace nc::trainer

#include "app/trainer/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "app/trainer/picture_file.h"
#include "core/config/data_sets.h"

namespace nc::trainer
{
namespace
{

namespace fs = std::filesystem;

constexpr std::string_view kHelp =
    R"(Trains a network on FashionMNIST, MNIST or CIFAR and records its run. JSON lines on stdout, the log on stderr.

usage: ncscope-train [train] CONFIG.json -o DIR [options]
       ncscope-train [train] --preset NAME -o DIR [options]
       ncscope-train [train] --resume -o DIR
       ncscope-train record --weights FILE… [--network NAME] [--data DIR|NAME] [--preset NAME | CONFIG.json] -o DIR
       ncscope-train sweep SWEEP.json -o DIR [--jobs K | --slurm SCRIPT]
       ncscope-train data list
       ncscope-train data fetch NAME [--data DIR] [--from URL]

  -o, --output DIR             the run's folder
  --preset NAME                a named configuration instead of a file
  --set KEY=VALUE              changes one field, may be repeated; --schema lists the keys
  --resume                     go on from the last checkpoint
  --dry-run                    print the resolved configuration, what it takes and the time of an epoch (trial steps)
  --data DIR                   where the data set lies, or is fetched to (DIR/NAME)
  --from URL                   fetch from another folder with the same files
  --weights FILE…              safetensors files, one epoch each; the number in the name is the epoch
  --network NAME               whose weights: wrn-40-10, vit-b, vit-s, vit-ti, preact-resnet-18, mlp, residual, plain
  --jobs K                     trainings of a sweep at a time (1); submit or start it again to resume
  --slurm SCRIPT               write a job array's script for the sweep instead
  --device auto|cpu|cuda[:N]   where to compute
  --threads N                  threads on the CPU
  --quiet                      no log on stderr
  --json                       errors as JSON too (the progress always is)
  --schema                     print the JSON schema of configuration files
  --help, --version

commands on stdin, a line each: stop (finish the step, write a checkpoint, exit 0), snapshot (record the next epoch too)

examples:
  ncscope-train --preset demo -o runs/mixup
  ncscope-train --preset demo --set epochs=12 --set mixing.alpha=0.4 --device cpu -o runs/try
  mpirun -n 4 ncscope-train --preset fashion-cnn --threads 1 -o runs/shared
  ncscope-train record --weights wrn-1.safetensors wrn-50.safetensors --network wrn-16-4 --data cifar10 -o runs/wrn
)";

/// An option that takes a value, and what that is.
struct ValueOption {
    std::string_view name, takes;
};
constexpr std::array kValueOptions = {
    ValueOption{"--output", "a folder"},
    ValueOption{"--preset", "a preset's name"},
    ValueOption{"--set", "key=value"},
    ValueOption{"--data", "a folder"},
    ValueOption{"--device", "auto|cpu|cuda[:N]"},
    ValueOption{"--threads", "a number"},
    ValueOption{"--jobs", "a number from 1 to 256"},
    ValueOption{"--slurm", "a file"},
    ValueOption{"--weights", "safetensors files"},
    ValueOption{"--network", "a network's name"},
    ValueOption{"--from", "the URL of a folder"},
};

void takeValue(Options& options, std::string_view name, const std::string& value)
{
    if (name == "--output")
        options.output = value;
    else if (name == "--preset")
        options.preset = value;
    else if (name == "--data")
        options.data = value;
    else if (name == "--weights")
        options.weights.emplace_back(value);
    else if (name == "--slurm")
        options.slurm = value;
    else if (name == "--from")
        options.from = value;
    else if (name == "--network")
        options.network = value;
    else
        options.settings.push_back(name == "--set" ? value : std::string(name.substr(2)) + "=" + value);
}

bool takeFlag(Options& options, std::string_view name)
{
    if (name == "--resume")
        options.resume = true;
    else if (name == "--quiet")
        options.quiet = true;
    else if (name == "--json")
        options.json = true;
    else if (name == "--dry-run")
        options.action = Action::DryRun;
    else if (name == "--help" || name == "-h")
        options.action = Action::Help;
    else if (name == "--version")
        options.action = Action::Version;
    else if (name == "--schema")
        options.action = Action::Schema;
    else
        return false;
    return true;
}

/// data list, data fetch NAME
Result<void> takeDataWords(Options& options, const std::vector<std::string>& words)
{
    if (words.size() == 2 && words[1] == "list") {
        options.action = Action::DataList;
        return {};
    }
    std::string names;
    for (const DataSetFacts& facts : knownDataSets()) {
        names += (names.empty() ? "" : ", ") + facts.name;
        if (words.size() == 3 && words[1] == "fetch" && words[2] == facts.name) {
            options.action = Action::DataFetch;
            options.dataSet = facts.name;
            return {};
        }
    }
    return usageError("data takes list, or fetch with one of " + names);
}

Result<void> takePositionals(Options& options, std::vector<std::string> words)
{
    const bool train = !words.empty() && words[0] == "train";
    if (train)
        words.erase(words.begin());
    if (!train && !words.empty() && words[0] == "data") {
        return takeDataWords(options, words);
    }
    if (!train && !words.empty() && (words[0] == "record" || words[0] == "sweep")) {
        options.action = words[0] == "record" ? Action::Record : Action::Sweep;
        words.erase(words.begin());
    }
    if (words.size() > 1)
        return usageError("one configuration file at a time, not also '" + words[1] + "'");
    if (words.empty())
        return {};
    std::error_code ignored;
    if (!fs::exists(words[0], ignored)) {
        const bool isPath = train || words[0].find_first_of("./") != std::string::npos;
        return isPath ? dataError("Cannot read the configuration: no such file: " + words[0], words[0])
                      : usageError("unknown command or missing file '" + words[0] + "'");
    }
    options.configFile = words[0];
    return {};
}

Result<void> checkTogether(const Options& options)
{
    if (!options.configFile.empty() && !options.preset.empty())
        return usageError("a configuration file and --preset exclude each other");
    if (options.action == Action::Record) {
        if (options.weights.empty())
            return usageError("record needs --weights FILE…");
        if (options.output.empty())
            return usageError("record needs -o DIR");
        return {};
    }
    if (options.action == Action::Sweep) {
        if (options.configFile.empty())
            return usageError("sweep needs SWEEP.json");
        if (options.output.empty())
            return usageError("sweep needs -o DIR");
        return {};
    }
    const bool needsConfig = options.action == Action::DryRun || (options.action == Action::Train && !options.resume);
    if (needsConfig && options.configFile.empty() && options.preset.empty()) {
        std::string names;
        for (const std::string& name : presetNames())
            names += (names.empty() ? "" : ", ") + name;
        return usageError("a training needs CONFIG.json or --preset NAME, one of " + names);
    }
    if (options.action == Action::Train && options.output.empty())
        return usageError("a training needs -o DIR");
    return {};
}

} // namespace

std::string helpText()
{
    std::string names;
    for (const std::string& name : presetNames())
        if (name.find("-erm") == name.npos && name.find("-mse") == name.npos && name.find("-etf") == name.npos &&
            name.find("-protocol") == name.npos)
            names += "  " + name + "\n      " + presetSummary(name) + "\n";
    return std::string(kHelp) +
           "\npresets, each also with -erm (no mixing), -mse (squared error), -etf (classifier frozen to a simplex "
           "ETF) and -protocol (recorded as the public reproduction plots it):\n" +
           names;
}

Result<Options> parseOptions(std::span<char* const> words)
{
    Options options;
    std::vector<std::string> positionals;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string word = words[i];
        if (word.empty() || word[0] != '-') {
            positionals.push_back(std::move(word));
            continue;
        }
        std::optional<std::string> value;
        if (const std::size_t equals = word.find('='); equals != std::string::npos && word.starts_with("--")) {
            value = word.substr(equals + 1);
            word.resize(equals);
        }
        if (word == "-o")
            word = "--output";
        const auto option = std::find_if(kValueOptions.begin(), kValueOptions.end(),
                                         [&](const ValueOption& o) { return o.name == word; });
        if (option == kValueOptions.end()) {
            if (value || !takeFlag(options, word))
                return usageError("unknown option '" + word + "', see ncscope-train --help");
            continue;
        }
        if (!value && i + 1 < words.size())
            value = words[++i];
        if (!value || value->empty())
            return usageError(word + " takes " + std::string(option->takes));
        if (word == "--jobs") {
            const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), options.jobs);
            if (error != std::errc() || *end != '\0' || options.jobs < 1 || options.jobs > 256)
                return usageError("--jobs takes a number from 1 to 256, not '" + *value + "'");
            continue;
        }
        takeValue(options, word, *value);
        // Several files may follow, as a shell's pattern leaves them.
        while (word == "--weights" && i + 1 < words.size() && words[i + 1][0] != '-')
            takeValue(options, word, words[++i]);
    }
    if (options.action == Action::Help || options.action == Action::Version || options.action == Action::Schema)
        return options;
    if (Result<void> done = takePositionals(options, std::move(positionals)); !done)
        return done.error();
    if (Result<void> done = checkTogether(options); !done)
        return done.error();
    return options;
}

Result<TrainConfig> resolveConfig(const Options& options)
{
    Result<TrainConfig> base = !options.preset.empty()      ? presetConfig(options.preset)
                               : options.configFile.empty() ? Result<TrainConfig>(TrainConfig{})
                                                            : readTrainConfig(options.configFile);
    if (!base)
        return base;
    std::vector<std::string> settings;
    if (!options.network.empty()) {
        Result<std::vector<std::string>> named = networkSettings(options.network);
        if (!named)
            return named.error();
        settings = std::move(*named);
    }
    settings.insert(settings.end(), options.settings.begin(), options.settings.end());
    Result<TrainConfig> config = withSettings(std::move(*base), settings);
    return config ? withPictureFile(std::move(*config), options.data) : config;
}

} // namespace nc::trainer

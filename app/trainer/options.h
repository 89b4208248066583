#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/config/train_config.h"

namespace nc::trainer
{

enum class Action { Train, Record, Sweep, DryRun, Help, Version, Schema, DataList, DataFetch };

/// The command line of ncscope-train, read but not yet acted upon.
struct Options {
    Action action = Action::Train;
    std::filesystem::path configFile; ///< empty where a preset is named or the run holds it (--resume)
    std::string preset;
    std::vector<std::string> settings; ///< key=value in the order given, --device and --threads among them
    std::filesystem::path output, data;
    std::vector<std::filesystem::path> weights; ///< of Record, in the order given
    std::string network;                        ///< of Record, a usual name
    std::string dataSet;                        ///< of DataFetch
    std::string from;            ///< of DataFetch, the URL of a folder with the same files; empty: theirs
    int jobs = 1;                ///< of Sweep, trainings at a time
    std::filesystem::path slurm; ///< of Sweep, the script to write instead of training
    bool resume = false;
    bool quiet = false;
    bool json = false;
};

/// Errors: an unknown option or a missing value (Usage, naming the option and what it takes), a configuration file that
/// is not there (Data).
[[nodiscard]] Result<Options> parseOptions(std::span<char* const> words);

/// The configuration that file or preset and settings make, with what a file of pictures holds.
[[nodiscard]] Result<TrainConfig> resolveConfig(const Options& options);

[[nodiscard]] std::string helpText();

} // namespace nc::trainer

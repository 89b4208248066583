#pragma once

#include <string>
#include <vector>

#include "app/trainer/command_listener.h"
#include "app/trainer/options.h"

namespace nc::trainer
{

/// One training of a sweep: a folder below the sweep's and the settings on top of preset or configuration.
struct SweepRun {
    std::string name;
    std::vector<std::string> settings; ///< key=value
};

/// Every combination of the lists in the sweep file, in the order written, the last list fastest:
///   {"preset": "quick", "grid": {"mixing.kind": ["mixup", "none"], "seed": [0, 1, 2]}}
/// or {"config": {…}, "grid": {…}}. Names are made of the last parts of the keys: kind-mixup_seed-0.
/// Errors: no JSON (Data); an unknown key, a list that is none, a configuration that cannot be trained (Usage).
struct Sweep {
    std::string preset; ///< empty where the file holds a configuration
    std::string config; ///< JSON text, empty where it names a preset
    std::vector<SweepRun> runs;
};
[[nodiscard]] Result<Sweep> readSweep(const std::filesystem::path& file);

/// Trains them, options.jobs at a time, each in a process of its own, into options.output/NAME; finished runs are left
/// alone, stopped ones resumed. Tells about each in a JSON line. With options.slurm a job array's script is written
/// instead. Returns the exit code: 1 where a training failed, the others are trained all the same.
[[nodiscard]] Result<int> runSweep(const Options& options, CommandListener& commands);

} // namespace nc::trainer

#pragma once

#include <string>
#include <vector>

#include "core/metric.h"
#include "core/result.h"
#include "core/task_control.h"
#include "io/run_reader.h"

namespace nc::app
{

/// One key of the configurations that the runs do not share; texts are JSON, empty where a run has no such key.
struct ConfigDifference {
    std::string key; ///< dotted, e.g. "mixing.kind"
    std::string a, b;
};

/// A figure of the last epoch of each run.
struct MetricPair {
    std::string split, name;
    Metric a, b;
};

struct RunComparison {
    std::int64_t epochA = 0, epochB = 0; ///< the last of each
    std::vector<ConfigDifference> configuration;
    std::vector<MetricPair> metrics; ///< of the splits that both have: first clean, then first mix
};

/// What differs in configuration and metrics. Errors: those of reading, a run without epochs (Data).
[[nodiscard]] Result<RunComparison> compareRuns(const io::RunReader& a, const io::RunReader& b,
                                                const TaskControl& control = {});

} // namespace nc::app

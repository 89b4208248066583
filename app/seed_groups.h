#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/collapse_metrics.h"

/// Runs that differ only in their seed, measured together: every figure as mean and deviation over the seeds.
namespace nc::app
{

struct SeedGroup {
    std::vector<std::size_t> runs;   ///< places in the list of runs, ascending
    std::vector<std::int64_t> seeds; ///< one a run; empty where the configurations name none
};

/// Groups in the order of their first run. Two runs belong together when both configurations (JSON) are equal but for
/// the key `seed`; a run without a configuration stands alone.
[[nodiscard]] std::vector<SeedGroup> groupBySeed(const std::vector<std::string>& configurations);

struct Spread {
    double mean = 0;
    std::optional<double> deviation{}; ///< empty with n-1 and a single value
    Index count = 0;                   ///< runs that have the figure
};

/// One epoch and split of a group.
struct GroupEntry {
    std::int64_t epoch = 0;
    std::string split, layer;
    SplitKind kind = SplitKind::Clean;
    Index samples = 0, classes = 0;            ///< of the first run
    Index runs = 0;                            ///< that recorded this epoch and split
    std::vector<std::optional<Spread>> values; ///< in the order of metricNames(); empty where no run has the figure
    std::vector<std::string> unavailable;      ///< why, where empty
};

/// Entries of each run, merged by epoch and split: ascending epochs, splits in the order of the first run that has
/// them.
[[nodiscard]] std::vector<GroupEntry> spreadOverSeeds(const std::vector<std::vector<MetricEntry>>& runs,
                                                      Deviation deviation);

} // namespace nc::app

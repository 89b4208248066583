#pragma once

#include <vector>

#include "core/collapse_metrics.h"
#include "io/run_reader.h"

namespace nc::app
{

/// Measures one epoch and split of a run, from disk by row blocks. `layer` other than penultimate has no classifier.
[[nodiscard]] Result<MetricEntry> measureRun(const io::RunReader& run, const io::RunSummary& summary,
                                             std::int64_t epoch, const std::string& split, const std::string& layer,
                                             const MetricOptions& options, const TaskControl& control = {});

} // namespace nc::app

#pragma once

#include "app/trainer/options.h"

namespace nc::trainer
{

/// Prints what a training is told and what it takes, as one JSON document: the resolved configuration, parameters,
/// memory and disk by estimate, and by trial steps on this machine the time of an epoch and what recording takes of the
/// training. Where these cannot be taken (no data set, no GPU, too little memory) `seconds_per_epoch` and `recording`
/// are null and `unavailable` says why.
[[nodiscard]] Result<int> dryRun(const Options& options);

/// Bytes of memory that programs may still take on this machine; empty where the system does not tell.
[[nodiscard]] std::optional<std::int64_t> freeMemory();

/// Whether the disk under `folder` holds what the run is estimated to take. Error (Environment) with both numbers.
[[nodiscard]] Result<void> checkDisk(const TrainConfig& config, const std::filesystem::path& folder);

} // namespace nc::trainer

#pragma once

#include <filesystem>

#include <torch/torch.h>

#include "core/result.h"
#include "core/training/networks/network.h"

namespace nc::training
{

/// How far a training is. With the weights and the momentum this is all there is to save: what is drawn depends on
/// seed, epoch and step only.
struct Progress {
    std::int64_t epoch = 0;         ///< passes completed
    std::int64_t step = 0;          ///< steps done of the pass after these
    std::int64_t totalSteps = 0;    ///< steps done altogether
    std::int64_t stepsPerEpoch = 0; ///< 0: not decided yet (budget_seconds)
    double lossSum = 0;             ///< over the steps of the unfinished pass
    double correctSum = 0;          ///< lambda-weighted, the same
    double seconds = 0;             ///< of training so far
    double lossScale = 0;           ///< of float16, see LossScale; 0: none
    std::int64_t goodSteps = 0;
};

/// The bytes of a checkpoint, so that training can go on while they are written.
[[nodiscard]] std::string checkpointBytes(const Progress& progress, Network& network,
                                          torch::optim::Optimizer& optimiser);

/// Writes FILE.part, flushes it to disk and renames it. Errors: Environment.
[[nodiscard]] Result<void> writeCheckpoint(const std::filesystem::path& file, const std::string& bytes);

/// Puts the saved weights, buffers and momentum in place. Errors (Data): unreadable, or of another network.
[[nodiscard]] Result<Progress> loadCheckpoint(const std::filesystem::path& file, Network& network,
                                              torch::optim::Optimizer& optimiser);

} // namespace nc::training

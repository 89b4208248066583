#pragma once

#include <memory>

#include <torch/torch.h>

#include "core/config/train_config.h"

namespace nc::training
{

/// The configured optimiser of a network's trained parameters, those under weight decay in its first group.
[[nodiscard]] std::unique_ptr<torch::optim::Optimizer> makeOptimiser(const TrainConfig::Optimiser& options,
                                                                     torch::nn::Module& module);

} // namespace nc::training

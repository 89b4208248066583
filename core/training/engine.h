#pragma once

#include <torch/torch.h>

#include "core/result.h"

namespace nc::training
{

/// The device a configuration names: auto, cpu, cuda, cuda:N; auto and cuda take GPU `localRank` where several
/// processes share a machine. Error (Environment): a GPU that is not there.
[[nodiscard]] Result<torch::Device> chooseDevice(const std::string& name, int localRank = 0);

} // namespace nc::training

#pragma once

#include <torch/torch.h>

#include "core/result.h"

namespace nc::training
{

/// The device a configuration names: auto, cpu, cuda, cuda:N. Error (Environment): a GPU that is not there.
[[nodiscard]] Result<torch::Device> chooseDevice(const std::string& name);

} // namespace nc::training

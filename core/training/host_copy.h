#pragma once

#include <torch/torch.h>

namespace nc::training
{

/// A copy in memory of the host. From a GPU into pinned memory, and queued there: whoever reads it waits for the device
/// first.
[[nodiscard]] inline torch::Tensor onHost(const torch::Tensor& values)
{
    const torch::Tensor source = values.detach();
    torch::Tensor copy = torch::empty(
        source.sizes(), torch::TensorOptions(source.scalar_type()).pinned_memory(source.device().is_cuda()));
    return copy.copy_(source, true);
}

} // namespace nc::training

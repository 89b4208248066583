#pragma once

#include <functional>
#include <memory>

#include <torch/torch.h>

#include "core/result.h"

namespace nc::training
{

/// Work of a GPU that is recorded once and then repeated by one call (a CUDA graph), so that the CPU no longer starts
/// each kernel. It must be the same each time: the same kernels on the same memory, no number that changes on the host,
/// no waiting for the device.
class StepGraph
{
public:
    /// Error (Environment): built without CUDA's runtime.
    [[nodiscard]] static Result<std::unique_ptr<StepGraph>> create(const torch::Device& device);
    ~StepGraph();
    StepGraph(const StepGraph&) = delete;
    StepGraph& operator=(const StepGraph&) = delete;

    /// Does `work`: the first three times by calling it, on a stream of its own, so that what it allocates and chooses
    /// has settled; then by recording it; from then on without calling it. Ordered with what LibTorch's stream holds.
    /// What it allocated while it was recorded is written anew each time and lives as long as this. Throws what `work`
    /// and CUDA throw.
    void run(const std::function<void()>& work);

private:
    struct Impl;
    explicit StepGraph(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace nc::training

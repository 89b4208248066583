#pragma once

#include <memory>

#include <torch/torch.h>

#include "core/training/communicator.h"

namespace nc::training
{

/// Sums in place over the GPUs of a group of processes, on a stream of its own beside LibTorch's.
class NcclSum
{
public:
    /// Together. Errors (Environment): built without NCCL, or NCCL's own.
    [[nodiscard]] static Result<std::unique_ptr<NcclSum>> create(Communicator& group, const torch::Device& device);
    ~NcclSum();
    NcclSum(const NcclSum&) = delete;
    NcclSum& operator=(const NcclSum&) = delete;

    /// Begins once what LibTorch's stream holds by now is done. `numbers`: float32, contiguous, on the device.
    /// Together. Throws std::runtime_error with what NCCL says.
    void start(torch::Tensor& numbers);
    /// LibTorch's stream waits for all sums begun.
    void finish();

private:
    struct Impl;
    explicit NcclSum(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace nc::training

#pragma once

#include <memory>
#include <vector>

#include <torch/torch.h>

#include "core/training/communicator.h"

namespace nc::training
{

class NcclSum;

/// Keeps the networks of several processes the same. Gradients lie in buckets, those of the last layers in the first
/// bucket; while it lives a bucket is summed over all processes as soon as the backward pass has filled it, and so
/// while the pass still computes the others. On the CPU by MPI, on GPUs by NCCL.
class DataParallel
{
public:
    /// Of the trained parameters, which must stay in their storage while it lives. Error (Environment): GPUs without
    /// NCCL. Together.
    [[nodiscard]] static Result<std::unique_ptr<DataParallel>> create(const std::vector<torch::Tensor>& parameters,
                                                                      Communicator& group);
    ~DataParallel();
    DataParallel(const DataParallel&) = delete;
    DataParallel& operator=(const DataParallel&) = delete;

    /// Before the backward pass, instead of zero_grad(): gradients are 0.
    void begin();
    /// After it: every gradient is the mean over all processes. Together.
    void finish();
    /// Running averages of batch norm become their mean over all processes. Together.
    void averageBuffers(torch::nn::Module& module);

private:
    struct Bucket {
        torch::Tensor numbers; ///< gradients of its parameters, one after the other
        std::size_t parameters = 0, missing = 0;
    };
    DataParallel(const std::vector<torch::Tensor>& parameters, Communicator& group);
    void addBucket(std::vector<torch::Tensor> parameters, std::int64_t count);
    void arrived(std::size_t bucket);
    void startReady();
    void start(torch::Tensor& numbers);

    Communicator& m_group;
    std::vector<Bucket> m_buckets;
    std::size_t m_started = 0; ///< buckets under way; always the first ones, so that all processes have one order
    struct Hook {
        std::shared_ptr<torch::autograd::Node> accumulator;
        std::uintptr_t key;
    };
    std::vector<Hook> m_hooks;
    std::unique_ptr<NcclSum> m_nccl; ///< null on the CPU
};

} // namespace nc::training

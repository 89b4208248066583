#pragma once

#include <torch/torch.h>

#include "core/training/image_data.h"
#include "core/training/network.h"
#include "core/training/sampling.h"

namespace nc::training
{

/// Pictures as bytes on the computing device, and how they become the network's input.
class PixelStore
{
public:
    /// Keeps the pictures `rows` of `images`, in that order.
    PixelStore(const LabelledImages& images, std::span<const std::int64_t> rows, float mean, float deviation,
               const torch::Device& device);

    /// lambda x[first] + (1 - lambda) x[second], normalised: B x 1 x H x W, channels last. On the CPU by mixBatchCpu,
    /// on a GPU by the kernel where there is one, else by LibTorch.
    [[nodiscard]] torch::Tensor mixed(const MixPlan& plan) const;
    /// The last of these three, the same numbers to rounding; for GPUs without nvcc and for tests.
    [[nodiscard]] torch::Tensor mixedByTorch(const MixPlan& plan) const;

    [[nodiscard]] std::int64_t count() const { return m_pixels.size(0); }

private:
    torch::Tensor m_pixels; ///< N x H x W bytes
    float m_scale = 1, m_shift = 0;
};

/// Soft labels t = lambda e_a + (1 - lambda) e_b of a plan, B x C.
[[nodiscard]] torch::Tensor softLabels(const MixPlan& plan, const torch::Tensor& labels, std::int64_t classes);

/// -sum_k t_k log softmax(z)_k, mean over the batch: the two-term form of mixup, exactly (docs/maths.md, 2).
[[nodiscard]] torch::Tensor softCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets);

/// The objective of a step by the configuration: data term plus (mu/2)|h|^2, means over the batch.
[[nodiscard]] torch::Tensor objective(const TrainConfig& config, const Activations& activations,
                                      const torch::Tensor& targets);

} // namespace nc::training

#pragma once

#include <torch/torch.h>

#include "core/training/image_data.h"
#include "core/training/networks/network.h"
#include "core/training/sampling.h"

namespace nc::training
{

/// Pictures as bytes on the computing device, and how they become the network's input.
class PixelStore
{
public:
    /// Keeps the pictures `rows` of `images`, in that order, for a network that sees squares of the configured side.
    PixelStore(const TrainConfig& config, const LabelledImages& images, std::span<const std::int64_t> rows,
               const ImageDataSet& data, const torch::Device& device);

    /// The mixed pictures of a plan, normalised: B x channels x side x side, channels last. On the CPU by mixBatchCpu,
    /// on a GPU by the kernel where there is one, else by LibTorch. A plan that mixes a hidden stage leaves the
    /// pictures as they are.
    [[nodiscard]] torch::Tensor mixed(const MixPlan& plan) const;
    /// The last of these three, the same numbers to rounding; for GPUs without nvcc and for tests.
    [[nodiscard]] torch::Tensor mixedByTorch(const MixPlan& plan) const;

    [[nodiscard]] std::int64_t count() const { return m_pixels.size(0); }
    [[nodiscard]] torch::Device device() const { return m_pixels.device(); }

private:
    [[nodiscard]] torch::Tensor placed(const std::vector<std::int64_t>& rows,
                                       const std::vector<Placement>& placements) const;

    torch::Tensor m_pixels; ///< N x H x W x channels, bytes
    std::int64_t m_side = 28, m_cutout = 0;
    std::array<float, 3> m_scale{1, 1, 1}, m_shift{};
};

/// Soft labels t = lambda e_a + (1 - lambda) e_b of a plan, B x C.
[[nodiscard]] torch::Tensor softLabels(const MixPlan& plan, const torch::Tensor& labels, std::int64_t classes);

/// -sum_k t_k log softmax(z)_k, mean over the batch: the two-term form of mixup, exactly (docs/maths.md, 2).
[[nodiscard]] torch::Tensor softCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets);

/// -sum_k t_k (1 - p_k)^gamma log p_k, p = softmax(z), mean over the batch (Lin et al. 2017); gamma 0: cross-entropy.
[[nodiscard]] torch::Tensor focalLoss(const torch::Tensor& logits, const torch::Tensor& targets, double gamma);

/// The objective of a step by the configuration: data term of the smoothed targets plus (mu/2)|h|^2, means over the
/// batch.
[[nodiscard]] torch::Tensor objective(const TrainConfig& config, const Activations& activations,
                                      const torch::Tensor& targets);

} // namespace nc::training

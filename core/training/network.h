#pragma once

#include <torch/torch.h>

#include "core/config/train_config.h"

namespace nc::training
{

/// Activations of one batch of B pictures, by the names they are recorded under.
struct Activations {
    torch::Tensor penultimate; ///< h, B x d: the input of the last linear layer
    torch::Tensor logits;      ///< z = W h + b, B x C
};

/// A small CNN for 28 x 28 pictures. A stage is convolution 3x3, batch norm, ReLU, halving by maximum; `residual` adds
/// a basic block (two convolutions around an identity; He et al. 2016) to each stage, `plain` does not halve the last
/// stage. Then average pool, feature layer (linear, optionally ReLU) and the classifier.
class SmallCnnImpl : public torch::nn::Module
{
public:
    SmallCnnImpl(const TrainConfig::Network& options, std::int64_t classes);

    /// `images`: B x 1 x H x W, float.
    [[nodiscard]] Activations forwardFeatures(const torch::Tensor& images);
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& images) { return forwardFeatures(images).logits; }

    [[nodiscard]] torch::nn::Linear& classifier() { return m_classifier; }

private:
    torch::nn::Sequential m_body;
    torch::nn::Linear m_classifier{nullptr};
};
TORCH_MODULE(SmallCnn);

/// C rows of norm 1 in d >= C dimensions, mutual cosine -1/(C-1): a simplex ETF turned at random (docs/maths.md, 4.2).
[[nodiscard]] torch::Tensor simplexFrame(std::int64_t classes, std::int64_t dim);

} // namespace nc::training

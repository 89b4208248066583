#pragma once

#include <torch/torch.h>

/// Layers that take a shorter way where the network is in eval mode and nobody asks for gradients, which is how epochs
/// are recorded. Private to core/training/networks.
namespace nc::training
{

/// norm(convolution(x)). The shorter way is one convolution whose weights and bias take the norm in (w s, b s + beta -
/// mean s with s = gamma / sqrt(variance + epsilon), per channel): the same numbers to rounding, without a pass over
/// the activations. The modules stay as they are.
[[nodiscard]] torch::Tensor convolvedAndNormed(torch::nn::Conv2dImpl& convolution, torch::nn::BatchNorm2dImpl& norm,
                                               const torch::Tensor& x);

/// pool(x), where pool takes the maximum of 2 x 2 pixels. The shorter way are maxima of whole rows, then of columns:
/// the same numbers.
[[nodiscard]] torch::Tensor halvedByMaximum(torch::nn::MaxPool2dImpl& pool, const torch::Tensor& x);

} // namespace nc::training

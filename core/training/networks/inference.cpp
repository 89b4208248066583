#include "core/training/networks/inference.h"

namespace nc::training
{
namespace
{

bool isShort(const torch::nn::Module& module)
{
    return !module.is_training() && !torch::GradMode::is_enabled();
}

/// The larger one of each two neighbours along `dim`; a last one without neighbour is left out.
torch::Tensor largerOfTwo(const torch::Tensor& x, std::int64_t dim)
{
    const std::int64_t even = x.size(dim) / 2 * 2;
    return torch::maximum(x.slice(dim, 0, even, 2), x.slice(dim, 1, even, 2));
}

} // namespace

torch::Tensor convolvedAndNormed(torch::nn::Conv2dImpl& convolution, torch::nn::BatchNorm2dImpl& norm,
                                 const torch::Tensor& x)
{
    if (!isShort(norm))
        return norm.forward(convolution.forward(x));
    const torch::Tensor scale = norm.weight * (norm.running_var + norm.options.eps()).rsqrt();
    const torch::Tensor mean = convolution.bias.defined() ? norm.running_mean - convolution.bias : norm.running_mean;
    const auto& options = convolution.options;
    return torch::nn::functional::conv2d(x, convolution.weight * scale.view({-1, 1, 1, 1}),
                                         torch::nn::functional::Conv2dFuncOptions()
                                             .bias(norm.bias - mean * scale)
                                             .stride(options.stride())
                                             .padding(options.padding())
                                             .dilation(options.dilation())
                                             .groups(options.groups()));
}

torch::Tensor halvedByMaximum(torch::nn::MaxPool2dImpl& pool, const torch::Tensor& x)
{
    return isShort(pool) ? largerOfTwo(largerOfTwo(x, 2), 3) : pool.forward(x);
}

} // namespace nc::training

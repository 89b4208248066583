#include "core/training/network.h"

#include <cmath>

namespace nc::training
{
namespace
{

namespace nn = torch::nn;

nn::Conv2d convolution(std::int64_t from, std::int64_t to)
{
    return nn::Conv2d(nn::Conv2dOptions(from, to, 3).padding(1).bias(false));
}

nn::ReLU relu()
{
    return nn::ReLU(nn::ReLUOptions(true));
}

/// x -> ReLU(x + f(x)), f two convolutions with batch norm.
class BasicBlockImpl : public nn::Module
{
public:
    explicit BasicBlockImpl(std::int64_t width)
    {
        m_branch = register_module("branch", nn::Sequential(convolution(width, width), nn::BatchNorm2d(width), relu(),
                                                            convolution(width, width), nn::BatchNorm2d(width)));
    }
    torch::Tensor forward(const torch::Tensor& x) { return (x + m_branch->forward(x)).relu_(); }

private:
    nn::Sequential m_branch;
};
TORCH_MODULE(BasicBlock);

} // namespace

SmallCnnImpl::SmallCnnImpl(const TrainConfig::Network& options, std::int64_t classes)
{
    std::int64_t channels = 1;
    const bool residual = options.kind == "residual";
    for (std::size_t stage = 0; stage < options.widths.size(); ++stage) {
        const std::int64_t width = options.widths[stage];
        const bool last = stage + 1 == options.widths.size();
        m_body->push_back(convolution(channels, width));
        m_body->push_back(nn::BatchNorm2d(width));
        // Halved before the ReLU: the same numbers, since it is monotone, on a quarter of the pixels.
        if (!last || residual)
            m_body->push_back(nn::MaxPool2d(2));
        // Without a feature layer the pooled activations are the features, so the last ReLU is the features' own.
        if (!last || residual || options.featureDim > 0 || options.featureRelu)
            m_body->push_back(relu());
        if (residual)
            m_body->push_back(BasicBlock(width));
        channels = width;
    }
    m_body->push_back(nn::AdaptiveAvgPool2d(1));
    m_body->push_back(nn::Flatten());
    if (options.featureDim > 0) {
        m_body->push_back(nn::Linear(channels, options.featureDim));
        if (options.featureRelu)
            m_body->push_back(relu());
        channels = options.featureDim;
    }
    register_module("body", m_body);
    m_classifier =
        register_module("classifier", nn::Linear(nn::LinearOptions(channels, classes).bias(options.classifierBias)));
    if (options.classifier == "etf") {
        torch::NoGradGuard noGradient;
        m_classifier->weight.copy_(simplexFrame(classes, channels));
        m_classifier->weight.set_requires_grad(false);
    }
}

Activations SmallCnnImpl::forwardFeatures(const torch::Tensor& images)
{
    Activations result;
    result.penultimate = m_body->forward(images);
    result.logits = m_classifier->forward(result.penultimate);
    return result;
}

torch::Tensor simplexFrame(std::int64_t classes, std::int64_t dim)
{
    const torch::Tensor basis = std::get<0>(torch::linalg_qr(torch::randn({dim, classes}, torch::kDouble)));
    const auto count = static_cast<double>(classes);
    const torch::Tensor centred = torch::eye(classes, torch::kDouble) - 1 / count;
    return (std::sqrt(count / (count - 1)) * torch::matmul(centred, basis.t())).to(torch::kFloat);
}

} // namespace nc::training

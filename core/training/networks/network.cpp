#include "core/training/networks/network.h"

#include <cmath>

#include "core/training/networks/architectures.h"

namespace nc::training
{
namespace
{

/// B x d from B x d x H x W (mean over pixels), B x tokens x d (mean over tokens) or B x d.
torch::Tensor pooled(const torch::Tensor& activations)
{
    return activations.dim() == 4   ? activations.mean({2, 3})
           : activations.dim() == 3 ? activations.mean(1)
                                    : activations;
}

} // namespace

Activations Network::forwardFeatures(const torch::Tensor& images, const Wanted& wanted)
{
    Activations result;
    torch::Tensor x = wanted.hook ? wanted.hook(0, images) : images;
    for (std::int64_t number = 1; number <= stageCount(); ++number) {
        x = stage(number, x);
        if (wanted.hook)
            x = wanted.hook(number, x);
        if (wanted.stages)
            result.stages.emplace_back("stage" + std::to_string(number), pooled(x));
    }
    result.penultimate = features(x);
    result.logits = m_classifier->forward(result.penultimate);
    return result;
}

void Network::makeClassifier(const std::string& name, std::int64_t dim, std::int64_t classes,
                             const TrainConfig::Network& options)
{
    namespace nn = torch::nn;
    m_classifier = register_module(name, nn::Linear(nn::LinearOptions(dim, classes).bias(options.classifierBias)));
    if (options.classifier == "learned")
        return;
    const torch::NoGradGuard noGradient;
    if (options.classifier == "etf")
        m_classifier->weight.copy_(simplexFrame(classes, dim));
    else
        m_classifier->weight.copy_(torch::nn::functional::normalize(
            torch::randn({classes, dim}), torch::nn::functional::NormalizeFuncOptions().dim(1)));
    m_classifier->weight.mul_(options.classifierScale).set_requires_grad(false);
}

std::shared_ptr<Network> makeNetwork(const TrainConfig::Network& options, const ImageShape& shape, std::int64_t classes)
{
    if (options.kind == "wide-resnet")
        return makeWideResNet(options, shape, classes);
    if (options.kind == "preact-resnet")
        return makePreActResNet(options, shape, classes);
    if (options.kind == "vit")
        return makeVisionTransformer(options, shape, classes);
    if (options.kind == "mlp")
        return makeMlp(options, shape, classes);
    if (options.kind == "ufm")
        return makeFreeFeatures(options, shape, classes);
    return makeSmallCnn(options, shape, classes);
}

void toChannelsLast(torch::nn::Module& module)
{
    for (torch::Tensor& parameter : module.parameters())
        if (parameter.dim() == 4)
            parameter.set_data(parameter.detach().contiguous(torch::MemoryFormat::ChannelsLast));
}

torch::Tensor simplexFrame(std::int64_t classes, std::int64_t dim)
{
    const torch::Tensor basis = std::get<0>(torch::linalg_qr(torch::randn({dim, classes}, torch::kDouble)));
    const auto count = static_cast<double>(classes);
    const torch::Tensor centred = torch::eye(classes, torch::kDouble) - 1 / count;
    return (std::sqrt(count / (count - 1)) * torch::matmul(centred, basis.t())).to(torch::kFloat);
}

} // namespace nc::training

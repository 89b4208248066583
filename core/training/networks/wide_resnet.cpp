#include <cmath>

#include "core/config/network_size.h"
#include "core/training/networks/architectures.h"
#include "core/training/networks/inference.h"

namespace nc::training
{
namespace
{

namespace nn = torch::nn;

nn::Conv2d convolution(std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t stride)
{
    return nn::Conv2d(nn::Conv2dOptions(from, to, size).stride(stride).padding(size / 2).bias(true));
}

/// x -> s(x) + conv2(ReLU(bn2(dropout(conv1(ReLU(bn1(x))))))), s a 1x1 convolution where the shape changes.
class WideBlockImpl : public nn::Module
{
public:
    WideBlockImpl(std::int64_t from, std::int64_t to, std::int64_t stride, double dropout)
        : m_bn1(register_module("bn1", nn::BatchNorm2d(from)))
        , m_conv1(register_module("conv1", convolution(from, to, 3, 1)))
        , m_dropout(register_module("dropout", nn::Dropout(dropout)))
        , m_bn2(register_module("bn2", nn::BatchNorm2d(to)))
        , m_conv2(register_module("conv2", convolution(to, to, 3, stride)))
        , m_shortcut(register_module("shortcut", nn::Sequential()))
    {
        if (stride != 1 || from != to)
            m_shortcut->push_back(convolution(from, to, 1, stride));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor activated = m_bn1->forward(x).relu_();
        // Nothing is dropped in eval mode, so the norm stands right behind the convolution.
        const torch::Tensor inner = is_training() ? m_bn2->forward(m_dropout->forward(m_conv1->forward(activated)))
                                                  : convolvedAndNormed(*m_conv1, *m_bn2, activated);
        return m_conv2->forward(inner.relu_()) + (m_shortcut->is_empty() ? x : m_shortcut->forward(x));
    }

private:
    nn::BatchNorm2d m_bn1;
    nn::Conv2d m_conv1;
    nn::Dropout m_dropout;
    nn::BatchNorm2d m_bn2;
    nn::Conv2d m_conv2;
    nn::Sequential m_shortcut;
};
TORCH_MODULE(WideBlock);

class WideResNet final : public Network
{
public:
    WideResNet(const TrainConfig::Network& options, std::int64_t channels, std::int64_t classes)
    {
        const std::int64_t blocks = (networkDepth(options) - 4) / 6;
        std::int64_t width = 16;
        m_conv1 = register_module("conv1", convolution(channels, width, 3, 1));
        for (std::int64_t stage = 0; stage < 3; ++stage) {
            const std::int64_t to = (std::int64_t{16} << stage) * options.width;
            nn::Sequential layer;
            for (std::int64_t i = 0; i < blocks; ++i) {
                layer->push_back(WideBlock(width, to, i == 0 && stage > 0 ? 2 : 1, options.dropout));
                width = to;
            }
            m_layers.push_back(register_module("layer" + std::to_string(stage + 1), layer));
        }
        m_bn1 = register_module("bn1", nn::BatchNorm2d(nn::BatchNorm2dOptions(width).momentum(0.9)));
        for (const auto& module : modules(false))
            if (auto* convolution = module->as<nn::Conv2d>()) {
                nn::init::xavier_uniform_(convolution->weight, std::sqrt(2.0));
                nn::init::zeros_(convolution->bias);
            }
        makeClassifier("linear", width, classes, options);
    }

    std::int64_t stageCount() const override { return 3; }

protected:
    torch::Tensor stage(std::int64_t number, const torch::Tensor& input) override
    {
        return m_layers[static_cast<std::size_t>(number - 1)]->forward(number == 1 ? m_conv1->forward(input) : input);
    }
    torch::Tensor features(const torch::Tensor& lastStage) override
    {
        return m_bn1->forward(lastStage).relu_().mean({2, 3});
    }

private:
    nn::Conv2d m_conv1{nullptr};
    std::vector<nn::Sequential> m_layers;
    nn::BatchNorm2d m_bn1{nullptr};
};

} // namespace

std::shared_ptr<Network> makeWideResNet(const TrainConfig::Network& options, const ImageShape& shape,
                                        std::int64_t classes)
{
    return std::make_shared<WideResNet>(options, shape.channels, classes);
}

} // namespace nc::training

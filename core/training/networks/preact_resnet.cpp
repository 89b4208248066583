#include "core/training/networks/architectures.h"
#include "core/training/networks/inference.h"

namespace nc::training
{
namespace
{

namespace nn = torch::nn;

nn::Conv2d convolution(std::int64_t from, std::int64_t to, std::int64_t size, std::int64_t stride)
{
    return nn::Conv2d(nn::Conv2dOptions(from, to, size).stride(stride).padding(size / 2).bias(false));
}

/// x -> s + conv2(ReLU(bn2(conv1(a)))), a = ReLU(bn1(x)), s = x or a 1x1 convolution of a where the shape changes.
class PreActBlockImpl : public nn::Module
{
public:
    PreActBlockImpl(std::int64_t from, std::int64_t to, std::int64_t stride)
        : m_bn1(register_module("bn1", nn::BatchNorm2d(from)))
        , m_conv1(register_module("conv1", convolution(from, to, 3, stride)))
        , m_bn2(register_module("bn2", nn::BatchNorm2d(to)))
        , m_conv2(register_module("conv2", convolution(to, to, 3, 1)))
    {
        if (stride != 1 || from != to)
            m_shortcut = register_module("shortcut", nn::Sequential(convolution(from, to, 1, stride)));
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor activated = m_bn1->forward(x).relu_();
        const torch::Tensor out = m_conv2->forward(convolvedAndNormed(*m_conv1, *m_bn2, activated).relu_());
        return out + (m_shortcut ? m_shortcut->forward(activated) : x);
    }

private:
    nn::BatchNorm2d m_bn1;
    nn::Conv2d m_conv1;
    nn::BatchNorm2d m_bn2;
    nn::Conv2d m_conv2;
    nn::Sequential m_shortcut{nullptr};
};
TORCH_MODULE(PreActBlock);

class PreActResNet final : public Network
{
public:
    PreActResNet(const TrainConfig::Network& options, std::int64_t channels, std::int64_t classes)
    {
        std::int64_t width = 64;
        m_conv1 = register_module("conv1", convolution(channels, width, 3, 1));
        for (std::int64_t stage = 0; stage < 4; ++stage) {
            const std::int64_t to = std::int64_t{64} << stage;
            nn::Sequential layer(PreActBlock(width, to, stage > 0 ? 2 : 1), PreActBlock(to, to, 1));
            m_layers.push_back(register_module("layer" + std::to_string(stage + 1), layer));
            width = to;
        }
        makeClassifier("linear", width, classes, options);
    }

    std::int64_t stageCount() const override { return 4; }

protected:
    torch::Tensor stage(std::int64_t number, const torch::Tensor& input) override
    {
        return m_layers[static_cast<std::size_t>(number - 1)]->forward(number == 1 ? m_conv1->forward(input) : input);
    }
    torch::Tensor features(const torch::Tensor& lastStage) override { return lastStage.mean({2, 3}); }

private:
    nn::Conv2d m_conv1{nullptr};
    std::vector<nn::Sequential> m_layers;
};

} // namespace

std::shared_ptr<Network> makePreActResNet(const TrainConfig::Network& options, const ImageShape& shape,
                                          std::int64_t classes)
{
    return std::make_shared<PreActResNet>(options, shape.channels, classes);
}

} // namespace nc::training

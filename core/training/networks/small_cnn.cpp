#include "core/training/networks/architectures.h"
#include "core/training/networks/inference.h"

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
    torch::Tensor forward(const torch::Tensor& x)
    {
        const torch::Tensor inner = convolvedAndNormed(0, x).relu_();
        return convolvedAndNormed(3, inner).add_(x).relu_();
    }

private:
    /// The convolution at this place of the branch and the norm behind it.
    torch::Tensor convolvedAndNormed(std::size_t place, const torch::Tensor& x)
    {
        return training::convolvedAndNormed(*m_branch->ptr(place)->as<nn::Conv2d>(),
                                            *m_branch->ptr(place + 1)->as<nn::BatchNorm2d>(), x);
    }

    nn::Sequential m_branch;
};
TORCH_MODULE(BasicBlock);

class SmallCnn final : public Network
{
public:
    SmallCnn(const TrainConfig::Network& options, std::int64_t channels, std::int64_t classes)
    {
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
            m_stageEnds.push_back(m_body->size());
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
        makeClassifier("classifier", channels, classes, options);
    }

    std::int64_t stageCount() const override { return static_cast<std::int64_t>(m_stageEnds.size()); }

protected:
    torch::Tensor stage(std::int64_t number, const torch::Tensor& input) override
    {
        const auto index = static_cast<std::size_t>(number - 1);
        return through(index == 0 ? 0 : m_stageEnds[index - 1], m_stageEnds[index], input);
    }
    torch::Tensor features(const torch::Tensor& lastStage) override
    {
        return through(m_stageEnds.back(), m_body->size(), lastStage);
    }

private:
    /// Runs the modules from `begin` to before `end`.
    torch::Tensor through(std::size_t begin, std::size_t end, torch::Tensor x)
    {
        for (std::size_t i = begin; i < end; ++i) {
            const std::shared_ptr<nn::Module> module = m_body->ptr(i);
            if (auto* convolution = module->as<nn::Conv2d>())
                x = convolvedAndNormed(*convolution, *m_body->ptr(++i)->as<nn::BatchNorm2d>(), x);
            else if (auto* pool = module->as<nn::MaxPool2d>())
                x = halvedByMaximum(*pool, x);
            else
                x = (m_body->begin() + static_cast<std::ptrdiff_t>(i))->forward(x);
        }
        return x;
    }

    nn::Sequential m_body;
    std::vector<std::size_t> m_stageEnds;
};

} // namespace

std::shared_ptr<Network> makeSmallCnn(const TrainConfig::Network& options, const ImageShape& shape,
                                      std::int64_t classes)
{
    return std::make_shared<SmallCnn>(options, shape.channels, classes);
}

} // namespace nc::training

#include "core/training/networks/architectures.h"

namespace nc::training
{
namespace
{

namespace nn = torch::nn;

class Mlp final : public Network
{
public:
    Mlp(const TrainConfig::Network& options, const ImageShape& shape, std::int64_t classes)
        : m_featureRelu(options.featureRelu)
    {
        std::int64_t dim = shape.channels * shape.height * shape.width;
        for (const std::int64_t width : options.widths) {
            m_layers->push_back(nn::Linear(dim, width));
            dim = width;
        }
        register_module("layers", m_layers);
        makeClassifier("classifier", dim, classes, options);
    }

    std::int64_t stageCount() const override { return static_cast<std::int64_t>(m_layers->size()); }

protected:
    torch::Tensor stage(std::int64_t number, const torch::Tensor& input) override
    {
        const auto index = static_cast<std::size_t>(number - 1);
        torch::Tensor x = m_layers->at<nn::LinearImpl>(index).forward(number == 1 ? input.flatten(1) : input);
        return number < stageCount() || m_featureRelu ? x.relu_() : x;
    }
    torch::Tensor features(const torch::Tensor& lastStage) override { return lastStage; }

private:
    bool m_featureRelu;
    nn::Sequential m_layers;
};

} // namespace

std::shared_ptr<Network> makeMlp(const TrainConfig::Network& options, const ImageShape& shape, std::int64_t classes)
{
    return std::make_shared<Mlp>(options, shape, classes);
}

} // namespace nc::training

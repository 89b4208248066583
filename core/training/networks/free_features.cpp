#include "core/training/networks/architectures.h"

namespace nc::training
{
namespace
{

class FreeFeaturesModel final : public Network
{
public:
    FreeFeaturesModel(const TrainConfig::Network& options, std::int64_t rows, std::int64_t classes)
    {
        // Short enough that every logit starts near 0, the same for all classes.
        constexpr double length = 0.1;
        const double scale = length / std::sqrt(static_cast<double>(options.featureDim));
        m_rows = register_parameter("features", scale * torch::randn({rows, options.featureDim}));
        makeClassifier("classifier", options.featureDim, classes, options);
    }

    std::int64_t stageCount() const override { return 0; }

protected:
    torch::Tensor stage(std::int64_t, const torch::Tensor& input) override { return input; }
    torch::Tensor features(const torch::Tensor& rows) override
    {
        torch::Tensor h = m_rows.index_select(0, rows);
        if (h.requires_grad()) {
            // The loss is a mean over the batch, but each row goes down the gradient of its own objective, so that the
            // learning rate means the same whatever the batch.
            const auto batch = static_cast<double>(rows.size(0));
            h.register_hook([batch](const torch::Tensor& gradient) { return batch * gradient; });
        }
        return h;
    }

private:
    torch::Tensor m_rows; ///< H, rows x d
};

} // namespace

std::shared_ptr<Network> makeFreeFeatures(const TrainConfig::Network& options, const ImageShape& shape,
                                          std::int64_t classes)
{
    return std::make_shared<FreeFeaturesModel>(options, shape.freeRows, classes);
}

} // namespace nc::training

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <torch/torch.h>

#include "core/config/train_config.h"

namespace nc::training
{

/// Channels, height and width of a picture.
struct ImageShape {
    std::int64_t channels = 1, height = 28, width = 28;
    std::int64_t freeRows = 0; ///< of an unconstrained features model, which sees no pictures
};

/// Activations of one batch of B pictures, by the names they are recorded under.
struct Activations {
    torch::Tensor penultimate; ///< h, B x d: the input of the last linear layer
    torch::Tensor logits;      ///< z = W h + b, B x C
    /// Earlier layers, first to last, averaged over pixels or tokens: "stage1", … B x d_s. Empty unless asked for.
    std::vector<std::pair<std::string, torch::Tensor>> stages;
};

/// A network as a row of stages, a feature map and a linear classifier. Parameters carry the names that the usual
/// PyTorch implementation gives them, so that state dicts map.
class Network : public torch::nn::Module
{
public:
    /// Changes what comes out of a stage before the next sees it; stage 0 is the input itself. For mixing inside.
    using StageHook = std::function<torch::Tensor(std::int64_t stage, const torch::Tensor& activations)>;

    struct Wanted {
        bool stages = false; ///< fill Activations::stages
        StageHook hook;      ///< empty: none
    };

    /// `images`: B x channels x H x W, floating point (an unconstrained features model takes row numbers).
    [[nodiscard]] Activations forwardFeatures(const torch::Tensor& images, const Wanted& wanted);
    [[nodiscard]] Activations forwardFeatures(const torch::Tensor& images) { return forwardFeatures(images, {}); }

    [[nodiscard]] virtual std::int64_t stageCount() const = 0;
    [[nodiscard]] torch::nn::Linear& classifier() { return m_classifier; }

protected:
    /// Output of stage 1..stageCount() from the output of the one before.
    virtual torch::Tensor stage(std::int64_t number, const torch::Tensor& input) = 0;
    /// h, B x d, from the output of the last stage.
    virtual torch::Tensor features(const torch::Tensor& lastStage) = 0;

    /// Call last in the constructor: draws or freezes the last layer as configured.
    void makeClassifier(const std::string& name, std::int64_t dim, std::int64_t classes,
                        const TrainConfig::Network& options);

private:
    torch::nn::Linear m_classifier{nullptr};
};

/// The configured network for pictures of this shape, with fresh weights. What cannot be built for the shape is found
/// before, by configProblems().
[[nodiscard]] std::shared_ptr<Network> makeNetwork(const TrainConfig::Network& options, const ImageShape& shape,
                                                   std::int64_t classes);

/// Lays the weights of convolutions out with the channels last, as pictures come (PixelStore::mixed()).
void toChannelsLast(torch::nn::Module& module);

/// C rows of norm 1 in d >= C dimensions, mutual cosine -1/(C-1): a simplex ETF turned at random (docs/maths.md, 4.2).
[[nodiscard]] torch::Tensor simplexFrame(std::int64_t classes, std::int64_t dim);

} // namespace nc::training

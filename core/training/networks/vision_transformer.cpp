#include "core/config/network_size.h"
#include "core/training/networks/architectures.h"

namespace nc::training
{
namespace
{

namespace nn = torch::nn;

nn::LayerNorm layerNorm(std::int64_t dim)
{
    return nn::LayerNorm(nn::LayerNormOptions({dim}).eps(1e-6));
}

/// Multi-head self-attention; queries, keys and values come from one linear layer.
class AttentionImpl : public nn::Module
{
public:
    AttentionImpl(std::int64_t dim, std::int64_t heads, double dropout)
        : m_heads(heads)
        , m_qkv(register_module("qkv", nn::Linear(dim, 3 * dim)))
        , m_proj(register_module("proj", nn::Linear(dim, dim)))
        , m_dropout(register_module("proj_drop", nn::Dropout(dropout)))
    {
    }

    torch::Tensor forward(const torch::Tensor& x)
    {
        const std::int64_t batch = x.size(0), tokens = x.size(1), dim = x.size(2);
        const torch::Tensor qkv =
            m_qkv->forward(x).reshape({batch, tokens, 3, m_heads, dim / m_heads}).permute({2, 0, 3, 1, 4});
        const torch::Tensor mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2]);
        return m_dropout->forward(m_proj->forward(mixed.transpose(1, 2).reshape({batch, tokens, dim})));
    }

private:
    std::int64_t m_heads;
    nn::Linear m_qkv, m_proj;
    nn::Dropout m_dropout;
};
TORCH_MODULE(Attention);

class FeedForwardImpl : public nn::Module
{
public:
    FeedForwardImpl(std::int64_t dim, double dropout)
        : m_fc1(register_module("fc1", nn::Linear(dim, 4 * dim)))
        , m_fc2(register_module("fc2", nn::Linear(4 * dim, dim)))
        , m_dropout(register_module("drop", nn::Dropout(dropout)))
    {
    }
    torch::Tensor forward(const torch::Tensor& x)
    {
        return m_dropout->forward(m_fc2->forward(m_dropout->forward(torch::gelu(m_fc1->forward(x)))));
    }

private:
    nn::Linear m_fc1, m_fc2;
    nn::Dropout m_dropout;
};
TORCH_MODULE(FeedForward);

class TransformerBlockImpl : public nn::Module
{
public:
    TransformerBlockImpl(std::int64_t dim, std::int64_t heads, double dropout)
        : m_norm1(register_module("norm1", layerNorm(dim)))
        , m_attention(register_module("attn", Attention(dim, heads, dropout)))
        , m_norm2(register_module("norm2", layerNorm(dim)))
        , m_mlp(register_module("mlp", FeedForward(dim, dropout)))
    {
    }
    torch::Tensor forward(torch::Tensor x)
    {
        x = x + m_attention->forward(m_norm1->forward(x));
        return x + m_mlp->forward(m_norm2->forward(x));
    }

private:
    nn::LayerNorm m_norm1;
    Attention m_attention;
    nn::LayerNorm m_norm2;
    FeedForward m_mlp;
};
TORCH_MODULE(TransformerBlock);

/// Cuts pictures into patches: B x tokens x dim.
class PatchEmbedImpl : public nn::Module
{
public:
    PatchEmbedImpl(std::int64_t channels, std::int64_t dim, std::int64_t patch)
        : m_proj(register_module("proj", nn::Conv2d(nn::Conv2dOptions(channels, dim, patch).stride(patch))))
    {
    }
    torch::Tensor forward(const torch::Tensor& images) { return m_proj->forward(images).flatten(2).transpose(1, 2); }

private:
    nn::Conv2d m_proj;
};
TORCH_MODULE(PatchEmbed);

class VisionTransformer final : public Network
{
public:
    VisionTransformer(const TrainConfig::Network& options, const ImageShape& shape, std::int64_t classes)
    {
        constexpr double deviation = 0.02;
        const std::int64_t dim = options.embedDim;
        const std::int64_t tokens = (shape.height / options.patch) * (shape.width / options.patch) + 1;
        m_classToken = register_parameter("cls_token", torch::randn({1, 1, dim}) * 1e-6);
        m_positions = register_parameter("pos_embed", torch::randn({1, tokens, dim}) * deviation);
        m_patches = register_module("patch_embed", PatchEmbed(shape.channels, dim, options.patch));
        for (std::int64_t i = 0; i < networkDepth(options); ++i)
            m_blocks->push_back(TransformerBlock(dim, options.heads, options.dropout));
        register_module("blocks", m_blocks);
        m_norm = register_module("norm", layerNorm(dim));
        for (const auto& module : modules(false))
            if (auto* linear = module->as<nn::Linear>()) {
                nn::init::normal_(linear->weight, 0, deviation);
                nn::init::zeros_(linear->bias);
            }
        makeClassifier("head", dim, classes, options);
    }

    /// Thirds of the blocks, so that runs of different depths record comparable layers.
    std::int64_t stageCount() const override { return std::min<std::int64_t>(3, depth()); }

protected:
    torch::Tensor stage(std::int64_t number, const torch::Tensor& input) override
    {
        torch::Tensor x = number == 1 ? embed(input) : input;
        auto block = m_blocks->begin() + begin(number);
        for (std::int64_t i = begin(number); i < begin(number + 1); ++i, ++block)
            x = block->forward(x);
        return x;
    }
    torch::Tensor features(const torch::Tensor& lastStage) override { return m_norm->forward(lastStage).select(1, 0); }

private:
    [[nodiscard]] std::int64_t depth() const { return static_cast<std::int64_t>(m_blocks->size()); }
    /// First block of a stage.
    [[nodiscard]] std::int64_t begin(std::int64_t number) const { return depth() * (number - 1) / stageCount(); }

    torch::Tensor embed(const torch::Tensor& images)
    {
        const torch::Tensor patches = m_patches->forward(images);
        return torch::cat({m_classToken.expand({patches.size(0), -1, -1}), patches}, 1) + m_positions;
    }

    torch::Tensor m_classToken, m_positions;
    PatchEmbed m_patches{nullptr};
    nn::Sequential m_blocks;
    nn::LayerNorm m_norm{nullptr};
};

} // namespace

std::shared_ptr<Network> makeVisionTransformer(const TrainConfig::Network& options, const ImageShape& shape,
                                               std::int64_t classes)
{
    return std::make_shared<VisionTransformer>(options, shape, classes);
}

} // namespace nc::training

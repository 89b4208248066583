#include "core/config/network_size.h"

#include <algorithm>

#include "core/config/data_sets.h"

namespace nc
{
namespace
{

using Network = TrainConfig::Network;

/// Of a convolution with or without bias.
std::int64_t convolution(std::int64_t from, std::int64_t to, std::int64_t size, bool bias)
{
    return size * size * from * to + (bias ? to : 0);
}

NetworkSize smallCnn(const Network& options, std::int64_t channels, std::int64_t side)
{
    NetworkSize size;
    const bool residual = options.kind == "residual";
    std::int64_t area = side * side;
    for (const std::int64_t width : options.widths) {
        size.parameters += convolution(channels, width, 3, false) + 2 * width;
        size.activations += 2 * area * width; // convolution and batch norm
        area /= 4;
        size.activations += area * width; // halved
        if (residual) {
            size.parameters += 2 * (convolution(width, width, 3, false) + 2 * width);
            size.activations += 5 * area * width;
        }
        channels = width;
    }
    size.featureDim = options.featureDim > 0 ? options.featureDim : channels;
    if (options.featureDim > 0)
        size.parameters += (channels + 1) * options.featureDim;
    return size;
}

NetworkSize wideResNet(const Network& options, std::int64_t channels, std::int64_t side)
{
    NetworkSize size;
    std::int64_t width = 16, area = side * side;
    size.parameters = convolution(channels, width, 3, true);
    for (std::int64_t stage = 0; stage < 3; ++stage) {
        const std::int64_t to = (std::int64_t{16} << stage) * options.width;
        for (std::int64_t block = 0; block < (networkDepth(options) - 4) / 6; ++block) {
            const bool first = block == 0, halved = first && stage > 0;
            size.parameters += 2 * width + convolution(width, to, 3, true) + 2 * to + convolution(to, to, 3, true);
            if (halved || width != to)
                size.parameters += convolution(width, to, 1, true);
            size.activations += area * (2 * width + 2 * to);
            area /= halved ? 4 : 1;
            size.activations += area * to;
            width = to;
        }
    }
    size.parameters += 2 * width;
    size.featureDim = width;
    return size;
}

NetworkSize preActResNet(std::int64_t channels, std::int64_t side)
{
    NetworkSize size;
    std::int64_t width = 64, area = side * side;
    size.parameters = convolution(channels, width, 3, false);
    for (std::int64_t stage = 0; stage < 4; ++stage)
        for (int block = 0; block < 2; ++block) {
            const std::int64_t to = std::int64_t{64} << stage;
            const bool halved = block == 0 && stage > 0;
            size.activations += 2 * area * width;
            area /= halved ? 4 : 1;
            size.parameters += 2 * width + convolution(width, to, 3, false) + 2 * to + convolution(to, to, 3, false);
            if (halved || width != to)
                size.parameters += convolution(width, to, 1, false);
            size.activations += 4 * area * to;
            width = to;
        }
    size.featureDim = width;
    return size;
}

NetworkSize visionTransformer(const Network& options, std::int64_t channels, std::int64_t side)
{
    NetworkSize size;
    const std::int64_t dim = options.embedDim, patches = (side / options.patch) * (side / options.patch);
    const std::int64_t block = 2 * 2 * dim + 3 * dim * (dim + 1) + (dim + 1) * dim + // norms, qkv, proj
                               (dim + 1) * 4 * dim + (4 * dim + 1) * dim;            // the two of the mlp
    size.parameters = convolution(channels, dim, options.patch, true) + dim + (patches + 1) * dim +
                      networkDepth(options) * block + 2 * dim;
    size.activations = networkDepth(options) * (patches + 1) * 20 * dim;
    size.featureDim = dim;
    return size;
}

NetworkSize mlp(const Network& options, std::int64_t channels, std::int64_t side)
{
    NetworkSize size;
    std::int64_t dim = channels * side * side;
    for (const std::int64_t width : options.widths) {
        size.parameters += (dim + 1) * width;
        size.activations += 2 * width;
        dim = width;
    }
    size.featureDim = dim;
    return size;
}

NetworkSize freeFeatures(const Network& options)
{
    NetworkSize size;
    size.featureDim = size.activations = options.featureDim;
    return size;
}

} // namespace

std::int64_t networkDepth(const Network& options)
{
    return options.depth > 0 ? options.depth : options.kind == "wide-resnet" ? 16 : 12;
}

InputSize inputSize(const TrainConfig& config)
{
    const DataSetFacts facts = dataSetFacts(config);
    return {facts.channels, std::max(facts.side, config.data.side)};
}

NetworkSize networkSize(const Network& options, std::int64_t channels, std::int64_t side, std::int64_t classes)
{
    NetworkSize size = options.kind == "wide-resnet"     ? wideResNet(options, channels, side)
                       : options.kind == "preact-resnet" ? preActResNet(channels, side)
                       : options.kind == "vit"           ? visionTransformer(options, channels, side)
                       : options.kind == "mlp"           ? mlp(options, channels, side)
                       : options.kind == "ufm"           ? freeFeatures(options)
                                                         : smallCnn(options, channels, side);
    size.parameters += classes * size.featureDim + (options.classifierBias ? classes : 0);
    return size;
}

} // namespace nc

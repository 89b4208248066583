#pragma once

#include "core/training/networks/network.h"

/// The architectures behind makeNetwork(). Private to core/training.
namespace nc::training
{

/// A small CNN. A stage is convolution 3x3, batch norm, ReLU, halving by maximum; "residual" adds a basic block (two
/// convolutions around an identity; He et al. 2016) to each stage, "plain" does not halve the last stage. Then average
/// pool, feature layer (linear, optionally ReLU) and the classifier.
std::shared_ptr<Network> makeSmallCnn(const TrainConfig::Network& options, const ImageShape& shape,
                                      std::int64_t classes);

/// Wide ResNet of depth 6n+4 and widening factor k (Zagoruyko, Komodakis 2016), convolutions with bias, final batch
/// norm with momentum 0.9; features are the pooled 64k activations after ReLU. Names: conv1, layer1.0.bn1, …, linear.
std::shared_ptr<Network> makeWideResNet(const TrainConfig::Network& options, const ImageShape& shape,
                                        std::int64_t classes);

/// Pre-activation ResNet-18 (He et al. 2016, "Identity mappings"): 64, 128, 256, 512 channels, two blocks each, no
/// norm after the last block; features are the pooled 512 activations. Names: conv1, layer1.0.bn1, …, linear.
std::shared_ptr<Network> makePreActResNet(const TrainConfig::Network& options, const ImageShape& shape,
                                          std::int64_t classes);

/// Vision transformer (Dosovitskiy et al. 2021), pre-norm, class token, learned positions; features are the class
/// token after the last layer norm. Names: cls_token, pos_embed, patch_embed.proj, blocks.0.attn.qkv, …, norm, head.
std::shared_ptr<Network> makeVisionTransformer(const TrainConfig::Network& options, const ImageShape& shape,
                                               std::int64_t classes);

/// Fully connected layers with ReLU, one a width; the last one's output are the features (network.feature_relu: after
/// its ReLU). Names: layers.0, …, classifier.
std::shared_ptr<Network> makeMlp(const TrainConfig::Network& options, const ImageShape& shape, std::int64_t classes);

/// The unconstrained features model (docs/maths.md, 4): shape.freeRows features of dimension network.feature_dim that
/// are parameters themselves, and the classifier. Its input are B row numbers (int64) in place of pictures. Names:
/// features, classifier.
std::shared_ptr<Network> makeFreeFeatures(const TrainConfig::Network& options, const ImageShape& shape,
                                          std::int64_t classes);

} // namespace nc::training

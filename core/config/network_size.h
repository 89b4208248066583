#pragma once

#include <cstdint>

#include "core/config/train_config.h"

/// Sizes of a network that follow from its options alone.
namespace nc
{

struct NetworkSize {
    std::int64_t featureDim = 0;  ///< d of the penultimate features
    std::int64_t parameters = 0;  ///< numbers in all parameters, frozen ones included, the rows of free features not
    std::int64_t activations = 0; ///< numbers kept for the way back, one picture, roughly
};

/// Of the configured network on pictures of channels x side x side.
[[nodiscard]] NetworkSize networkSize(const TrainConfig::Network& options, std::int64_t channels, std::int64_t side,
                                      std::int64_t classes);

/// network.depth, or what the kind has where it is 0: 16 (wide-resnet), 12 (vit).
[[nodiscard]] std::int64_t networkDepth(const TrainConfig::Network& options);

/// Channels and side in pixels of what the network sees: the data set's, padded to data.side.
struct InputSize {
    std::int64_t channels = 1, side = 28;
};
[[nodiscard]] InputSize inputSize(const TrainConfig& config);

} // namespace nc

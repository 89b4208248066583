#pragma once

#include <cstdint>

namespace nc::training
{

/// Where a picture of a training batch comes to lie, and what is cut out of it.
struct Placement {
    std::int16_t down = 0, right = 0; ///< shift in pixels
    std::int16_t mirrored = 0;
    std::int16_t cutTop = 0, cutLeft = 0; ///< of the black square of side data.cutout, may reach over the rim
};
/// Pixels [top, bottom) x [left, right) come from the partner (CutMix).
struct MixBox {
    std::int16_t top = 0, left = 0, bottom = 0, right = 0;
};

/// Gathers, augments, mixes and normalises a batch straight from bytes: the pictures are mixed first, then the network
/// sees them. A picture of sourceSide stands in the middle of a black square of `side`, is shifted and mirrored by its
/// placement and loses its cut-out; outside it is black. With x the bytes of such pictures, channel c of a pixel is
///   out = (lambda x[first] + (1 - lambda - third) x[second] + third x[third]) * scale[c] + shift[c],
/// inside its box x[second] alone, outside (where there are boxes) x[first] alone. With scale = 1/(255 deviation) and
/// shift = -mean/deviation that is a mix of normalised pictures, since the map is affine.
struct MixBatch {
    const std::uint8_t* pixels = nullptr; ///< pictures x sourceSide x sourceSide x channels
    std::int64_t sourceSide = 0, side = 0, channels = 1;
    const std::int64_t* first = nullptr;    ///< count row numbers into pixels
    const std::int64_t* second = nullptr;   ///< count
    const float* lambda = nullptr;          ///< count
    const std::int64_t* third = nullptr;    ///< count, or null
    const float* thirdShare = nullptr;      ///< count, null without `third`
    const MixBox* boxes = nullptr;          ///< count, or null
    const Placement* placeFirst = nullptr;  ///< count, or null: no augmentation
    const Placement* placeSecond = nullptr; ///< count, null without placeFirst
    std::int64_t cutout = 0;                ///< side of the cut-out square, 0: none
    std::int64_t count = 0;
    float scale[3] = {1, 1, 1}, shift[3] = {0, 0, 0};
    float* out = nullptr; ///< count x side x side x channels
};

/// All pointers to host memory.
void mixBatchCpu(const MixBatch& batch);

/// The same on a GPU: all pointers to memory of the current device, queued on the default stream. Only where nvcc was
/// found when building (NC_CUDA_KERNELS). Returns an empty string, or CUDA's reason why the kernel could not be
/// started.
const char* mixBatchCuda(const MixBatch& batch);

} // namespace nc::training

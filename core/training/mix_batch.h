#pragma once

#include <cstdint>

namespace nc::training
{

/// Gathers, mixes and normalises a batch straight from bytes: the pictures are mixed first, then the network sees them.
///   out[k][p] = (lambda[k] x[first[k]][p] + (1 - lambda[k]) x[second[k]][p]) * scale + shift
/// so with scale = 1/(255 deviation) and shift = -mean/deviation a mix of normalised pictures (the map is affine).
struct MixBatch {
    const std::uint8_t* pixels = nullptr; ///< pictures x pixelsPerImage
    std::int64_t pixelsPerImage = 0;
    const std::int64_t* first = nullptr;  ///< count row numbers into pixels
    const std::int64_t* second = nullptr; ///< count
    const float* lambda = nullptr;        ///< count
    std::int64_t count = 0;
    float scale = 1, shift = 0;
    float* out = nullptr; ///< count x pixelsPerImage
};

/// All pointers to host memory.
void mixBatchCpu(const MixBatch& batch);

/// The same on a GPU: all pointers to memory of the current device, queued on the default stream. Only where nvcc was
/// found when building (NC_CUDA_KERNELS). Returns an empty string, or CUDA's reason why the kernel could not be
/// started.
const char* mixBatchCuda(const MixBatch& batch);

} // namespace nc::training

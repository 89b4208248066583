#include "core/training/mix_batch.h"

#include <cuda_runtime.h>

namespace nc::training
{
namespace
{

/// One thread a pixel, a grid-stride loop over the whole batch: neighbouring threads read neighbouring bytes.
__global__ void mixKernel(MixBatch batch)
{
    const std::int64_t total = batch.count * batch.pixelsPerImage;
    const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < total; i += stride) {
        const std::int64_t k = i / batch.pixelsPerImage, p = i - k * batch.pixelsPerImage;
        const float a = batch.pixels[batch.first[k] * batch.pixelsPerImage + p];
        const float b = batch.pixels[batch.second[k] * batch.pixelsPerImage + p];
        const float share = batch.lambda[k];
        batch.out[i] = (share * a + (1 - share) * b) * batch.scale + batch.shift;
    }
}

} // namespace

const char* mixBatchCuda(const MixBatch& batch)
{
    const std::int64_t total = batch.count * batch.pixelsPerImage;
    if (total == 0)
        return "";
    constexpr int threads = 256;
    constexpr std::int64_t mostBlocks = 4096;
    const std::int64_t blocks = (total + threads - 1) / threads;
    mixKernel<<<static_cast<unsigned>(blocks < mostBlocks ? blocks : mostBlocks), threads>>>(batch);
    const cudaError_t status = cudaGetLastError();
    return status == cudaSuccess ? "" : cudaGetErrorString(status);
}

} // namespace nc::training

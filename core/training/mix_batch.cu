#include <cuda_runtime.h>

#include "core/training/mix_pixel.h"

namespace nc::training
{
namespace
{

/// One thread a number, a grid-stride loop over the whole batch: neighbouring threads read neighbouring bytes.
__global__ void mixKernel(MixBatch batch)
{
    const std::int64_t numbers = batch.side * batch.side * batch.channels, total = batch.count * numbers;
    const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
    for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < total; i += stride) {
        const std::int64_t k = i / numbers, p = i - k * numbers, pixel = p / batch.channels;
        const std::int64_t y = pixel / batch.side;
        batch.out[i] = mixedPixel(batch, k, y, pixel - y * batch.side, p - pixel * batch.channels);
    }
}

} // namespace

const char* mixBatchCuda(const MixBatch& batch)
{
    const std::int64_t total = batch.count * batch.side * batch.side * batch.channels;
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

#include <cuda_runtime.h>

#include "core/training/class_sums.h"

namespace nc::training
{
namespace
{

/// A thread owns number j of class c: it goes down the rows and takes those of its class. So every feature is read
/// once, by neighbouring threads in whole lines (the labels come from the cache, one address for a warp), nothing is
/// added by atomics, and the same rows give the same sums, bit for bit.
__global__ void sumKernel(LabelledRows block)
{
    const std::int64_t j = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x, c = blockIdx.y;
    if (j >= block.dim)
        return;
    const std::int64_t own = c * block.dim + j;
    const double centre = block.centres[own];
    double sum = 0, square = 0;
    std::int64_t count = 0;
    for (std::int64_t n = 0; n < block.rows; ++n) {
        if (block.labels[n] != c)
            continue;
        const double x = block.features[n * block.dim + j] - centre;
        sum += x;
        square += x * x;
        ++count;
    }
    block.sums[own] += sum;
    block.squares[own] += square;
    if (j == 0)
        block.counts[c] += count;
}

} // namespace

const char* addClassSumsCuda(const LabelledRows& block)
{
    if (block.rows == 0 || block.dim == 0)
        return "";
    constexpr int threads = 64;
    const dim3 grid(static_cast<unsigned>((block.dim + threads - 1) / threads), static_cast<unsigned>(block.classes));
    sumKernel<<<grid, threads>>>(block);
    const cudaError_t status = cudaGetLastError();
    return status == cudaSuccess ? "" : cudaGetErrorString(status);
}

} // namespace nc::training

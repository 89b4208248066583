#pragma once

#include "core/training/mix_batch.h"

#ifdef __CUDACC__
#define NC_BOTH __host__ __device__ inline
#else
#define NC_BOTH inline
#endif

/// One number of a mixed batch, the same code for the CPU and for the kernel.
namespace nc::training
{

/// Byte of picture `row` at pixel (y, x), channel c of the square that the network sees; 0 outside the picture.
NC_BOTH float placedByte(const MixBatch& batch, std::int64_t row, const Placement* placement, std::int64_t y,
                         std::int64_t x, std::int64_t c)
{
    if (placement) {
        if (batch.cutout > 0 && y >= placement->cutTop && y < placement->cutTop + batch.cutout &&
            x >= placement->cutLeft && x < placement->cutLeft + batch.cutout)
            return 0;
        x = placement->mirrored ? batch.side - 1 - x : x;
        y -= placement->down;
        x -= placement->right;
    }
    const std::int64_t rim = (batch.side - batch.sourceSide) / 2;
    y -= rim;
    x -= rim;
    if (y < 0 || x < 0 || y >= batch.sourceSide || x >= batch.sourceSide)
        return 0;
    return batch.pixels[((row * batch.sourceSide + y) * batch.sourceSide + x) * batch.channels + c];
}

NC_BOTH float mixedPixel(const MixBatch& batch, std::int64_t k, std::int64_t y, std::int64_t x, std::int64_t c)
{
    const Placement* placeA = batch.placeFirst ? batch.placeFirst + k : nullptr;
    const Placement* placeB = batch.placeSecond ? batch.placeSecond + k : nullptr;
    float lambda = batch.lambda[k];
    if (batch.boxes) {
        const MixBox box = batch.boxes[k];
        lambda = y >= box.top && y < box.bottom && x >= box.left && x < box.right ? 0.0F : 1.0F;
    }
    const float a = placedByte(batch, batch.first[k], placeA, y, x, c);
    const float b = placedByte(batch, batch.second[k], placeB, y, x, c);
    float rest = 1 - lambda, sum = 0;
    if (batch.third) {
        rest -= batch.thirdShare[k];
        sum = batch.thirdShare[k] * placedByte(batch, batch.third[k], placeA, y, x, c);
    }
    return (lambda * a + rest * b + sum) * batch.scale[c] + batch.shift[c];
}

} // namespace nc::training

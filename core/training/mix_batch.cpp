#include "core/training/mix_batch.h"

#include "core/training/mix_pixel.h"

namespace nc::training
{
namespace
{

/// Two whole pictures, nothing moved: one pass over their bytes.
void mixPlain(const MixBatch& batch)
{
    const std::int64_t bytes = batch.side * batch.side * batch.channels;
    for (std::int64_t k = 0; k < batch.count; ++k) {
        const std::uint8_t* a = batch.pixels + batch.first[k] * bytes;
        const std::uint8_t* b = batch.pixels + batch.second[k] * bytes;
        float* out = batch.out + k * bytes;
        const float share = batch.lambda[k], rest = 1 - share;
        for (std::int64_t p = 0; p < bytes; p += batch.channels)
            for (std::int64_t c = 0; c < batch.channels; ++c)
                out[p + c] =
                    (share * static_cast<float>(a[p + c]) + rest * static_cast<float>(b[p + c])) * batch.scale[c] +
                    batch.shift[c];
    }
}

} // namespace

void mixBatchCpu(const MixBatch& batch)
{
    if (!batch.third && !batch.boxes && !batch.placeFirst && batch.side == batch.sourceSide)
        return mixPlain(batch);
    float* out = batch.out;
    for (std::int64_t k = 0; k < batch.count; ++k)
        for (std::int64_t y = 0; y < batch.side; ++y)
            for (std::int64_t x = 0; x < batch.side; ++x)
                for (std::int64_t c = 0; c < batch.channels; ++c)
                    *out++ = mixedPixel(batch, k, y, x, c);
}

} // namespace nc::training

#include "core/training/mix_batch.h"

namespace nc::training
{

void mixBatchCpu(const MixBatch& batch)
{
    for (std::int64_t k = 0; k < batch.count; ++k) {
        const std::uint8_t* a = batch.pixels + batch.first[k] * batch.pixelsPerImage;
        const std::uint8_t* b = batch.pixels + batch.second[k] * batch.pixelsPerImage;
        float* out = batch.out + k * batch.pixelsPerImage;
        const float share = batch.lambda[k], rest = 1 - share;
        for (std::int64_t p = 0; p < batch.pixelsPerImage; ++p)
            out[p] = (share * static_cast<float>(a[p]) + rest * static_cast<float>(b[p])) * batch.scale + batch.shift;
    }
}

} // namespace nc::training

#pragma once

#include <algorithm>
#include <iterator>

#include "core/matrix.h"
#include "io/float16.h"
#include "io/h5_access.h"

/// Numbers as they come from a file into the memory of the caller. Private to io.
namespace nc::io
{

/// `from` holds float16, float32 or float64. Widening is exact; double to float rounds to nearest.
template <typename T>
void convertFloats(h5::Element element, const void* from, T* into, std::size_t count)
{
    switch (element) {
    case h5::Element::Float16: {
        const auto* halves = static_cast<const std::uint16_t*>(from);
        if constexpr (std::is_same_v<T, float>)
            return halfToFloat(halves, into, count);
        float part[512];
        for (std::size_t i = 0; i < count; i += std::size(part)) {
            const std::size_t n = std::min(std::size(part), count - i);
            halfToFloat(halves + i, part, n);
            std::copy(part, part + n, into + i);
        }
        return;
    }
    case h5::Element::Float32:
        std::copy_n(static_cast<const float*>(from), count, into);
        return;
    default:
        std::transform(static_cast<const double*>(from), static_cast<const double*>(from) + count, into,
                       [](double value) { return static_cast<T>(value); });
        return;
    }
}

} // namespace nc::io

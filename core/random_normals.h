#pragma once

#include <cmath>
#include <numbers>

#include "core/matrix.h"
#include "core/split_mix.h"

namespace nc
{

/// Uniform in (0, 1).
[[nodiscard]] inline double randomUniform(std::uint64_t seed, std::uint64_t n)
{
    return (static_cast<double>(splitMix64(seed, n) >> 11) + 0.5) * 0x1p-53;
}

/// Normals number `first` and on, row by row, by Box-Muller: normals 2k and 2k+1 are made of uniforms 2k and 2k+1.
[[nodiscard]] inline RowMatrixD randomNormals(Index rows, Index cols, std::uint64_t seed, std::uint64_t first = 0)
{
    RowMatrixD matrix(rows, cols);
    for (Index n = 0; n < matrix.size(); ++n) {
        const std::uint64_t place = first + static_cast<std::uint64_t>(n);
        const std::uint64_t pair = place & ~std::uint64_t{1};
        const double radius = std::sqrt(-2 * std::log(randomUniform(seed, pair)));
        const double angle = 2 * std::numbers::pi * randomUniform(seed, pair + 1);
        matrix.data()[n] = radius * (place == pair ? std::cos(angle) : std::sin(angle));
    }
    return matrix;
}

} // namespace nc

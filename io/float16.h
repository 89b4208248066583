#pragma once

#include <cstddef>
#include <cstdint>

/// IEEE 754 binary16 to and from binary32. HDF5 1.10 does this bit by bit and a hundred times slower.
namespace nc::io
{

/// Exact. Uses F16C where the processor has it, else a table.
void halfToFloat(const std::uint16_t* from, float* to, std::size_t count);

/// To nearest, ties to even; beyond the largest half (65504) infinity.
void floatToHalf(const float* from, std::uint16_t* to, std::size_t count);

/// The portable twins, which every processor agrees with bit for bit (NaNs stay NaNs).
[[nodiscard]] float halfToFloatPortable(std::uint16_t half);
[[nodiscard]] std::uint16_t floatToHalfPortable(float value);

} // namespace nc::io

#pragma once

#include <cstddef>
#include <cstdint>

namespace nc::io
{

/// Whether no number is infinite or no number at all: 16 (halves), 32 or 64 bits each, as fast as they come from L2.
[[nodiscard]] bool allFinite(const std::uint16_t* halves, std::size_t count);
[[nodiscard]] bool allFinite(const float* values, std::size_t count);
[[nodiscard]] bool allFinite(const double* values, std::size_t count);

} // namespace nc::io

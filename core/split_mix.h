#pragma once

#include <cstdint>

namespace nc
{

/// Output number n of SplitMix64 started at `seed` (Steele, Lea, Flood 2014): any place of the stream without walking
/// there.
[[nodiscard]] inline std::uint64_t splitMix64(std::uint64_t seed, std::uint64_t n)
{
    std::uint64_t x = seed + (n + 1) * 0x9E3779B97F4A7C15ull;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

} // namespace nc

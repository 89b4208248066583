#include "io/float16.h"

#include <bit>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nc::io
{

float halfToFloatPortable(std::uint16_t half)
{
    const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t mantissa = half & 0x3ffu;
    if (exponent == 0x1f) // infinity and NaN
        return std::bit_cast<float>(sign | 0x7f800000u | (mantissa << 13));
    if (exponent != 0)
        return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f; // zero and subnormal
    return sign ? -magnitude : magnitude;
}

std::uint16_t floatToHalfPortable(float value)
{
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u) // NaN, made quiet
        return static_cast<std::uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
    if (magnitude >= 0x477ff000u) // 65520 and more
        return static_cast<std::uint16_t>(sign | 0x7c00u);
    if (magnitude < 0x38800000u) { // subnormal in half: the addition rounds to a multiple of 2^-24
        const float rounded = std::bit_cast<float>(magnitude) + 0.5f;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(rounded) - 0x3f000000u));
    }
    const std::uint32_t odd = (magnitude >> 13) & 1u;
    return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}

namespace
{

const std::vector<float>& halfTable()
{
    static const std::vector<float> table = [] {
        std::vector<float> values(1u << 16);
        for (std::uint32_t half = 0; half < values.size(); ++half)
            values[half] = halfToFloatPortable(static_cast<std::uint16_t>(half));
        return values;
    }();
    return table;
}

#if defined(__x86_64__)

bool hasF16c()
{
    static const bool has = __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c");
    return has;
}

__attribute__((target("avx,f16c"))) std::size_t halfToFloatF16c(const std::uint16_t* from, float* to, std::size_t count)
{
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(to + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
    return i;
}

__attribute__((target("avx,f16c"))) std::size_t floatToHalfF16c(const float* from, std::uint16_t* to, std::size_t count)
{
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8)
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(from + i), _MM_FROUND_TO_NEAREST_INT));
    return i;
}

#endif

} // namespace

void halfToFloat(const std::uint16_t* from, float* to, std::size_t count)
{
    std::size_t i = 0;
#if defined(__x86_64__)
    if (hasF16c())
        i = halfToFloatF16c(from, to, count);
#endif
    if (i == count)
        return;
    const float* table = halfTable().data();
    for (; i < count; ++i)
        to[i] = table[from[i]];
}

void floatToHalf(const float* from, std::uint16_t* to, std::size_t count)
{
    std::size_t i = 0;
#if defined(__x86_64__)
    if (hasF16c())
        i = floatToHalfF16c(from, to, count);
#endif
    for (; i < count; ++i)
        to[i] = floatToHalfPortable(from[i]);
}

} // namespace nc::io

#include "io/finite.h"

#include <cstring>

namespace nc::io
{

namespace
{

/// IEEE numbers are not finite where all bits of the exponent are set. Integers, so that the compiler makes vectors of
/// them.
template <typename Bits, Bits exponent>
[[gnu::always_inline]] inline bool exponentsAreFinite(const void* values, std::size_t count)
{
    constexpr std::size_t step = 1024; ///< so that a bad number ends it early
    const auto* bytes = static_cast<const unsigned char*>(values);
    for (std::size_t done = 0; done < count; done += step) {
        const std::size_t end = count - done < step ? count : done + step;
        Bits bad = 0;
        for (std::size_t i = done; i < end; ++i) {
            Bits bits;
            std::memcpy(&bits, bytes + i * sizeof(Bits), sizeof(Bits));
            bad |= static_cast<Bits>((bits & exponent) == exponent ? 1 : 0);
        }
        if (bad != 0)
            return false;
    }
    return true;
}

#if defined(__x86_64__)

bool hasAvx2()
{
    static const bool has = __builtin_cpu_supports("avx2");
    return has;
}

template <typename Bits, Bits exponent>
__attribute__((target("avx2"))) bool exponentsAreFiniteAvx2(const void* values, std::size_t count)
{
    return exponentsAreFinite<Bits, exponent>(values, count);
}

#endif

template <typename Bits, Bits exponent>
bool check(const void* values, std::size_t count)
{
#if defined(__x86_64__)
    if (hasAvx2())
        return exponentsAreFiniteAvx2<Bits, exponent>(values, count);
#endif
    return exponentsAreFinite<Bits, exponent>(values, count);
}

} // namespace

bool allFinite(const std::uint16_t* halves, std::size_t count)
{
    return check<std::uint16_t, 0x7c00>(halves, count);
}

bool allFinite(const float* values, std::size_t count)
{
    return check<std::uint32_t, 0x7f800000>(values, count);
}

bool allFinite(const double* values, std::size_t count)
{
    return check<std::uint64_t, 0x7ff0000000000000>(values, count);
}

} // namespace nc::io

#pragma once

#include <cstring>

#include "core/every_processor.h"
#include "core/matrix.h"

/// Short vectors for inner loops, private to core: a fixed number of lanes, so that every processor gives the same
/// bits.
namespace nc::kernel
{

/// Eight floats or four doubles: one register of AVX2, two of SSE2.
constexpr std::size_t packBytes = 32;
template <typename Scalar>
constexpr Index lanes = packBytes / sizeof(Scalar);

template <typename Scalar>
struct PackOf {
    using Type [[gnu::vector_size(packBytes)]] = Scalar;
};
template <typename Scalar>
using Pack = typename PackOf<Scalar>::Type;

/// Packs are handed over by reference: by value their calling convention would depend on the processor.
template <typename Scalar>
NC_INLINE void load(Pack<Scalar>& into, const Scalar* from)
{
    std::memcpy(&into, from, sizeof(into));
}

/// Four values as doubles.
NC_INLINE void loadExact(Pack<double>& into, const double* from)
{
    load<double>(into, from);
}
NC_INLINE void loadExact(Pack<double>& into, const float* from)
{
    using Narrow [[gnu::vector_size(packBytes / 2)]] = float;
    Narrow narrow;
    std::memcpy(&narrow, from, sizeof(narrow));
    into = __builtin_convertvector(narrow, Pack<double>);
}

NC_INLINE void store(double* into, const Pack<double>& from)
{
    std::memcpy(into, &from, sizeof(from));
}

template <typename Scalar>
NC_INLINE Scalar sum(const Pack<Scalar>& pack)
{
    if constexpr (lanes<Scalar> == 4)
        return (pack[0] + pack[2]) + (pack[1] + pack[3]);
    else
        return ((pack[0] + pack[4]) + (pack[2] + pack[6])) + ((pack[1] + pack[5]) + (pack[3] + pack[7]));
}

} // namespace nc::kernel

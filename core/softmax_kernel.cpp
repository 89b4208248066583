#include "core/softmax_kernel.h"

#include <algorithm>

#include "core/pack.h"

namespace nc::kernel
{
namespace
{

constexpr Index width = lanes<double>;
using Bits [[gnu::vector_size(packBytes)]] = long long;

/// e^x = 2^n e^r with |r| <= ln(2)/2, whose series of degree 13 ends below rounding. Even and odd powers apart, so that
/// two chains run beside each other.
NC_INLINE void exponential(Pack<double>& x)
{
    constexpr double lowest = -700;              // keeps 2^n a normal number
    constexpr double shift = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to an integer, held in the low bits
    constexpr double log2e = 1.4426950408889634074;
    constexpr double ln2High = 0x1.62e42feep-1, ln2Low = 0x1.a39ef35793c76p-33; // their sum is ln 2; n * high is exact
    x = x < lowest ? Pack<double>{} + lowest : x;
    const Pack<double> shifted = x * log2e + shift;
    const Pack<double> n = shifted - shift;
    const Pack<double> r = (x - n * ln2High) - n * ln2Low;
    const Pack<double> square = r * r;
    Pack<double> even = square * (1 / 479001600.0) + 1 / 3628800.0;
    even = even * square + 1 / 40320.0;
    even = even * square + 1 / 720.0;
    even = even * square + 1 / 24.0;
    even = even * square + 0.5;
    even = even * square + 1.0;
    Pack<double> odd = square * (1 / 6227020800.0) + 1 / 39916800.0;
    odd = odd * square + 1 / 362880.0;
    odd = odd * square + 1 / 5040.0;
    odd = odd * square + 1 / 120.0;
    odd = odd * square + 1 / 6.0;
    odd = odd * square + 1.0;
    const Bits exponent = __builtin_bit_cast(Bits, shifted) << 52; // the integer's low bits, at the exponent's place
    const Pack<double> series = even + r * odd;
    x = __builtin_bit_cast(Pack<double>, __builtin_bit_cast(Bits, series) + exponent);
}

/// Up to four values; the lanes beyond them are `fill`.
NC_INLINE void loadSome(Pack<double>& into, const double* from, Index count, double fill)
{
    into = Pack<double>{} + fill;
    for (Index k = 0; k < count; ++k)
        into[k] = from[k];
}

NC_INLINE double largestOf(const double* z, Index count)
{
    if (count < width)
        return *std::max_element(z, z + count);
    Pack<double> most, other;
    load(most, z);
    for (Index k = width; k + width <= count; k += width) {
        load(other, z + k);
        most = other > most ? other : most;
    }
    load(other, z + count - width); // overlaps, which a maximum may
    most = other > most ? other : most;
    return std::max(std::max(most[0], most[1]), std::max(most[2], most[3]));
}

NC_EVERY_PROCESSOR SoftmaxRow softmaxOf(const double* z, Index count, double s)
{
    SoftmaxRow row;
    row.largest = largestOf(z, count);
    while (z[row.top] != row.largest)
        ++row.top;
    Pack<double> sum{}, mean{}, square{};
    const auto add = [&](Pack<double> & below, Index used) __attribute__((always_inline))
    {
        Pack<double> weight = below * s;
        exponential(weight);
        for (Index k = used; k < width; ++k)
            weight[k] = 0;
        const Pack<double> weighted = weight * below;
        sum += weight;
        mean += weighted;
        square += weighted * below;
    };
    Index k = 0;
    Pack<double> below;
    for (; k + width <= count; k += width) {
        load(below, z + k);
        below -= row.largest;
        add(below, width);
    }
    if (k < count) {
        loadSome(below, z + k, count - k, row.largest);
        below -= row.largest;
        add(below, count - k);
    }
    row.sum = kernel::sum<double>(sum);
    row.mean = kernel::sum<double>(mean) / row.sum;
    row.variance = kernel::sum<double>(square) / row.sum - row.mean * row.mean;
    return row;
}

} // namespace

SoftmaxRow softmaxRow(const double* z, Index count, double s)
{
    return softmaxOf(z, count, s);
}

} // namespace nc::kernel

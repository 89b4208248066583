#include "core/beta_distribution.h"

#include <cmath>
#include <initializer_list>
#include <limits>

namespace nc::beta
{

namespace
{

/// ln B(alpha, alpha)
double lnBeta(double alpha)
{
    return 2 * std::lgamma(alpha) - std::lgamma(2 * alpha);
}

/// I_x(a, a) for x <= 1/2, where the continued fraction converges fast (modified Lentz: Press et al. 2007, 6.4).
double lowerHalf(double a, double x)
{
    if (x <= 0)
        return 0;
    constexpr double tiny = 1e-300;
    const auto away = [](double value) { return std::abs(value) < tiny ? tiny : value; };
    double c = 1, d = 1 / away(1 - 2 * a * x / (a + 1)), fraction = d;
    for (int m = 1; m < 10'000; ++m) {
        double change = 1;
        const double even = m * (a - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (2 * a + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        for (const double term : {even, odd}) {
            d = 1 / away(1 + term * d);
            c = away(1 + term / c);
            change = c * d;
            fraction *= change;
        }
        if (std::abs(change - 1) < 1e-16)
            break;
    }
    return std::exp(a * (std::log(x) + std::log1p(-x)) - lnBeta(a)) / a * fraction;
}

} // namespace

double density(double alpha, double lambda)
{
    if (alpha == 1)
        return 1;
    if (lambda <= 0 || lambda >= 1)
        return alpha < 1 ? std::numeric_limits<double>::infinity() : 0;
    return std::exp((alpha - 1) * (std::log(lambda) + std::log1p(-lambda)) - lnBeta(alpha));
}

double cumulative(double alpha, double lambda)
{
    if (alpha == 1)
        return lambda;
    return lambda <= 0.5 ? lowerHalf(alpha, lambda) : 1 - lowerHalf(alpha, 1 - lambda);
}

double quantile(double alpha, double share)
{
    if (alpha == 1)
        return share;
    if (share > 0.5)
        return 1 - quantile(alpha, 1 - share);
    double low = 0, high = 0.5;
    for (int halving = 0; halving < 200; ++halving) { // small ones are wanted to their own precision
        const double middle = (low + high) / 2;
        (cumulative(alpha, middle) < share ? low : high) = middle;
        if (high - low <= 1e-15 * high)
            break;
    }
    return (low + high) / 2;
}

} // namespace nc::beta

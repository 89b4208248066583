#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>
#include <vector>

namespace nc::training
{

/// Random numbers that depend on nothing but their name: seed, purpose and two counters (epoch, step). So nothing has
/// to be saved to go on after a stop, and two trainings with the same seed draw the same order and the same lambda
/// whatever else they draw. SplitMix64 (Steele, Lea, Flood 2014).
class RandomStream
{
public:
    enum class Purpose : std::uint64_t {
        TrainSamples = 1,
        CleanTrain,
        CleanTest,
        Probe,
        Order,
        Mixing,
        Recording,
        Augmentation,
        Imbalance,
        LabelNoise,
        Dropout
    };

    RandomStream(std::int64_t seed, Purpose purpose, std::int64_t first = 0, std::int64_t second = 0)
    {
        for (const std::uint64_t part : {static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(purpose),
                                         static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(second)}) {
            m_state ^= part;
            m_state = next();
        }
    }

    std::uint64_t next()
    {
        m_state += 0x9e3779b97f4a7c15U;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    /// In [0, 1).
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

    /// In 0..count-1, count >= 1, every value equally likely (numbers past the last whole multiple are drawn again).
    std::int64_t below(std::int64_t count)
    {
        const auto n = static_cast<std::uint64_t>(count);
        const std::uint64_t limit = (~std::uint64_t{0} / n) * n;
        std::uint64_t value = next();
        while (value >= limit)
            value = next();
        return static_cast<std::int64_t>(value % n);
    }

    /// Standard normal (Box-Muller).
    double normal()
    {
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }

    /// Beta(alpha, alpha), alpha > 0.
    double beta(double alpha) { return alpha == 1 ? uniform() : beta(alpha, alpha); }

    /// Beta(first, second), both > 0. Ratio of Gamma variates by their logarithms: small ones would underflow.
    double beta(double first, double second)
    {
        const double a = logGamma(first), b = logGamma(second);
        return 1 / (1 + std::exp(b - a));
    }

    /// 0..count-1 in random order (Fisher-Yates).
    std::vector<std::int64_t> permutation(std::int64_t count)
    {
        std::vector<std::int64_t> order(static_cast<std::size_t>(count));
        std::iota(order.begin(), order.end(), std::int64_t{0});
        for (std::int64_t i = count - 1; i > 0; --i)
            std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(below(i + 1))]);
        return order;
    }

private:
    /// Logarithm of a Gamma(alpha, 1) variate (Marsaglia, Tsang 2000; alpha < 1 by the power of a uniform number).
    double logGamma(double alpha)
    {
        if (alpha < 1) {
            const double boost = std::log(1 - uniform()) / alpha;
            return logGamma(alpha + 1) + boost;
        }
        const double d = alpha - 1.0 / 3, c = 1 / std::sqrt(9 * d);
        for (;;) {
            const double x = normal(), root = 1 + c * x;
            if (root <= 0)
                continue;
            const double v = root * root * root;
            if (std::log(1 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
                return std::log(d * v);
        }
    }

    std::uint64_t m_state = 0;
};

} // namespace nc::training

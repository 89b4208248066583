#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "core/metric.h"

/// Means and spreads of short lists of numbers.
namespace nc
{

/// Running mean and variance (Welford), stable however large the mean.
class RunningMoments
{
public:
    void add(double value)
    {
        ++m_count;
        const double before = value - m_mean;
        m_mean += before / static_cast<double>(m_count);
        m_squares += before * (value - m_mean);
    }
    /// As if the other's values had been added too.
    void add(const RunningMoments& other)
    {
        if (other.m_count == 0)
            return;
        const auto mine = static_cast<double>(m_count), theirs = static_cast<double>(other.m_count);
        const double apart = other.m_mean - m_mean;
        m_count += other.m_count;
        m_mean += apart * theirs / (mine + theirs);
        m_squares += other.m_squares + apart * apart * mine * theirs / (mine + theirs);
    }
    [[nodiscard]] Index count() const { return m_count; }
    [[nodiscard]] double mean() const { return m_mean; }
    [[nodiscard]] double variance() const { return m_squares / static_cast<double>(m_count); } ///< population

private:
    Index m_count = 0;
    double m_mean = 0, m_squares = 0;
};

/// Absent with n-1 and fewer than two values; `what` names the values, e.g. "pair of classes".
[[nodiscard]] inline Metric variance(std::span<const double> values, Deviation deviation, const std::string& what)
{
    const std::size_t needed = deviation == Deviation::Unbiased ? 2 : 1;
    if (values.size() < needed)
        return Metric::absent(values.empty() ? "no " + what : "only one " + what);
    double mean = 0, squares = 0;
    for (const double value : values)
        mean += value / static_cast<double>(values.size());
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    return squares / static_cast<double>(values.size() - (deviation == Deviation::Unbiased ? 1 : 0));
}

[[nodiscard]] inline Metric standardDeviation(std::span<const double> values, Deviation deviation,
                                              const std::string& what)
{
    Metric result = variance(values, deviation, what);
    result.value = std::sqrt(result.value);
    return result;
}

[[nodiscard]] inline double meanOf(std::span<const double> values)
{
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum / static_cast<double>(values.size());
}

/// std/mean; absent where the mean is 0.
[[nodiscard]] inline Metric coefficientOfVariation(std::span<const double> values, Deviation deviation,
                                                   const std::string& what)
{
    Metric result = standardDeviation(values, deviation, what);
    if (!result.available())
        return result;
    const double mean = meanOf(values);
    return mean > 0 ? Metric(result.value / mean) : Metric::absent("the mean length is zero");
}

/// Middle value, or the mean of the two middle ones. Not of an empty list.
[[nodiscard]] inline double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    if (values.size() % 2 == 1)
        return *middle;
    return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

} // namespace nc

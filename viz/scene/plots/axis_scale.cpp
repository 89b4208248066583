#include "viz/scene/plots/axis_scale.h"

#include <algorithm>
#include <cmath>

#include "viz/scene/panel_axes.h"

namespace nc::scene
{

namespace
{

/// "10" with an exponent; from 0.01 to 1000 as a plain number.
RichText powerText(int exponent)
{
    if (exponent >= -2 && exponent <= 3)
        return tickText(std::pow(10.0, exponent), std::pow(10.0, std::min(exponent, 0)));
    return RichText("10").superscript((exponent < 0 ? "−" : "") + std::to_string(std::abs(exponent)));
}

} // namespace

AxisScale::AxisScale(const PlotAxis& axis, std::pair<double, double> data, int most)
    : m_log(axis.scale == PlotAxis::Scale::Log)
    , m_low(axis.low.value_or(data.first))
    , m_high(axis.high.value_or(data.second))
{
    const bool empty = !std::isfinite(m_low) || !std::isfinite(m_high) || (m_log && m_low <= 0);
    if (empty) {
        m_low = m_log ? 0.1 : 0;
        m_high = 1;
    }
    if (m_log)
        fitLog(axis, std::max(2, most));
    else
        fitLinear(axis, std::max(2, most));
}

double AxisScale::share(double value) const
{
    if (m_log)
        return std::log(value / m_low) / std::log(m_high / m_low);
    return (value - m_low) / (m_high - m_low);
}

void AxisScale::fitLinear(const PlotAxis& axis, int most)
{
    if (!(m_high > m_low)) { // a single value stands in the middle, or at an end that was asked for
        const double room = m_low == 0 ? 1 : std::abs(m_low) / 2;
        m_low = axis.low.value_or(m_low - room);
        m_high = std::max(axis.high.value_or(m_high + room), m_low + room);
    }
    const double step = niceStep(m_high - m_low, most);
    if (!axis.tight && !axis.low)
        m_low = step * std::floor(m_low / step + 1e-9);
    if (!axis.tight && !axis.high)
        m_high = step * std::ceil(m_high / step - 1e-9);
    const double slack = 1e-9 * (m_high - m_low);
    for (auto i = static_cast<long>(std::ceil((m_low - slack) / step)); static_cast<double>(i) * step <= m_high + slack;
         ++i)
        m_ticks.push_back({static_cast<double>(i) * step, tickText(static_cast<double>(i) * step, step)});
}

void AxisScale::fitLog(const PlotAxis& axis, int most)
{
    constexpr double beyond = 1.15;
    if (!axis.tight && !axis.low)
        m_low /= beyond;
    if (!axis.tight && !axis.high)
        m_high *= beyond;
    if (!(m_high > 1.5 * m_low)) {
        m_low /= 1.5;
        m_high *= 1.5;
    }
    const int first = static_cast<int>(std::floor(std::log10(m_low) + 1e-9));
    const int last = static_cast<int>(std::ceil(std::log10(m_high) - 1e-9));
    const auto inside = [this](double value) { return value >= m_low * (1 - 1e-9) && value <= m_high * (1 + 1e-9); };
    int decades = 0;
    for (int e = first; e <= last; ++e)
        decades += inside(std::pow(10.0, e));
    const int every = std::max(1, (decades + most - 1) / most);
    for (int e = first; e <= last; ++e)
        for (int digit = 1; digit < 10; ++digit) {
            const double value = digit * std::pow(10.0, e);
            if (!inside(value))
                continue;
            Tick tick{value, {}};
            // Few powers of ten in sight: 2 and 5 are named too.
            if (digit == 1 && e % every == 0)
                tick.text = powerText(e);
            else if (decades < 2 && (digit == 2 || digit == 5))
                tick.text = tickText(value, std::pow(10.0, std::min(e, 0)));
            if (every == 1 || digit == 1)
                m_ticks.push_back(std::move(tick));
        }
}

} // namespace nc::scene

#pragma once

#include <utility>
#include <vector>

#include "viz/scene/plots/plot.h"

namespace nc::scene
{

/// From values to shares of an axis's length, with ticks at round numbers.
class AxisScale
{
public:
    struct Tick {
        double value = 0;
        RichText text; ///< empty: a small tick without a number
    };

    /// `data` lowest and highest value (positive ones on a logarithmic axis); `most` numbers find room.
    AxisScale(const PlotAxis& axis, std::pair<double, double> data, int most);

    /// 0 at the low end, 1 at the high one; beyond them outside [0, 1]. Not finite where a value has no place.
    [[nodiscard]] double share(double value) const;
    [[nodiscard]] const std::vector<Tick>& ticks() const { return m_ticks; }
    [[nodiscard]] double low() const { return m_low; }
    [[nodiscard]] double high() const { return m_high; }

private:
    void fitLinear(const PlotAxis& axis, int most);
    void fitLog(const PlotAxis& axis, int most);

    bool m_log;
    double m_low, m_high;
    std::vector<Tick> m_ticks;
};

} // namespace nc::scene

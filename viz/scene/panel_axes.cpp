#include "viz/scene/panel_axes.h"

#include <cmath>

namespace nc::scene
{

namespace
{

constexpr double tickPt = 2.2;
constexpr double numberSize = 0.875; ///< times the font size

/// "−1.5": as many decimals as the step has, and the real minus.
RichText tickText(double value, double step)
{
    const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
    const QString digits = QString::number(std::abs(value), 'f', decimals);
    return ((value < -step / 2 ? "−" : "") + digits.toStdString());
}

class AxisDrawer
{
public:
    AxisDrawer(const PanelPlace& place, const PanelStyle& style, std::vector<DrawingItem>& items)
        : m_place(place)
        , m_style(style)
        , m_items(items)
        , m_size(numberSize * style.fontSizePt)
    {
    }

    void horizontal(bool numbers, const std::string& name)
    {
        const QRectF& cell = m_place.cell;
        line(cell.bottomLeft(), cell.bottomRight());
        const auto [first, last, step] = ticks(cell.width(), m_place.centre.x());
        for (long i = first; i <= last; ++i) {
            const double x = m_place({static_cast<double>(i) * step, 0}).x();
            line({x, cell.bottom()}, {x, cell.bottom() - tickPt});
            if (!numbers)
                continue;
            const TextLine text = layoutLine(m_style.fonts, tickText(static_cast<double>(i) * step, step), m_size);
            const double left = std::clamp(x - text.width / 2, cell.left(), cell.right() - text.width);
            add(text, {left, cell.bottom() + 0.25 * m_size + text.ascent});
        }
        if (numbers && !name.empty()) {
            const TextLine text = layoutLine(m_style.fonts, name, m_style.fontSizePt);
            add(text, {cell.center().x() - text.width / 2, cell.bottom() + 1.35 * m_size + text.ascent});
        }
    }

    void vertical(bool numbers, const std::string& name)
    {
        const QRectF& cell = m_place.cell;
        line(cell.bottomLeft(), cell.topLeft());
        const auto [first, last, step] = ticks(cell.height(), m_place.centre.y());
        for (long i = first; i <= last; ++i) {
            const double y = m_place({0, static_cast<double>(i) * step}).y();
            line({cell.left(), y}, {cell.left() + tickPt, y});
            if (!numbers)
                continue;
            const TextLine text = layoutLine(m_style.fonts, tickText(static_cast<double>(i) * step, step), m_size);
            add(text, {cell.left() - 0.35 * m_size - text.width, y + 0.36 * m_size});
        }
        if (numbers && !name.empty()) {
            const TextLine text = layoutLine(m_style.fonts, name, m_style.fontSizePt);
            add(text, {cell.left() - 2.75 * m_size, cell.center().y() + text.width / 2}, 90);
        }
    }

private:
    struct Ticks {
        long first, last; ///< multiples of step
        double step;
    };
    [[nodiscard]] Ticks ticks(double lengthPt, double centre) const
    {
        const double half = lengthPt / 2 / m_place.pointsPerUnit;
        const int most = std::max(4, static_cast<int>(lengthPt / (3.5 * m_size)));
        const double step = niceStep(2 * half, most);
        return {std::lround(std::ceil((centre - half) / step)), std::lround(std::floor((centre + half) / step)), step};
    }
    void line(QPointF from, QPointF to)
    {
        m_items.emplace_back(Stroke{{from, to}, 0.5 * m_style.lineScale, m_style.theme.text2});
    }
    void add(const TextLine& text, QPointF baseline, double angleDeg = 0)
    {
        m_items.emplace_back(Text{text, baseline, m_style.theme.ink, angleDeg, {}, 0});
    }

    const PanelPlace& m_place;
    const PanelStyle& m_style;
    std::vector<DrawingItem>& m_items;
    double m_size;
};

} // namespace

double niceStep(double range, int most)
{
    const double power = std::pow(10.0, std::floor(std::log10(range / most)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (range / (factor * power) <= most)
            return factor * power;
    return 10 * power;
}

void drawAxes(const SceneModel& model, const PanelPlace& place, const PanelStyle& style, bool numbersLeft,
              bool numbersBelow, std::vector<DrawingItem>& items)
{
    AxisDrawer axes(place, style, items);
    axes.horizontal(numbersBelow, model.axisNames[0]);
    axes.vertical(numbersLeft, model.axisNames[1]);
}

} // namespace nc::scene

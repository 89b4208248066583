#include "viz/scene/panel_axes.h"

#include <cmath>

namespace nc::scene
{

namespace
{

constexpr double tickPt = 2.2;
constexpr double numberSize = 0.875; ///< times the font size

/// The fewest that write a step exactly, at most six: 0.25 has two.
int decimalsOf(double step)
{
    int decimals = 0;
    for (double shifted = step; decimals < 6 && std::abs(shifted - std::round(shifted)) > 1e-6 * shifted; ++decimals)
        shifted *= 10;
    return decimals;
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

RichText tickText(double value, double step)
{
    const int decimals = decimalsOf(step);
    const QString digits = QString::number(std::abs(value), 'f', decimals);
    return ((value < -step / 2 ? "−" : "") + digits.toStdString());
}

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

void drawThirdAxis(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place,
                   const PanelStyle& style, bool numbers, std::vector<DrawingItem>& items)
{
    if (!model.third || !scene.upright)
        return;
    const std::vector<QPointF>& ticks = scene.upright->points;
    const QPointF foot = place(ticks.front()), head = place(ticks.back());
    const double size = numberSize * style.fontSizePt;
    if (foot.y() - head.y() < 2 * size) // seen from above
        return;
    const Rgb grey = style.theme.text2;
    const double width = 0.5 * style.lineScale;
    const auto add = [&](const TextLine& line, QPointF baseline, double angleDeg) {
        items.emplace_back(Text{line, baseline, style.theme.ink, angleDeg, style.theme.canvas, 0.1 * size});
    };
    items.emplace_back(Stroke{{foot, head}, width, grey});
    const auto count = std::ssize(ticks) - 1;
    const auto every = std::max<std::ptrdiff_t>(
        1, std::lround(std::ceil(1.3 * size * static_cast<double>(count) / (foot.y() - head.y()))));
    double widest = 0;
    for (std::ptrdiff_t i = 0; i <= count; i += every) {
        const QPointF at = place(ticks[static_cast<std::size_t>(i)]);
        items.emplace_back(Stroke{{at, at - QPointF(tickPt * style.lineScale, 0)}, width, grey});
        if (!numbers)
            continue;
        const TextLine text =
            layoutLine(style.fonts, tickText(static_cast<double>(i) * model.third->step, model.third->step), size);
        add(text, at + QPointF(-tickPt * style.lineScale - 0.3 * size - text.width, 0.36 * size), 0);
        widest = std::max(widest, text.width);
    }
    if (!numbers)
        return;
    const TextLine name = layoutLine(style.fonts, thirdTitle(model.third->quantity), style.fontSizePt);
    const QPointF middle = (foot + head) / 2 - QPointF(tickPt * style.lineScale + widest + 0.8 * size, 0);
    if (name.width < 2 * style.fontSizePt) // a letter stands upright
        add(name, middle + QPointF(-name.width, 0.36 * style.fontSizePt), 0);
    else
        add(name, middle + QPointF(0, name.width / 2), 90);
}

} // namespace nc::scene

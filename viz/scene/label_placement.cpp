#include "viz/scene/label_placement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <QSizeF>

namespace nc::scene
{

namespace
{

constexpr double cellSize = 0.19; ///< of the font size
constexpr int directions = 32;
constexpr int rounds = 3;
constexpr double mistakable = 6; ///< costs a place that is nearer to another label's target
constexpr double gaps[] = {0.3, 0.6, 1, 1.5, 2.1, 2.8, 3.6, 4.5, 5.5, 6.6, 7.8}; ///< times the font size

double length(QPointF v)
{
    return std::hypot(v.x(), v.y());
}

QRectF movedInto(QRectF rect, const QRectF& area)
{
    rect.moveLeft(std::max(area.left(), std::min(rect.left(), area.right() - rect.width())));
    rect.moveTop(std::max(area.top(), std::min(rect.top(), area.bottom() - rect.height())));
    return rect;
}

/// The rectangle whose border is `gap` away from the target in direction `unit`.
QRectF rectAt(const LabelWish& wish, QPointF unit, double gap)
{
    const QSizeF size = wish.size;
    const QPointF centre =
        wish.target + unit * gap + QPointF(unit.x() * size.width() / 2, unit.y() * size.height() / 2);
    return {centre - QPointF(size.width() / 2, size.height() / 2), size};
}

/// Moves two rectangles apart, half the way each, along the axis where they overlap less; whether they had to be.
bool separate(QRectF& a, QRectF& b, double air, const QRectF& area)
{
    const double overlapX = std::min(a.right(), b.right()) - std::max(a.left(), b.left()) + air;
    const double overlapY = std::min(a.bottom(), b.bottom()) - std::max(a.top(), b.top()) + air;
    if (overlapX <= 0 || overlapY <= 0)
        return false;
    const QPointF apart = b.center() - a.center();
    const QPointF half = overlapX < overlapY ? QPointF(apart.x() < 0 ? -overlapX / 2 : overlapX / 2, 0)
                                             : QPointF(0, apart.y() < 0 ? -overlapY / 2 : overlapY / 2);
    a = movedInto(a.translated(-half), area);
    b = movedInto(b.translated(half), area);
    return true;
}

/// Moves a rectangle off what stays, the shortest way that `area` has room for; whether it had to be.
bool moveOff(QRectF& rect, const QRectF& staying, double air, const QRectF& area)
{
    const QRectF around = staying.adjusted(-air, -air, air, air);
    if (!around.intersects(rect))
        return false;
    const QPointF ways[] = {{around.left() - rect.right(), 0},
                            {around.right() - rect.left(), 0},
                            {0, around.top() - rect.bottom()},
                            {0, around.bottom() - rect.top()}};
    const QPointF* best = nullptr;
    for (const QPointF& way : ways)
        if (area.contains(rect.translated(way)) && (!best || way.manhattanLength() < best->manhattanLength()))
            best = &way;
    if (!best)
        return false;
    rect.translate(*best);
    return true;
}

double distance(const QRectF& rect, QPointF point)
{
    return length(
        QPointF(std::clamp(point.x(), rect.left(), rect.right()), std::clamp(point.y(), rect.top(), rect.bottom())) -
        point);
}

class Placer
{
public:
    Placer(const std::vector<LabelWish>& wishes, const QRectF& area, const InkMap& ink, double fontSizePt)
        : m_wishes(wishes)
        , m_area(area)
        , m_ink(ink)
        , m_em(fontSizePt)
    {
    }

    /// One label after the other, then each once more where the others leave it the better place.
    std::vector<QRectF> run()
    {
        for (std::size_t i = 0; i < m_wishes.size(); ++i)
            m_places.push_back(best(i));
        for (int round = 1; round < rounds; ++round)
            for (std::size_t i = 0; i < m_wishes.size(); ++i)
                m_places[i] = best(i);
        return std::move(m_places);
    }

private:
    [[nodiscard]] QRectF best(std::size_t label) const
    {
        const LabelWish& wish = m_wishes[label];
        const double away = length(wish.away);
        const QPointF wanted = away > 0 ? wish.away / away : QPointF(0, -1);
        QRectF found;
        double least = std::numeric_limits<double>::infinity();
        for (int d = 0; d < directions; ++d) {
            const double angle = 2 * std::numbers::pi * d / directions;
            const QPointF unit(std::cos(angle), std::sin(angle));
            const double turn = 1 - QPointF::dotProduct(unit, wanted); // 0 to 2
            for (const double gap : gaps) {
                const QRectF rect = movedInto(rectAt(wish, unit, gap * m_em), m_area);
                const double cost = turn + costOf(rect, label);
                if (cost < least) {
                    least = cost;
                    found = rect;
                }
            }
        }
        return found;
    }

    [[nodiscard]] double costOf(const QRectF& rect, std::size_t label) const
    {
        const QPointF target = m_wishes[label].target;
        const double air = 0.2 * m_em;
        const double gap = distance(rect, target) / m_em;
        double cost = 0.28 * gap + 0.15 * gap * gap + 10 * m_ink.under(rect.adjusted(-air, -air / 2, air, air / 2));
        if (rect.adjusted(-1, -1, 1, 1).contains(target))
            cost += 10;
        for (std::size_t i = 0; i < m_wishes.size(); ++i)
            if (i != label && distance(rect, m_wishes[i].target) <= distance(rect, target) + air)
                cost += mistakable;
        for (std::size_t i = 0; i < m_places.size(); ++i)
            if (i != label && rect.adjusted(-2, -1, 2, 1).intersects(m_places[i]))
                cost += 1000;
        return cost;
    }

    const std::vector<LabelWish>& m_wishes;
    QRectF m_area;
    const InkMap& m_ink;
    double m_em;
    std::vector<QRectF> m_places; ///< of the labels so far
};

} // namespace

InkMap::InkMap(const QRectF& area, double fontSizePt)
    : m_area(area)
    , m_cell(cellSize * fontSizePt)
    , m_columns(std::max(1, static_cast<int>(std::ceil(area.width() / m_cell))))
    , m_rows(std::max(1, static_cast<int>(std::ceil(area.height() / m_cell))))
    , m_ink(static_cast<std::size_t>(m_columns) * static_cast<std::size_t>(m_rows), 0.0F)
{
}

void InkMap::add(QPointF place, float weight)
{
    const int column = static_cast<int>(std::floor((place.x() - m_area.left()) / m_cell));
    const int row = static_cast<int>(std::floor((place.y() - m_area.top()) / m_cell));
    if (column < 0 || row < 0 || column >= m_columns || row >= m_rows)
        return;
    float& cell =
        m_ink[static_cast<std::size_t>(row) * static_cast<std::size_t>(m_columns) + static_cast<std::size_t>(column)];
    cell = std::max(cell, weight);
}

void InkMap::addDot(QPointF centre)
{
    add(centre, dotWeight);
}

void InkMap::addDots(const std::vector<QPointF>& centres)
{
    for (const QPointF& centre : centres)
        addDot(centre);
}

void InkMap::addLine(const std::vector<QPointF>& points, float weight)
{
    for (std::size_t i = 1; i < points.size(); ++i) {
        const QPointF step = points[i] - points[i - 1];
        const int samples = 1 + static_cast<int>(length(step) / (m_cell / 2));
        for (int s = 0; s <= samples; ++s)
            add(points[i - 1] + step * (static_cast<double>(s) / samples), weight);
    }
}

double InkMap::under(const QRectF& rect) const
{
    const int left = std::max(0, static_cast<int>(std::floor((rect.left() - m_area.left()) / m_cell)));
    const int right = std::min(m_columns - 1, static_cast<int>(std::floor((rect.right() - m_area.left()) / m_cell)));
    const int top = std::max(0, static_cast<int>(std::floor((rect.top() - m_area.top()) / m_cell)));
    const int bottom = std::min(m_rows - 1, static_cast<int>(std::floor((rect.bottom() - m_area.top()) / m_cell)));
    double sum = 0;
    for (int row = top; row <= bottom; ++row)
        for (int column = left; column <= right; ++column)
            sum += static_cast<double>(m_ink[static_cast<std::size_t>(row * m_columns + column)]);
    const double cells = rect.width() * rect.height() / (m_cell * m_cell);
    return cells > 0 ? sum / cells : 0;
}

std::vector<QRectF> placeLabels(const std::vector<LabelWish>& wishes, const QRectF& area, const InkMap& ink,
                                double fontSizePt)
{
    return Placer(wishes, area, ink, fontSizePt).run();
}

std::vector<QRectF> placeBeside(const std::vector<LabelWish>& wishes, const QRectF& area, double gap,
                                const std::vector<QRectF>& covered)
{
    constexpr double air = 3;
    constexpr int rounds = 24;
    std::vector<QRectF> rects;
    for (const LabelWish& wish : wishes) {
        const double away = length(wish.away);
        rects.push_back(movedInto(rectAt(wish, away > 0 ? wish.away / away : QPointF(0, -1), gap), area));
    }
    bool moved = true;
    for (int round = 0; round < rounds && moved; ++round) {
        moved = false;
        for (std::size_t i = 0; i < rects.size(); ++i)
            for (std::size_t j = i + 1; j < rects.size(); ++j)
                moved |= separate(rects[i], rects[j], air, area);
        for (QRectF& rect : rects)
            for (const QRectF& staying : covered)
                moved |= moveOff(rect, staying, air, area);
    }
    return rects;
}

} // namespace nc::scene

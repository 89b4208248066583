#include "viz/scene/clip.h"

#include <algorithm>

namespace nc::scene
{

std::optional<std::pair<QPointF, QPointF>> clipSegment(QPointF a, QPointF b, const QRectF& rect)
{
    double enter = 0, leave = 1;
    const QPointF d = b - a;
    const double rates[] = {-d.x(), d.x(), -d.y(), d.y()};
    const double room[] = {a.x() - rect.left(), rect.right() - a.x(), a.y() - rect.top(), rect.bottom() - a.y()};
    for (int side = 0; side < 4; ++side) {
        if (rates[side] == 0) {
            if (room[side] < 0)
                return {};
            continue;
        }
        const double t = room[side] / rates[side];
        if (rates[side] < 0)
            enter = std::max(enter, t);
        else
            leave = std::min(leave, t);
    }
    if (enter > leave)
        return {};
    return std::pair{a + d * enter, a + d * leave};
}

std::vector<std::vector<QPointF>> clipLine(const std::vector<QPointF>& points, const QRectF& rect)
{
    std::vector<std::vector<QPointF>> pieces;
    for (std::size_t i = 1; i < points.size(); ++i) {
        const auto part = clipSegment(points[i - 1], points[i], rect);
        if (!part)
            continue;
        if (pieces.empty() || pieces.back().back() != part->first)
            pieces.push_back({part->first});
        pieces.back().push_back(part->second);
    }
    return pieces;
}

} // namespace nc::scene

#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <QPointF>
#include <QRectF>

namespace nc::scene
{

/// The part of a segment inside a rectangle (Liang and Barsky); nothing where it misses it.
[[nodiscard]] std::optional<std::pair<QPointF, QPointF>> clipSegment(QPointF a, QPointF b, const QRectF& rect);
/// The pieces of a polyline inside a rectangle.
[[nodiscard]] std::vector<std::vector<QPointF>> clipLine(const std::vector<QPointF>& points, const QRectF& rect);

} // namespace nc::scene

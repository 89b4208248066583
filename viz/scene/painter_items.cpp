#include "viz/scene/painter_items.h"

#include <algorithm>
#include <cmath>

#include "viz/scene/projected_scene.h"
#include "viz/scene/splat_rasterizer.h"

namespace nc::scene
{

namespace
{

/// Small dots need more samples for their rims to look round.
int supersampleFor(double radiusPx)
{
    return radiusPx < 1.5 ? 4 : 3;
}

QPolygonF polygon(const std::vector<QPointF>& points)
{
    return {QList<QPointF>(points.begin(), points.end())};
}

} // namespace

void paintItem(QPainter& painter, const Stroke& stroke)
{
    QPen pen(qColour(stroke.colour), stroke.widthPt, Qt::SolidLine, stroke.roundCaps ? Qt::RoundCap : Qt::FlatCap,
             Qt::RoundJoin);
    if (!stroke.dash.empty()) {
        QList<qreal> pattern;
        for (const double length : stroke.dash)
            pattern.push_back(length / stroke.widthPt); // QPen counts in widths
        pen.setDashPattern(pattern);
    }
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(polygon(stroke.points));
}

void paintItem(QPainter& painter, const Fill& fill)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(qColour(fill.colour));
    painter.drawPolygon(polygon(fill.points));
}

void paintItem(QPainter& painter, const Disc& disc)
{
    painter.setPen(disc.outlinePt > 0 ? QPen(qColour(disc.outline), disc.outlinePt) : QPen(Qt::NoPen));
    painter.setBrush(qColour(disc.colour));
    painter.drawEllipse(disc.centre, disc.radiusPt, disc.radiusPt);
}

void paintItem(QPainter& painter, const Picture& picture)
{
    painter.drawImage(picture.rect, picture.image);
}

void paintItem(QPainter& painter, const ColourBar& bar)
{
    QLinearGradient gradient(bar.rect.topLeft(), bar.rect.topRight());
    const auto last = static_cast<double>(bar.ramp.stops.size() - 1);
    for (std::size_t i = 0; i < bar.ramp.stops.size(); ++i)
        gradient.setColorAt(static_cast<double>(i) / last, qColour(bar.ramp.stops[i]));
    painter.setPen(Qt::NoPen);
    painter.setBrush(gradient);
    painter.drawRect(bar.rect);
}

void paintHalo(QPainter& painter, const Text& text, const QPainterPath& letters)
{
    if (text.halo)
        painter.strokePath(letters,
                           QPen(qColour(*text.halo), 2 * text.haloPt, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
}

void standOnBaseline(QPainter& painter, const Text& text)
{
    painter.translate(text.baseline);
    painter.rotate(-text.angleDeg);
}

void paintOutlines(QPainter& painter, const Fonts& fonts, const Text& text)
{
    const QPainterPath letters = outline(fonts, text.line);
    painter.save();
    standOnBaseline(painter, text);
    paintHalo(painter, text, letters);
    painter.fillPath(letters, qColour(text.colour));
    painter.restore();
}

Picture rasterised(const Dots& dots, double dpi, int threads)
{
    const double scale = dpi / 72;
    const double radius = dots.diameterPt / 2 * scale;
    double left = dots.centres[0].x(), right = left, top = dots.centres[0].y(), bottom = top;
    for (const QPointF& centre : dots.centres) {
        left = std::min(left, centre.x());
        right = std::max(right, centre.x());
        top = std::min(top, centre.y());
        bottom = std::max(bottom, centre.y());
    }
    const double reach = radius + 1;
    const QPoint origin(static_cast<int>(std::floor(left * scale - reach)),
                        static_cast<int>(std::floor(top * scale - reach)));
    const QSize size(static_cast<int>(std::ceil(right * scale + reach)) - origin.x(),
                     static_cast<int>(std::ceil(bottom * scale + reach)) - origin.y());
    std::vector<float> x, y, depth;
    for (std::vector<float>* list : {&x, &y, &depth})
        list->reserve(dots.centres.size());
    for (std::size_t i = 0; i < dots.centres.size(); ++i) {
        x.push_back(static_cast<float>(dots.centres[i].x() * scale - origin.x()));
        y.push_back(static_cast<float>(dots.centres[i].y() * scale - origin.y()));
        depth.push_back(static_cast<float>(dots.centres.size() - 1 - i)); // later dots lie above
    }
    const SplatColours colours{dots.table, dots.entry, dots.rims, static_cast<float>(dots.rimPt * scale)};
    return {splatImage({x, y, depth, static_cast<float>(radius)}, colours, size, supersampleFor(radius), threads),
            QRectF(QPointF(origin) / scale, QSizeF(size) / scale)};
}

bool drawsVectorDots(const Drawing& drawing, const Page& page)
{
    std::size_t count = 0;
    for (const DrawingItem& item : drawing.items)
        if (const auto* dots = std::get_if<Dots>(&item))
            count += dots->centres.size();
    return page.vector == VectorMode::Always ||
           (page.vector == VectorMode::Auto && count <= static_cast<std::size_t>(std::max(0, page.vectorLimit)));
}

Dots withoutHidden(Dots dots)
{
    const std::vector<std::uint32_t> kept = visibleDots(dots.centres, dots.diameterPt / 2);
    for (std::size_t i = 0; i < kept.size(); ++i) { // kept[i] >= i
        dots.centres[i] = dots.centres[kept[i]];
        dots.entry[i] = dots.entry[kept[i]];
    }
    dots.centres.resize(kept.size());
    dots.entry.resize(kept.size());
    return dots;
}

} // namespace nc::scene

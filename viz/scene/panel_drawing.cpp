#include "viz/scene/panel_drawing.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include <Eigen/LU>
#include <QPainter>

#include "viz/scene/clip.h"
#include "viz/scene/label_placement.h"
#include "viz/scene/point_colours.h"
#include "viz/scene/region_shading.h"
#include "viz/scene/splat_rasterizer.h"

namespace nc::scene
{

namespace
{

// Widths in points at lineScale 1.
constexpr double shaftPt = 1.0;
constexpr double headLengthPt = 4.6;
constexpr double headWidthPt = 3.6;
constexpr double casingPt = 0.75;
constexpr double theoryPt = 0.8;
constexpr double channelPt = 1.2;
constexpr double theoryCasingPt = 0.45;  ///< narrow: the points that matter most lie on the curve
constexpr std::size_t mostBoldArms = 15; ///< of six classes
constexpr double simplexPt = 0.5;
constexpr double boundaryPt = 0.5;
constexpr double guidePt = 0.5;
constexpr double classGuidePt = 0.9; ///< where its colour says something
constexpr double guideDotPt = 1.6;
constexpr double ribbonPt = 2.2;
constexpr double rimPt = 0.25;
constexpr double haloEms = 0.24; ///< around names: a dot beside a letter would be read as part of it

struct ArrowShape {
    QPointF tail, neck, tip;
    std::vector<QPointF> head;
    double scale = 1;
};

ArrowShape arrowShape(QPointF tail, QPointF tip, double lineScale)
{
    const QPointF along = tip - tail;
    const double length = std::hypot(along.x(), along.y());
    ArrowShape shape{tail, tip, tip, {}, lineScale};
    if (length <= 0)
        return shape;
    const double shrink = std::min(1.0, 0.6 * length / (headLengthPt * lineScale)); // short arrows keep a shaft
    const QPointF unit = along / length;
    const QPointF side(-unit.y(), unit.x());
    const double headLength = headLengthPt * lineScale * shrink;
    const double halfWidth = headWidthPt / 2 * lineScale * shrink;
    const QPointF base = tip - unit * headLength;
    shape.neck = base + unit * (0.2 * headLength);
    shape.head = {tip, base + side * halfWidth, shape.neck, base - side * halfWidth};
    return shape;
}

void drawArrowCasing(const ArrowShape& arrow, Rgb canvas, std::vector<DrawingItem>& items)
{
    const double casing = 2 * casingPt * arrow.scale;
    items.emplace_back(Stroke{{arrow.tail, arrow.neck}, shaftPt * arrow.scale + casing, canvas, {}, true});
    if (arrow.head.empty())
        return;
    std::vector<QPointF> outline = arrow.head;
    outline.push_back(outline.front());
    items.emplace_back(Stroke{std::move(outline), casing, canvas, {}, true});
}

void drawArrowInk(const ArrowShape& arrow, Rgb ink, std::vector<DrawingItem>& items)
{
    items.emplace_back(Stroke{{arrow.tail, arrow.neck}, shaftPt * arrow.scale, ink, {}, true});
    if (!arrow.head.empty())
        items.emplace_back(Fill{arrow.head, ink});
}

/// How far each of many samples of a 3-D line is hidden by the cloud: the fraction of dots before it in its
/// neighbourhood.
class DotsInFront
{
public:
    DotsInFront(const ProjectedDots& dots, const PanelPlace& place, double radiusPt)
        : m_origin(place.cell.topLeft())
        , m_buffer(QSize(pixels(place.cell.width()), pixels(place.cell.height())))
    {
        if (dots.at.empty())
            return;
        m_nearest = *std::max_element(dots.depth.begin(), dots.depth.end());
        std::vector<float> x, y, depth;
        for (std::size_t i = 0; i < dots.at.size(); ++i) {
            const QPointF at = (place(dots.at[i]) - m_origin) * perPoint;
            x.push_back(static_cast<float>(at.x()));
            y.push_back(static_cast<float>(at.y()));
            depth.push_back(m_nearest - dots.depth[i]);
        }
        m_buffer =
            splat({x, y, depth, static_cast<float>(radiusPt * perPoint)}, {m_buffer.width(), m_buffer.height()}, 1);
    }

    /// Share of the pixels around a place (page points) whose dot is nearer than `depth`; 0 to 1.
    [[nodiscard]] double at(QPointF place, double depth) const
    {
        const QPointF local = (place - m_origin) * perPoint;
        const float own = m_nearest - static_cast<float>(depth);
        int hidden = 0, all = 0;
        for (int dy = -window; dy <= window; ++dy)
            for (int dx = -window; dx <= window; ++dx) {
                const int column = static_cast<int>(local.x()) + dx;
                const int row = static_cast<int>(local.y()) + dy;
                if (column < 0 || row < 0 || column >= m_buffer.width() || row >= m_buffer.height())
                    continue;
                ++all;
                hidden += m_buffer.depthAt(column, row) < own;
            }
        return all > 0 ? static_cast<double>(hidden) / all : 0;
    }

private:
    static constexpr double perPoint = 2; ///< pixels of the look-up for a point
    static constexpr int window = 3;
    static int pixels(double lengthPt) { return std::max(1, static_cast<int>(std::ceil(lengthPt * perPoint))); }
    QPointF m_origin;
    float m_nearest = 0;
    IdBuffer m_buffer;
};

class PanelDrawer
{
public:
    PanelDrawer(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place, const PanelStyle& style,
                std::vector<DrawingItem>& items)
        : m_model(model)
        , m_scene(scene)
        , m_place(place)
        , m_style(style)
        , m_items(items)
    {
    }

    void draw(NameStyle names)
    {
        const QSizeF fine = 2 * m_place.cell.size();
        drawUnder({static_cast<int>(std::ceil(fine.width())), static_cast<int>(std::ceil(fine.height()))}, 1);
        drawDots();
        if (m_model.flatDims() == 2 || m_scene.simplex.empty())
            drawOver({});
        else
            drawOver([hidden = DotsInFront(m_scene.dots, m_place, m_style.dotDiameterPt / 2)](
                         QPointF at, double depth) { return hidden.at(at, depth); });
        drawLabels(names);
    }

    void drawUnder(QSize shading, int threads)
    {
        if (m_model.regions && m_model.flatDims() == 2 && m_model.layers.has(Layer::Regions))
            drawRegions(shading, threads);
        for (const WallPatch& patch : wallPatches(m_scene.walls))
            drawFill(patch.points, throughWalls(m_style.theme.canvas, patch.walls, m_style.theme));
        if (!m_scene.floor.empty()) {
            std::vector<QPointF> outline = onPage({m_scene.floor, {}});
            outline.push_back(outline.front());
            addStroke(outline, Stroke{{}, simplexPt * m_style.lineScale, m_style.theme.border});
        }
        for (const ProjectedLine& axis : m_scene.axes)
            addStroke(onPage(axis), Stroke{{}, simplexPt * m_style.lineScale, m_style.theme.text3});
        for (const ProjectedLine& line : m_scene.boundaries)
            addStroke(onPage(line), boundaryStroke(m_style));
        if (!flatLiesOver()) {
            drawSimplex({});
            drawArrows();
            drawMarks();
        }
    }

    void drawOver(const HiddenShare& hidden)
    {
        if (flatLiesOver())
            drawSimplex(hidden);
        PanelStyle pens = m_style;
        if (std::max(m_scene.theory.size(), m_scene.channels.size()) >
            mostBoldArms) // of ten classes all 45: they must not hide what they explain
            pens.lineScale *= 0.55;
        for (const ProjectedLine& curve : m_scene.theory)
            for (const auto& piece : clipLine(onPage(curve), m_place.cell))
                drawTheoryLine(piece, pens, m_items);
        for (const ProjectedLine& channel : m_scene.channels)
            for (const auto& piece : clipLine(onPage(channel), m_place.cell))
                drawChannelLine(piece, pens, m_items);
        if (flatLiesOver()) {
            drawArrows();
            drawMarks();
        }
        drawGuides();
    }

private:
    /// Arrows, simplex and marks lie in the plane under a third axis: seen from above, the cloud that stands on it
    /// hides them, seen from below, they the cloud.
    [[nodiscard]] bool flatLiesOver() const { return !m_model.third || m_model.camera.elevationDeg < 0; }

    [[nodiscard]] std::vector<QPointF> onPage(const ProjectedLine& line) const
    {
        std::vector<QPointF> points;
        for (const QPointF& p : line.points)
            points.push_back(m_place(p));
        return points;
    }

    /// The part of a convex polygon in the cell.
    void drawFill(const std::vector<QPointF>& points, Rgb colour)
    {
        QPolygonF polygon;
        for (const QPointF& p : points)
            polygon << m_place(p);
        if (!m_place.cell.contains(polygon.boundingRect())) // only when zoomed in
            polygon = polygon.intersected(QPolygonF(m_place.cell));
        if (polygon.size() >= 3)
            m_items.emplace_back(Fill{{polygon.begin(), polygon.end()}, colour});
    }

    void addStroke(const std::vector<QPointF>& points, const Stroke& pen)
    {
        for (auto& piece : clipLine(points, m_place.cell)) {
            Stroke stroke = pen;
            stroke.points = std::move(piece);
            m_items.emplace_back(std::move(stroke));
        }
    }

    void drawRegions(QSize size, int threads)
    {
        const QPointF topLeft = toScene(m_place.cell.topLeft()) / m_model.scale;
        const QPointF bottomRight = toScene(m_place.cell.bottomRight()) / m_model.scale;
        RegionField field = *m_model.regions;
        Eigen::Vector2d tilt = Eigen::Vector2d::Zero();
        if (m_model.third) { // from places of the screen to places in the plane under the third axis
            const Eigen::Matrix3d axes = eyeAxes(m_model.camera, 3);
            const Eigen::Matrix2d toScreen = axes.topLeftCorner<2, 2>();
            if (std::abs(toScreen.determinant()) < 0.02) // seen from its edge
                return;
            field.slope = field.slope * toScreen.inverse();
            if (const double distance = m_model.camera.distance / m_model.scale; distance > 0)
                tilt = (axes.block<1, 2>(2, 0) * toScreen.inverse()).transpose() / distance;
        }
        std::vector<Rgb> colours;
        for (std::size_t slot = 0; slot < m_model.classes.size(); ++slot)
            colours.push_back(m_style.theme.classColour(m_model.colourOf(static_cast<int>(slot))));
        const QImage shades =
            shadeRegions(field, tilt, topLeft, bottomRight, colours, m_style.theme.canvas, size, threads);
        Picture picture{shades, m_place.cell};
        if (!m_scene.floor.empty())
            cutToFloor(picture);
        m_items.emplace_back(std::move(picture));
    }

    void cutToFloor(Picture& picture) const
    {
        QPolygonF floor;
        for (const QPointF& corner : onPage({m_scene.floor, {}}))
            floor << corner - picture.rect.topLeft();
        QImage cut(picture.image.size(), QImage::Format_ARGB32_Premultiplied);
        cut.fill(Qt::transparent);
        QPainter painter(&cut);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(cut.width() / picture.rect.width(), cut.height() / picture.rect.height());
        painter.setPen(Qt::NoPen);
        painter.setBrush(Qt::black);
        painter.drawPolygon(floor);
        painter.resetTransform();
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.drawImage(0, 0, picture.image);
        painter.end();
        picture.image = cut;
    }

    [[nodiscard]] QPointF toScene(QPointF page) const
    {
        const QPointF offset = (page - m_place.cell.center()) / m_place.pointsPerUnit;
        return m_place.centre + QPointF(offset.x(), -offset.y());
    }

    void drawDots()
    {
        const ProjectedDots& source = m_scene.dots;
        Dots dots{{}, {}, source.table, source.rims, 0, m_style.dotDiameterPt};
        dots.rimPt = rimWidth(source.rings, rimPt * m_style.lineScale, m_style.dotDiameterPt);
        dots.centres.reserve(source.at.size());
        dots.entry.reserve(source.at.size());
        for (std::size_t i = 0; i < source.at.size(); ++i) {
            const QPointF at = m_place(source.at[i]);
            if (!m_place.cell.contains(at)) // only when zoomed in
                continue;
            dots.centres.push_back(at);
            dots.entry.push_back(source.entry[i]);
        }
        if (!dots.centres.empty())
            m_items.emplace_back(std::move(dots));
    }

    void drawSimplex(const HiddenShare& hidden)
    {
        const Stroke pen = simplexStroke(m_style);
        for (const ProjectedLine& edge : m_scene.simplex) {
            if (m_model.flatDims() == 3)
                drawFadingEdge(edge, pen, hidden);
            else
                addStroke(onPage(edge), pen);
        }
    }

    /// Steps along an edge; stretches of equal fading become one stroke.
    void drawFadingEdge(const ProjectedLine& edge, const Stroke& pen, const HiddenShare& hidden)
    {
        constexpr int steps = 64;
        constexpr int levels = 4;
        const auto at = [&](int i) {
            return m_place(edge.points[0] + (edge.points[1] - edge.points[0]) * (static_cast<double>(i) / steps));
        };
        const auto levelAt = [&](int i) {
            const double t = (i + 0.5) / steps;
            const QPointF place = (at(i) + at(i + 1)) / 2;
            return std::lround(hidden(place, edge.depth[0] + t * (edge.depth[1] - edge.depth[0])) * levels);
        };
        for (int first = 0, last = 0; first < steps; first = last) {
            const long level = levelAt(first);
            for (last = first + 1; last < steps && levelAt(last) == level;)
                ++last;
            Stroke stroke = pen;
            stroke.colour = mix(pen.colour, m_style.theme.canvas, 0.65 * static_cast<double>(level) / levels);
            addStroke({at(first), at(last)}, stroke);
        }
    }

    void drawArrows()
    {
        std::vector<ArrowShape> shapes;
        for (const ProjectedArrow& arrow : m_scene.arrows) {
            const QPointF tip = m_place(arrow.tip);
            const auto inside = clipSegment(m_place(arrow.tail), tip, m_place.cell);
            if (!inside)
                continue;
            shapes.push_back(arrowShape(inside->first, inside->second, m_style.lineScale));
            if (inside->second != tip) // leaves the panel: no head
                shapes.back() = {inside->first, inside->second, inside->second, {}, m_style.lineScale};
        }
        if (m_model.flatDims() == 2) // one body: no casing cuts another arrow at the common tail
            for (const ArrowShape& shape : shapes)
                drawArrowCasing(shape, m_style.theme.canvas, m_items);
        for (const ArrowShape& shape : shapes) {
            if (m_model.flatDims() == 3) // the nearer arrow cuts the one behind
                drawArrowCasing(shape, m_style.theme.canvas, m_items);
            drawArrowInk(shape, m_style.theme.ink, m_items);
        }
    }

    [[nodiscard]] Rgb guideColour(const GuideLine& guide) const
    {
        return guide.slot < 0 ? m_style.theme.text2 : m_style.theme.classColour(m_model.colourOf(guide.slot));
    }

    void drawRibbon(const std::vector<QPointF>& points, const std::vector<double>& lambdas)
    {
        const double unit = m_style.lineScale;
        addStroke(points, Stroke{{}, (ribbonPt + 2 * theoryCasingPt) * unit, m_style.theme.canvas, {}, true});
        for (std::size_t k = 0; k + 1 < points.size(); ++k)
            addStroke(
                {points[k], points[k + 1]},
                Stroke{{}, ribbonPt * unit, m_style.theme.lambda.at((lambdas[k] + lambdas[k + 1]) / 2), {}, true});
    }

    void drawGuides()
    {
        const double unit = m_style.lineScale;
        for (std::size_t k = 0; k < m_scene.guides.size(); ++k) {
            const GuideLine& guide = m_model.guides[k];
            const std::vector<QPointF> points = onPage(m_scene.guides[k]);
            const Rgb colour = guideColour(guide);
            if (!guide.lambdas.empty()) {
                drawRibbon(points, guide.lambdas);
            } else if (points.size() > 1) {
                const double width = (guide.slot < 0 ? guidePt : classGuidePt) * unit;
                const std::vector<double> dash{2 * unit, 1.5 * unit};
                addStroke(points, Stroke{{}, width, colour, guide.dashed ? dash : std::vector<double>()});
            } else if (m_place.cell.contains(points.front())) {
                m_items.emplace_back(Disc{points.front(), guideDotPt * unit, colour, m_style.theme.canvas, 0.5 * unit});
            }
        }
    }

    void drawMarks()
    {
        for (const ProjectedMean& mean : m_scene.means)
            if (const QPointF at = m_place(mean.at); m_place.cell.contains(at))
                m_items.emplace_back(meanDisc(at, m_style.theme.classColour(m_model.colourOf(mean.slot)), m_style));
        if (m_scene.triplePoint)
            if (const QPointF at = m_place(*m_scene.triplePoint); m_place.cell.contains(at))
                m_items.emplace_back(triplePointDisc(at, m_style));
    }

    [[nodiscard]] InkMap inkMap() const
    {
        InkMap ink(m_place.cell, m_style.fontSizePt);
        for (const QPointF& at : m_scene.dots.at)
            ink.addDot(m_place(at));
        for (const ProjectedArrow& arrow : m_scene.arrows)
            ink.addLine({m_place(arrow.tail), m_place(arrow.tip)});
        const bool fine = std::max(m_scene.theory.size(), m_scene.channels.size()) >
                          mostBoldArms; // names may lie over a few of so many
        for (const auto* lines : {&m_scene.theory, &m_scene.channels, &m_scene.simplex, &m_scene.axes, &m_scene.guides})
            for (const ProjectedLine& line : *lines)
                ink.addLine(onPage(line), fine ? InkMap::dotWeight : InkMap::lineWeight);
        return ink;
    }

    struct Label {
        TextLine line;
        LabelWish wish;
        Rgb colour;
    };

    void addLabel(const RichText& text, QPointF target, QPointF away, Rgb colour, std::vector<Label>& labels) const
    {
        if (!m_place.cell.contains(target))
            return;
        TextLine line = layoutLine(m_style.fonts, text, m_style.fontSizePt);
        const LabelWish wish{target, away, {line.width, line.height()}};
        labels.push_back({std::move(line), wish, colour});
    }

    /// Names of the arrows, and in space of the axes.
    [[nodiscard]] std::vector<Label> wantedLabels(NameStyle names) const
    {
        std::vector<Label> labels;
        if (names != NameStyle::None)
            for (const ProjectedArrow& arrow : m_scene.arrows)
                addLabel(arrowName(m_model.classes[static_cast<std::size_t>(arrow.slot)], names), m_place(arrow.tip),
                         m_place(arrow.tip) - m_place(arrow.tail), m_style.theme.ink, labels);
        for (std::size_t d = 0; d < m_scene.axes.size(); ++d)
            if (const std::string& name = m_model.axisNames[d]; !name.empty()) {
                const QPointF end = m_place(m_scene.axes[d].points.back());
                addLabel(name, end, end - m_place(m_scene.axes[d].points.front()), m_style.theme.text2, labels);
            }
        for (std::size_t k = 0; k < m_scene.guides.size() && names != NameStyle::None; ++k)
            if (const GuideLine& guide = m_model.guides[k]; !guide.label.empty()) {
                LabelWish wish = guideLabelWish(onPage(m_scene.guides[k]), m_place({0, 0}), {});
                const double away = std::hypot(wish.away.x(), wish.away.y());
                if (guide.points.rows() == 1 && away > 0) // from the dot's edge
                    wish.target += 2 * guideDotPt * m_style.lineScale * wish.away / away;
                addLabel(guide.label, wish.target, wish.away, m_style.theme.ink, labels);
            }
        return labels;
    }

    void drawLabels(NameStyle names)
    {
        const std::vector<Label> labels = wantedLabels(names);
        if (labels.empty())
            return;
        std::vector<LabelWish> wishes;
        for (const Label& label : labels)
            wishes.push_back(label.wish);
        // On coloured ground a halo would look torn: a card.
        const bool cards = m_model.regions && m_model.layers.has(Layer::Regions);
        const double margin = cards || m_model.layers.has(Layer::Axes) ? 0.4 * m_style.fontSizePt : 0; // clear of ticks
        const QRectF area = m_place.cell.adjusted(margin, margin, -margin, -margin);
        const std::vector<QRectF> places = placeLabels(wishes, area, inkMap(), m_style.fontSizePt);
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const QPointF baseline(places[i].left(), places[i].top() + labels[i].line.ascent);
            if (cards)
                m_items.emplace_back(Fill{card(places[i], 0.25 * m_style.fontSizePt), m_style.theme.canvas});
            m_items.emplace_back(Text{labels[i].line, baseline, labels[i].colour, 0, m_style.theme.canvas,
                                      haloEms * m_style.fontSizePt});
        }
    }

    const SceneModel& m_model;
    const ProjectedScene& m_scene;
    const PanelPlace& m_place;
    const PanelStyle& m_style;
    std::vector<DrawingItem>& m_items;
};

} // namespace

void drawPanel(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place, const PanelStyle& style,
               NameStyle names, std::vector<DrawingItem>& items)
{
    PanelDrawer(model, scene, place, style, items).draw(names);
}

std::vector<QPointF> card(const QRectF& rect, double margin)
{
    constexpr int steps = 6; ///< of a quarter circle
    std::vector<QPointF> outline;
    const QPointF corners[] = {rect.bottomRight(), rect.bottomLeft(), rect.topLeft(), rect.topRight()};
    for (int corner = 0; corner < 4; ++corner)
        for (int i = 0; i <= steps; ++i) {
            const double angle = std::numbers::pi / 2 * (corner + static_cast<double>(i) / steps);
            outline.push_back(corners[corner] + margin * QPointF(std::cos(angle), std::sin(angle)));
        }
    return outline;
}

void drawUnderDots(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place,
                   const PanelStyle& style, QSize shading, int threads, std::vector<DrawingItem>& items)
{
    PanelDrawer(model, scene, place, style, items).drawUnder(shading, threads);
}

void drawOverDots(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place,
                  const PanelStyle& style, const HiddenShare& hidden, std::vector<DrawingItem>& items)
{
    PanelDrawer(model, scene, place, style, items).drawOver(hidden);
}

RichText arrowName(const SceneClass& entry, NameStyle names)
{
    RichText text;
    text.italic("w").subscript(std::to_string(entry.index));
    if (names == NameStyle::Full && !entry.name.empty() && entry.name != std::to_string(entry.index))
        text.text(" " + entry.name);
    return text;
}

LabelWish guideLabelWish(const std::vector<QPointF>& points, QPointF origin, QSizeF size)
{
    if (points.size() == 1)
        return {points.front(), points.front() - origin, size};
    const std::size_t half = (points.size() - 1) / 2;
    const QPointF a = points[half], b = points[half + 1];
    const QPointF target = points.size() % 2 == 1 ? a : (a + b) / 2;
    const QPointF across(a.y() - b.y(), b.x() - a.x());
    const double side = QPointF::dotProduct(across, target - origin);
    // A line through the origin has no side: above it.
    const bool turned = std::abs(side) > 1e-6 * QPointF::dotProduct(across, across) ? side < 0 : across.y() > 0;
    return {target, turned ? -across : across, size};
}

void drawArrow(QPointF from, QPointF to, const PanelStyle& style, std::vector<DrawingItem>& items)
{
    drawArrowInk(arrowShape(from, to, style.lineScale), style.theme.ink, items);
}

void drawTheoryLine(const std::vector<QPointF>& points, const PanelStyle& style, std::vector<DrawingItem>& items)
{
    const double width = theoryPt * style.lineScale;
    items.emplace_back(Stroke{points, width + 2 * theoryCasingPt * style.lineScale, style.theme.canvas, {}, true});
    std::vector<double> dash;
    if (!style.solidTheory)
        dash = {3 * style.lineScale, 1.6 * style.lineScale};
    items.emplace_back(Stroke{points, width, style.theme.ink, std::move(dash)});
}

void drawChannelLine(const std::vector<QPointF>& points, const PanelStyle& style, std::vector<DrawingItem>& items)
{
    const double width = channelPt * style.lineScale;
    items.emplace_back(Stroke{points, width + 2 * theoryCasingPt * style.lineScale, style.theme.canvas, {}, true});
    items.emplace_back(Stroke{points, width, style.theme.ink, {width, 0.9 * width}});
}

Stroke simplexStroke(const PanelStyle& style)
{
    return {{}, simplexPt * style.lineScale, style.theme.text3};
}

Stroke boundaryStroke(const PanelStyle& style)
{
    return {{}, boundaryPt * style.lineScale, style.theme.text2, {2 * style.lineScale, 1.5 * style.lineScale}};
}

Disc triplePointDisc(QPointF at, const PanelStyle& style)
{
    return {at, 1.6 * style.lineScale, style.theme.canvas, style.theme.ink, 0.7 * style.lineScale};
}

Disc meanDisc(QPointF at, Rgb colour, const PanelStyle& style)
{
    return {at, 1.9 * style.lineScale, colour, style.theme.ink, 0.7 * style.lineScale};
}

} // namespace nc::scene

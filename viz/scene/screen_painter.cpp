#include "viz/scene/screen_painter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QPainter>

#include "viz/scene/label_placement.h"
#include "viz/scene/painter_items.h"
#include "viz/scene/panel_axes.h"
#include "viz/scene/panel_drawing.h"
#include "viz/scene/screen_cloud.h"
#include "viz/scene/screen_extent.h"

namespace nc::scene
{

namespace
{

// Logical pixels.
constexpr double widthsPerPoint = 2; ///< pens: two pixels for a point in print
constexpr double marginPx = 20;
constexpr double cardRadiusPx = 4;
constexpr double cardGapPx = 8; ///< from an arrow's tip
constexpr double edgePx = 4;    ///< cards keep clear of the view's edge
constexpr double ringPx = 2;
constexpr double rimPx = 0.5;

/// 3.5 px for 15,000 points in a view of about 1200 x 800, the sixth root of the density otherwise: 1.7 px for a
/// million.
double automaticDiameter(Index points, QSize size)
{
    const double room =
        static_cast<double>(size.width()) * size.height() / static_cast<double>(std::max<Index>(1, points));
    return std::clamp(3.5 * std::pow(room / 64, 1.0 / 6), 1.5, 6.0);
}

/// Everything but the cloud, in whose place stand the corners of the scene's box: axes and boundaries reach as far.
SceneModel withoutCloud(const SceneModel& scene, const ScreenExtent& extent)
{
    SceneModel rest{.dims = scene.dims,
                    .classes = scene.classes,
                    .cloud = {},
                    .classifiers = scene.classifiers,
                    .simplex = scene.simplex,
                    .theory = scene.theory,
                    .regions = scene.regions,
                    .means = scene.means,
                    .scale = scene.scale,
                    .classifierLength = scene.classifierLength,
                    .axisNames = scene.axisNames,
                    .colorBy = scene.colorBy,
                    .layers = scene.layers,
                    .camera = scene.camera};
    constexpr int corners = 8;
    rest.cloud.positions.resize(corners, scene.dims);
    for (int corner = 0; corner < corners; ++corner)
        for (int d = 0; d < scene.dims; ++d) {
            const double sign = (corner >> d) % 2 == 0 ? -1 : 1;
            rest.cloud.positions(corner, d) = static_cast<float>(extent.middle[d] + sign * extent.half[d]);
        }
    rest.cloud.labelA.assign(corners, 0);
    rest.cloud.labelB.assign(corners, 0);
    rest.cloud.lambda.assign(corners, 1);
    return rest;
}

/// Draws items in logical pixels.
class ItemPainter
{
public:
    ItemPainter(QPainter& painter, const Fonts& fonts)
        : m_painter(painter)
        , m_fonts(fonts)
    {
    }
    template <typename Item>
    void operator()(const Item& item) const
    {
        paintItem(m_painter, item);
    }
    void operator()(const Text& text) const { paintOutlines(m_painter, m_fonts, text); }
    void operator()(const Dots&) const {} ///< the cloud is not among the items

private:
    QPainter& m_painter;
    const Fonts& m_fonts;
};

void paintItems(QPainter& painter, const Fonts& fonts, const std::vector<DrawingItem>& items)
{
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    for (const DrawingItem& item : items)
        std::visit(ItemPainter(painter, fonts), item);
}

/// What the ground under the cloud depends on.
struct GroundKey {
    QSize size;
    QPointF centre;
    double unit = 0, lineScale = 0, fontSize = 0;
    ThemeMode mode = ThemeMode::Dark;
    Layers layers;
    bool operator==(const GroundKey&) const = default;
};

} // namespace

struct ScreenPainter::State {
    std::shared_ptr<const SceneModel> scene;
    SceneModel rest; ///< the scene without its cloud, with the layers and the camera of the last frame
    ScreenExtent extent;
    ScreenCloud cloud;
    std::optional<Fonts> fonts;
    QImage frame, ground;
    std::optional<GroundKey> groundKey;

    // Of the last frame.
    PanelPlace place{{}, {}, 0};
    Eigen::Matrix3d eye = Eigen::Matrix3d::Identity(); ///< scene to projected scene
    double ratio = 1;
    double diameter = 1; ///< of the dots, logical pixels

    void look(QSize size, double pixelRatio, const ScreenView& view, const ScreenStyle& style);
    void drawCloud(const ScreenStyle& style, int threads);
    void drawGround(const ProjectedScene& projected, const PanelStyle& pens, int threads);
    void drawNames(const ProjectedScene& projected, const PanelStyle& pens, QPainter& painter) const;
    void drawSelection(std::int64_t point, const Theme& colours, const ScreenStyle& style, QPainter& painter) const;
    [[nodiscard]] Eigen::Vector3d projected(Eigen::Vector3d point) const { return eye * point; }
    [[nodiscard]] Eigen::Vector3d cloudPoint(Index point) const;
};

void ScreenPainter::State::look(QSize size, double pixelRatio, const ScreenView& view, const ScreenStyle& style)
{
    ratio = pixelRatio;
    eye = eyeAxes(view.camera, scene->dims) * scene->scale;
    diameter = style.pointDiameterPx > 0 ? style.pointDiameterPx : automaticDiameter(scene->cloud.size(), size);
    const double margin = std::min(marginPx + diameter / 2, 0.1 * std::min(size.width(), size.height()));
    const bool space = scene->dims == 3;
    QPointF middle(extent.middle.x() * scene->scale, extent.middle.y() * scene->scale);
    if (space) {
        const Eigen::Vector3d axis = projected(extent.axisPoint());
        middle = {axis.x(), axis.y() + extent.lift(view.camera.elevationDeg) * scene->scale};
    }
    // In space one scale for all directions: the picture does not breathe while it turns.
    const double halfWidth = (space ? extent.widest : extent.half.x()) * scene->scale;
    const double halfHeight = (space ? extent.highest : extent.half.y()) * scene->scale;
    const double fitX = (size.width() / 2.0 - margin) / std::max(halfWidth, 1e-12);
    const double fitY = (size.height() / 2.0 - margin) / std::max(halfHeight, 1e-12);
    place = {QRectF(QPointF(0, 0), QSizeF(size)), middle + view.centre, std::min(fitX, fitY) * view.camera.zoom};
    rest.camera = view.camera;
    rest.layers = style.layers;
}

Eigen::Vector3d ScreenPainter::State::cloudPoint(Index point) const
{
    Eigen::Vector3d position = Eigen::Vector3d::Zero();
    position.head(scene->dims) = scene->cloud.positions.row(point).transpose().cast<double>();
    return position;
}

void ScreenPainter::State::drawCloud(const ScreenStyle& style, int threads)
{
    cloud.choose(style.filter, style.colorBy, style.theme);
    if (!style.layers.has(Layer::Cloud)) {
        cloud.clear();
        return;
    }
    const double unit = place.pointsPerUnit * ratio;
    const QPointF origin = place({0, 0}) * ratio;
    CloudView view;
    view.linear = Eigen::Vector3d(unit, -unit, 1).asDiagonal() * eye;
    view.shift = {origin.x(), origin.y(), 0};
    view.farthestReach = projected(extent.middle).z() + extent.half.norm() * scene->scale * 1.001;
    view.radius = diameter / 2 * ratio;
    view.rimWidth = std::min(rimPx, diameter / 6) * ratio;
    cloud.splat(view, frame.size(), threads);
    cloud.paintOver(frame, threads);
}

void ScreenPainter::State::drawGround(const ProjectedScene& projectedRest, const PanelStyle& pens, int threads)
{
    const Layers& layers = rest.layers;
    const bool axes = layers.has(Layer::Axes) && rest.dims == 2;
    const bool shaded = layers.has(Layer::Regions) && rest.regions && rest.dims == 2;
    if (!axes && !shaded && projectedRest.axes.empty() && projectedRest.boundaries.empty()) {
        groundKey.reset();
        frame.fill(qColour(pens.theme.canvas));
        return;
    }
    const GroundKey key{frame.size(),    place.centre, place.pointsPerUnit, pens.lineScale, pens.fontSizePt,
                        pens.theme.mode, layers};
    if (rest.dims == 3 || groundKey != key) {
        std::vector<DrawingItem> items;
        drawUnderDots(rest, projectedRest, place, pens, (frame.size() + QSize(1, 1)) / 2, threads, items);
        if (axes)
            drawAxes(rest, place, pens, false, false, items);
        if (ground.size() != frame.size())
            ground = QImage(frame.size(), QImage::Format_RGB32);
        ground.fill(qColour(pens.theme.canvas));
        QPainter painter(&ground);
        painter.scale(ratio, ratio);
        paintItems(painter, *fonts, items);
        groundKey = key;
    }
    std::copy_n(ground.constBits(), ground.sizeInBytes(), frame.bits());
}

void ScreenPainter::State::drawNames(const ProjectedScene& projectedRest, const PanelStyle& pens,
                                     QPainter& painter) const
{
    const double em = pens.fontSizePt;
    const QSizeF padding(0.55 * em, 0.3 * em);
    const double dot = 0.3 * em; ///< radius
    const double dotRoom = 2 * dot + 0.4 * em;
    std::vector<LabelWish> wishes;
    std::vector<TextLine> lines;
    std::vector<int> classSlots;
    for (const ProjectedArrow& arrow : projectedRest.arrows) {
        const QPointF tip = place(arrow.tip);
        if (!place.cell.contains(tip))
            continue;
        lines.push_back(
            layoutLine(*fonts, arrowName(rest.classes[static_cast<std::size_t>(arrow.slot)], NameStyle::Full), em));
        classSlots.push_back(arrow.slot);
        // An arrow that points at the eye has no direction: then upwards.
        wishes.push_back(
            {tip,
             tip - place(arrow.tail) + QPointF(0, -0.5 * em),
             {lines.back().width + dotRoom + 2 * padding.width(), lines.back().height() + 2 * padding.height()}});
    }
    const QRectF area = place.cell.adjusted(edgePx, edgePx, -edgePx, -edgePx);
    const std::vector<QRectF> cards = placeBeside(wishes, area, cardGapPx);
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const QRectF& rect = cards[i];
        painter.setPen(QPen(qColour(pens.theme.border), 1));
        painter.setBrush(qColour(pens.theme.canvas));
        painter.drawRoundedRect(rect, cardRadiusPx, cardRadiusPx);
        paintItem(
            painter,
            Disc{{rect.left() + padding.width() + dot, rect.center().y()}, dot, pens.theme.classColour(classSlots[i])});
        const QPointF baseline(rect.left() + padding.width() + dotRoom,
                               rect.top() + padding.height() + lines[i].ascent);
        paintOutlines(painter, *fonts, Text{lines[i], baseline, pens.theme.text});
    }
}

void ScreenPainter::State::drawSelection(std::int64_t point, const Theme& colours, const ScreenStyle& style,
                                         QPainter& painter) const
{
    const Index count = scene->cloud.size();
    if (point < 0 || point >= count || !style.layers.has(Layer::Cloud) ||
        !style.filter.shows(scene->cloud, static_cast<std::size_t>(point)))
        return;
    const Eigen::Vector3d at = projected(cloudPoint(point));
    const QPointF centre = place({at.x(), at.y()});
    const double radius = std::max(diameter / 2, 2.0);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(qColour(colours.accent), ringPx));
    painter.drawEllipse(centre, radius + 1.5 * ringPx, radius + 1.5 * ringPx);
    painter.setPen(QPen(qColour(colours.canvas), ringPx));
    painter.drawEllipse(centre, radius + 0.5 * ringPx, radius + 0.5 * ringPx);
    paintItem(painter, Disc{centre, radius, cloud.colourOf(static_cast<std::uint32_t>(point))});
}

ScreenPainter::ScreenPainter()
    : m_state(std::make_unique<State>())
{
}
ScreenPainter::~ScreenPainter() = default;
ScreenPainter::ScreenPainter(ScreenPainter&&) noexcept = default;
ScreenPainter& ScreenPainter::operator=(ScreenPainter&&) noexcept = default;

void ScreenPainter::setScene(std::shared_ptr<const SceneModel> scene, Fit fit)
{
    State& state = *m_state;
    if (fit == Fit::Own || !state.scene || state.scene->dims != scene->dims)
        state.extent = screenExtent(*scene);
    state.rest = withoutCloud(*scene, state.extent);
    state.groundKey.reset();
    state.cloud.setScene(scene);
    state.scene = std::move(scene);
}

void ScreenPainter::paint(QPainter& painter, QSize size, double pixelRatio, const ScreenView& view,
                          const ScreenStyle& style, int threads)
{
    State& state = *m_state;
    const QSize pixels(qRound(size.width() * pixelRatio), qRound(size.height() * pixelRatio));
    if (!state.scene || pixels.isEmpty())
        return;
    if (!state.fonts)
        state.fonts.emplace(FontFamily::Sans);
    if (state.frame.size() != pixels)
        state.frame = QImage(pixels, QImage::Format_RGB32);
    state.look(size, pixelRatio, view, style);
    const Theme& colours = theme(style.theme);
    const PanelStyle pens{colours, *state.fonts, style.fontSizePx, state.diameter, widthsPerPoint * style.lineScale,
                          true};
    const ProjectedScene projected = projectScene(state.rest, colours);
    state.drawGround(projected, pens, threads);
    state.drawCloud(style, threads);

    painter.save();
    painter.scale(1 / pixelRatio, 1 / pixelRatio); // pixel by pixel, nothing is resampled
    painter.drawImage(0, 0, state.frame);
    painter.restore();

    painter.save();
    std::vector<DrawingItem> items;
    const int window = std::max(1, qRound(2 * pixelRatio));
    const auto hidden = [&](QPointF place, double depth) {
        return state.cloud.hiddenShare(place * pixelRatio, depth, window);
    };
    drawOverDots(state.rest, projected, state.place, pens, hidden, items);
    paintItems(painter, *state.fonts, items);
    state.drawSelection(style.selected, colours, style, painter);
    if (style.layers.has(Layer::Names))
        state.drawNames(projected, pens, painter);
    painter.restore();
}

std::optional<std::uint32_t> ScreenPainter::pointAt(QPointF place, double reach) const
{
    return m_state->cloud.pointAt(place * m_state->ratio, reach * m_state->ratio);
}

QPointF ScreenPainter::placeOf(std::uint32_t point) const
{
    const Eigen::Vector3d at = m_state->projected(m_state->cloudPoint(static_cast<Index>(point)));
    return m_state->place({at.x(), at.y()});
}

QPointF ScreenPainter::placeOf(const Vector& scenePoint) const
{
    Eigen::Vector3d position = Eigen::Vector3d::Zero();
    position.head(scenePoint.size()) = scenePoint;
    const Eigen::Vector3d at = m_state->projected(position);
    return m_state->place({at.x(), at.y()});
}

double ScreenPainter::pixelsPerUnit() const
{
    return m_state->place.pointsPerUnit;
}

Index ScreenPainter::shownPoints() const
{
    return m_state->cloud.shown();
}

} // namespace nc::scene

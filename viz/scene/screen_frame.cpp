#include "viz/scene/screen_frame.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QPainter>

#include "viz/scene/label_placement.h"
#include "viz/scene/painter_items.h"
#include "viz/scene/panel_axes.h"
#include "viz/scene/panel_drawing.h"
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
// Of the size of names.
constexpr double dotEms = 0.3; ///< radius of the dot before one
constexpr double dotRoomEms = 2 * dotEms + 0.4;
constexpr double guideNameEms = 0.9;
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
                    .channels = scene.channels,
                    .regions = scene.regions,
                    .third = scene.third,
                    .guides = scene.guides,
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

/// Of a cloud's points from a place.
double cloudReach(const Cloud& cloud, const Eigen::Vector3d& from)
{
    float most = 0;
    const Index dims = cloud.positions.cols();
    const Eigen::RowVectorXf middle = from.head(dims).transpose().cast<float>();
    for (Index i = 0; i < cloud.size(); ++i)
        most = std::max(most, (cloud.positions.row(i) - middle).squaredNorm());
    return std::sqrt(static_cast<double>(most));
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

struct ScreenFrame::State {
    std::shared_ptr<const SceneModel> scene;
    SceneModel rest; ///< the scene without its cloud, with the layers and the camera of the last frame
    ScreenExtent extent;
    double reach = 1; ///< of the cloud from the extent's middle
    CloudPoints points;
    std::optional<Fonts> fonts;
    QImage ground; ///< null: the bare canvas
    std::optional<GroundKey> groundKey;
    int groundRevision = 0;

    // Of the last frame.
    QSize size; ///< logical pixels
    ScreenStyle style;
    ProjectedScene projectedRest;
    PanelPlace place{{}, {}, 0};
    Eigen::Matrix3d eye = Eigen::Matrix3d::Identity(); ///< scene to projected scene
    double depthOfTurning = 0;                         ///< of what the picture turns about, towards the eye
    double ratio = 1;
    double diameter = 1; ///< of the dots, logical pixels

    [[nodiscard]] Eigen::Vector3d turningPoint(const ScreenView& view) const;
    [[nodiscard]] PanelPlace placeFor(const ScreenView& view) const;
    void look(const ScreenView& view);
    [[nodiscard]] PanelStyle pens() const;
    [[nodiscard]] bool showsCloud() const { return style.layers.has(Layer::Cloud); }
    void drawGround(int threads);
    struct NameCard {
        TextLine line;
        LabelWish wish;
        int slot; ///< of the class whose dot stands before it; -1: none
    };
    [[nodiscard]] std::vector<NameCard> nameCards() const;
    [[nodiscard]] QSizeF cardPadding() const { return {0.55 * style.fontSizePx, 0.3 * style.fontSizePx}; }
    void drawNames(QPainter& painter) const;
    void drawSelection(QPainter& painter) const;
    [[nodiscard]] Eigen::Vector3d projected(Eigen::Vector3d point) const { return eye * point; }
    [[nodiscard]] Eigen::Vector3d cloudPoint(Index point) const;
};

/// What a view turns about, in the scene.
Eigen::Vector3d ScreenFrame::State::turningPoint(const ScreenView& view) const
{
    if (scene->dims == 3)
        return view.pivot.value_or(extent.axisPoint());
    return {extent.middle.x(), extent.middle.y(), 0};
}

PanelPlace ScreenFrame::State::placeFor(const ScreenView& view) const
{
    const double margin = std::min(marginPx + diameter / 2, 0.1 * std::min(size.width(), size.height()));
    const bool space = scene->dims == 3;
    const Eigen::Vector3d about = eyeAxes(view.camera, scene->dims) * scene->scale * turningPoint(view);
    QPointF middle(about.x(), about.y());
    if (space && !view.pivot)
        middle.ry() += extent.lift(view.camera.elevationDeg) * scene->scale;
    // In space one scale for all directions: the picture does not breathe while it turns.
    const double halfWidth = (space ? extent.widest : extent.half.x()) * scene->scale;
    const double halfHeight = (space ? extent.highest : extent.half.y()) * scene->scale;
    const double fitX = (size.width() / 2.0 - margin) / std::max(halfWidth, 1e-12);
    const double fitY = (size.height() / 2.0 - margin) / std::max(halfHeight, 1e-12);
    return {QRectF(QPointF(0, 0), QSizeF(size)), middle + view.centre, std::min(fitX, fitY) * view.camera.zoom};
}

void ScreenFrame::State::look(const ScreenView& view)
{
    eye = eyeAxes(view.camera, scene->dims) * scene->scale;
    diameter = style.pointDiameterPx > 0 ? style.pointDiameterPx : automaticDiameter(scene->cloud.size(), size);
    place = placeFor(view);
    depthOfTurning = projected(turningPoint(view)).z();
    rest.camera = view.camera;
    rest.layers = style.layers;
}

Eigen::Vector3d ScreenFrame::State::cloudPoint(Index point) const
{
    Eigen::Vector3d position = Eigen::Vector3d::Zero();
    position.head(scene->dims) = scene->cloud.positions.row(point).transpose().cast<double>();
    return position;
}

PanelStyle ScreenFrame::State::pens() const
{
    return {theme(style.theme), *fonts, style.fontSizePx, diameter, widthsPerPoint * style.lineScale, true};
}

void ScreenFrame::State::drawGround(int threads)
{
    const Layers& layers = rest.layers;
    const bool axes = layers.has(Layer::Axes) && rest.dims == 2;
    const bool shaded = layers.has(Layer::Regions) && rest.regions && rest.flatDims() == 2;
    if (!axes && !shaded && !rest.third && projectedRest.axes.empty() && projectedRest.boundaries.empty() &&
        projectedRest.walls.empty()) {
        groundRevision += !ground.isNull();
        groundKey.reset();
        ground = {};
        return;
    }
    const PanelStyle pen = pens();
    const QSize pixels = (QSizeF(size) * ratio).toSize();
    const GroundKey key{pixels,         place.centre, place.pointsPerUnit, pen.lineScale, pen.fontSizePt,
                        pen.theme.mode, layers};
    if (rest.dims != 3 && groundKey == key)
        return;
    std::vector<DrawingItem> items;
    drawUnderDots(rest, projectedRest, place, pen, (pixels + QSize(1, 1)) / 2, threads, items);
    if (axes)
        drawAxes(rest, place, pen, false, false, items);
    if (layers.has(Layer::Axes))
        drawThirdAxis(rest, projectedRest, place, pen, true, items);
    if (ground.size() != pixels)
        ground = QImage(pixels, QImage::Format_RGB32);
    ground.fill(qColour(pen.theme.canvas));
    QPainter painter(&ground);
    painter.scale(ratio, ratio);
    paintItems(painter, *fonts, items);
    groundKey = key;
    ++groundRevision;
}

/// Of the arrows and the guide lines that are in sight.
std::vector<ScreenFrame::State::NameCard> ScreenFrame::State::nameCards() const
{
    const double em = style.fontSizePx;
    const QSizeF padding = cardPadding();
    const auto sized = [&](const TextLine& line, double more) {
        return QSizeF(line.width + more + 2 * padding.width(), line.height() + 2 * padding.height());
    };
    std::vector<NameCard> cards;
    for (const ProjectedArrow& arrow : projectedRest.arrows) {
        const QPointF tip = place(arrow.tip);
        TextLine line =
            layoutLine(*fonts, arrowName(rest.classes[static_cast<std::size_t>(arrow.slot)], NameStyle::Full), em);
        // An arrow that points at the eye has no direction: then upwards.
        const LabelWish wish{tip, tip - place(arrow.tail) + QPointF(0, -0.5 * em), sized(line, dotRoomEms * em)};
        cards.push_back({std::move(line), wish, arrow.slot});
    }
    for (std::size_t k = 0; k < projectedRest.guides.size(); ++k) {
        if (rest.guides[k].label.empty())
            continue;
        std::vector<QPointF> guide;
        for (const QPointF& point : projectedRest.guides[k].points)
            guide.push_back(place(point));
        TextLine line = layoutLine(*fonts, rest.guides[k].label, guideNameEms * em);
        const LabelWish wish = guideLabelWish(guide, place({0, 0}), sized(line, 0));
        cards.push_back({std::move(line), wish, -1});
    }
    std::erase_if(cards, [this](const NameCard& card) { return !place.cell.contains(card.wish.target); });
    return cards;
}

void ScreenFrame::State::drawNames(QPainter& painter) const
{
    const Theme& colours = theme(style.theme);
    const double em = style.fontSizePx;
    const QSizeF padding = cardPadding();
    const std::vector<NameCard> cards = nameCards();
    std::vector<LabelWish> wishes;
    for (const NameCard& card : cards)
        wishes.push_back(card.wish);
    const QRectF area = place.cell.adjusted(edgePx, edgePx, -edgePx, -edgePx);
    const std::vector<QRectF> rects = placeBeside(wishes, area, cardGapPx, style.covered);
    for (std::size_t i = 0; i < cards.size(); ++i) {
        const QRectF& rect = rects[i];
        painter.setPen(QPen(qColour(colours.border), 1));
        painter.setBrush(qColour(colours.canvas));
        painter.drawRoundedRect(rect, cardRadiusPx, cardRadiusPx);
        QPointF baseline(rect.left() + padding.width(), rect.top() + padding.height() + cards[i].line.ascent);
        if (cards[i].slot >= 0) {
            const double radius = dotEms * em;
            paintItem(painter,
                      Disc{{baseline.x() + radius, rect.center().y()}, radius, colours.classColour(cards[i].slot)});
            baseline.rx() += dotRoomEms * em;
        }
        paintOutlines(painter, *fonts, Text{cards[i].line, baseline, colours.text});
    }
}

void ScreenFrame::State::drawSelection(QPainter& painter) const
{
    const Theme& colours = theme(style.theme);
    const std::int64_t point = style.selected;
    if (point < 0 || point >= scene->cloud.size() || !showsCloud() ||
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
    paintItem(painter, Disc{centre, radius, points.colourOf(static_cast<std::uint32_t>(point))});
}

ScreenFrame::ScreenFrame()
    : m_state(std::make_unique<State>())
{
}
ScreenFrame::~ScreenFrame() = default;
ScreenFrame::ScreenFrame(ScreenFrame&&) noexcept = default;
ScreenFrame& ScreenFrame::operator=(ScreenFrame&&) noexcept = default;

void ScreenFrame::setScene(std::shared_ptr<const SceneModel> scene, const std::optional<ScreenExtent>& extent)
{
    State& state = *m_state;
    state.extent = extent ? *extent : screenExtent(*scene);
    state.reach = std::max(state.extent.half.norm(), cloudReach(scene->cloud, state.extent.middle));
    state.rest = withoutCloud(*scene, state.extent);
    state.groundKey.reset();
    state.points.setScene(scene);
    state.scene = std::move(scene);
}

bool ScreenFrame::hasScene() const
{
    return m_state->scene != nullptr;
}

void ScreenFrame::begin(QSize size, double pixelRatio, const ScreenView& view, const ScreenStyle& style, int threads)
{
    State& state = *m_state;
    if (!state.fonts)
        state.fonts.emplace(FontFamily::Sans);
    state.size = size;
    state.ratio = pixelRatio;
    state.style = style;
    state.look(view);
    state.projectedRest = projectScene(state.rest, theme(style.theme));
    state.points.choose(style.filter, style.colorBy, style.theme);
    state.drawGround(threads);
}

const QImage& ScreenFrame::ground() const
{
    return m_state->ground;
}

int ScreenFrame::groundRevision() const
{
    return m_state->groundRevision;
}

bool ScreenFrame::showsCloud() const
{
    return m_state->showsCloud();
}

const CloudPoints& ScreenFrame::points() const
{
    return m_state->points;
}

CloudView ScreenFrame::cloudView() const
{
    const State& state = *m_state;
    const double unit = state.place.pointsPerUnit * state.ratio;
    const QPointF origin = state.place({0, 0}) * state.ratio;
    const double reach = state.reach * state.scene->scale * 1.001;
    CloudView view;
    view.linear = Eigen::Vector3d(unit, -unit, 1).asDiagonal() * state.eye;
    view.shift = {origin.x(), origin.y(), 0};
    view.farthestReach = state.projected(state.extent.middle).z() + reach;
    view.depthRange = 2 * reach;
    view.radius = state.diameter / 2 * state.ratio;
    view.rimWidth = scene::rimWidth(state.points.rings(), rimPx, state.diameter) * state.ratio;
    return view;
}

std::vector<ProjectedWall> ScreenFrame::walls() const
{
    const State& state = *m_state;
    const double unit = state.place.pointsPerUnit * state.ratio;
    const QPointF origin = state.place({0, 0}) * state.ratio;
    std::vector<ProjectedWall> walls = state.projectedRest.walls;
    for (ProjectedWall& wall : walls) {
        for (QPointF& point : wall.points)
            point = state.place(point) * state.ratio;
        wall.slope = {wall.slope.x() / unit, -wall.slope.y() / unit};
        wall.depth -= wall.slope.x() * origin.x() + wall.slope.y() * origin.y();
    }
    return walls;
}

bool ScreenFrame::asksHidden() const
{
    return m_state->rest.dims == 3 && !m_state->projectedRest.simplex.empty();
}

void ScreenFrame::paintOver(QPainter& painter, const HiddenShare& hidden) const
{
    const State& state = *m_state;
    painter.save();
    std::vector<DrawingItem> items;
    const auto hiddenOnPage = [&](QPointF place, double depth) { return hidden(place * state.ratio, depth); };
    drawOverDots(state.rest, state.projectedRest, state.place, state.pens(), hiddenOnPage, items);
    paintItems(painter, *state.fonts, items);
    state.drawSelection(painter);
    if (state.style.layers.has(Layer::Names))
        state.drawNames(painter);
    painter.restore();
}

QPointF ScreenFrame::placeOf(std::uint32_t point) const
{
    const Eigen::Vector3d at = m_state->projected(m_state->cloudPoint(static_cast<Index>(point)));
    return m_state->place({at.x(), at.y()});
}

QPointF ScreenFrame::placeOf(const Vector& scenePoint) const
{
    Eigen::Vector3d position = Eigen::Vector3d::Zero();
    position.head(scenePoint.size()) = scenePoint;
    const Eigen::Vector3d at = m_state->projected(position);
    return m_state->place({at.x(), at.y()});
}

PanelPlace ScreenFrame::placeFor(const ScreenView& view) const
{
    return m_state->placeFor(view);
}

Eigen::Vector3d ScreenFrame::scenePointAt(QPointF place) const
{
    const PanelPlace& shown = m_state->place;
    const QPointF offset = place - shown.cell.center();
    const Eigen::Vector3d projected(shown.centre.x() + offset.x() / shown.pointsPerUnit,
                                    shown.centre.y() - offset.y() / shown.pointsPerUnit, m_state->depthOfTurning);
    const double scale = m_state->scene->scale;
    return m_state->eye.transpose() * projected / (scale * scale); // eye is a rotation times the scale
}

double ScreenFrame::pixelsPerUnit() const
{
    return m_state->place.pointsPerUnit;
}

Index ScreenFrame::shownPoints() const
{
    return m_state->showsCloud() ? static_cast<Index>(m_state->points.size()) : 0;
}

} // namespace nc::scene

#include "app/window/scene_view.h"

#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QPainter>
#include <QTimerEvent>
#include <QWheelEvent>

#include "app/window/raster_body.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int viewAnimationMs = 250;
constexpr int hoverPauseMs = 180;
constexpr double clickSlackPx = 3;
constexpr double pickReachPx = 8;
constexpr double leastZoom = 0.1, mostZoom = 200;

/// Everything fits with room for the badge, the legend and the count that lie over the view.
scene::ScreenView homeView(const scene::SceneModel* scene)
{
    scene::ScreenView view;
    if (scene)
        view.camera = scene->camera;
    view.camera.zoom = scene && scene->third ? 0.76 : 0.84; // an axis stands beside its plane
    return view;
}

scene::ScreenView between(const scene::ScreenView& a, const scene::ScreenView& b, double t)
{
    const double s = t * t * (3 - 2 * t);
    const auto mixed = [s](double x, double y) { return x + (y - x) * s; };
    scene::ScreenView view = b;
    // The shorter way round.
    const double turn = std::remainder(b.camera.azimuthDeg - a.camera.azimuthDeg, 360.0);
    view.camera.azimuthDeg = mixed(b.camera.azimuthDeg - turn, b.camera.azimuthDeg);
    view.camera.elevationDeg = mixed(a.camera.elevationDeg, b.camera.elevationDeg);
    view.camera.zoom = std::exp(mixed(std::log(a.camera.zoom), std::log(b.camera.zoom)));
    view.centre = a.centre + (b.centre - a.centre) * s;
    return view;
}

} // namespace

SceneView::SceneView(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setMinimumSize(200, 160);
    setAccessibleName(tr("View of the features"));
    setBody(std::make_unique<RasterBody>());
}

SceneView::~SceneView() = default;

void SceneView::setBody(std::unique_ptr<ViewBody> body)
{
    m_body = std::move(body);
    QWidget* widget = m_body->widget();
    widget->setParent(this);
    widget->setAttribute(Qt::WA_TransparentForMouseEvents);
    widget->setFocusPolicy(Qt::NoFocus);
    widget->setGeometry(rect());
    widget->lower(); // below the cards that lie over the view
    m_body->setOverlay([this](QPainter& painter) { paintOver(painter); });
    m_body->setScene(m_scene, m_extent);
    redraw();
    widget->show();
}

double SceneView::pixelsPerUnit() const
{
    return m_scene ? m_body->frame().pixelsPerUnit() : 0;
}

bool SceneView::hasFrame() const
{
    return pixelsPerUnit() > 0;
}

void SceneView::redraw()
{
    m_body->show(m_view, m_style);
}

void SceneView::setScene(std::shared_ptr<const scene::SceneModel> scene,
                         const std::optional<scene::ScreenExtent>& extent, bool sameView)
{
    const bool otherShape =
        !m_scene || !scene || m_scene->dims != scene->dims || m_scene->third.has_value() != scene->third.has_value();
    const bool kept = sameView && !otherShape && extent && m_extent && *extent != *m_extent && hasFrame();
    const scene::PanelPlace before = kept ? m_body->frame().placeFor(m_view) : scene::PanelPlace{{}, {}, 0};
    m_scene = std::move(scene);
    m_extent = extent;
    m_body->setScene(m_scene, m_extent);
    if (otherShape) {
        m_animationTimer.stop();
        m_view = homeView(m_scene.get());
    } else if (kept) {
        keepPicture(before);
    } else if (!sameView) {
        m_view.pivot.reset(); // a place in other coordinates
    }
    m_hovered = -1;
    redraw();
}

/// After a change of the extent: the picture stands as it stood, and goes on to where it fits if it did.
void SceneView::keepPicture(const scene::PanelPlace& before)
{
    const scene::ScreenView home = homeView(m_scene.get());
    const scene::ScreenView wanted = target();
    const bool fits = wanted.camera.zoom == home.camera.zoom && wanted.centre == home.centre && !wanted.pivot;
    m_animationTimer.stop();
    const scene::PanelPlace after = m_body->frame().placeFor(m_view);
    m_view.camera.zoom *= before.pointsPerUnit / after.pointsPerUnit;
    m_view.centre += before.centre - after.centre;
    if (fits)
        setView(wanted, true);
}

/// The same picture of a scene that turns about another point from now on.
scene::ScreenView SceneView::samePicture(const scene::ScreenView& view,
                                         const std::optional<Eigen::Vector3d>& pivot) const
{
    scene::ScreenView same = view;
    same.pivot = pivot;
    if (hasFrame())
        same.centre += m_body->frame().placeFor(view).centre - m_body->frame().placeFor(same).centre;
    return same;
}

void SceneView::setStyle(const scene::ScreenStyle& style)
{
    m_style = style;
    redraw();
}

void SceneView::setView(const scene::ScreenView& view, bool animated)
{
    m_animationTimer.stop();
    if (animated && !reducedMotion()) {
        m_from = samePicture(m_view, view.pivot);
        m_to = view;
        m_animation.start();
        m_animationTimer.start(16, this);
        return;
    }
    m_view = view;
    redraw();
    Q_EMIT viewChanged();
}

void SceneView::resetView()
{
    setView(homeView(m_scene.get()), true);
}

void SceneView::lookAlong(double azimuthDeg, double elevationDeg)
{
    scene::ScreenView view = m_view;
    view.camera.azimuthDeg = azimuthDeg;
    view.camera.elevationDeg = elevationDeg;
    setView(view, true);
}

void SceneView::resizeEvent(QResizeEvent*)
{
    m_body->widget()->setGeometry(rect());
}

void SceneView::focusInEvent(QFocusEvent*)
{
    redraw();
}

void SceneView::focusOutEvent(QFocusEvent*)
{
    redraw();
}

void SceneView::paintOver(QPainter& painter)
{
    if (hasFocus() && m_focusLine) {
        painter.setPen(QPen(toQColor(scene::theme(m_style.theme).accent), 1));
        painter.drawLine(0, 0, width(), 0);
    }
    if (m_scene)
        Q_EMIT framePainted();
}

void SceneView::panBy(QPointF pixels)
{
    const double unit = pixelsPerUnit();
    if (!(unit > 0))
        return;
    m_view.centre += QPointF(-pixels.x(), pixels.y()) / unit;
}

void SceneView::zoomBy(double factor)
{
    scene::ScreenView view = target();
    view.camera.zoom = std::clamp(view.camera.zoom * factor, leastZoom, mostZoom);
    setView(view, true);
}

void SceneView::turnBy(double azimuthDeg, double elevationDeg)
{
    if (!m_scene || m_scene->dims != 3)
        return;
    scene::ScreenView view = target();
    view.camera.azimuthDeg += azimuthDeg;
    view.camera.elevationDeg = std::clamp(view.camera.elevationDeg + elevationDeg, -90.0, 90.0);
    setView(view, true);
}

void SceneView::zoomAt(QPointF place, double factor)
{
    const double unit = pixelsPerUnit();
    const double zoom = std::clamp(m_view.camera.zoom * factor, leastZoom, mostZoom);
    const double applied = zoom / m_view.camera.zoom;
    if (unit > 0) { // what is under the cursor stays there
        const QPointF offset = place - QPointF(width() / 2.0, height() / 2.0);
        m_view.centre += QPointF(offset.x(), -offset.y()) / unit * (1 - 1 / applied);
    }
    m_view.camera.zoom = zoom;
}

void SceneView::mousePressEvent(QMouseEvent* event)
{
    m_pressedAt = m_last = event->position();
    m_moved = false;
    m_hoverTimer.stop();
    m_animationTimer.stop();
}

void SceneView::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF at = event->position();
    if (event->buttons() == Qt::NoButton) {
        m_last = at;
        m_hoverTimer.start(hoverPauseMs, this);
        if (m_hovered >= 0) {
            m_hovered = -1;
            Q_EMIT pointHovered(-1, {});
        }
        return;
    }
    if (!m_moved && (at - m_pressedAt).manhattanLength() < clickSlackPx)
        return;
    m_moved = true;
    const QPointF step = at - m_last;
    m_last = at;
    const bool space = m_scene && m_scene->dims == 3;
    const bool orbit = space && (event->buttons() & Qt::LeftButton) && !(event->modifiers() & Qt::ShiftModifier);
    if (orbit) {
        m_view.camera.azimuthDeg = std::remainder(m_view.camera.azimuthDeg - step.x() * 0.4, 360.0);
        m_view.camera.elevationDeg = std::clamp(m_view.camera.elevationDeg + step.y() * 0.4, -90.0, 90.0);
    } else {
        panBy(step);
    }
    redraw();
    Q_EMIT viewChanged();
}

void SceneView::mouseReleaseEvent(QMouseEvent* event)
{
    if (m_moved || event->button() != Qt::LeftButton)
        return;
    const auto point = m_body->pointAt(event->position(), pickReachPx);
    Q_EMIT pointClicked(point ? static_cast<qint64>(*point) : -1, event->position().toPoint());
}

void SceneView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    if (!hasFrame())
        return;
    scene::ScreenView view = m_view;
    if (m_scene->dims == 3) {
        const auto point = m_body->pointAt(event->position(), pickReachPx);
        view.pivot = point ? Eigen::Vector3d(m_scene->cloud.positions.row(*point).transpose().cast<double>())
                           : m_body->frame().scenePointAt(event->position());
        view.centre = {};
    } else {
        const QPointF offset = event->position() - QPointF(width() / 2.0, height() / 2.0);
        view.centre += QPointF(offset.x(), -offset.y()) / pixelsPerUnit();
    }
    setView(view, true);
}

void SceneView::wheelEvent(QWheelEvent* event)
{
    zoomAt(event->position(), std::pow(1.0015, event->angleDelta().y()));
    redraw();
    Q_EMIT viewChanged();
}

void SceneView::leaveEvent(QEvent*)
{
    m_hoverTimer.stop();
    if (m_hovered >= 0)
        Q_EMIT pointHovered(-1, {});
    m_hovered = -1;
}

void SceneView::stepAnimation()
{
    const double t = std::min(1.0, static_cast<double>(m_animation.elapsed()) / viewAnimationMs);
    m_view = between(m_from, m_to, t);
    if (t >= 1)
        m_animationTimer.stop();
    redraw();
    Q_EMIT viewChanged();
}

void SceneView::timerEvent(QTimerEvent* event)
{
    if (event->timerId() == m_animationTimer.timerId()) {
        stepAnimation();
    } else if (event->timerId() == m_hoverTimer.timerId()) {
        m_hoverTimer.stop();
        const auto point = m_body->pointAt(m_last, pickReachPx);
        m_hovered = point ? static_cast<qint64>(*point) : -1;
        Q_EMIT pointHovered(m_hovered, m_last.toPoint());
    } else {
        QWidget::timerEvent(event);
    }
}

} // namespace nc::window

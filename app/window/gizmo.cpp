#include "app/window/gizmo.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <QMouseEvent>
#include <QPainter>

#include "app/window/ui_theme.h"
#include "viz/scene/projected_scene.h"

namespace nc::window
{

namespace
{

constexpr int side = 92;
constexpr double discRadius = 8;
constexpr double reach = side / 2.0 - discRadius - 2;
constexpr double shortest = 1e-9; ///< a direction of no length points nowhere

} // namespace

Gizmo::Gizmo(QWidget* parent)
    : QWidget(parent)
{
    setFixedSize(side, side);
    setMouseTracking(true);
    setAccessibleName(tr("Directions of the classes"));
    setToolTip(tr("Click a class to look along its classifier"));
    hide();
}

void Gizmo::add(const Vector& direction, const scene::SceneModel& scene, int slot)
{
    if (direction.size() == 3 && direction.allFinite() && direction.norm() > shortest)
        m_arrows.push_back({direction.normalized(), scene.classes[static_cast<std::size_t>(slot)].index, slot});
}

void Gizmo::setScene(const scene::SceneModel* scene)
{
    m_arrows.clear();
    if (scene && scene->dims == 3) {
        for (const scene::ClassifierArrow& arrow : scene->classifiers)
            add(arrow.tip - arrow.tail, *scene, arrow.slot);
        if (scene->classifiers.empty() && scene->means.rows() > 0) {
            const Vector middle = scene->means.colwise().mean();
            for (Index k = 0; k < scene->means.rows(); ++k)
                add(scene->means.row(k).transpose() - middle, *scene, static_cast<int>(k));
        }
    }
    setVisible(m_wanted && !m_arrows.empty());
    update();
}

void Gizmo::setWanted(bool wanted)
{
    m_wanted = wanted;
    setVisible(m_wanted && !m_arrows.empty());
}

void Gizmo::setCamera(const scene::Camera& camera)
{
    if (camera == m_camera)
        return;
    m_camera = camera;
    update();
}

Eigen::Vector3d Gizmo::seen(const Arrow& arrow) const
{
    return scene::eyeAxes(m_camera, 3) * arrow.direction;
}

QPointF Gizmo::placeOf(std::size_t arrow) const
{
    const Eigen::Vector3d tip = seen(m_arrows[arrow]);
    return {side / 2.0 + reach * tip.x(), side / 2.0 - reach * tip.y()};
}

int Gizmo::arrowAt(QPointF place) const
{
    int best = -1;
    double nearest = -2;
    for (std::size_t k = 0; k < m_arrows.size(); ++k) {
        const QPointF offset = placeOf(k) - place;
        const double depth = seen(m_arrows[k]).z();
        if (std::hypot(offset.x(), offset.y()) <= discRadius + 3 && depth > nearest) {
            best = static_cast<int>(k);
            nearest = depth;
        }
    }
    return best;
}

void Gizmo::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    std::vector<std::size_t> order(m_arrows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [this](std::size_t a, std::size_t b) { return seen(m_arrows[a]).z() < seen(m_arrows[b]).z(); });
    painter.setFont(uiFont(11, QFont::DemiBold));
    for (std::size_t k : order) {
        const Arrow& arrow = m_arrows[k];
        // What points away fades towards the canvas.
        const double fade = 0.5 * std::clamp(-seen(arrow).z(), 0.0, 1.0);
        const scene::Rgb colour = scene::mix(theme.classColour(arrow.slot), theme.canvas, fade);
        const QPointF tip = placeOf(k);
        painter.setPen(QPen(toQColor(colour), 2));
        painter.drawLine(QPointF(side / 2.0, side / 2.0), tip);
        painter.setPen(Qt::NoPen);
        painter.setBrush(toQColor(colour));
        painter.drawEllipse(tip, discRadius, discRadius);
        const scene::Rgb black{0, 0, 0}, white{255, 255, 255};
        painter.setPen(toQColor(scene::contrast(colour, black) > scene::contrast(colour, white) ? black : white));
        painter.drawText(QRectF(tip.x() - 12, tip.y() - 8, 24, 16), Qt::AlignCenter, QString::number(arrow.number));
    }
}

void Gizmo::mousePressEvent(QMouseEvent* event)
{
    const int at = arrowAt(event->position());
    if (at < 0 || event->button() != Qt::LeftButton) {
        event->ignore(); // the view's, as if the gizmo were not there
        return;
    }
    const Eigen::Vector3d& d = m_arrows[static_cast<std::size_t>(at)].direction;
    const double degrees = 180 / std::numbers::pi;
    Q_EMIT lookChosen(std::atan2(d.y(), d.x()) * degrees, std::asin(std::clamp(d.z(), -1.0, 1.0)) * degrees);
}

void Gizmo::mouseMoveEvent(QMouseEvent* event)
{
    if (arrowAt(event->position()) >= 0)
        setCursor(Qt::PointingHandCursor);
    else
        unsetCursor();
    event->ignore();
}

} // namespace nc::window

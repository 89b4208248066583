#pragma once

#include <memory>
#include <optional>

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QWidget>

#include "viz/scene/screen_painter.h"

namespace nc::window
{

/// The view's body where there is no GPU: a plain widget, no GL. Orbit (left), pan (right or Shift), zoom to the cursor
/// (wheel), double-click sets the pivot.
class RasterView : public QWidget
{
    Q_OBJECT

public:
    explicit RasterView(QWidget* parent = nullptr);

    /// Null: nothing to show. `keepPlace`: another epoch of the same view, drawn at the same scale.
    void setScene(std::shared_ptr<const scene::SceneModel> scene, bool keepPlace = false);
    void setStyle(const scene::ScreenStyle& style);
    [[nodiscard]] const scene::ScreenStyle& style() const { return m_style; }
    void setView(const scene::ScreenView& view, bool animated = false);
    [[nodiscard]] const scene::ScreenView& view() const { return m_view; }
    /// The same once it has come to rest.
    [[nodiscard]] const scene::ScreenView& target() const { return m_animationTimer.isActive() ? m_to : m_view; }
    [[nodiscard]] const scene::SceneModel* scene() const { return m_scene.get(); }

    void resetView();
    /// Looks along an axis of a 3-D scene.
    void lookAlong(double azimuthDeg, double elevationDeg);

    [[nodiscard]] const scene::ScreenPainter& painter() const { return m_painter; }
    [[nodiscard]] double lastFrameMs() const { return m_lastFrameMs; }

Q_SIGNALS:
    void viewChanged();
    /// A point (index into the cloud) rests under the cursor, -1: none any more.
    void pointHovered(qint64 point, QPoint at);
    void pointClicked(qint64 point, QPoint at);
    void framePainted();

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent*) override;
    void timerEvent(QTimerEvent* event) override;

private:
    void panBy(QPointF pixels);
    void zoomAt(QPointF place, double factor);
    void stepAnimation();

    std::shared_ptr<const scene::SceneModel> m_scene;
    scene::ScreenPainter m_painter;
    scene::ScreenStyle m_style;
    scene::ScreenView m_view, m_from, m_to;
    QElapsedTimer m_animation;
    QBasicTimer m_animationTimer, m_hoverTimer;
    QPointF m_pressedAt, m_last;
    bool m_moved = false;
    qint64 m_hovered = -1;
    double m_lastFrameMs = 0;
};

} // namespace nc::window

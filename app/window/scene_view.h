#pragma once

#include <memory>
#include <optional>

#include <QBasicTimer>
#include <QElapsedTimer>
#include <QWidget>

#include "app/window/view_body.h"

namespace nc::window
{

/// A view of a scene and all that a user does in it: orbit (left), pan (right or Shift), zoom to the cursor (wheel),
/// double-click sets what it turns about (in a plane: the middle). Its body draws it.
class SceneView : public QWidget
{
    Q_OBJECT

public:
    explicit SceneView(QWidget* parent = nullptr); ///< with a RasterBody
    ~SceneView() override;

    /// Another body shows the same scene from the same place.
    void setBody(std::unique_ptr<ViewBody> body);
    [[nodiscard]] const ViewBody& body() const { return *m_body; }

    /// Null: nothing to show. `extent` is what fits the view. `sameView`: another epoch of what is shown; if the extent
    /// is another the picture does not jump, and one that stood as it fits moves to where it fits again.
    void setScene(std::shared_ptr<const scene::SceneModel> scene, const std::optional<scene::ScreenExtent>& extent = {},
                  bool sameView = false);
    void setStyle(const scene::ScreenStyle& style);
    [[nodiscard]] const scene::ScreenStyle& style() const { return m_style; }
    void setView(const scene::ScreenView& view, bool animated = false);
    [[nodiscard]] const scene::ScreenView& view() const { return m_view; }
    /// The same once it has come to rest.
    [[nodiscard]] const scene::ScreenView& target() const { return m_animationTimer.isActive() ? m_to : m_view; }
    [[nodiscard]] const scene::SceneModel* scene() const { return m_scene.get(); }
    [[nodiscard]] const std::optional<scene::ScreenExtent>& extent() const { return m_extent; }

    void setFocusLine(bool shown) { m_focusLine = shown; } ///< at its top, while it has the focus

    void resetView();
    void zoomBy(double factor);                          ///< about the middle
    void turnBy(double azimuthDeg, double elevationDeg); ///< a 3-D scene
    /// Looks along an axis of a 3-D scene.
    void lookAlong(double azimuthDeg, double elevationDeg);

Q_SIGNALS:
    void viewChanged();
    /// A point (index into the cloud) rests under the cursor, -1: none any more.
    void pointHovered(qint64 point, QPoint at);
    void pointClicked(qint64 point, QPoint at);
    void framePainted();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent*) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void timerEvent(QTimerEvent* event) override;

private:
    void redraw();
    [[nodiscard]] double pixelsPerUnit() const; ///< 0: nothing is shown
    [[nodiscard]] bool hasFrame() const;
    [[nodiscard]] scene::ScreenView samePicture(const scene::ScreenView& view,
                                                const std::optional<Eigen::Vector3d>& pivot) const;
    void keepPicture(const scene::PanelPlace& before);
    void paintOver(QPainter& painter);
    void panBy(QPointF pixels);
    void zoomAt(QPointF place, double factor);
    void stepAnimation();

    std::shared_ptr<const scene::SceneModel> m_scene;
    std::optional<scene::ScreenExtent> m_extent;
    std::unique_ptr<ViewBody> m_body;
    scene::ScreenStyle m_style;
    scene::ScreenView m_view, m_from, m_to;
    QElapsedTimer m_animation;
    QBasicTimer m_animationTimer, m_hoverTimer;
    QPointF m_pressedAt, m_last;
    bool m_moved = false;
    bool m_focusLine = true;
    qint64 m_hovered = -1;
};

} // namespace nc::window

#pragma once

#include <vector>

#include <QWidget>

#include "viz/scene/scene_model.h"

namespace nc::window
{

/// How a 3-D scene is turned: an arrow for each class, with its number. A click on one looks along it.
class Gizmo : public QWidget
{
    Q_OBJECT

public:
    explicit Gizmo(QWidget* parent);

    /// Classifiers, else class means from their middle. Hidden for a plane, and where there is neither.
    void setScene(const scene::SceneModel* scene);
    void setCamera(const scene::Camera& camera);
    void setWanted(bool wanted); ///< hidden where it is not

    /// Middle of a class's disc, in this widget.
    [[nodiscard]] QPointF placeOf(std::size_t arrow) const;
    [[nodiscard]] std::size_t arrows() const { return m_arrows.size(); }

Q_SIGNALS:
    void lookChosen(double azimuthDeg, double elevationDeg);

protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    struct Arrow {
        Eigen::Vector3d direction; ///< unit length
        std::int32_t number = 0;   ///< of the class
        int slot = 0;
    };
    void add(const Vector& direction, const scene::SceneModel& scene, int slot);
    [[nodiscard]] Eigen::Vector3d seen(const Arrow& arrow) const; ///< right, up, towards the eye
    [[nodiscard]] int arrowAt(QPointF place) const;               ///< the nearest to the eye; -1: none

    std::vector<Arrow> m_arrows;
    scene::Camera m_camera;
    bool m_wanted = true;
};

} // namespace nc::window

#pragma once

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// Rows: right, up and towards the eye in the coordinates of a scene of `dims`; the identity in the plane.
[[nodiscard]] Eigen::Matrix3d eyeAxes(const Camera& camera, int dims);

/// From scene coordinates to a scene as the eye sees it: x right, y up, depth towards the eye. With a camera of some
/// distance d, a place (x, y, z) is seen at (x, y, z) d/(d - z): lines stay lines, planes stay planes and what is
/// nearer on a ray stays nearer, so that everything that reckons with depths holds for both.
class Eye
{
public:
    explicit Eye(const SceneModel& model)
        : m_axes(eyeAxes(model.camera, model.dims) * model.scale)
        , m_distance(model.dims == 3 ? model.camera.distance : 0)
    {
    }

    /// `row`: D coordinates.
    template <typename Row>
    [[nodiscard]] Eigen::Vector3d operator()(const Row& row) const
    {
        Eigen::Vector3d place = Eigen::Vector3d::Zero();
        for (Index d = 0; d < row.size(); ++d)
            place[d] = static_cast<double>(row[d]);
        place = m_axes * place;
        return m_distance > 0 ? Eigen::Vector3d(place * (m_distance / (m_distance - place.z()))) : place;
    }

private:
    Eigen::Matrix3d m_axes;
    double m_distance;
};

/// Distance from the origin to the farthest thing that a scene shows, as drawn (times SceneModel::scale).
[[nodiscard]] double sceneRadius(const SceneModel& model);

/// The least Camera::distance, in radii of the scene: what frames it reaches somewhat farther than its radius.
constexpr double nearestEye = 2;
/// An eye so far away that nothing looks bent, near enough that depth is seen: Camera::distance for a scene's radius.
[[nodiscard]] constexpr double comfortableDistance(double radius)
{
    return 3 * radius;
}

} // namespace nc::scene

#pragma once

#include <array>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// How far everything in a scene reaches, layers and filters aside; scene coordinates. In space the picture turns about
/// a vertical axis, so what counts there is the solid that everything sweeps around it.
struct ScreenExtent {
    Eigen::Vector3d middle = Eigen::Vector3d::Zero(), half = Eigen::Vector3d::Ones(); ///< the box
    Eigen::Vector2d axis = Eigen::Vector2d::Zero(); ///< x and y of the narrowest such solid's axis
    double widest = 1;                              ///< its radius
    double highest = 1; ///< half its height on the screen, at the elevation where that is most

    static constexpr int slices = 96;
    std::array<double, slices> radius{}; ///< of the solid's slices from the box's floor to its top; < 0: empty

    [[nodiscard]] Eigen::Vector3d axisPoint() const { return {axis.x(), axis.y(), middle.z()}; }
    /// On the screen: from axisPoint() up to the middle between the solid's lowest and highest points.
    [[nodiscard]] double lift(double elevationDeg) const;

    /// Grows to hold another scene of the same dimension as well, and a margin more, so that it grows seldom. Whether
    /// it had to.
    bool growFor(const ScreenExtent& other);
    /// Of the same scene in other units: every length times `factor`.
    [[nodiscard]] ScreenExtent scaled(double factor) const;
    bool operator==(const ScreenExtent&) const = default;
};

[[nodiscard]] ScreenExtent screenExtent(const SceneModel& scene);

} // namespace nc::scene

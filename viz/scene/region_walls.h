#pragma once

#include <vector>

#include <QPointF>

#include "viz/scene/eye.h"
#include "viz/scene/theme.h"

/// The walls between the decision regions in the tetrahedron of four classes: translucent, all of one colour, so that
/// a place seen through n of them has one colour whatever their order.
namespace nc::scene
{

inline constexpr double wallShare = 0.14; ///< of the wall's colour (Theme::text3) in what is seen through it

/// Where two classes tie and no other is higher, within the simplex as it is drawn: convex polygons, M x 3, corners in
/// order, scene coordinates. Empty where the model has no tetrahedron or no regions.
[[nodiscard]] std::vector<Matrix> regionWalls(const SceneModel& model);

/// A wall as the eye sees it, in the coordinates of ProjectedScene.
struct ProjectedWall {
    std::vector<QPointF> points; ///< convex
    double depth = 0;            ///< of its plane at (0, 0)
    QPointF slope;               ///< of the depth along x and y

    [[nodiscard]] bool covers(QPointF place) const;
    [[nodiscard]] double depthAt(QPointF place) const { return depth + slope.x() * place.x() + slope.y() * place.y(); }
};
/// Walls that are seen from their edge are left out.
[[nodiscard]] std::vector<ProjectedWall> projectWalls(const std::vector<Matrix>& walls, const Eye& eye);

/// How many of the walls stand before a place.
[[nodiscard]] int wallsBefore(const std::vector<ProjectedWall>& walls, QPointF place, double depth);
/// A colour seen through some walls.
[[nodiscard]] Rgb throughWalls(Rgb colour, int walls, const Theme& theme);

/// Convex parts of the picture that lie behind `walls` walls or more; drawn in this order, the last colour of a place
/// is the right one.
struct WallPatch {
    std::vector<QPointF> points;
    int walls = 1;
};
[[nodiscard]] std::vector<WallPatch> wallPatches(const std::vector<ProjectedWall>& walls);

} // namespace nc::scene

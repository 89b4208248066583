#pragma once

#include <optional>
#include <vector>

#include <QRectF>

#include "viz/scene/scene_model.h"

/// Scenes of several epochs, and sides of scenes of many dimensions, as one moving picture.
namespace nc::scene
{

/// The scene at share `t` in [0, 1] of the way from `a` to `b`: points, arrows, simplex and means move in straight
/// lines, what cannot be moved (theory, regions) is that of the nearer scene. For showing only, never for data. Scenes
/// of other rows or classes are not mixed: the nearer one.
[[nodiscard]] SceneModel between(const SceneModel& a, const SceneModel& b, double t);

/// A scene of n >= 2 dimensions as F y shows it, F being D x n with orthonormal rows (core/grand_tour.h). Decision
/// regions are none: they are no function of what is shown.
[[nodiscard]] SceneModel seenThrough(const SceneModel& scene, const Matrix& frame);

/// What all the scenes reach, as projected (y up), when each is also turned by `orbitDeg` in all; for Figure::window.
[[nodiscard]] QRectF commonWindow(const std::vector<const SceneModel*>& scenes, double orbitDeg);

} // namespace nc::scene

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <QPointF>
#include <QRectF>

#include "viz/scene/eye.h"
#include "viz/scene/region_walls.h"
#include "viz/scene/scene_model.h"

/// A scene as the eye sees it: 2-D, ordered, coloured, still in the scene's own unit (times SceneModel::scale).
/// x right, y up; depth grows towards the eye (0 throughout in a plane).
namespace nc::scene
{

constexpr double fogMost = 0.42; ///< share of the canvas in the colour of the farthest dot

/// A fixed shuffle of point numbers: who lies above whom in a plane. A bijection, so no two tie.
[[nodiscard]] constexpr std::uint32_t shuffleKey(std::uint32_t number)
{
    number ^= number >> 16U;
    number *= 0x7FEB352DU;
    number ^= number >> 15U;
    number *= 0x846CA68BU;
    return number ^ (number >> 16U);
}

/// Dots in painter's order, the lowest first. In space that is by depth; in a plane a fixed shuffle, so that no class
/// covers another by its place in the file.
struct ProjectedDots {
    std::vector<QPointF> at;
    std::vector<float> depth;
    std::vector<std::uint32_t> source; ///< number of the point in the cloud
    std::vector<std::uint16_t> entry;  ///< colour in `table`; fog and the walls before a dot are part of the colour
    std::vector<Rgb> table;
    std::vector<Rgb> rims; ///< as PointColours::rims
    bool rings = false;    ///< as PointColours::rings
};

struct ProjectedLine {
    std::vector<QPointF> points;
    std::vector<double> depth; ///< of each point
};

struct ProjectedArrow {
    QPointF tail, tip;
    double depth = 0; ///< of the tip
    int slot = 0;
};

struct ProjectedMean {
    QPointF at;
    int slot = 0;
};

struct ProjectedScene {
    ProjectedDots dots;
    std::vector<ProjectedArrow> arrows; ///< farthest tip first
    std::vector<ProjectedLine> simplex; ///< an edge each
    std::vector<ProjectedLine> theory;  ///< a curve each
    std::vector<ProjectedLine> guides;  ///< as SceneModel::guides, in their order
    std::vector<ProjectedLine> channels;
    std::vector<ProjectedMean> means;
    std::vector<ProjectedLine> axes; ///< in space: the axes through the origin, as long as the scene
    std::vector<QPointF> floor; ///< corners of the part of the plane that a third axis stands on; empty: no such axis
    std::optional<ProjectedLine>
        upright; ///< the third axis, a point a tick, from the corner of the floor that is farthest left
    /// Where D classes tie and no other is higher (docs/maths.md, 3.2): in the plane the walls between two classes, far
    /// past the scene; in space the edges where three walls meet, as far as the scene goes.
    std::vector<ProjectedLine> boundaries;
    std::vector<ProjectedWall> walls; ///< of the tetrahedron, with the boundaries
    std::optional<QPointF> triplePoint;
    QRectF bounds; ///< of everything above but boundaries; y up, so top() is the lowest y
};

/// Layers that the model leaves out are empty. The model must be sound (validate()).
[[nodiscard]] ProjectedScene projectScene(const SceneModel& model, const Theme& theme);

/// Which dots of a list in painter's order show at least a trace when drawn with `radius` (same unit as the centres);
/// the others can be left out without changing the picture. Indexes in order. Errs on the side of keeping.
[[nodiscard]] std::vector<std::uint32_t> visibleDots(std::span<const QPointF> centres, double radius);

} // namespace nc::scene

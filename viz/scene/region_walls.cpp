#include "viz/scene/region_walls.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include <Eigen/Dense>

namespace nc::scene
{

namespace
{

constexpr double edgeOn = 0.02; ///< cosine to the line of sight below which a wall is a line

/// The part of a convex polygon where `inside` is not negative; `inside` is linear.
template <typename Point, typename Inside>
std::vector<Point> cutConvex(const std::vector<Point>& polygon, const Inside& inside)
{
    std::vector<Point> kept;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Point &from = polygon[i], &to = polygon[(i + 1) % polygon.size()];
        const double a = inside(from), b = inside(to);
        if (a >= 0)
            kept.push_back(from);
        if ((a > 0 && b < 0) || (a < 0 && b > 0))
            kept.push_back(Point(from + (to - from) * (a / (a - b))));
    }
    return kept;
}

double cross(QPointF a, QPointF b)
{
    return a.x() * b.y() - a.y() * b.x();
}

/// Twice its area, positive where the corners turn from x to y.
double turn(const std::vector<QPointF>& polygon)
{
    double sum = 0;
    for (std::size_t i = 0; i < polygon.size(); ++i)
        sum += cross(polygon[i], polygon[(i + 1) % polygon.size()]);
    return sum;
}

std::vector<QPointF> intersection(std::vector<QPointF> polygon, const std::vector<QPointF>& other)
{
    const double side = turn(other) < 0 ? -1 : 1;
    for (std::size_t i = 0; i < other.size() && !polygon.empty(); ++i) {
        const QPointF from = other[i], along = other[(i + 1) % other.size()] - from;
        polygon = cutConvex(polygon, [&](QPointF p) { return side * cross(along, p - from); });
    }
    return polygon;
}

/// A square in the plane a x = c, far larger than the ball of `radius` around the origin.
std::vector<Eigen::Vector3d> squareIn(const Eigen::Vector3d& a, double c, double radius)
{
    const Eigen::Vector3d normal = a.normalized(), middle = normal * (c / a.norm());
    const Eigen::Vector3d u = normal.unitOrthogonal() * 4 * radius, v = normal.cross(u);
    return {middle + u + v, middle - u + v, middle - u - v, middle + u - v};
}

/// The part in the tetrahedron with these corners (rows).
std::vector<Eigen::Vector3d> cutToHull(std::vector<Eigen::Vector3d> polygon, const Matrix& corners)
{
    for (Index away = 0; away < 4; ++away) {
        const auto corner = [&](Index k) { return Eigen::Vector3d(corners.row((away + k) % 4)); };
        Eigen::Vector3d inwards = (corner(2) - corner(1)).cross(corner(3) - corner(1));
        if (inwards.dot(corner(0) - corner(1)) < 0)
            inwards = -inwards;
        const Eigen::Vector3d foot = corner(1);
        polygon = cutConvex(polygon, [&](const Eigen::Vector3d& p) { return inwards.dot(p - foot); });
    }
    return polygon;
}

} // namespace

std::vector<Matrix> regionWalls(const SceneModel& model)
{
    std::vector<Matrix> walls;
    if (!model.regions || !model.simplex || model.flatDims() != 3 || model.simplex->vertices.rows() != 4)
        return walls;
    const RegionField& field = *model.regions;
    const Matrix corners = model.classifierLength * model.simplex->vertices;
    const double radius = corners.rowwise().norm().maxCoeff();
    for (Index i = 0; i < field.slope.rows(); ++i)
        for (Index j = i + 1; j < field.slope.rows(); ++j) {
            const Eigen::Vector3d apart = field.slope.row(i) - field.slope.row(j);
            if (apart.norm() <= 1e-12 * field.slope.norm())
                continue; // they tie everywhere or nowhere
            auto polygon = cutToHull(squareIn(apart, field.offset[j] - field.offset[i], radius), corners);
            for (Index k = 0; k < field.slope.rows() && !polygon.empty(); ++k) {
                if (k == i || k == j)
                    continue;
                const Eigen::Vector3d lead = field.slope.row(i) - field.slope.row(k);
                const double start = field.offset[i] - field.offset[k];
                polygon = cutConvex(polygon, [&](const Eigen::Vector3d& p) { return lead.dot(p) + start; });
            }
            if (polygon.size() < 3)
                continue;
            Matrix wall(static_cast<Index>(polygon.size()), 3);
            for (std::size_t p = 0; p < polygon.size(); ++p)
                wall.row(static_cast<Index>(p)) = polygon[p].transpose();
            walls.push_back(std::move(wall));
        }
    return walls;
}

bool ProjectedWall::covers(QPointF place) const
{
    bool left = false, right = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const double side = cross(points[(i + 1) % points.size()] - points[i], place - points[i]);
        left |= side > 0;
        right |= side < 0;
    }
    return !(left && right);
}

std::vector<ProjectedWall> projectWalls(const std::vector<Matrix>& walls, const Eye& eye)
{
    std::vector<ProjectedWall> projected;
    for (const Matrix& wall : walls) {
        Matrix seen(wall.rows(), 3);
        for (Index p = 0; p < wall.rows(); ++p)
            seen.row(p) = eye(wall.row(p)).transpose();
        Eigen::Vector3d normal = Eigen::Vector3d::Zero(); // Newell's sum: thin corners do no harm
        for (Index p = 0; p < seen.rows(); ++p)
            normal += Eigen::Vector3d(seen.row(p)).cross(Eigen::Vector3d(seen.row((p + 1) % seen.rows())));
        if (std::abs(normal.z()) <= edgeOn * normal.norm())
            continue;
        ProjectedWall item;
        for (Index p = 0; p < seen.rows(); ++p)
            item.points.emplace_back(seen(p, 0), seen(p, 1));
        item.slope = {-normal.x() / normal.z(), -normal.y() / normal.z()};
        const Eigen::Vector3d middle = seen.colwise().mean();
        item.depth = middle.z() - item.slope.x() * middle.x() - item.slope.y() * middle.y();
        projected.push_back(std::move(item));
    }
    return projected;
}

int wallsBefore(const std::vector<ProjectedWall>& walls, QPointF place, double depth)
{
    return static_cast<int>(std::count_if(walls.begin(), walls.end(), [&](const ProjectedWall& wall) {
        return wall.depthAt(place) > depth && wall.covers(place);
    }));
}

Rgb throughWalls(Rgb colour, int walls, const Theme& theme)
{
    return mix(colour, theme.text3, 1 - std::pow(1 - wallShare, walls));
}

std::vector<WallPatch> wallPatches(const std::vector<ProjectedWall>& walls)
{
    std::vector<WallPatch> patches;
    for (unsigned chosen = 1; chosen < 1U << walls.size(); ++chosen) { // six walls make 63 subsets
        std::vector<QPointF> common;
        bool first = true;
        for (std::size_t w = 0; w < walls.size(); ++w) {
            if ((chosen >> w & 1U) == 0)
                continue;
            common = first ? walls[w].points : intersection(std::move(common), walls[w].points);
            first = false;
        }
        if (common.size() >= 3 && std::abs(turn(common)) > 0)
            patches.push_back({std::move(common), std::popcount(chosen)});
    }
    std::stable_sort(patches.begin(), patches.end(), [](const auto& a, const auto& b) { return a.walls < b.walls; });
    return patches;
}

} // namespace nc::scene

#include "viz/scene/screen_extent.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <Eigen/Geometry>

namespace nc::scene
{

namespace
{

Eigen::Vector3d inSpace(const Vector& point)
{
    Eigen::Vector3d place = Eigen::Vector3d::Zero();
    place.head(point.size()) = point;
    return place;
}

/// All that is drawn but the cloud, at its drawn length.
std::vector<Eigen::Vector3d> pointsBesideCloud(const SceneModel& scene)
{
    std::vector<Eigen::Vector3d> points;
    const auto addRows = [&points](const Matrix& rows, double length) {
        for (Index r = 0; r < rows.rows(); ++r)
            if (rows.row(r).allFinite()) // a class without samples has no mean
                points.push_back(length * inSpace(rows.row(r)));
    };
    for (const ClassifierArrow& arrow : scene.classifiers) {
        points.push_back(inSpace(arrow.tail));
        points.push_back(inSpace(arrow.tail + scene.classifierLength * (arrow.tip - arrow.tail)));
    }
    if (scene.simplex)
        addRows(scene.simplex->vertices, scene.classifierLength);
    if (scene.theory)
        for (const Matrix& curve : scene.theory->curves)
            addRows(curve, 1);
    for (const GuideLine& guide : scene.guides)
        addRows(guide.points, 1);
    addRows(scene.means, 1);
    if (scene.third)
        points.emplace_back(0, 0, scene.third->high * scene.third->unit);
    return points;
}

/// Calls `use` with each finite point of a scene.
template <typename Use>
void eachPoint(const SceneModel& scene, const std::vector<Eigen::Vector3d>& besideCloud, const Use& use)
{
    const float* row = scene.cloud.positions.data();
    const Index dims = scene.cloud.positions.cols();
    for (Index r = 0; r < scene.cloud.positions.rows(); ++r, row += dims) {
        const Eigen::Vector3f place(row[0], row[1], dims == 3 ? row[2] : 0.0F);
        if (std::isfinite(place.sum()))
            use(Eigen::Vector3d(place.cast<double>()));
    }
    for (const Eigen::Vector3d& place : besideCloud)
        use(place);
}

/// For each of many directions from a centre the farthest point in it.
class Outline
{
public:
    explicit Outline(Eigen::Vector2d centre)
        : m_centre(centre)
        , m_farthest(directions, Eigen::Vector2d::Zero())
        , m_squared(directions, 0.0)
    {
    }

    void add(double x, double y)
    {
        x -= m_centre.x();
        y -= m_centre.y();
        const double squared = x * x + y * y;
        if (!(squared > 0))
            return;
        // Grows with the angle, from -2 to 2, without its cost.
        const double turn = std::copysign(1 - x / (std::abs(x) + std::abs(y)), y);
        const auto bin = static_cast<std::size_t>((turn + 2) * (directions / 4.0 - 0.01));
        if (squared > m_squared[bin]) {
            m_squared[bin] = squared;
            m_farthest[bin] = {x, y};
        }
    }

    /// Centre of the smallest circle around the outline (Bădoiu and Clarkson 2003: steps towards the farthest point).
    [[nodiscard]] Eigen::Vector2d circleCentre() const
    {
        constexpr int steps = 400;
        Eigen::Vector2d centre = Eigen::Vector2d::Zero();
        for (int step = 1; step <= steps; ++step) {
            const auto far = std::max_element(m_farthest.begin(), m_farthest.end(), [&](const auto& a, const auto& b) {
                return (a - centre).squaredNorm() < (b - centre).squaredNorm();
            });
            centre += (*far - centre) / (step + 1);
        }
        return m_centre + centre;
    }

private:
    static constexpr int directions = 256;
    Eigen::Vector2d m_centre;
    std::vector<Eigen::Vector2d> m_farthest; ///< from the centre
    std::vector<double> m_squared;
};

/// Lowest and highest point of the solid on the screen, from the middle of its axis.
std::pair<double, double> shadow(const ScreenExtent& extent, double elevationDeg)
{
    const double angle = elevationDeg * std::numbers::pi / 180;
    const double up = std::abs(std::cos(angle));
    const double out = std::abs(std::sin(angle));
    double low = 0, high = 0;
    for (int slice = 0; slice < ScreenExtent::slices; ++slice) {
        const double radius = extent.radius[static_cast<std::size_t>(slice)];
        if (radius < 0)
            continue;
        const double thickness = 2 * extent.half.z() / ScreenExtent::slices;
        const double floor = -extent.half.z() + slice * thickness;
        low = std::min(low, floor * up - radius * out);
        high = std::max(high, (floor + thickness) * up + radius * out);
    }
    return {low, high};
}

} // namespace

double ScreenExtent::lift(double elevationDeg) const
{
    const auto [low, high] = shadow(*this, elevationDeg);
    return (low + high) / 2;
}

namespace
{

/// Radius and height on the screen of the slices, at every elevation.
void measureSolid(ScreenExtent& extent)
{
    extent.widest = *std::max_element(extent.radius.begin(), extent.radius.end());
    extent.highest = 0;
    for (int elevation = 0; elevation <= 90; elevation += 3) {
        const auto [low, high] = shadow(extent, elevation);
        extent.highest = std::max(extent.highest, (high - low) / 2);
    }
}

/// Raises the slices of `into` to hold those of `from`, whose axis may stand elsewhere.
void raiseSlices(ScreenExtent& into, const ScreenExtent& from)
{
    const double shift = (from.axis - into.axis).norm();
    const auto bottom = [](const ScreenExtent& extent) { return extent.middle.z() - extent.half.z(); };
    const double thickness = 2 * from.half.z() / ScreenExtent::slices;
    const double perUnit = ScreenExtent::slices / std::max(2 * into.half.z(), 1e-300);
    for (int slice = 0; slice < ScreenExtent::slices; ++slice) {
        const double radius = from.radius[static_cast<std::size_t>(slice)];
        if (radius < 0)
            continue;
        const double low = bottom(from) + slice * thickness - bottom(into);
        // A slice that only touches another is not in it.
        constexpr double touch = 1e-6;
        const auto place = [&](double slices) { return std::clamp(static_cast<int>(slices), 0, into.slices - 1); };
        const int last = place((low + thickness) * perUnit - touch);
        for (int at = place(low * perUnit + touch); at <= last; ++at) {
            double& most = into.radius[static_cast<std::size_t>(at)];
            most = std::max(most, radius + shift);
        }
    }
}

} // namespace

bool ScreenExtent::growFor(const ScreenExtent& other)
{
    constexpr double slack = 1 + 1e-9, margin = 1.04;
    Eigen::AlignedBox3d box(middle - half, middle + half);
    box.extend(other.middle - other.half);
    box.extend(other.middle + other.half);
    ScreenExtent both;
    both.middle = box.center();
    both.half = box.diagonal() / 2;
    const bool space = half.z() > 0 || other.half.z() > 0;
    if (space) {
        both.axis = axis;
        both.radius.fill(-1);
        raiseSlices(both, *this);
        raiseSlices(both, other);
        measureSolid(both);
    }
    const bool held = (both.half.array() <= half.array() * slack).all() &&
                      (!space || (both.widest <= widest * slack && both.highest <= highest * slack));
    if (held)
        return false;
    both.half *= margin;
    both.widest *= margin;
    both.highest *= margin;
    for (double& r : both.radius)
        r *= margin;
    *this = both;
    return true;
}

ScreenExtent ScreenExtent::scaled(double factor) const
{
    ScreenExtent other = *this;
    other.middle *= factor;
    other.half *= factor;
    other.axis *= factor;
    other.widest *= factor;
    other.highest *= factor;
    for (double& r : other.radius)
        if (r > 0)
            r *= factor;
    return other;
}

ScreenExtent screenExtent(const SceneModel& scene)
{
    ScreenExtent extent;
    const std::vector<Eigen::Vector3d> besideCloud = pointsBesideCloud(scene);
    Eigen::AlignedBox3d box;
    eachPoint(scene, besideCloud, [&](const Eigen::Vector3d& place) { box.extend(place); });
    if (box.isEmpty() || !(box.diagonal().norm() > 0))
        return extent;
    extent.middle = box.center();
    extent.half = box.diagonal() / 2;
    if (scene.dims != 3)
        return extent;

    Outline outline(extent.middle.head<2>());
    eachPoint(scene, besideCloud, [&](const Eigen::Vector3d& place) { outline.add(place.x(), place.y()); });
    extent.axis = outline.circleCentre();

    std::array<double, ScreenExtent::slices> squared;
    squared.fill(-1);
    const double perUnit = ScreenExtent::slices / std::max(2 * extent.half.z(), 1e-300);
    const double floor = extent.middle.z() - extent.half.z();
    eachPoint(scene, besideCloud, [&](const Eigen::Vector3d& place) {
        const double slice = std::clamp((place.z() - floor) * perUnit, 0.0, ScreenExtent::slices - 1.0);
        double& most = squared[static_cast<std::size_t>(slice)];
        most = std::max(most, (place.head<2>() - extent.axis).squaredNorm());
    });
    for (std::size_t slice = 0; slice < squared.size(); ++slice)
        extent.radius[slice] = squared[slice] < 0 ? -1 : std::sqrt(squared[slice]);
    measureSolid(extent);
    return extent;
}

} // namespace nc::scene

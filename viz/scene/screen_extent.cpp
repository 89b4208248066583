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

/// Calls `use` with each group of points of a scene as they are drawn, a row a point.
template <typename Use>
void eachGroup(const SceneModel& scene, const Use& use)
{
    use(scene.cloud.positions);
    for (const ClassifierArrow& arrow : scene.classifiers) {
        use(Matrix(arrow.tail.transpose()));
        use(Matrix((arrow.tail + scene.classifierLength * (arrow.tip - arrow.tail)).transpose()));
    }
    if (scene.simplex)
        use(Matrix(scene.classifierLength * scene.simplex->vertices));
    if (scene.theory)
        for (const Matrix& curve : scene.theory->curves)
            use(curve);
    for (Index k = 0; k < scene.means.rows(); ++k)
        if (scene.means.row(k).allFinite()) // a class without samples has no mean
            use(Matrix(scene.means.row(k)));
}

template <typename Rows>
void widen(Eigen::AlignedBox3d& box, const Rows& rows)
{
    if (rows.rows() == 0)
        return;
    Eigen::Vector3d low = Eigen::Vector3d::Zero(), high = low;
    low.head(rows.cols()) = rows.colwise().minCoeff().transpose().template cast<double>();
    high.head(rows.cols()) = rows.colwise().maxCoeff().transpose().template cast<double>();
    box.extend(low).extend(high);
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
        if (!(squared > 0) || std::isinf(squared))
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

ScreenExtent screenExtent(const SceneModel& scene)
{
    ScreenExtent extent;
    Eigen::AlignedBox3d box;
    eachGroup(scene, [&](const auto& rows) { widen(box, rows); });
    if (box.isEmpty() || !(box.diagonal().norm() > 0) || !box.diagonal().allFinite())
        return extent;
    extent.middle = box.center();
    extent.half = box.diagonal() / 2;
    if (scene.dims != 3)
        return extent;

    Outline outline(extent.middle.head<2>());
    eachGroup(scene, [&](const auto& rows) {
        for (Index r = 0; r < rows.rows(); ++r)
            outline.add(static_cast<double>(rows(r, 0)), static_cast<double>(rows(r, 1)));
    });
    extent.axis = outline.circleCentre();

    std::array<double, ScreenExtent::slices> squared;
    squared.fill(-1);
    const double perUnit = (ScreenExtent::slices - 0.001) / std::max(2 * extent.half.z(), 1e-300);
    const double floor = extent.middle.z() - extent.half.z();
    eachGroup(scene, [&](const auto& rows) {
        for (Index r = 0; r < rows.rows(); ++r) {
            const double x = static_cast<double>(rows(r, 0)) - extent.axis.x();
            const double y = static_cast<double>(rows(r, 1)) - extent.axis.y();
            const double slice = (static_cast<double>(rows(r, 2)) - floor) * perUnit;
            if (!(slice >= 0 && slice < ScreenExtent::slices && std::isfinite(x + y)))
                continue;
            double& most = squared[static_cast<std::size_t>(slice)];
            most = std::max(most, x * x + y * y);
        }
    });
    extent.widest = extent.highest = 0;
    for (std::size_t slice = 0; slice < squared.size(); ++slice) {
        extent.radius[slice] = squared[slice] < 0 ? -1 : std::sqrt(squared[slice]);
        extent.widest = std::max(extent.widest, extent.radius[slice]);
    }
    for (int elevation = 0; elevation <= 90; elevation += 3) {
        const auto [low, high] = shadow(extent, elevation);
        extent.highest = std::max(extent.highest, (high - low) / 2);
    }
    return extent;
}

} // namespace nc::scene

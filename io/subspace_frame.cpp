#include "io/subspace_frame.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace nc::io
{

namespace
{

constexpr double rounding = 1e-13; ///< of a length: below it a direction is noise

/// Three vectors in the plane of these lengths that sum to zero: the sides of a triangle.
std::array<Eigen::Vector2d, 3> triangle(const std::array<double, 3>& sides)
{
    const auto [a, b, c] = sides;
    std::array<Eigen::Vector2d, 3> directions{Eigen::Vector2d(1, 0), Eigen::Vector2d(-1, 0), Eigen::Vector2d(1, 0)};
    if (!(a > 0 && b > 0))
        return directions;
    const double cosine = std::clamp((c * c - a * a - b * b) / (2 * a * b), -1.0, 1.0);
    directions[1] = {cosine, std::sqrt((1 - cosine) * (1 + cosine))};
    const Eigen::Vector2d third = -(a * directions[0] + b * directions[1]);
    if (third.norm() > 0)
        directions[2] = third.normalized();
    return directions;
}

} // namespace

bool SubspaceFrame::add(const Eigen::Ref<const Matrix>& rows, Index widest)
{
    m_scale = std::max(m_scale, rows.rows() > 0 ? rows.rowwise().norm().maxCoeff() : 0.0);
    for (Index row = 0; row < rows.rows(); ++row) {
        Vector direction = rows.row(row).transpose();
        for (int twice = 0; twice < 2; ++twice) // once more removes what rounding left
            direction -= m_basis * (m_basis.transpose() * direction);
        if (direction.norm() <= rounding * m_scale)
            continue;
        if (width() == widest)
            return false;
        direction.normalize();
        direction -= m_basis * (m_basis.transpose() * direction);
        m_basis.conservativeResize(Eigen::NoChange, width() + 1);
        m_basis.col(width() - 1) = direction.normalized();
    }
    return true;
}

Eigen::Matrix<double, Eigen::Dynamic, 2> balancedInPlane(const Vector& lengths, const std::vector<std::int32_t>& groups)
{
    Eigen::Matrix<double, Eigen::Dynamic, 2> points(lengths.size(), 2);
    points.col(0) = lengths;
    points.col(1).setZero();
    std::map<std::int32_t, std::vector<Index>> members;
    for (Index row = 0; row < lengths.size(); ++row)
        if (groups[static_cast<std::size_t>(row)] >= 0)
            members[groups[static_cast<std::size_t>(row)]].push_back(row);
    for (auto& [group, rows] : members) {
        // The longest first, each to the shortest of three sides: then no side is longer than the other two together.
        // (Before the last row came to the longest side it was the shortest, and that row is no longer than the first
        // of any other side.)
        std::stable_sort(rows.begin(), rows.end(), [&](Index a, Index b) { return lengths[a] > lengths[b]; });
        std::array<double, 3> sides{};
        std::vector<std::size_t> sideOf;
        for (const Index row : rows) {
            sideOf.push_back(static_cast<std::size_t>(std::min_element(sides.begin(), sides.end()) - sides.begin()));
            sides[sideOf.back()] += lengths[row];
        }
        const std::array<Eigen::Vector2d, 3> directions = triangle(sides);
        for (std::size_t i = 0; i < rows.size(); ++i)
            points.row(rows[i]) = lengths[rows[i]] * directions[sideOf[i]].transpose();
    }
    return points;
}

} // namespace nc::io

#include "core/grand_tour.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <Eigen/Eigenvalues>

#include "core/random_normals.h"
#include "core/thin_svd.h"

namespace nc::tour
{
namespace
{

/// Nearest matrix with orthonormal rows. Twice: the second takes off what rounding left of the first.
Matrix orthonormalRows(const Matrix& rows)
{
    Matrix result = rows;
    for (int pass = 0; pass < 2; ++pass) {
        const ThinSvd svd = thinSvd(result);
        result = svd.u * svd.v.transpose();
    }
    return result;
}

} // namespace

Matrix randomFrame(Index shown, Index dims, std::uint64_t seed, std::uint64_t number)
{
    assert(shown >= 1 && dims >= shown);
    const auto first = number * static_cast<std::uint64_t>(shown * dims + 1) / 2 * 2;
    return orthonormalRows(randomNormals(shown, dims, seed, first));
}

Geodesic::Geodesic(const Matrix& from, const Matrix& to)
{
    assert(from.rows() == to.rows() && from.cols() == to.cols());
    const ThinSvd svd = thinSvd(from * to.transpose());
    m_turn = svd.u;
    m_start = svd.u.transpose() * from;
    const Matrix end = svd.v.transpose() * to;
    m_across = Matrix::Zero(from.rows(), from.cols());
    m_angles = Vector::Zero(from.rows());
    for (Index k = 0; k < from.rows(); ++k) {
        // Off all start directions, not only the own one, so that orthogonality holds to rounding.
        Eigen::RowVectorXd rest = end.row(k) - end.row(k) * m_start.transpose() * m_start;
        rest -= rest * m_start.transpose() * m_start;
        const double sine = rest.norm();
        if (sine <= 1e-14)
            continue; // this direction is shared already
        m_angles(k) = std::atan2(sine, end.row(k).dot(m_start.row(k)));
        m_across.row(k) = rest / sine;
    }
}

Matrix Geodesic::at(double fraction) const
{
    const Eigen::ArrayXd angles = fraction * m_angles.array();
    const Matrix turned = angles.cos().matrix().asDiagonal() * m_start + angles.sin().matrix().asDiagonal() * m_across;
    return m_turn * turned;
}

GrandTour::GrandTour(const Matrix& start, std::uint64_t seed)
    : m_seed(seed)
    , m_legs{Geodesic(start, randomFrame(start.rows(), start.cols(), seed, 0))}
    , m_ends{m_legs.front().length()}
{
}

Matrix GrandTour::at(double distance)
{
    assert(distance >= 0);
    // Where D = n there is one space only, and nowhere to go.
    while (m_ends.back() < distance && m_legs.back().length() > 0) {
        const Matrix from = orthonormalRows(m_legs.back().at(1)); // rounding must not add up over the legs
        m_legs.emplace_back(from, randomFrame(from.rows(), from.cols(), m_seed, m_legs.size()));
        m_ends.push_back(m_ends.back() + m_legs.back().length());
    }
    const auto found = std::lower_bound(m_ends.begin(), m_ends.end(), distance);
    const auto leg = static_cast<std::size_t>(std::min(found, m_ends.end() - 1) - m_ends.begin());
    const double length = m_legs[leg].length();
    const double begin = m_ends[leg] - length;
    return m_legs[leg].at(length > 0 ? std::min(1.0, (distance - begin) / length) : 0);
}

Matrix dragged(const Matrix& frame, const Vector& direction, const Vector& place)
{
    assert(frame.cols() > frame.rows() && direction.size() == frame.cols() && place.size() == frame.rows());
    const Vector wanted = place / std::max(1.0, place.norm());
    // F = p e^T + R with R e = 0 and R R^T = I - p p^T: of these the one nearest to the old frame, found in the
    // directions that stand across e, the last columns of the reflection that turns e into an axis.
    Vector mirror = direction;
    mirror(0) += direction(0) < 0 ? -1 : 1;
    const Matrix reflection =
        Matrix::Identity(frame.cols(), frame.cols()) - 2 / mirror.squaredNorm() * (mirror * mirror.transpose());
    const Matrix across = reflection.rightCols(frame.cols() - 1);
    const Matrix gram = Matrix::Identity(frame.rows(), frame.rows()) - wanted * wanted.transpose();
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(gram);
    const Matrix root = solver.eigenvectors() * solver.eigenvalues().cwiseMax(0).cwiseSqrt().asDiagonal() *
                        solver.eigenvectors().transpose();
    return wanted * direction.transpose() + root * orthonormalRows(root * frame * across) * across.transpose();
}

} // namespace nc::tour

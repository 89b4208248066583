#include "core/simplex_etf.h"

#include <cassert>
#include <cmath>
#include <numbers>

#include "core/thin_svd.h"

namespace nc::etf
{

Matrix helmert(Index classes)
{
    assert(classes >= 2);
    Matrix frame = Matrix::Zero(classes - 1, classes);
    for (Index r = 1; r < classes; ++r) {
        const double rowNorm = std::sqrt(static_cast<double>(r) * static_cast<double>(r + 1));
        frame.row(r - 1).head(r).setConstant(-1 / rowNorm);
        frame(r - 1, r) = static_cast<double>(r) / rowNorm;
    }
    frame.row(0).head(2) *= -1; // the first class to the right
    return frame;
}

Matrix kgon(Index classes)
{
    assert(classes >= 3);
    Matrix frame(2, classes);
    const double radius = std::sqrt(2.0 / static_cast<double>(classes));
    for (Index k = 0; k < classes; ++k) {
        const double angle = 2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(classes);
        frame(0, k) = radius * std::cos(angle);
        frame(1, k) = radius * std::sin(angle);
    }
    return frame;
}

double error(const Matrix& gram)
{
    const Index classes = gram.rows();
    const double n = static_cast<double>(classes);
    Matrix difference = gram / gram.norm();
    difference.array() += 1 / (n * std::sqrt(n - 1));
    difference.diagonal().array() -= 1 / std::sqrt(n - 1);
    return difference.norm();
}

PolarFit fit(const Eigen::Ref<const Matrix>& rows)
{
    const Matrix centred = centredRows(rows);
    const ThinSvd svd = thinSvd(centred);
    PolarFit result;
    result.singularValues = svd.s;
    // Equal rows leave nothing but rounding, which has a rank of its own.
    const double cut = std::max(rankTolerance * result.singularValues(0), 1e-12 * rows.norm());
    while (result.rank < result.singularValues.size() && result.singularValues(result.rank) > cut)
        ++result.rank;
    // The mean row was taken off, so that at most K-1 directions carry anything but rounding.
    result.rank = std::min(result.rank, rows.rows() - 1);
    result.frame = svd.u.leftCols(result.rank) * svd.v.leftCols(result.rank).transpose();
    if (result.rank > 0)
        result.misfit = (centred / centred.norm() - result.frame / result.frame.norm()).norm();
    return result;
}

Matrix centredRows(const Eigen::Ref<const Matrix>& rows)
{
    return rows.rowwise() - rows.colwise().mean();
}

double kappa(const Eigen::Ref<const Matrix>& weight)
{
    return centredRows(weight).squaredNorm() / static_cast<double>(weight.rows() - 1);
}

} // namespace nc::etf

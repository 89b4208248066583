#include "core/subspace_projection.h"

#include <cmath>
#include <string>

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include "core/projection_kernel.h"
#include "core/row_covariance.h"
#include "core/row_walk.h"
#include "core/simplex_etf.h"

namespace nc
{

Result<SubspaceProjection> projectionOntoRows(const Eigen::Ref<const Matrix>& rows, Frame frame)
{
    const Index classes = rows.rows();
    const Index fewest = frame == Frame::KGon ? 3 : 2;
    if (classes < fewest)
        return usageError("Cannot make a view of " + std::to_string(classes) + " classes: it takes at least " +
                          std::to_string(fewest));
    if (!rows.allFinite())
        return dataError("Cannot make a view of " + std::to_string(classes) +
                         " classes: their classifier rows or class means are not finite");
    const etf::PolarFit polar = etf::fit(rows);
    if (polar.rank < classes - 1)
        return dataError("Cannot make a view of " + std::to_string(classes) + " classes: their rows span only rank " +
                         std::to_string(polar.rank) + ", expected " + std::to_string(classes - 1));
    const Matrix ideal = frame == Frame::KGon ? etf::kgon(classes) : etf::helmert(classes);
    return SubspaceProjection{ideal * polar.frame, ideal.transpose(), polar.singularValues, polar.misfit, {}};
}

Result<SubspaceProjection> projectionOntoPrincipalAxes(const RowSource& rows, std::span<const char> chosen, Index dims,
                                                       const TaskControl& control)
{
    const Result<RowCovariance> moments = rowCovariance(rows, chosen, control);
    if (!moments)
        return moments.error();
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(moments->covariance); // ascending
    const Vector variances = solver.eigenvalues().cwiseMax(0).reverse();
    const double first = variances.size() > 0 ? variances(0) : 0;
    // Rows that are equal but for rounding vary in no direction.
    const double least = std::max(etf::rankTolerance * etf::rankTolerance * first, 1e-24 * moments->mean.squaredNorm());
    const Index rank = (variances.array() > least).count();
    if (rank < dims)
        return dataError("Cannot make a view of principal axes: the shown rows vary in only " + std::to_string(rank) +
                         (rank == 1 ? " direction" : " directions") + ", expected at least " + std::to_string(dims));
    SubspaceProjection projection;
    projection.basis = solver.eigenvectors().rowwise().reverse().leftCols(dims).transpose();
    for (Index axis = 0; axis < dims; ++axis) {
        Index largest = 0;
        projection.basis.row(axis).cwiseAbs().maxCoeff(&largest);
        if (projection.basis(axis, largest) < 0)
            projection.basis.row(axis) *= -1;
    }
    projection.vertices.resize(0, dims);
    projection.singularValues = (variances.head(dims) * static_cast<double>(moments->count)).cwiseSqrt();
    projection.explained = variances.head(dims) / variances.sum();
    return projection;
}

DecisionRegions decisionRegions(const SubspaceProjection& projection, const Eigen::Ref<const Matrix>& rows,
                                const Eigen::Ref<const Vector>& bias)
{
    // B spans the row space of P W_S, so that P W_S h = (P W_S B^T) y for every h.
    DecisionRegions regions;
    regions.slope = etf::centredRows(rows) * projection.basis.transpose();
    regions.offset = bias.array() - bias.mean();
    const Matrix frame = projection.vertices.transpose();
    const Matrix square = frame * regions.slope;
    const Vector right = frame * regions.offset;
    regions.triplePoint = -square.partialPivLu().solve(right);
    return regions;
}

DecisionRegions sliceRegions(const SubspaceProjection& projection, const Eigen::Ref<const Matrix>& rows,
                             const Eigen::Ref<const Vector>& bias, const Eigen::Ref<const Vector>& h0)
{
    const Matrix centred = etf::centredRows(rows);
    DecisionRegions regions;
    regions.slope = centred * projection.basis.transpose();
    const Vector rest = h0 - projection.basis.transpose() * (projection.basis * h0);
    regions.offset = centred * rest + Vector(bias.array() - bias.mean());
    return regions;
}

template <typename Scalar>
Result<ProjectedRows<Scalar>> project(const RowSource& rows, const SubspaceProjection& projection, const Vector& mean,
                                      const TaskControl& control)
{
    using Block = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    assert(projection.basis.cols() == rows.dim() && mean.size() == rows.dim());
    const Block basis = projection.basis.cast<Scalar>();
    const Eigen::Matrix<Scalar, Eigen::Dynamic, 1> offset = mean.cast<Scalar>();
    const Vector shift = projection.basis * offset.template cast<double>();

    ProjectedRows<Scalar> result;
    result.coordinates.resize(rows.rows(), projection.dims());
    result.offView.resize(static_cast<std::size_t>(rows.rows()));
    const Stretches cut(rows.rows());
    std::vector<kernel::Sums> parts(static_cast<std::size_t>(cut.count()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        const kernel::Sums sums = kernel::projectBlock<Scalar>(
            {block.data(), block.rows(), block.cols()}, {basis.data(), offset.data(), shift.data(), basis.rows()},
            result.coordinates.data() + first * basis.rows(), result.offView.data() + first);
        parts[static_cast<std::size_t>(stretch)].inView += sums.inView;
        parts[static_cast<std::size_t>(stretch)].total += sums.total;
    };
    if (Result<void> done = walkStretches<Scalar>(rows, cut, visit, control); !done)
        return done.error();
    double inside = 0, all = 0;
    for (const kernel::Sums& part : parts) {
        inside += part.inView;
        all += part.total;
    }
    result.inView = all > 0 ? inside / all : 1;
    return result;
}

template Result<ProjectedRows<float>> project(const RowSource&, const SubspaceProjection&, const Vector&,
                                              const TaskControl&);
template Result<ProjectedRows<double>> project(const RowSource&, const SubspaceProjection&, const Vector&,
                                               const TaskControl&);

} // namespace nc

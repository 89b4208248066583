#include "core/linear_probe.h"

#include <Eigen/Cholesky>

#include "core/class_statistics.h"
#include "core/row_covariance.h"

namespace nc
{

Result<Classifier> fitLinearProbe(const RowSource& rows, std::span<const std::int32_t> labels, Index classes,
                                  double ridge, const TaskControl& control)
{
    const Result<ClassStatistics> statistics = computeClassStatistics(rows, labels, classes, control);
    if (!statistics)
        return statistics.error();
    Result<RowCovariance> moments = rowCovariance(rows, {}, control);
    if (!moments)
        return moments.error();
    const double meanVariance = moments->covariance.trace() / static_cast<double>(rows.dim());
    if (!(meanVariance > 0))
        return dataError("Cannot fit a linear probe: the features are all equal");
    // Row c of the covariance of one-hot labels and features: (n_c/N)(mu_c - mu).
    Matrix cross = statistics->means.rowwise() - moments->mean.transpose();
    Vector shares(classes);
    for (Index c = 0; c < classes; ++c) {
        shares(c) =
            static_cast<double>(statistics->counts[static_cast<std::size_t>(c)]) / static_cast<double>(moments->count);
        cross.row(c) *= shares(c);
    }
    moments->covariance.diagonal().array() += ridge * meanVariance;
    Classifier probe;
    probe.weight = moments->covariance.llt().solve(cross.transpose()).transpose();
    probe.bias = shares - probe.weight * moments->mean;
    probe.hasBias = true;
    return probe;
}

} // namespace nc

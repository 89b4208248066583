#include "core/row_covariance.h"

#include <cassert>
#include <vector>

#include "core/row_kernel.h"
#include "core/row_walk.h"

namespace nc
{
namespace
{

/// Sum of the chosen rows.
Result<Vector> sumOf(const RowSource& rows, std::span<const char> chosen, const TaskControl& control)
{
    const Stretches cut(rows.rows());
    std::vector<Vector> parts(static_cast<std::size_t>(cut.count()), Vector::Zero(rows.dim()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n)
            if (chosen.empty() || chosen[static_cast<std::size_t>(first + n)])
                kernel::addRow(block.row(n).data(), rows.dim(), parts[static_cast<std::size_t>(stretch)].data());
    };
    if (Result<void> done = walkStretches(rows, cut, visit, control); !done)
        return done.error();
    for (std::size_t part = 1; part < parts.size(); ++part)
        parts[0] += parts[part];
    return std::move(parts[0]);
}

/// Lower triangle of the sum of (h - mean)(h - mean)^T.
Result<Matrix> scatterOf(const RowSource& rows, std::span<const char> chosen, const Vector& mean,
                         const TaskControl& control)
{
    const Stretches cut(rows.rows(), rows.dim() * rows.dim() * Index{sizeof(double)});
    std::vector<Matrix> parts(static_cast<std::size_t>(cut.count()), Matrix::Zero(rows.dim(), rows.dim()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        Matrix centred(rows.dim(), block.rows()); // a column a sample
        Index used = 0;
        for (Index n = 0; n < block.rows(); ++n)
            if (chosen.empty() || chosen[static_cast<std::size_t>(first + n)])
                kernel::deviate(block.row(n).data(), mean.data(), rows.dim(), centred.col(used++).data());
        if (used > 0) // Eigen divides by the number of columns
            parts[static_cast<std::size_t>(stretch)].selfadjointView<Eigen::Lower>().rankUpdate(centred.leftCols(used));
    };
    if (Result<void> done = walkStretches(rows, cut, visit, control); !done)
        return done.error();
    for (std::size_t part = 1; part < parts.size(); ++part)
        parts[0] += parts[part];
    return std::move(parts[0]);
}

} // namespace

Result<RowCovariance> rowCovariance(const RowSource& rows, std::span<const char> chosen, const TaskControl& control)
{
    assert(chosen.empty() || static_cast<Index>(chosen.size()) == rows.rows());
    RowCovariance result;
    result.count = chosen.empty() ? rows.rows() : std::count_if(chosen.begin(), chosen.end(), [](char c) { return c; });
    const auto samples = static_cast<double>(std::max<Index>(1, result.count));
    Result<Vector> sum = sumOf(rows, chosen, control);
    if (!sum)
        return sum.error();
    result.mean = *sum / samples;
    Result<Matrix> scatter = scatterOf(rows, chosen, result.mean, control);
    if (!scatter)
        return scatter.error();
    result.covariance = scatter->selfadjointView<Eigen::Lower>();
    result.covariance /= samples;
    return result;
}

} // namespace nc

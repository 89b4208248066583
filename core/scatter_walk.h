#pragma once

#include <algorithm>
#include <vector>

#include "core/class_statistics.h"
#include "core/row_kernel.h"
#include "core/row_walk.h"

/// The two walks of computeClassStatistics() apart, for who has more to do on the second; private to core.
namespace nc
{

/// The first walk: everything but the scatter, which is left empty.
[[nodiscard]] Result<ClassStatistics> startClassStatistics(const RowSource& rows, std::span<const std::int32_t> labels,
                                                           Index classes, const TaskControl& control);

/// Distances to the class means, whole and along the axes, over one stretch of rows.
class Scatter
{
public:
    Scatter(Index classes, Index axes)
        : squared(Vector::Zero(classes))
        , alongAxes(Eigen::ArrayXd::Zero(axes))
    {
    }

    /// Few rows: their deviations should stay in cache.
    template <typename Rows>
    void add(const Rows& rows, const std::int32_t* labels, const RowMatrixD& means, const RowMatrixD& axes)
    {
        m_deviation.resize(rows.rows(), rows.cols());
        for (Index n = 0; n < rows.rows(); ++n) {
            const std::int32_t label = labels[n];
            squared(label) +=
                kernel::deviate(rows.row(n).data(), means.row(label).data(), rows.cols(), m_deviation.row(n).data());
        }
        kernel::products(m_deviation, axes, along);
        for (Index n = 0; n < along.rows(); ++n)
            alongAxes += along.row(n).transpose().array().square();
    }

    Vector squared;           ///< C, sum of |h - mu_c|^2
    Eigen::ArrayXd alongAxes; ///< r, sum of (u_k . (h - mu_c))^2
    RowMatrixD along;         ///< u_k . (h - mu_c) of the rows at hand

private:
    RowMatrixD m_deviation;
};

/// The second walk. Calls `visit(stretch, first, rows, along)` for a few rows at a time, in order within a stretch:
/// `rows` n x d from row `first` on, `along` n x r, u_k . (h - mu_c).
template <typename Visit>
Result<void> walkScatter(ClassStatistics& stats, const RowSource& rows, std::span<const std::int32_t> labels,
                         const Visit& visit, const TaskControl& control)
{
    constexpr Index few = 64;
    const RowMatrixD means = stats.means, axes = stats.axes.transpose();
    const Stretches cut(rows.rows());
    std::vector<Scatter> parts(static_cast<std::size_t>(cut.count()), Scatter(stats.classes(), axes.rows()));
    const auto visitBlock = [&](Index stretch, Index first, const auto& block) {
        Scatter& part = parts[static_cast<std::size_t>(stretch)];
        for (Index done = 0; done < block.rows(); done += few) {
            const auto some = block.middleRows(done, std::min(few, block.rows() - done));
            part.add(some, labels.data() + first + done, means, axes);
            visit(stretch, first + done, some, part.along);
        }
    };
    if (Result<void> done = walkStretches(rows, cut, visitBlock, control); !done)
        return done;
    stats.squaredDeviation = Vector::Zero(stats.classes());
    stats.axisVariance = Vector::Zero(axes.rows());
    for (const Scatter& part : parts) {
        stats.squaredDeviation += part.squared;
        stats.axisVariance += part.alongAxes.matrix();
    }
    for (Index c = 0; c < stats.classes(); ++c)
        stats.squaredDeviation(c) /= static_cast<double>(std::max<Index>(1, stats.counts[static_cast<std::size_t>(c)]));
    stats.axisVariance /= static_cast<double>(std::max<Index>(1, stats.samples));
    return {};
}

} // namespace nc

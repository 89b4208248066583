#include "core/class_statistics.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <string>

#include "core/thin_svd.h"

namespace nc
{
namespace
{

/// Sums of the rows of each class, in the order of the rows, so that block borders leave no trace.
struct ClassSums {
    RowMatrixD sums; ///< C x d
    std::vector<Index> counts;

    ClassSums(Index classes, Index dim)
        : sums(RowMatrixD::Zero(classes, dim))
        , counts(static_cast<std::size_t>(classes), 0)
    {
    }
    void add(std::int32_t label, const Eigen::Ref<const Eigen::RowVectorXd>& row)
    {
        sums.row(label) += row;
        ++counts[static_cast<std::size_t>(label)];
    }
    [[nodiscard]] Matrix means() const
    {
        Matrix result = sums;
        for (Index c = 0; c < result.rows(); ++c)
            if (const Index n = counts[static_cast<std::size_t>(c)]; n > 0)
                result.row(c) /= static_cast<double>(n);
        return result;
    }
};

Vector meanOfPresent(const Matrix& means, const std::vector<Index>& counts)
{
    Vector sum = Vector::Zero(means.cols());
    Index present = 0;
    for (Index c = 0; c < means.rows(); ++c)
        if (counts[static_cast<std::size_t>(c)] > 0) {
            sum += means.row(c).transpose();
            ++present;
        }
    return present > 0 ? Vector(sum / static_cast<double>(present)) : sum;
}

/// The directions in which the class means differ: u_k and s_k of Md.
void decomposeMeans(ClassStatistics& stats)
{
    const Matrix centred = stats.centredMeans();
    stats.axes.resize(stats.dim(), 0);
    stats.singularValues.resize(0);
    if (centred.rows() < 2)
        return;
    const ThinSvd svd = thinSvd(centred);
    const Vector& s = svd.s;
    const double size = static_cast<double>(std::max(stats.classes(), stats.dim()));
    const double cut = size * std::numeric_limits<double>::epsilon() * s(0);
    Index kept = 0;
    while (kept < std::min(s.size(), centred.rows() - 1) && s(kept) > cut)
        ++kept;
    stats.axes = svd.v.leftCols(kept);
    stats.singularValues = s.head(kept);
}

/// The second walk: distances to the class means, whole and along the axes.
Result<void> addScatter(ClassStatistics& stats, const RowSource& rows, std::span<const std::int32_t> labels,
                        const TaskControl& control)
{
    const RowMatrixD means = stats.means;
    stats.squaredDeviation = Vector::Zero(stats.classes());
    stats.axisVariance = Vector::Zero(stats.singularValues.size());
    RowMatrixD deviation, along;
    const auto visit = [&](Index first, const auto& block) {
        deviation = block;
        for (Index n = 0; n < block.rows(); ++n) {
            const std::int32_t label = labels[static_cast<std::size_t>(first + n)];
            deviation.row(n) -= means.row(label);
            stats.squaredDeviation(label) += deviation.row(n).squaredNorm();
        }
        along.noalias() = deviation * stats.axes;
        for (Index n = 0; n < along.rows(); ++n)
            stats.axisVariance += along.row(n).cwiseAbs2().transpose();
    };
    if (Result<void> done = forEachBlock<double>(rows, visit, control); !done)
        return done;
    for (Index c = 0; c < stats.classes(); ++c)
        stats.squaredDeviation(c) /= static_cast<double>(std::max<Index>(1, stats.counts[static_cast<std::size_t>(c)]));
    stats.axisVariance /= static_cast<double>(std::max<Index>(1, stats.samples));
    return {};
}

} // namespace

Index ClassStatistics::presentClasses() const
{
    return std::count_if(counts.begin(), counts.end(), [](Index n) { return n > 0; });
}

std::vector<Index> ClassStatistics::presentClassIds() const
{
    std::vector<Index> ids;
    for (Index c = 0; c < classes(); ++c)
        if (counts[static_cast<std::size_t>(c)] > 0)
            ids.push_back(c);
    return ids;
}

Matrix ClassStatistics::centredMeans() const
{
    return means(presentClassIds(), Eigen::all).rowwise() - globalMean.transpose();
}

Result<void> checkLabels(std::span<const std::int32_t> labels, Index classes)
{
    for (std::size_t row = 0; row < labels.size(); ++row)
        if (labels[row] < 0 || labels[row] >= classes)
            return dataError("Cannot measure: the label " + std::to_string(labels[row]) + " of row " +
                             std::to_string(row) + " is outside 0 to " + std::to_string(classes - 1));
    return {};
}

Result<ClassStatistics> computeClassStatistics(const RowSource& rows, std::span<const std::int32_t> labels,
                                               Index classes, const TaskControl& control)
{
    assert(static_cast<Index>(labels.size()) == rows.rows());
    if (Result<void> checked = checkLabels(labels, classes); !checked)
        return checked.error();

    ClassSums sums(classes, rows.dim());
    const auto addRows = [&](Index first, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n)
            sums.add(labels[static_cast<std::size_t>(first + n)], block.row(n));
    };
    if (Result<void> done = forEachBlock<double>(rows, addRows, control); !done)
        return done.error();

    ClassStatistics stats;
    stats.samples = rows.rows();
    stats.counts = sums.counts;
    stats.means = sums.means();
    stats.globalMean = meanOfPresent(stats.means, stats.counts);
    decomposeMeans(stats);

    if (Result<void> done = addScatter(stats, rows, labels, control); !done)
        return done.error();
    return stats;
}

Vector ClassMeans::balanced() const
{
    return meanOfPresent(means, counts);
}

Result<ClassMeans> sameClassMeans(const RowSource& rows, const Split& split, Index classes, const TaskControl& control)
{
    assert(split.rows() == rows.rows());
    if (Result<void> checked = checkLabels(split.labelA, classes); !checked)
        return checked.error();
    ClassSums sums(classes, rows.dim());
    const auto addRows = [&](Index first, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n)
            if (split.sameClass(first + n))
                sums.add(split.labelA[static_cast<std::size_t>(first + n)], block.row(n));
    };
    if (Result<void> done = forEachBlock<double>(rows, addRows, control); !done)
        return done.error();
    return ClassMeans{sums.counts, sums.means()};
}

Result<Vector> balancedMean(const RowSource& rows, const Split& split, Index classes, const TaskControl& control)
{
    const Result<ClassMeans> means = sameClassMeans(rows, split, classes, control);
    return means ? Result<Vector>(means->balanced()) : means.error();
}

} // namespace nc

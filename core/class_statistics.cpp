#include "core/class_statistics.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>
#include <string>

#include "core/class_sums.h"
#include "core/row_walk.h"
#include "core/scatter_walk.h"
#include "core/thin_svd.h"

namespace nc
{
namespace
{

/// Means of the rows for which `counts(row)`.
template <typename Counts>
Result<ClassMeans> meansByClass(const RowSource& rows, std::span<const std::int32_t> labels, Index classes,
                                const Counts& counts, const TaskControl& control)
{
    const Stretches cut(rows.rows(), ClassSums::bytes(classes, rows.dim()));
    std::vector<ClassSums> parts(static_cast<std::size_t>(cut.count()), ClassSums(classes, rows.dim()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n)
            if (counts(first + n))
                parts[static_cast<std::size_t>(stretch)].add(labels[static_cast<std::size_t>(first + n)],
                                                             block.row(n).data());
    };
    if (Result<void> done = walkStretches(rows, cut, visit, control); !done)
        return done.error();
    return meansOf(std::move(parts));
}

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

Result<ClassStatistics> startClassStatistics(const RowSource& rows, std::span<const std::int32_t> labels, Index classes,
                                             const TaskControl& control)
{
    assert(static_cast<Index>(labels.size()) == rows.rows());
    if (Result<void> checked = checkLabels(labels, classes); !checked)
        return checked.error();

    const auto every = [](Index) { return true; };
    Result<ClassMeans> means = meansByClass(rows, labels, classes, every, control);
    if (!means)
        return means.error();

    ClassStatistics stats;
    stats.samples = rows.rows();
    stats.counts = std::move(means->counts);
    stats.means = std::move(means->means);
    stats.globalMean = meanOfPresent(stats.means, stats.counts);
    decomposeMeans(stats);
    return stats;
}

Result<ClassStatistics> computeClassStatistics(const RowSource& rows, std::span<const std::int32_t> labels,
                                               Index classes, const TaskControl& control)
{
    Result<ClassStatistics> stats = startClassStatistics(rows, labels, classes, control);
    if (!stats)
        return stats;
    const auto nothingMore = [](Index, Index, const auto&, const RowMatrixD&) {};
    if (Result<void> done = walkScatter(*stats, rows, labels, nothingMore, control); !done)
        return done.error();
    return stats;
}

ClassStatistics classStatisticsOf(std::vector<Index> counts, Matrix means, Vector squaredDeviation)
{
    assert(std::ssize(counts) == means.rows() && squaredDeviation.size() == means.rows());
    ClassStatistics stats;
    stats.samples = std::accumulate(counts.begin(), counts.end(), Index{0});
    stats.counts = std::move(counts);
    stats.means = std::move(means);
    stats.squaredDeviation = std::move(squaredDeviation);
    stats.globalMean = meanOfPresent(stats.means, stats.counts);
    decomposeMeans(stats);
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
    const auto sameClass = [&](Index row) { return split.sameClass(row); };
    return meansByClass(rows, split.labelA, classes, sameClass, control);
}

Result<Vector> balancedMean(const RowSource& rows, const Split& split, Index classes, const TaskControl& control)
{
    const Result<ClassMeans> means = sameClassMeans(rows, split, classes, control);
    return means ? Result<Vector>(means->balanced()) : means.error();
}

} // namespace nc

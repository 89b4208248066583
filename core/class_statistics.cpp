#include "core/class_statistics.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <string>

#include "core/row_kernel.h"
#include "core/row_walk.h"
#include "core/thin_svd.h"

namespace nc
{
namespace
{

/// Sums of the rows of each class.
struct ClassSums {
    RowMatrixD sums; ///< C x d
    std::vector<Index> counts;

    ClassSums(Index classes, Index dim)
        : sums(RowMatrixD::Zero(classes, dim))
        , counts(static_cast<std::size_t>(classes), 0)
    {
    }
    template <typename Scalar>
    void add(std::int32_t label, const Scalar* row)
    {
        kernel::addRow(row, sums.cols(), sums.row(label).data());
        ++counts[static_cast<std::size_t>(label)];
    }
    void add(const ClassSums& other)
    {
        sums += other.sums;
        for (std::size_t c = 0; c < counts.size(); ++c)
            counts[c] += other.counts[c];
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

/// Sums of the rows for which `counts(row)`.
template <typename Counts>
Result<ClassSums> sumByClass(const RowSource& rows, std::span<const std::int32_t> labels, Index classes,
                             const Counts& counts, const TaskControl& control)
{
    const Stretches cut(rows.rows(), classes * rows.dim() * Index{sizeof(double)});
    std::vector<ClassSums> parts(static_cast<std::size_t>(cut.count()), ClassSums(classes, rows.dim()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n)
            if (counts(first + n))
                parts[static_cast<std::size_t>(stretch)].add(labels[static_cast<std::size_t>(first + n)],
                                                             block.row(n).data());
    };
    if (Result<void> done = walkStretches(rows, cut, visit, control); !done)
        return done.error();
    for (std::size_t part = 1; part < parts.size(); ++part)
        parts[0].add(parts[part]);
    return std::move(parts[0]);
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

/// Distances to the class means, whole and along the axes, over one stretch of rows.
class Scatter
{
public:
    Scatter(Index classes, Index axes)
        : squared(Vector::Zero(classes))
        , alongAxes(Eigen::ArrayXd::Zero(axes))
    {
    }

    /// Few rows at a time, so that their deviations stay in cache.
    template <typename Block>
    void add(const Block& block, const std::int32_t* labels, const RowMatrixD& means, const RowMatrixD& axes)
    {
        constexpr Index step = 64;
        for (Index first = 0; first < block.rows(); first += step) {
            m_deviation.resize(std::min(step, block.rows() - first), block.cols());
            for (Index n = 0; n < m_deviation.rows(); ++n) {
                const std::int32_t label = labels[first + n];
                squared(label) += kernel::deviate(block.row(first + n).data(), means.row(label).data(), block.cols(),
                                                  m_deviation.row(n).data());
            }
            kernel::products(m_deviation, axes, m_along);
            for (Index n = 0; n < m_along.rows(); ++n)
                alongAxes += m_along.row(n).transpose().array().square();
        }
    }

    Vector squared;           ///< C, sum of |h - mu_c|^2
    Eigen::ArrayXd alongAxes; ///< r, sum of (u_k . (h - mu_c))^2

private:
    RowMatrixD m_deviation, m_along;
};

/// The second walk.
Result<void> addScatter(ClassStatistics& stats, const RowSource& rows, std::span<const std::int32_t> labels,
                        const TaskControl& control)
{
    const RowMatrixD means = stats.means, axes = stats.axes.transpose();
    const Stretches cut(rows.rows());
    std::vector<Scatter> parts(static_cast<std::size_t>(cut.count()), Scatter(stats.classes(), axes.rows()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        parts[static_cast<std::size_t>(stretch)].add(block, labels.data() + first, means, axes);
    };
    if (Result<void> done = walkStretches(rows, cut, visit, control); !done)
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

    const auto every = [](Index) { return true; };
    const Result<ClassSums> sums = sumByClass(rows, labels, classes, every, control);
    if (!sums)
        return sums.error();

    ClassStatistics stats;
    stats.samples = rows.rows();
    stats.counts = sums->counts;
    stats.means = sums->means();
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
    const auto sameClass = [&](Index row) { return split.sameClass(row); };
    const Result<ClassSums> sums = sumByClass(rows, split.labelA, classes, sameClass, control);
    if (!sums)
        return sums.error();
    return ClassMeans{sums->counts, sums->means()};
}

Result<Vector> balancedMean(const RowSource& rows, const Split& split, Index classes, const TaskControl& control)
{
    const Result<ClassMeans> means = sameClassMeans(rows, split, classes, control);
    return means ? Result<Vector>(means->balanced()) : means.error();
}

} // namespace nc

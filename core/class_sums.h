#pragma once

#include <cstdint>
#include <vector>

#include "core/class_statistics.h"
#include "core/row_kernel.h"

namespace nc
{

/// Sums of the rows of each class, for the walks that make class means; private to core.
struct ClassSums {
    RowMatrixD sums; ///< C x d
    std::vector<Index> counts;

    ClassSums(Index classes, Index dim)
        : sums(RowMatrixD::Zero(classes, dim))
        , counts(static_cast<std::size_t>(classes), 0)
    {
    }
    /// What a stretch has to hold, for the cut.
    static Index bytes(Index classes, Index dim) { return classes * dim * Index{sizeof(double)}; }

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
    [[nodiscard]] ClassMeans means() const
    {
        ClassMeans result{counts, sums};
        for (Index c = 0; c < sums.rows(); ++c)
            if (const Index n = counts[static_cast<std::size_t>(c)]; n > 0)
                result.means.row(c) /= static_cast<double>(n);
        return result;
    }
};

/// Means of what the stretches have summed.
[[nodiscard]] inline ClassMeans meansOf(std::vector<ClassSums> parts)
{
    for (std::size_t part = 1; part < parts.size(); ++part)
        parts[0].add(parts[part]);
    return parts[0].means();
}

} // namespace nc

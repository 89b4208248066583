#pragma once

#include <span>

#include "core/row_source.h"
#include "core/snapshot.h"
#include "core/task_control.h"

namespace nc
{

/// Means and within-class scatter of labelled rows (docs/maths.md, 5). Two walks over the rows, no d x d matrix.
/// C classes, of which some may have no samples; d columns; everything in double.
struct ClassStatistics {
    std::vector<Index> counts; ///< C, samples of each class
    Matrix means;              ///< C x d, mu_c a row; zero where a class has no samples
    Vector globalMean;         ///< d, mu_G: the unweighted mean over the classes that have samples
    Vector squaredDeviation;   ///< C, mean of |h - mu_c|^2 over the samples of class c
    Matrix axes;               ///< d x r, left singular vectors u_k of Md = [mu_c - mu_G] above the cut
    Vector singularValues;     ///< r, s_k of Md; kept are s_k > max(C,d) eps s_1, at most C'-1
    Vector axisVariance;       ///< r, (1/N) sum over rows of (u_k . (h - mu_c))^2; empty where no rows were at hand
    Index samples = 0;         ///< N, rows with a label

    [[nodiscard]] Index classes() const { return means.rows(); }
    [[nodiscard]] Index dim() const { return means.cols(); }
    [[nodiscard]] Index presentClasses() const; ///< C', classes with samples
    [[nodiscard]] std::vector<Index> presentClassIds() const;
    [[nodiscard]] Matrix centredMeans() const; ///< C' x d, mu_c - mu_G of the classes that have samples
};

/// `labels` has one entry a row, each in [0, classes). Errors: those of reading; Interrupted when stopped.
[[nodiscard]] Result<ClassStatistics> computeClassStatistics(const RowSource& rows,
                                                             std::span<const std::int32_t> labels, Index classes,
                                                             const TaskControl& control = {});

/// Of rows that were summed elsewhere and are not at hand: `counts` (C), `means` (C x d, zero where a class has no
/// samples) and `squaredDeviation` (C) as above. Without axisVariance.
[[nodiscard]] ClassStatistics classStatisticsOf(std::vector<Index> counts, Matrix means, Vector squaredDeviation);

/// Error naming the first label outside [0, classes).
[[nodiscard]] Result<void> checkLabels(std::span<const std::int32_t> labels, Index classes);

/// Means of the same-class rows of each class (a clean split: of its samples).
struct ClassMeans {
    std::vector<Index> counts; ///< C
    Matrix means;              ///< C x d, zero where a class has no such rows

    [[nodiscard]] Vector balanced() const; ///< d, the unweighted mean over the classes that have rows, else zero
};
[[nodiscard]] Result<ClassMeans> sameClassMeans(const RowSource& rows, const Split& split, Index classes,
                                                const TaskControl& control = {});

/// m of docs/maths.md 5: unweighted mean over classes of the mean of h over that class's same-class rows
/// (a clean split: of its samples). Zero vector (d) where there are none.
[[nodiscard]] Result<Vector> balancedMean(const RowSource& rows, const Split& split, Index classes,
                                          const TaskControl& control = {});

} // namespace nc

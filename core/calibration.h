#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/snapshot.h"

/// Calibration of top-1 confidences (docs/maths.md, 5). Bins are of equal width and right-closed (Guo et al. 2017);
/// confidence 1 falls in the last, 0 in the first.
namespace nc::calibration
{

struct ReliabilityBin {
    Index count = 0;
    double accuracy = 0, confidence = 0; ///< means; 0 where count is 0
};
struct Reliability {
    std::vector<ReliabilityBin> bins;
    double ece = 0; ///< sum (n_b/N)|acc_b - conf_b|
    double mce = 0; ///< max |acc_b - conf_b|
};
/// `confidence` N values in [0,1], `correct` N flags; N >= 1, bins >= 1.
[[nodiscard]] Reliability reliability(const std::vector<double>& confidence, const std::vector<char>& correct,
                                      int bins);

/// T > 0 minimising the negative log-likelihood of softmax(z/T). Rows N x C, labels in [0,C).
/// Empty when no row has a larger logit than its label's (all are right) or the minimum has 1/T <= 0.
[[nodiscard]] std::optional<double> fitTemperature(const RowMatrixD& logits, const std::vector<std::int32_t>& labels);

/// The same over rows `first`, `first + stride`, … of a source, which is walked some ten times and need not fit in
/// memory.
[[nodiscard]] Result<std::optional<double>> fitTemperature(const RowSource& logits,
                                                           std::span<const std::int32_t> labels, Index first,
                                                           Index stride, const TaskControl& control = {});

} // namespace nc::calibration

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/class_statistics.h"
#include "core/metric.h"
#include "core/mixup_figures.h"

/// Every figure of docs/maths.md 5, by the names of the command line. A figure that cannot be computed carries its
/// reason.
namespace nc
{

/// One epoch and split. `values` is keyed by dotted names in the order of metricNames().
struct MetricEntry {
    std::int64_t epoch = 0;
    std::string split, layer;
    SplitKind kind = SplitKind::Clean;
    Index samples = 0, classes = 0;
    std::vector<Metric> values;
    Metric valid; ///< mixup.valid: 1 or 0; `validReason` says why not
    std::string validReason;
    std::optional<double> chanceWeightsEtfError, chanceWeightsCosStd;
    std::vector<PairFigures> pairs;
    std::optional<TripleRange> triples;
    std::vector<double> theoryResiduals; ///< as in MixupFigures; empty unless asked for
    std::optional<ClassMeans>
        classMeans{}; ///< of a clean split with samples, for MetricInputs::cleanMeans; if asked for

    [[nodiscard]] const Metric&
    operator[](std::string_view dottedName) const; ///< e.g. "nc1.pinv"; unknown name: assert
};

/// nc1.pinv nc1.quotient nc1.cdnv nc2.means_norm_cv … nc4.mismatch bias_relation accuracy calibration.ece …
/// mixup.cosine_same … mixup.kappa, in the order of the JSON. (calibration.bins and mixup.valid are not in the list.)
[[nodiscard]] std::span<const std::string_view> metricNames();

/// Errors: those of reading, labels outside [0, classes), Interrupted. Whatever else is missing makes figures absent.
[[nodiscard]] Result<MetricEntry> measure(const MetricInputs& inputs, const MetricOptions& options,
                                          const TaskControl& control = {});

/// What class means, scatter within classes and, where given, W (C x d) and b say without the rows: nc1.quotient,
/// nc1.cdnv, nc2.means_*, nc2.gnc2, nc3.*, bias_relation, and nc1.pinv where the statistics have axisVariance.
[[nodiscard]] MetricEntry measureMeans(const ClassStatistics& stats, const Classifier* classifier,
                                       const MetricOptions& options = {});

} // namespace nc

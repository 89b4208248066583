#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/classifier_logits.h"
#include "core/metric.h"

/// The figures of mixed samples (docs/maths.md, 5, "Mixup figures"), under the names they have on the command line.
namespace nc
{

struct PairFigures {
    Index i = 0, j = 0, samples = 0; ///< i < j
    Metric theoryGap, armRatio, channelWidth, channelAlong;
};

/// cosine_same_view of one triple of classes.
struct TripleFigure {
    std::vector<Index> classes;
    double cosineSameView = 0;
};
/// Each is a triple that exists: the value at place floor(q (n-1)) in ascending order of the n that were measured. All
/// triples are, up to mostTriples of them, else so many as chosenTriples() picks (core/class_triples.h).
struct TripleRange {
    TripleFigure min, q1, median, q3, max;
    Index measured = 0; ///< n: of the chosen, those that span a plane and have same-class mixes
    Index all = 0;      ///< triples that the classes have
};

struct MixupFigures {
    Metric cosineSame, cosineSameCentred, cosineSameSubspace, cosineSameView, normCvSame;
    Metric offClassifier, offPair;
    Metric theoryGap, theoryGapSame, theoryGapDifferent, convexityGap;
    Metric armRatio, armRatioTheory, channelWidth, channelAlong;
    Metric beta, lnBetaSe, kappa;
    Metric valid;            ///< 1 or 0
    std::string validReason; ///< why it is 0 or absent
    std::vector<PairFigures> pairs;
    std::optional<TripleRange> triples;
    std::vector<double> theoryResiduals; ///< N, |u - h*|/|h*| of each row, NaN where h* is 0 or there is no theory
};

/// Of a mix split, in two walks. `inputs.classifier` and `logits` (W h + b, N x C) are given and their sizes agree;
/// labels are checked. The logits are filled on the way.
[[nodiscard]] Result<MixupFigures> measureMixes(const MetricInputs& inputs, ClassifierLogits& logits,
                                                const MetricOptions& options, const TaskControl& control = {});

} // namespace nc

#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/class_statistics.h"
#include "core/snapshot.h"

/// Every figure of docs/maths.md 5, by the names of the command line. A figure that cannot be computed carries its
/// reason.
namespace nc
{

struct Metric {
    double value = 0;
    std::string unavailable = "not computed"; ///< the reason there is no value; empty where there is one

    Metric() = default;
    Metric(double v)
        : value(v)
        , unavailable()
    {
    }
    [[nodiscard]] static Metric absent(std::string reason)
    {
        Metric m;
        m.unavailable = std::move(reason);
        return m;
    }
    [[nodiscard]] bool available() const { return unavailable.empty(); }
};

enum class Deviation { Population, Unbiased };
enum class WeightRows { Raw, Centred };

struct MetricOptions {
    Deviation deviation = Deviation::Population;
    WeightRows weights = WeightRows::Raw;
    int calibrationBins = 15;
    std::vector<Index> viewClasses{}; ///< for cosine_same_view
    std::string configuration{};      ///< the run's configuration (JSON), read for `mixup.valid`; may be empty
    bool perPair = false;             ///< fill MetricEntry::pairs
    bool triples = false;             ///< fill MetricEntry::triples
    int threads = 1;
};

struct PairFigures {
    Index i = 0, j = 0, samples = 0;
    Metric theoryGap, armRatio, channelWidth, channelAlong;
};

/// cosine_same_view of one triple of classes.
struct TripleFigure {
    std::vector<Index> classes;
    double cosineSameView = 0;
};
struct TripleRange {
    TripleFigure min, q1, median, q3, max;
};

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

    [[nodiscard]] const Metric&
    operator[](std::string_view dottedName) const; ///< e.g. "nc1.pinv"; unknown name: assert
};

/// nc1.pinv nc1.quotient nc1.cdnv nc2.means_norm_cv … nc4.mismatch bias_relation accuracy calibration.ece …
/// mixup.cosine_same … mixup.kappa, in the order of the JSON. (calibration.bins and mixup.valid are not in the list.)
[[nodiscard]] std::span<const std::string_view> metricNames();

/// What measuring needs of one epoch. `clean` rows of the same epoch, layer and origin serve convexity_gap of a mix
/// split.
struct MetricInputs {
    std::int64_t epoch = 0;
    std::string layer = "penultimate";
    const RowSource* features = nullptr; ///< never null
    const Split* split = nullptr;        ///< never null; as many rows as features
    Index classes = 0;
    const Classifier* classifier = nullptr; ///< null where none was recorded, or for layers other than penultimate
    const RowSource* logits = nullptr;      ///< recorded logits (N x C) or null
    const RowSource* cleanFeatures = nullptr;
    const Split* cleanSplit = nullptr;
};
[[nodiscard]] Result<MetricEntry> measure(const MetricInputs& inputs, const MetricOptions& options,
                                          const TaskControl& control = {});

} // namespace nc

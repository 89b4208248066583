#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/snapshot.h"

/// What the figures of docs/maths.md 5 are made of: a value or the reason why there is none, what is measured, and how.
namespace nc
{

struct ClassMeans;

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
        assert(!reason.empty());
        Metric m;
        m.unavailable = std::move(reason);
        return m;
    }
    [[nodiscard]] bool available() const { return unavailable.empty(); }
};

enum class Deviation { Population, Unbiased };
enum class WeightRows { Raw, Centred };

struct MetricOptions {
    Deviation deviation = Deviation::Population; ///< of every std, and of the variances gnc2 and unc3
    WeightRows weights = WeightRows::Raw;        ///< for nc2.weights_* and nc3.*
    int calibrationBins = 15;
    std::vector<Index> viewClasses{}; ///< for cosine_same_view, which is absent where there are none
    std::string configuration{};      ///< the run's configuration (JSON), read for `mixup.valid`; may be empty
    bool perPair = false;             ///< fill MetricEntry::pairs
    bool triples = false;             ///< fill MetricEntry::triples
    bool rowResiduals = false;        ///< fill MetricEntry::theoryResiduals
    bool keepClassMeans = false;      ///< fill MetricEntry::classMeans
    bool onlyTheory = false;          ///< of a mix split: beta with its error, kappa and valid alone, without distances
};

/// What measuring needs of one epoch.
struct MetricInputs {
    std::int64_t epoch = 0;
    std::string layer = "penultimate";
    const RowSource* features = nullptr; ///< never null
    const Split* split = nullptr;        ///< never null; as many rows as features
    Index classes = 0;
    const Classifier* classifier = nullptr; ///< null where none was recorded, or for layers other than penultimate
    const RowSource* logits = nullptr;      ///< recorded logits (N x C) or null
    const ClassMeans* cleanMeans =
        nullptr; ///< clean ones of the same epoch, layer and origin, for convexity_gap; or null
};

} // namespace nc

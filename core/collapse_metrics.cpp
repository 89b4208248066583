#include "core/collapse_metrics.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/calibration.h"
#include "core/chance_level.h"
#include "core/class_statistics.h"
#include "core/classifier_logits.h"
#include "core/row_kernel.h"
#include "core/row_walk.h"
#include "core/sample_statistics.h"
#include "core/scatter_walk.h"
#include "core/simplex_etf.h"
#include "core/softmax_kernel.h"

namespace nc
{
namespace
{

constexpr std::array<std::string_view, 41> names{
    "nc1.pinv",
    "nc1.quotient",
    "nc1.cdnv",
    "nc2.means_norm_cv",
    "nc2.means_cos_std",
    "nc2.means_cos_dev",
    "nc2.means_etf_error",
    "nc2.weights_norm_cv",
    "nc2.weights_cos_std",
    "nc2.weights_cos_dev",
    "nc2.weights_etf_error",
    "nc2.gnc2",
    "nc3.duality",
    "nc3.structure",
    "nc3.unc3",
    "nc4.mismatch",
    "bias_relation",
    "accuracy",
    "calibration.ece",
    "calibration.mce",
    "calibration.nll",
    "calibration.temperature",
    "calibration.ece_after_temperature",
    "mixup.cosine_same",
    "mixup.cosine_same_centred",
    "mixup.cosine_same_subspace",
    "mixup.cosine_same_view",
    "mixup.norm_cv_same",
    "mixup.off_classifier",
    "mixup.off_pair",
    "mixup.theory_gap",
    "mixup.theory_gap_same",
    "mixup.theory_gap_different",
    "mixup.convexity_gap",
    "mixup.arm_ratio",
    "mixup.arm_ratio_theory",
    "mixup.channel_width",
    "mixup.channel_along",
    "mixup.beta",
    "mixup.ln_beta_se",
    "mixup.kappa",
};

constexpr const char* pairOfClasses = "pair of classes";

std::size_t indexOf(std::string_view name)
{
    const auto found = std::find(names.begin(), names.end(), name);
    assert(found != names.end());
    return static_cast<std::size_t>(found - names.begin());
}

void set(MetricEntry& entry, std::string_view name, Metric metric)
{
    entry.values[indexOf(name)] = std::move(metric);
}

/// Makes every figure whose name starts with `prefix` absent for the same reason.
void setAbsent(MetricEntry& entry, std::string_view prefix, const std::string& reason)
{
    for (std::size_t k = 0; k < names.size(); ++k)
        if (names[k].starts_with(prefix))
            entry.values[k] = Metric::absent(reason);
}

/// Norms and angles of K vectors (rows) against a simplex ETF: PREFIXnorm_cv, cos_std, cos_dev, etf_error.
void setEtfFigures(MetricEntry& entry, const std::string& prefix, const Matrix& rows, Deviation deviation)
{
    if (rows.rows() < 2)
        return setAbsent(entry, prefix, "fewer than two classes");
    const Matrix gram = rows * rows.transpose();
    const Vector norms = gram.diagonal().cwiseSqrt();
    set(entry, prefix + "norm_cv",
        coefficientOfVariation({norms.data(), norms.data() + norms.size()}, deviation, "class"));
    if (!(norms.minCoeff() > 0)) {
        for (const char* angle : {"cos_std", "cos_dev"})
            set(entry, prefix + angle, Metric::absent("a vector of length zero has no angle"));
    } else {
        std::vector<double> cosines, deviations;
        for (Index i = 0; i < gram.rows(); ++i)
            for (Index j = i + 1; j < gram.cols(); ++j) {
                cosines.push_back(gram(i, j) / (norms(i) * norms(j)));
                deviations.push_back(std::abs(cosines.back() + 1 / static_cast<double>(rows.rows() - 1)));
            }
        set(entry, prefix + "cos_std", standardDeviation(cosines, deviation, pairOfClasses));
        set(entry, prefix + "cos_dev", meanOf(deviations));
    }
    set(entry, prefix + "etf_error",
        norms.maxCoeff() > 0 ? Metric(etf::error(gram)) : Metric::absent("all vectors have length zero"));
}

/// Variance over pairs of ln(1/distance) of the normalised centred means.
Metric generalisedUniformity(const Matrix& centredMeans, Deviation deviation)
{
    const Vector norms = centredMeans.rowwise().norm();
    if (!(norms.minCoeff() > 0))
        return Metric::absent("a class mean equals the global mean");
    const RowMatrixD directions = norms.cwiseInverse().asDiagonal() * centredMeans;
    std::vector<double> values;
    for (Index i = 0; i < directions.rows(); ++i)
        for (Index j = i + 1; j < directions.rows(); ++j) {
            const double distance = (directions.row(i) - directions.row(j)).norm();
            if (!(distance > 0))
                return Metric::absent("two class means point the same way");
            values.push_back(-std::log(distance));
        }
    return variance(values, deviation, pairOfClasses);
}

/// Mean over pairs of (v_i + v_j)/(2 d_ij^2).
Metric classDistanceNormalisedVariance(const ClassStatistics& stats)
{
    const std::vector<Index> present = stats.presentClassIds();
    const RowMatrixD means = stats.means;
    double sum = 0;
    Index pairs = 0;
    for (std::size_t a = 0; a < present.size(); ++a)
        for (std::size_t b = a + 1; b < present.size(); ++b, ++pairs) {
            const Index i = present[a], j = present[b];
            const double squaredDistance = (means.row(i) - means.row(j)).squaredNorm();
            if (!(squaredDistance > 0))
                return Metric::absent("two class means coincide");
            sum += (stats.squaredDeviation(i) + stats.squaredDeviation(j)) / (2 * squaredDistance);
        }
    return sum / static_cast<double>(pairs);
}

void setMeansFigures(MetricEntry& entry, const ClassStatistics& stats, Deviation deviation)
{
    if (stats.presentClasses() < 2) {
        for (const char* prefix : {"nc1.", "nc2.means_", "nc2.gnc2"})
            setAbsent(entry, prefix, "fewer than two classes have samples");
        return;
    }
    const Matrix centred = stats.centredMeans();
    double within = 0;
    for (Index c = 0; c < stats.classes(); ++c)
        within += stats.squaredDeviation(c) * static_cast<double>(stats.counts[static_cast<std::size_t>(c)]) /
                  static_cast<double>(stats.samples);
    const double between = centred.squaredNorm() / static_cast<double>(centred.rows());
    const Metric coincide = Metric::absent("the class means coincide");
    // tr(Sigma_W Sigma_B^+) = C' sum var_k/s_k^2, divided by C'.
    const Eigen::ArrayXd squaredSingular = stats.singularValues.array().square();
    if (stats.axisVariance.size() == stats.singularValues.size())
        set(entry, "nc1.pinv", between > 0 ? Metric((stats.axisVariance.array() / squaredSingular).sum()) : coincide);
    set(entry, "nc1.quotient", between > 0 ? Metric(within / between) : coincide);
    set(entry, "nc1.cdnv", classDistanceNormalisedVariance(stats));
    setEtfFigures(entry, "nc2.means_", centred, deviation);
    set(entry, "nc2.gnc2", generalisedUniformity(centred, deviation));
}

/// NC3 and the bias relation: the classifier against the class means.
void setDualityFigures(MetricEntry& entry, const ClassStatistics& stats, const Classifier& classifier,
                       const MetricOptions& options)
{
    set(entry, "bias_relation", (classifier.weight * stats.globalMean + classifier.bias).norm());
    if (stats.presentClasses() < stats.classes())
        return setAbsent(entry, "nc3.", "not every class has samples");
    const Matrix raw = classifier.weight;
    const Matrix weight = options.weights == WeightRows::Centred ? etf::centredRows(raw) : raw;
    const Matrix means = stats.centredMeans();
    const Matrix cross = weight * means.transpose();
    if (!(weight.norm() > 0 && means.norm() > 0 && cross.norm() > 0))
        return setAbsent(entry, "nc3.", "the classifier or the centred class means are zero");
    set(entry, "nc3.duality", (weight / weight.norm() - means / means.norm()).squaredNorm());
    set(entry, "nc3.structure", etf::error(cross));
    const Vector own = cross.diagonal();
    set(entry, "nc3.unc3", variance({own.data(), own.data() + own.size()}, options.deviation, "class"));
}

/// Counts the rows whose largest W h + b is not the nearest class mean's. Distances are taken along the axes that the
/// class means span, about mu_G: that is all in which they differ.
class NearestMean
{
public:
    explicit NearestMean(const ClassStatistics& stats)
        : m_present(stats.presentClassIds())
        , m_place(static_cast<std::size_t>(stats.classes()))
        , m_means(stats.centredMeans() * stats.axes)
        , m_half(0.5 * m_means.rowwise().squaredNorm().transpose())
    {
        for (std::size_t place = 0; place < m_present.size(); ++place)
            m_place[static_cast<std::size_t>(m_present[place])] = static_cast<Index>(place);
    }

    struct Scratch {
        RowMatrixD along, closeness, z;
    };
    /// `fromOwnMean` n x r: u_k . (h - mu_c) of each row, c its label; `z` n x C.
    Index mismatches(const RowMatrixD& fromOwnMean, const std::int32_t* labels, const Eigen::Map<const RowMatrixD>& z,
                     Scratch& own) const
    {
        own.along = fromOwnMean;
        for (Index n = 0; n < own.along.rows(); ++n)
            own.along.row(n) += m_means.row(m_place[static_cast<std::size_t>(labels[n])]);
        kernel::products(own.along, m_means, own.closeness);
        own.closeness.rowwise() -= m_half;
        Index wrong = 0;
        for (Index n = 0; n < own.along.rows(); ++n)
            wrong += lowestArgmax(z.row(n)) != m_present[static_cast<std::size_t>(lowestArgmax(own.closeness.row(n)))];
        return wrong;
    }

private:
    std::vector<Index> m_present;
    std::vector<Index> m_place; ///< of each class among those present
    RowMatrixD m_means;         ///< C' x r
    Eigen::RowVectorXd m_half;  ///< C', half of the squared lengths
};

/// The second walk over a clean split: the scatter and, with W, the logits and NC4.
Result<Metric> finishStatistics(ClassStatistics& stats, const MetricInputs& inputs, ClassifierLogits* logits,
                                const TaskControl& control)
{
    const NearestMean nearest(stats);
    const std::span<const std::int32_t> labels = inputs.split->labelA;
    const auto count = static_cast<std::size_t>(Stretches(inputs.features->rows()).count());
    std::vector<Index> wrong(count, 0);
    std::vector<NearestMean::Scratch> scratch(count);
    const auto visit = [&](Index stretch, Index first, const auto& rows, const RowMatrixD& along) {
        if (!logits)
            return;
        const auto part = static_cast<std::size_t>(stretch);
        const auto z = logits->of(first, rows, scratch[part].z);
        wrong[part] += nearest.mismatches(along, labels.data() + first, z, scratch[part]);
    };
    if (Result<void> done = walkScatter(stats, *inputs.features, labels, visit, control); !done)
        return done.error();
    const Index all = std::accumulate(wrong.begin(), wrong.end(), Index{0});
    return Metric(static_cast<double>(all) / static_cast<double>(inputs.features->rows()));
}

/// Accuracy of all rows, weighted by lambda; with a clean split also its calibration.
struct Outcomes {
    double accuracy = 0, nll = 0; ///< means
    std::vector<double> confidence;
    std::vector<char> correct;
};

/// Rows start, start + stride, …
Result<Outcomes> outcomesOf(const RowSource& logits, const Split& split, double temperature, Index start, Index stride,
                            const TaskControl& control)
{
    const Stretches cut(logits.rows());
    const Index count = (logits.rows() - start + stride - 1) / stride;
    Outcomes outcomes{0, 0, std::vector<double>(static_cast<std::size_t>(count)),
                      std::vector<char>(static_cast<std::size_t>(count))};
    struct Part {
        double credit = 0, surprise = 0;
    };
    std::vector<Part> parts(static_cast<std::size_t>(cut.count()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        Part& part = parts[static_cast<std::size_t>(stretch)];
        for (Index n = 0; n < block.rows(); ++n) {
            const Index row = first + n;
            if (row < start || (row - start) % stride != 0)
                continue;
            const auto from = static_cast<std::size_t>(row), to = static_cast<std::size_t>((row - start) / stride);
            const std::int32_t label = split.labelA[from];
            const kernel::SoftmaxRow own = kernel::softmaxRow(block.row(n).data(), block.cols(), 1 / temperature);
            part.credit += (own.top == label ? split.lambda[from] : 0) +
                           (own.top == split.labelB[from] ? 1 - split.lambda[from] : 0);
            part.surprise += (own.largest - block(n, label)) / temperature + std::log(own.sum);
            outcomes.confidence[to] = 1 / own.sum;
            outcomes.correct[to] = own.top == label;
        }
    };
    if (Result<void> done = walkStretches<double>(logits, cut, visit, control); !done)
        return done.error();
    for (const Part& part : parts) {
        outcomes.accuracy += part.credit / static_cast<double>(count);
        outcomes.nll += part.surprise / static_cast<double>(count);
    }
    return outcomes;
}

/// Accuracy, and on a clean split the calibration: temperature fitted on the even rows, measured on the odd ones.
Result<void> setLogitFigures(MetricEntry& entry, const RowSource& logits, const Split& split,
                             const MetricOptions& options, const TaskControl& control)
{
    const Result<Outcomes> all = outcomesOf(logits, split, 1, 0, 1, control);
    if (!all)
        return all.error();
    set(entry, "accuracy", all->accuracy);
    if (split.kind == SplitKind::Mix)
        return {};
    const auto reliability = calibration::reliability(all->confidence, all->correct, options.calibrationBins);
    set(entry, "calibration.ece", reliability.ece);
    set(entry, "calibration.mce", reliability.mce);
    set(entry, "calibration.nll", all->nll);

    const auto temperature = calibration::fitTemperature(logits, split.labelA, 0, 2, control);
    if (!temperature)
        return temperature.error();
    if (!*temperature) {
        const Metric none = Metric::absent("no temperature fits: all of the fitting half is right, or 1/T <= 0");
        set(entry, "calibration.temperature", none);
        set(entry, "calibration.ece_after_temperature", none);
        return {};
    }
    set(entry, "calibration.temperature", **temperature);
    if (split.rows() < 2) {
        set(entry, "calibration.ece_after_temperature", Metric::absent("no second half to measure on"));
        return {};
    }
    const Result<Outcomes> held = outcomesOf(logits, split, **temperature, 1, 2, control);
    if (!held)
        return held.error();
    set(entry, "calibration.ece_after_temperature",
        calibration::reliability(held->confidence, held->correct, options.calibrationBins).ece);
    return {};
}

/// Why W and b cannot serve these features; empty where they can.
std::string classifierProblem(const MetricInputs& inputs)
{
    if (!inputs.classifier)
        return inputs.layer == "penultimate" ? "no classifier recorded"
                                             : "the layer '" + inputs.layer + "' has no classifier";
    if (inputs.classifier->dim() == inputs.features->dim() && inputs.classifier->classes() == inputs.classes)
        return {};
    return "the classifier is " + std::to_string(inputs.classifier->classes()) + " x " +
           std::to_string(inputs.classifier->dim()) + ", expected " + std::to_string(inputs.classes) + " x " +
           std::to_string(inputs.features->dim());
}

/// Why recorded logits cannot serve; empty where they can.
std::string logitsProblem(const MetricInputs& inputs)
{
    if (inputs.logits->dim() == inputs.classes && inputs.logits->rows() == inputs.features->rows())
        return {};
    return "the logits are " + std::to_string(inputs.logits->rows()) + " x " + std::to_string(inputs.logits->dim()) +
           ", expected " + std::to_string(inputs.features->rows()) + " x " + std::to_string(inputs.classes);
}

void setMixupFigures(MetricEntry& entry, MixupFigures figures, const MetricOptions& options)
{
    set(entry, "mixup.cosine_same", figures.cosineSame);
    set(entry, "mixup.cosine_same_centred", figures.cosineSameCentred);
    set(entry, "mixup.cosine_same_subspace", figures.cosineSameSubspace);
    set(entry, "mixup.cosine_same_view", figures.cosineSameView);
    set(entry, "mixup.norm_cv_same", figures.normCvSame);
    set(entry, "mixup.off_classifier", figures.offClassifier);
    set(entry, "mixup.off_pair", figures.offPair);
    set(entry, "mixup.theory_gap", figures.theoryGap);
    set(entry, "mixup.theory_gap_same", figures.theoryGapSame);
    set(entry, "mixup.theory_gap_different", figures.theoryGapDifferent);
    set(entry, "mixup.convexity_gap", figures.convexityGap);
    set(entry, "mixup.arm_ratio", figures.armRatio);
    set(entry, "mixup.arm_ratio_theory", figures.armRatioTheory);
    set(entry, "mixup.channel_width", figures.channelWidth);
    set(entry, "mixup.channel_along", figures.channelAlong);
    set(entry, "mixup.beta", figures.beta);
    set(entry, "mixup.ln_beta_se", figures.lnBetaSe);
    set(entry, "mixup.kappa", figures.kappa);
    entry.valid = figures.valid;
    entry.validReason = std::move(figures.validReason);
    entry.pairs = std::move(figures.pairs);
    entry.triples = std::move(figures.triples);
    if (options.rowResiduals)
        entry.theoryResiduals = std::move(figures.theoryResiduals);
}

/// W alone: nc2.weights_* and their chance levels.
void setWeightFigures(MetricEntry& entry, const Classifier& classifier, const MetricOptions& options, int threads)
{
    const Matrix raw = classifier.weight;
    const Matrix weight = options.weights == WeightRows::Centred ? etf::centredRows(raw) : raw;
    setEtfFigures(entry, "nc2.weights_", weight, options.deviation);
    if (classifier.classes() < 2)
        return;
    const Index dim = classifier.trainedDim > 0 ? classifier.trainedDim : classifier.dim();
    const ChanceLevel chance = chanceLevel(classifier.classes(), dim, threads);
    entry.chanceWeightsEtfError = chance.weightsEtfError;
    const double pairs = static_cast<double>(classifier.classes() * (classifier.classes() - 1)) / 2;
    if (options.deviation == Deviation::Population)
        entry.chanceWeightsCosStd = chance.weightsCosStd;
    else if (pairs > 1)
        entry.chanceWeightsCosStd = chance.weightsCosStd * std::sqrt(pairs / (pairs - 1));
}

/// Everything that a clean split has and a mix split has not, but for what the logits say. `z` is null without W.
Result<void> setCleanFigures(MetricEntry& entry, const MetricInputs& inputs, ClassifierLogits* z,
                             const MetricOptions& options, const TaskControl& control)
{
    Result<ClassStatistics> stats =
        startClassStatistics(*inputs.features, inputs.split->labelA, inputs.classes, control);
    if (!stats)
        return stats.error();
    const Result<Metric> mismatch = finishStatistics(*stats, inputs, z, control);
    if (!mismatch)
        return mismatch.error();
    setMeansFigures(entry, *stats, options.deviation);
    if (z) {
        setDualityFigures(entry, *stats, *inputs.classifier, options);
        set(entry, "nc4.mismatch", *mismatch);
    }
    if (options.keepClassMeans)
        entry.classMeans = ClassMeans{std::move(stats->counts), std::move(stats->means)};
    return {};
}

/// Recorded logits in memory, where they are neither there yet nor too many.
Result<std::optional<DoubleRows>> heldLogits(const RowSource& logits, const TaskControl& control)
{
    if (logits.concurrentReads() || logits.rows() > mostHeldValues / std::max<Index>(1, logits.dim()))
        return std::optional<DoubleRows>();
    RowMatrixD rows(logits.rows(), logits.dim());
    const auto visit = [&](Index, Index first, const auto& block) { rows.middleRows(first, block.rows()) = block; };
    if (Result<void> done = walkStretches<double>(logits, Stretches(logits.rows()), visit, control); !done)
        return done.error();
    return std::optional<DoubleRows>(std::move(rows));
}

/// Accuracy and calibration by the recorded logits, else by `z` = W h + b (null without W).
Result<void> setOutcomes(MetricEntry& entry, const MetricInputs& inputs, const ClassifierLogits* z,
                         const MetricOptions& options, const TaskControl& control)
{
    if (!inputs.logits)
        return z ? setLogitFigures(entry, *z, *inputs.split, options, control) : Result<void>();
    if (const std::string unfit = logitsProblem(inputs); !unfit.empty()) {
        set(entry, "accuracy", Metric::absent(unfit));
        if (entry.kind == SplitKind::Clean)
            setAbsent(entry, "calibration.", unfit);
        return {};
    }
    const Result<std::optional<DoubleRows>> held = heldLogits(*inputs.logits, control);
    if (!held)
        return held.error();
    const RowSource& logits = *held ? static_cast<const RowSource&>(**held) : *inputs.logits;
    return setLogitFigures(entry, logits, *inputs.split, options, control);
}

void setMixupAbsent(MetricEntry& entry, const std::string& reason)
{
    setAbsent(entry, "mixup.", reason);
    entry.valid = Metric::absent(reason);
    entry.validReason = reason;
}

Result<void> setMixFigures(MetricEntry& entry, const MetricInputs& inputs, ClassifierLogits* z,
                           const MetricOptions& options, const TaskControl& control)
{
    if (!z)
        return {};
    const Matrix weight = inputs.classifier->weight;
    if (!(etf::kappa(weight) > 1e-24 * weight.squaredNorm())) { // equal but for rounding, or a single row
        setMixupAbsent(entry, "the classifier's rows are all equal");
        return {};
    }
    Result<MixupFigures> figures = measureMixes(inputs, *z, options, control);
    if (!figures)
        return figures.error();
    setMixupFigures(entry, std::move(*figures), options);
    return {};
}

/// An entry in which everything that the kind of split, the classifier or its absence rules out has its reason.
MetricEntry startEntry(const MetricInputs& inputs, const std::string& classifierProblem)
{
    MetricEntry entry;
    entry.epoch = inputs.epoch;
    entry.split = inputs.split->name;
    entry.layer = inputs.layer;
    entry.kind = inputs.split->kind;
    entry.samples = inputs.split->rows();
    entry.classes = inputs.classes;
    entry.values.resize(names.size());
    if (!classifierProblem.empty()) {
        for (const char* prefix : {"nc2.weights_", "nc3.", "nc4.", "bias_relation", "accuracy", "calibration."})
            setAbsent(entry, prefix, classifierProblem);
        setMixupAbsent(entry, classifierProblem);
    }
    if (entry.samples == 0) {
        for (const std::string_view name : names)
            if (!name.starts_with("nc2.weights_"))
                set(entry, name, Metric::absent("the split has no samples"));
        setMixupAbsent(entry, "the split has no samples");
    }
    if (entry.kind == SplitKind::Clean)
        setMixupAbsent(entry, "a clean split holds no mixes");
    else
        for (const char* prefix : {"nc1.", "nc2.means_", "nc2.gnc2", "nc3.", "nc4.", "bias_relation", "calibration."})
            setAbsent(entry, prefix, "defined for clean splits only");
    return entry;
}

} // namespace

std::span<const std::string_view> metricNames()
{
    return names;
}

const Metric& MetricEntry::operator[](std::string_view dottedName) const
{
    return values[indexOf(dottedName)];
}

Result<MetricEntry> measure(const MetricInputs& inputs, const MetricOptions& options, const TaskControl& control)
{
    assert(inputs.features && inputs.split && inputs.features->rows() == inputs.split->rows());
    const bool mix = inputs.split->kind == SplitKind::Mix;
    for (const auto* labels : {&inputs.split->labelA, &inputs.split->labelB})
        if (Result<void> checked = checkLabels(*labels, inputs.classes); !checked)
            return checked.error();
    std::string problem = classifierProblem(inputs);
    MetricEntry entry = startEntry(inputs, problem);
    const bool all = !(mix && options.onlyTheory);
    if (problem.empty() && all)
        setWeightFigures(entry, *inputs.classifier, options, control.threads);
    if (options.keepClassMeans && !mix)
        entry.classMeans = ClassMeans{std::vector<Index>(static_cast<std::size_t>(inputs.classes), 0),
                                      Matrix::Zero(inputs.classes, inputs.features->dim())};
    if (entry.samples == 0)
        return entry;

    std::optional<ClassifierLogits> z; // W h + b
    if (problem.empty()) {
        z.emplace(*inputs.features, *inputs.classifier);
        if (all)
            z->remember();
    }
    const auto setFeatureFigures = mix ? setMixFigures : setCleanFigures;
    if (Result<void> done = setFeatureFigures(entry, inputs, z ? &*z : nullptr, options, control); !done)
        return done.error();
    if (z)
        z->settle();
    if (!all)
        return entry;
    if (Result<void> done = setOutcomes(entry, inputs, z ? &*z : nullptr, options, control); !done)
        return done.error();
    return entry;
}

MetricEntry measureMeans(const ClassStatistics& stats, const Classifier* classifier, const MetricOptions& options)
{
    assert(!classifier || (classifier->classes() == stats.classes() && classifier->dim() == stats.dim()));
    MetricEntry entry;
    entry.samples = stats.samples;
    entry.classes = stats.classes();
    entry.values.resize(names.size());
    setMeansFigures(entry, stats, options.deviation);
    if (classifier)
        setDualityFigures(entry, stats, *classifier, options);
    return entry;
}

} // namespace nc

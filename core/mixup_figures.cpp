#include "core/mixup_figures.h"

#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/class_sums.h"
#include "core/class_triples.h"
#include "core/classifier_logits.h"
#include "core/parallel.h"
#include "core/row_kernel.h"
#include "core/row_walk.h"
#include "core/sample_statistics.h"
#include "core/simplex_etf.h"
#include "core/subspace_projection.h"
#include "core/thin_svd.h"
#include "core/ufm_optimum.h"

namespace nc
{
namespace
{

using RowVector = Eigen::RowVectorXd;
constexpr const char* fewClasses = "fewer than three classes";
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Mean of the values that are numbers: a cosine with a vector of length zero is none and is left out.
class Mean
{
public:
    void add(double value)
    {
        if (std::isfinite(value))
            m_moments.add(value);
    }
    void add(const Mean& other) { m_moments.add(other.m_moments); }
    [[nodiscard]] Metric metric(const std::string& ifEmpty) const
    {
        return m_moments.count() > 0 ? Metric(m_moments.mean()) : Metric::absent(ifEmpty);
    }

private:
    RunningMoments m_moments;
};

double cosine(const Eigen::Ref<const RowVector>& a, const Eigen::Ref<const RowVector>& b)
{
    return a.dot(b) / (a.norm() * b.norm());
}

/// Row space of the centred classifier, r <= C-1 dimensions. Rows h become their coordinates there, V^T h; the centred
/// logits are then `rows` u^T with u = V^T h - agree (docs/maths.md, 5).
struct ClassifierSpace {
    RowMatrixD axes;       ///< V^T, r x d
    RowMatrixD rows;       ///< C x r, wc_k V
    RowVector agree;       ///< r, V^T s of the point s where all logits agree
    double kappa = 0;      ///< |Wc|_F^2/(C-1)
    RowMatrixD fromLogits; ///< S^-1 U^T, r x C: u is this times z; empty where it would lose more than three digits

    explicit ClassifierSpace(const Classifier& classifier)
    {
        const Matrix centred = etf::centredRows(Matrix(classifier.weight));
        const ThinSvd svd = thinSvd(centred);
        const Vector& s = svd.s;
        Index rank = 0;
        while (rank < std::min(s.size(), centred.rows() - 1) && s(rank) > etf::rankTolerance * s(0))
            ++rank;
        axes = svd.v.leftCols(rank).transpose();
        rows = centred * axes.transpose();
        const Vector bias = classifier.bias.array() - classifier.bias.mean();
        const Vector inverse = s.head(rank).cwiseInverse();
        agree = -(inverse.asDiagonal() * (svd.u.leftCols(rank).transpose() * bias)).transpose();
        kappa = etf::kappa(Matrix(classifier.weight));
        if (rank > 0 && s(rank - 1) > 1e-3 * s(0))
            fromLogits = inverse.asDiagonal() * svd.u.leftCols(rank).transpose();
    }

    /// u of rows whose features and logits are at hand, n x r.
    template <typename Rows>
    void coordinates(const Rows& features, const Eigen::Map<const RowMatrixD>& z, RowMatrixD& u) const
    {
        if (fromLogits.size() > 0)
            kernel::products(z, fromLogits, u);
        else
            coordinates(features, u);
    }

    /// u of rows in feature space, n x r.
    template <typename Rows>
    void coordinates(const Rows& features, RowMatrixD& u) const
    {
        kernel::products(features, axes, u);
        u.rowwise() -= agree;
    }
};

/// |v - P v|^2/|v|^2 for the projector on span{a, b}.
double shareOutside(const Eigen::Ref<const RowVector>& v, const Eigen::Ref<const RowVector>& a,
                    const Eigen::Ref<const RowVector>& b)
{
    const RowVector first = a / a.norm();
    const RowVector across = b - first.dot(b) * first;
    RowVector rest = v - first.dot(v) * first;
    // For two classes both rows lie on one line.
    if (across.norm() > etf::rankTolerance * b.norm())
        rest -= across.dot(rest) / across.squaredNorm() * across;
    return rest.squaredNorm() / v.squaredNorm();
}

/// z_i - mean of the logits that are neither i's nor j's. C >= 3.
double gapToThird(const Eigen::Ref<const RowVector>& z, Index i, Index j)
{
    return z(i) - (z.sum() - z(i) - z(j)) / static_cast<double>(z.size() - 2);
}

/// The run's own theory: x, and what follows.
struct EffectiveTheory {
    Metric gap;  ///< x, mean over classes of the class's median logit gap
    Metric beta; ///< from x
    Metric lnBetaSe;
    double rightShare = 0; ///< of the same-class mixes
    std::string problem;   ///< why there is no theory to compare with; empty where there is one
};

/// `gaps` by class: z_k - mean of the other logits of its same-class mixes.
EffectiveTheory theoryFromGaps(std::vector<std::vector<double>> gaps)
{
    EffectiveTheory theory;
    std::vector<double> medians;
    for (std::vector<double>& values : gaps)
        if (!values.empty())
            medians.push_back(median(std::move(values)));
    if (medians.empty()) {
        theory.problem = "no same-class mixes";
        theory.gap = theory.beta = theory.lnBetaSe = Metric::absent(theory.problem);
        return theory;
    }
    const double x = meanOf(medians);
    theory.gap = x;
    theory.beta = ufm::betaFromGap(static_cast<Index>(gaps.size()), x);
    if (!std::isfinite(theory.beta.value))
        theory.beta = Metric::absent(theory.problem = "the effective beta is too large for a number");
    else if (theory.beta.value <= 0)
        theory.problem = "the effective beta is not positive";
    theory.lnBetaSe = standardDeviation(medians, Deviation::Unbiased, "class with same-class mixes");
    theory.lnBetaSe.value *= (1 + 1 / x) / std::sqrt(static_cast<double>(medians.size()));
    if (!theory.problem.empty())
        theory.lnBetaSe = Metric::absent(theory.problem);
    return theory;
}

/// What the first walk over the mixes finds.
struct MixGround {
    ClassMeans means; ///< of the same-class mixes
    EffectiveTheory theory;
};

/// Theory from the logit gap of each same-class mix, and how many of them are classified right.
EffectiveTheory readTheory(const Split& split, Index classes, const std::vector<double>& gaps, Index right)
{
    std::vector<std::vector<double>> byClass(static_cast<std::size_t>(classes));
    Index same = 0; // counted, so that exactly 90 % is 90 %
    for (Index row = 0; row < split.rows(); ++row)
        if (split.sameClass(row)) {
            const auto place = static_cast<std::size_t>(row);
            byClass[static_cast<std::size_t>(split.labelA[place])].push_back(gaps[place]);
            ++same;
        }
    EffectiveTheory theory = theoryFromGaps(std::move(byClass));
    theory.rightShare = static_cast<double>(right) / static_cast<double>(std::max<Index>(1, same));
    return theory;
}

/// The first walk. Fills `logits`.
Result<MixGround> readGround(const Split& split, const RowSource& features, ClassifierLogits& logits,
                             const TaskControl& control)
{
    const Index classes = logits.dim();
    const auto others = static_cast<double>(classes - 1);
    const Stretches cut(features.rows(), ClassSums::bytes(classes, features.dim()));
    const auto count = static_cast<std::size_t>(cut.count());
    std::vector<ClassSums> sums(count, ClassSums(classes, features.dim()));
    std::vector<double> gaps(static_cast<std::size_t>(split.rows()));
    std::vector<Index> rights(count, 0);
    std::vector<RowMatrixD> scratch(count);
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        const auto part = static_cast<std::size_t>(stretch);
        const auto logitsHere = logits.of(first, block, scratch[part]);
        for (Index n = 0; n < block.rows(); ++n) {
            if (!split.sameClass(first + n))
                continue;
            const auto z = logitsHere.row(n);
            const std::int32_t k = split.labelA[static_cast<std::size_t>(first + n)];
            gaps[static_cast<std::size_t>(first + n)] = z(k) - (z.sum() - z(k)) / others;
            rights[part] += lowestArgmax(z) == k;
            sums[part].add(k, block.row(n).data());
        }
    };
    if (Result<void> done = walkStretches(features, cut, visit, control); !done)
        return done.error();
    logits.settle();
    const Index right = std::accumulate(rights.begin(), rights.end(), Index{0});
    return MixGround{meansOf(std::move(sums)), readTheory(split, classes, gaps, right)};
}

/// Same-class coordinates in the view of some classes: B V, and B wc_k.
struct View {
    Matrix map;                  ///< D x r
    std::vector<RowVector> tips; ///< by class; empty for a class outside the view

    /// Error where no classes are given or their rows do not span a view.
    static Result<View> make(const ClassifierSpace& space, const std::vector<Index>& classes)
    {
        if (classes.empty())
            return usageError("no view chosen");
        const Result<SubspaceProjection> projection = projectionOntoRows(Matrix(space.rows(classes, Eigen::all)));
        if (!projection)
            return projection.error();
        View view{projection->basis, std::vector<RowVector>(static_cast<std::size_t>(space.rows.rows()))};
        for (const Index k : classes)
            view.tips[static_cast<std::size_t>(k)] = space.rows.row(k) * projection->basis.transpose();
        return view;
    }
    [[nodiscard]] bool shows(Index k) const { return tips[static_cast<std::size_t>(k)].size() > 0; }
    [[nodiscard]] double cosineOf(const Eigen::Ref<const RowVector>& u, Index k) const
    {
        return cosine(u * map.transpose(), tips[static_cast<std::size_t>(k)]);
    }
};

/// Sums over the mixes of one unordered pair i < j.
struct PairSums {
    Index samples = 0;
    Mean theoryGap;
    RunningMoments arm;           ///< (x_i + x_j)/2 near lambda 1/2
    RunningMoments across, along; ///< residuals about theory for 0.1 < lambda < 0.9

    void add(const PairSums& other)
    {
        samples += other.samples;
        theoryGap.add(other.theoryGap);
        arm.add(other.arm);
        across.add(other.across);
        along.add(other.along);
    }

    static constexpr Index enough = 10; ///< mixes that a variance takes
};

/// Root of the mean over pairs of their variances.
Metric channelSpread(const std::map<std::pair<Index, Index>, PairSums>& pairs, RunningMoments PairSums::*which)
{
    Mean mean;
    for (const auto& [pair, sums] : pairs)
        if ((sums.*which).count() >= PairSums::enough)
            mean.add((sums.*which).variance());
    Metric result = mean.metric("no pair of classes has ten mixes with lambda from 0.1 to 0.9");
    result.value = std::sqrt(result.value);
    return result;
}

/// What every mix is measured against.
struct MixFrame {
    const Split& split;
    const Classifier& classifier;
    const ClassifierSpace& space;
    const EffectiveTheory& theory;
    const View* view;                       ///< null where there is none
    Vector mean;                            ///< m, d
    Vector weightNorms;                     ///< C, |w_k|
    RowVector origin;                       ///< V^T m - V^T s
    RowMatrixD anchors;                     ///< C x r, u_i
    std::optional<ufm::MixOptima> optima{}; ///< at the effective beta, where there is theory
    std::vector<Index> anchorCounts;        ///< rows behind each

    MixFrame(const MetricInputs& inputs, const ClassifierSpace& classifierSpace, const EffectiveTheory& runTheory,
             const ClassMeans& mixMeans, const ClassMeans& anchorMeans, const View* chosenView)
        : split(*inputs.split)
        , classifier(*inputs.classifier)
        , space(classifierSpace)
        , theory(runTheory)
        , view(chosenView)
        , mean(mixMeans.balanced())
        , weightNorms(classifier.weight.rowwise().norm())
        , origin(mean.transpose() * space.axes.transpose() - space.agree)
        , anchorCounts(anchorMeans.counts)
    {
        space.coordinates(RowMatrixD(anchorMeans.means), anchors);
        if (hasTheory())
            optima.emplace(classes(), theory.beta.value);
    }

    [[nodiscard]] bool hasTheory() const { return theory.problem.empty(); }
    [[nodiscard]] Index classes() const { return space.rows.rows(); }
    [[nodiscard]] bool manyClasses() const { return classes() >= 3; }
};

/// One number a row, written by whoever walks that row; NaN where it has none.
struct RowFigures {
    std::vector<double> norms;     ///< |u| of same-class mixes
    std::vector<double> residuals; ///< |u - h*|/|h*|

    explicit RowFigures(Index rows)
        : norms(static_cast<std::size_t>(rows), nan)
        , residuals(static_cast<std::size_t>(rows), nan)
    {
    }
};

/// Sums over one stretch of mixes: everything that needs m, the class means of u, and the theory.
class MixSums
{
public:
    template <typename Block>
    void add(const MixFrame& frame, ClassifierLogits& logits, Index first, const Block& block, RowFigures& figures)
    {
        const auto z = logits.of(first, block, m_z);
        frame.space.coordinates(block, z, m_u);
        m_inside = m_u.rowwise() - frame.origin;
        m_scratch.resize(block.cols());
        for (Index n = 0; n < block.rows(); ++n) {
            const double squared =
                kernel::deviate(block.row(n).data(), frame.mean.data(), block.cols(), m_scratch.data());
            const double outside = squared - m_inside.row(n).squaredNorm();
            m_offClassifier.add(std::max(0.0, outside) / squared);
            if (frame.split.sameClass(first + n)) {
                addRawCosine(frame, first + n, block.row(n).data());
                addSame(frame, first + n, n, std::sqrt(squared), figures);
            } else {
                addDifferent(frame, first + n, n, z.row(n), figures);
            }
        }
    }

    void add(const MixSums& other)
    {
        for (const auto member :
             {&MixSums::m_cosineSame, &MixSums::m_cosineCentred, &MixSums::m_cosineSubspace, &MixSums::m_cosineView,
              &MixSums::m_offClassifier, &MixSums::m_offPair, &MixSums::m_gapAll, &MixSums::m_gapSame,
              &MixSums::m_gapDifferent, &MixSums::m_convexity})
            (this->*member).add(other.*member);
        for (const auto& [pair, sums] : other.m_pairs)
            m_pairs[pair].add(sums);
    }

    void fill(MixupFigures& figures, const MixFrame& frame, const MetricOptions& options) const;

private:
    void fillArms(MixupFigures& figures, const MixFrame& frame) const;
    void fillPairs(MixupFigures& figures, const MixFrame& frame) const;

    template <typename Scalar>
    void addRawCosine(const MixFrame& frame, Index row, const Scalar* h)
    {
        const std::int32_t k = frame.split.labelA[static_cast<std::size_t>(row)];
        const Index dim = m_scratch.size();
        const double length = std::sqrt(kernel::squaredLength(h, dim));
        double product = 0;
        kernel::products(h, 1, dim, frame.classifier.weight.row(k).data(), 1, &product);
        m_cosineSame.add(product / (length * frame.weightNorms(k)));
    }

    /// `n` is the place of the row in its block.
    void addSame(const MixFrame& frame, Index row, Index n, double centredLength, RowFigures& figures)
    {
        const auto place = static_cast<std::size_t>(row);
        const Index k = frame.split.labelA[place];
        const auto u = m_u.row(n);
        const auto w = frame.space.rows.row(k);
        const double wNorm = w.norm(), uNorm = u.norm();
        m_cosineCentred.add(m_inside.row(n).dot(w) / (centredLength * wNorm));
        m_cosineSubspace.add(u.dot(w) / (uNorm * wNorm));
        if (frame.view && frame.view->shows(k))
            m_cosineView.add(frame.view->cosineOf(u, k));
        figures.norms[place] = uNorm;
        if (!frame.hasTheory())
            return;
        const double gap = relativeGap(u, frame.theory.gap.value / frame.space.kappa * w);
        m_gapSame.add(gap);
        m_gapAll.add(gap);
        figures.residuals[place] = gap;
    }

    void addDifferent(const MixFrame& frame, Index row, Index n, const Eigen::Ref<const RowVector>& z,
                      RowFigures& figures)
    {
        const auto place = static_cast<std::size_t>(row);
        const Index a = frame.split.labelA[place], b = frame.split.labelB[place];
        const double lambda = frame.split.lambda[place];
        const auto u = m_u.row(n);
        const auto wa = frame.space.rows.row(a), wb = frame.space.rows.row(b);
        m_offPair.add(shareOutside(u, wa, wb));
        if (frame.anchorCounts[static_cast<std::size_t>(a)] > 0 &&
            frame.anchorCounts[static_cast<std::size_t>(b)] > 0) {
            m_ends = frame.anchors.row(a) - frame.anchors.row(b);
            m_convexity.add((u - frame.anchors.row(b) - lambda * m_ends).norm() / m_ends.norm());
        }
        PairSums& pair = m_pairs[{std::min(a, b), std::max(a, b)}];
        ++pair.samples;
        if (!frame.hasTheory())
            return;
        const ufm::MixOptimum& optimum = optimumAt(frame, lambda);
        const double gap = relativeGap(u, (optimum.xi * wa + optimum.xj * wb) / frame.space.kappa);
        m_gapDifferent.add(gap);
        m_gapAll.add(gap);
        pair.theoryGap.add(gap);
        figures.residuals[place] = gap;
        addChannel(frame, row, z, optimum, pair);
    }

    static void addChannel(const MixFrame& frame, Index row, const Eigen::Ref<const RowVector>& z,
                           const ufm::MixOptimum& optimum, PairSums& pair)
    {
        const auto place = static_cast<std::size_t>(row);
        const Index a = frame.split.labelA[place], b = frame.split.labelB[place];
        const double lambda = frame.split.lambda[place];
        const double both = frame.manyClasses() ? gapToThird(z, a, b) + gapToThird(z, b, a) : nan;
        if (frame.manyClasses() && std::abs(lambda - 0.5) <= 0.05)
            pair.arm.add(both / 2);
        if (!(lambda > 0.1 && lambda < 0.9))
            return;
        const double across = z(a) - z(b) - (optimum.xi - optimum.xj);
        pair.across.add((a < b ? across : -across) / std::sqrt(2.0));
        if (frame.manyClasses())
            pair.along.add((both - (optimum.xi + optimum.xj)) / std::sqrt(2.0));
    }

    /// |u - h*|/|h*|; not a number where h* is 0, as for two classes at lambda 1/2.
    template <typename Optimum>
    double relativeGap(const Eigen::Ref<const RowVector>& u, const Optimum& optimum)
    {
        m_optimal = optimum;
        const double length = m_optimal.norm();
        return length > 0 ? (u - m_optimal).norm() / length : nan;
    }

    /// Mixes often share lambda within a batch.
    const ufm::MixOptimum& optimumAt(const MixFrame& frame, double lambda)
    {
        if (m_optimum.lambda != lambda)
            m_optimum = frame.optima->at(lambda);
        return m_optimum;
    }

    Mean m_cosineSame, m_cosineCentred, m_cosineSubspace, m_cosineView, m_offClassifier, m_offPair;
    Mean m_gapAll, m_gapSame, m_gapDifferent, m_convexity;
    std::map<std::pair<Index, Index>, PairSums> m_pairs;
    ufm::MixOptimum m_optimum{.lambda = -1};
    RowMatrixD m_u, m_inside, m_z;            // of the block at hand
    RowVector m_ends, m_optimal, m_scratch{}; // of the row at hand
};

Metric needsTheory(const MixFrame& frame, Metric metric)
{
    return frame.hasTheory() ? metric : Metric::absent(frame.theory.problem);
}
Metric needsThree(const MixFrame& frame, Metric metric)
{
    return frame.manyClasses() ? metric : Metric::absent(fewClasses);
}

void MixSums::fill(MixupFigures& figures, const MixFrame& frame, const MetricOptions& options) const
{
    const std::string noSame = "no same-class mixes", noDifferent = "no different-class mixes";
    figures.cosineSame = m_cosineSame.metric(noSame);
    figures.cosineSameCentred = m_cosineCentred.metric(noSame);
    figures.cosineSameSubspace = m_cosineSubspace.metric(noSame);
    figures.cosineSameView = needsThree(frame, m_cosineView.metric("no same-class mixes of the view's classes"));
    figures.offClassifier = m_offClassifier.metric("all features are equal");
    figures.offPair = m_offPair.metric(noDifferent);
    figures.theoryGap = needsTheory(frame, m_gapAll.metric("no mixes"));
    figures.theoryGapSame = needsTheory(frame, m_gapSame.metric(noSame));
    figures.theoryGapDifferent = needsTheory(frame, m_gapDifferent.metric(noDifferent));
    figures.convexityGap = m_convexity.metric("no different-class mixes of classes whose mean is known");
    fillArms(figures, frame);
    figures.channelWidth = needsTheory(frame, channelSpread(m_pairs, &PairSums::across));
    figures.channelAlong = needsTheory(frame, needsThree(frame, channelSpread(m_pairs, &PairSums::along)));
    if (options.perPair)
        fillPairs(figures, frame);
}

void MixSums::fillArms(MixupFigures& figures, const MixFrame& frame) const
{
    const double x = frame.theory.gap.value;
    Mean arm;
    for (const auto& [pair, sums] : m_pairs)
        if (sums.arm.count() > 0)
            arm.add(sums.arm.mean() / x);
    figures.armRatio = needsTheory(frame, needsThree(frame, arm.metric("no different-class mixes near lambda 1/2")));
    figures.armRatioTheory = needsTheory(frame, needsThree(frame, {}));
    if (frame.hasTheory() && frame.manyClasses())
        figures.armRatioTheory = ufm::mixOptimum(frame.classes(), frame.theory.beta.value, 0.5).xi / x;
}

void MixSums::fillPairs(MixupFigures& figures, const MixFrame& frame) const
{
    const auto spread = [](const RunningMoments& moments) {
        return moments.count() >= PairSums::enough ? Metric(std::sqrt(moments.variance()))
                                                   : Metric::absent("fewer than ten mixes with lambda from 0.1 to 0.9");
    };
    for (const auto& [pair, sums] : m_pairs) {
        PairFigures own{pair.first, pair.second, sums.samples, {}, {}, {}, {}};
        const Metric arm = sums.arm.count() > 0 ? Metric(sums.arm.mean() / frame.theory.gap.value)
                                                : Metric::absent("no mixes near lambda 1/2");
        own.theoryGap = needsTheory(frame, sums.theoryGap.metric("the theory is zero for all of its mixes"));
        own.armRatio = needsTheory(frame, needsThree(frame, arm));
        own.channelWidth = needsTheory(frame, spread(sums.across));
        own.channelAlong = needsTheory(frame, needsThree(frame, spread(sums.along)));
        figures.pairs.push_back(std::move(own));
    }
}

/// The walk over the mixes, into the figures that it makes.
Result<void> walkMixes(MixupFigures& figures, const MixFrame& frame, const RowSource& features,
                       ClassifierLogits& logits, const MetricOptions& options, const TaskControl& control)
{
    const Stretches cut(features.rows());
    std::vector<MixSums> parts(static_cast<std::size_t>(cut.count()));
    RowFigures rows(features.rows());
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        parts[static_cast<std::size_t>(stretch)].add(frame, logits, first, block, rows);
    };
    if (Result<void> done = walkStretches(features, cut, visit, control); !done)
        return done;
    for (std::size_t part = 1; part < parts.size(); ++part)
        parts[0].add(parts[part]);
    parts[0].fill(figures, frame, options);
    figures.theoryResiduals = std::move(rows.residuals);
    std::erase_if(rows.norms, [](double norm) { return std::isnan(norm); });
    figures.normCvSame = coefficientOfVariation(rows.norms, options.deviation, "same-class mix");
    return {};
}

/// u of the same-class mixes of each class.
Result<std::vector<RowMatrixD>> sameClassRows(const Split& split, const RowSource& features,
                                              const ClassifierSpace& space, const TaskControl& control)
{
    std::vector<RowMatrixD> rows(static_cast<std::size_t>(space.rows.rows()));
    std::vector<Index> counts(rows.size()), places(static_cast<std::size_t>(split.rows()));
    for (std::size_t n = 0; n < places.size(); ++n)
        if (split.sameClass(static_cast<Index>(n)))
            places[n] = counts[static_cast<std::size_t>(split.labelA[n])]++;
    for (std::size_t k = 0; k < rows.size(); ++k)
        rows[k].resize(counts[k], space.rows.cols());
    const Stretches cut(features.rows());
    std::vector<RowMatrixD> scratch(static_cast<std::size_t>(cut.count()));
    const auto visit = [&](Index stretch, Index first, const auto& block) {
        RowMatrixD& u = scratch[static_cast<std::size_t>(stretch)];
        space.coordinates(block, u);
        for (Index n = 0; n < block.rows(); ++n)
            if (const auto place = static_cast<std::size_t>(first + n); split.sameClass(first + n))
                rows[static_cast<std::size_t>(split.labelA[place])].row(places[place]) = u.row(n);
    };
    if (Result<void> done = walkStretches(features, cut, visit, control); !done)
        return done.error();
    return rows;
}

/// cosine_same_view of the triples of classes that span a plane and have same-class mixes, ascending.
Result<std::vector<TripleFigure>> measureTriples(const ClassifierSpace& space,
                                                 const std::vector<RowMatrixD>& sameByClass, const TaskControl& control)
{
    std::vector<TripleFigure> triples;
    for (const ClassTriple& chosen : chosenTriples(space.rows.rows(), mostTriples))
        triples.push_back({{chosen.begin(), chosen.end()}, nan});
    std::atomic<Index> done = 0;
    const auto count = static_cast<Index>(triples.size());
    parallelFor(count, control.threads, [&](Index n) {
        if (control.stopRequested())
            return;
        TripleFigure& triple = triples[static_cast<std::size_t>(n)];
        const Result<View> view = View::make(space, triple.classes);
        if (!view)
            return;
        Mean mean;
        for (const Index k : triple.classes) {
            const RowMatrixD& rows = sameByClass[static_cast<std::size_t>(k)];
            for (Index row = 0; row < rows.rows(); ++row)
                mean.add(view->cosineOf(rows.row(row), k));
        }
        if (const Metric figure = mean.metric("no same-class mixes"); figure.available())
            triple.cosineSameView = figure.value;
        if (++done % 256 == 0)
            control.report(static_cast<double>(done) / static_cast<double>(count));
    });
    if (control.stopRequested())
        return interrupted();
    std::erase_if(triples, [](const TripleFigure& triple) { return std::isnan(triple.cosineSameView); });
    std::stable_sort(triples.begin(), triples.end(),
                     [](const TripleFigure& a, const TripleFigure& b) { return a.cosineSameView < b.cosineSameView; });
    return triples;
}

std::optional<TripleRange> rangeOf(const std::vector<TripleFigure>& ascending, Index classes)
{
    if (ascending.empty())
        return {};
    const auto at = [&](std::size_t quarter) { return ascending[quarter * (ascending.size() - 1) / 4]; };
    return TripleRange{at(0), at(1), at(2), at(3), at(4), static_cast<Index>(ascending.size()), tripleCount(classes)};
}

/// Whether a configuration, where it says anything, says cross-entropy on mixed labels.
bool saysMixupWithCrossEntropy(const std::string& configuration)
{
    const auto json = nlohmann::json::parse(configuration, nullptr, false);
    const auto text = [&](const char* section) -> std::string {
        if (!json.is_object() || !json.contains(section) || !json[section].is_object())
            return {};
        const auto kind = json[section].find("kind");
        return kind != json[section].end() && kind->is_string() ? kind->get<std::string>() : std::string();
    };
    const std::string mixing = text("mixing"), loss = text("loss");
    return (mixing.empty() || mixing != "none") && (loss.empty() || loss == "cross-entropy");
}

/// Why the theory of section 4 says nothing about this run; empty where it does.
std::string whyNotValid(const EffectiveTheory& theory, const Classifier& classifier, const std::string& configuration)
{
    if (!saysMixupWithCrossEntropy(configuration))
        return "not a cross-entropy mixup run";
    if (!theory.problem.empty())
        return theory.problem;
    if (theory.rightShare < 0.9)
        return "only " + std::to_string(static_cast<int>(100 * theory.rightShare)) +
               " % of the same-class mixes are classified right, 90 % are needed";
    const Matrix centred = etf::centredRows(Matrix(classifier.weight));
    if (!(etf::error(centred * centred.transpose()) <= 0.35))
        return "the classifier is too far from a simplex ETF (error above 0.35)";
    return {};
}

} // namespace

Result<MixupFigures> measureMixes(const MetricInputs& inputs, ClassifierLogits& logits, const MetricOptions& options,
                                  const TaskControl& control)
{
    const Split& split = *inputs.split;
    const ClassifierSpace space(*inputs.classifier);
    MixupFigures figures;
    const Result<MixGround> ground = readGround(split, *inputs.features, logits, control);
    if (!ground)
        return ground.error();
    const EffectiveTheory& theory = ground->theory;
    figures.beta = theory.beta;
    figures.lnBetaSe = theory.lnBetaSe;
    figures.kappa = space.kappa;
    figures.validReason = whyNotValid(theory, *inputs.classifier, options.configuration);
    figures.valid = figures.validReason.empty() ? 1 : 0;
    if (options.onlyTheory)
        return figures;
    const ClassMeans& anchors = inputs.cleanMeans ? *inputs.cleanMeans : ground->means;
    const Result<View> view = View::make(space, options.viewClasses);

    const MixFrame frame(inputs, space, theory, ground->means, anchors, view ? &*view : nullptr);
    if (Result<void> done = walkMixes(figures, frame, *inputs.features, logits, options, control); !done)
        return done.error();
    if (!view && figures.cosineSameView.unavailable != fewClasses)
        figures.cosineSameView = Metric::absent(view.error().message);
    if (options.triples) {
        const Result<std::vector<RowMatrixD>> rows = sameClassRows(split, *inputs.features, space, control);
        if (!rows)
            return rows.error();
        const Result<std::vector<TripleFigure>> triples = measureTriples(space, *rows, control);
        if (!triples)
            return triples.error();
        figures.triples = rangeOf(*triples, inputs.classes);
    }
    return figures;
}

} // namespace nc

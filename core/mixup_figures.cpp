#include "core/mixup_figures.h"

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/class_statistics.h"
#include "core/classifier_logits.h"
#include "core/parallel.h"
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
    Matrix axes;      ///< V, d x r
    RowMatrixD rows;  ///< C x r, wc_k V
    RowVector agree;  ///< r, V^T s of the point s where all logits agree
    double kappa = 0; ///< |Wc|_F^2/(C-1)

    explicit ClassifierSpace(const Classifier& classifier)
    {
        const Matrix centred = etf::centredRows(Matrix(classifier.weight));
        const ThinSvd svd = thinSvd(centred);
        const Vector& s = svd.s;
        Index rank = 0;
        while (rank < std::min(s.size(), centred.rows() - 1) && s(rank) > etf::rankTolerance * s(0))
            ++rank;
        axes = svd.v.leftCols(rank);
        rows = centred * axes;
        const Vector bias = classifier.bias.array() - classifier.bias.mean();
        const Vector inverse = s.head(rank).cwiseInverse();
        agree = -(inverse.asDiagonal() * (svd.u.leftCols(rank).transpose() * bias)).transpose();
        kappa = etf::kappa(Matrix(classifier.weight));
    }

    /// u of rows in feature space, N x r.
    template <typename Rows>
    [[nodiscard]] RowMatrixD coordinates(const Rows& features) const
    {
        return RowMatrixD(features * axes).rowwise() - agree;
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
double gapToThird(const RowVector& z, Index i, Index j)
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

Result<EffectiveTheory> readTheory(const Split& split, const RowSource& logits, const TaskControl& control)
{
    const auto others = static_cast<double>(logits.dim() - 1);
    std::vector<std::vector<double>> gaps(static_cast<std::size_t>(logits.dim()));
    Index same = 0, right = 0; // counted, so that exactly 90 % is 90 %
    const auto visit = [&](Index first, const auto& block) {
        for (Index n = 0; n < block.rows(); ++n) {
            if (!split.sameClass(first + n))
                continue;
            const RowVector z = block.row(n);
            const std::int32_t k = split.labelA[static_cast<std::size_t>(first + n)];
            gaps[static_cast<std::size_t>(k)].push_back(z(k) - (z.sum() - z(k)) / others);
            ++same;
            right += lowestArgmax(z) == k;
        }
    };
    if (Result<void> done = forEachBlock<double>(logits, visit, control); !done)
        return done.error();
    EffectiveTheory theory = theoryFromGaps(std::move(gaps));
    theory.rightShare = static_cast<double>(right) / static_cast<double>(std::max<Index>(1, same));
    return theory;
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
    [[nodiscard]] double cosineOf(const RowVector& u, Index k) const
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

/// One walk over the mixes: everything that needs m, the class means of u, and the theory.
class MixWalk
{
public:
    MixWalk(const MetricInputs& inputs, const ClassifierSpace& space, const EffectiveTheory& theory,
            const ClassMeans& mixMeans, const ClassMeans& anchorMeans, const View* view)
        : m_split(*inputs.split)
        , m_classifier(*inputs.classifier)
        , m_space(space)
        , m_theory(theory)
        , m_mean(mixMeans.balanced())
        , m_anchors(space.coordinates(anchorMeans.means))
        , m_anchorCounts(anchorMeans.counts)
        , m_view(view)
    {
        m_residuals.reserve(static_cast<std::size_t>(m_split.rows()));
    }

    Result<void> walk(const RowSource& features, const RowSource& logits, const TaskControl& control)
    {
        RowMatrixD u, z, centred, inside;
        std::optional<Error> failure;
        const RowVector origin = m_mean.transpose() * m_space.axes;
        const auto visit = [&](Index first, const auto& block) {
            u = m_space.coordinates(block);
            centred = block.rowwise() - m_mean.transpose();
            inside = (u.rowwise() + (m_space.agree - origin));
            z.resize(block.rows(), logits.dim());
            if (Result<void> done = logits.read(first, z); !done)
                failure = done.error();
            for (Index n = 0; n < block.rows(); ++n) {
                const double length = centred.row(n).norm();
                const double outside = length * length - inside.row(n).squaredNorm();
                m_offClassifier.add(std::max(0.0, outside) / (length * length));
                if (m_split.sameClass(first + n))
                    addSame(first + n, block.row(n), u.row(n), inside.row(n), length);
                else
                    addDifferent(first + n, u.row(n), z.row(n));
            }
        };
        if (Result<void> done = forEachBlock<double>(features, visit, control); !done)
            return done;
        return failure ? Result<void>(*failure) : Result<void>();
    }

    /// What the walk found; moves the residuals out.
    void fill(MixupFigures& figures, const MetricOptions& options);

private:
    [[nodiscard]] Index classA(Index row) const { return m_split.labelA[static_cast<std::size_t>(row)]; }
    [[nodiscard]] Index classB(Index row) const { return m_split.labelB[static_cast<std::size_t>(row)]; }
    [[nodiscard]] double lambda(Index row) const { return m_split.lambda[static_cast<std::size_t>(row)]; }
    [[nodiscard]] bool hasTheory() const { return m_theory.problem.empty(); }
    [[nodiscard]] bool manyClasses() const { return m_space.rows.rows() >= 3; }
    [[nodiscard]] Metric needsTheory(Metric metric) const
    {
        return hasTheory() ? metric : Metric::absent(m_theory.problem);
    }
    [[nodiscard]] Metric needsThree(Metric metric) const { return manyClasses() ? metric : Metric::absent(fewClasses); }
    void fillArms(MixupFigures& figures) const;
    void fillPairs(MixupFigures& figures) const;

    void addSame(Index row, const RowVector& h, const RowVector& u, const RowVector& inside, double centredLength)
    {
        const Index k = classA(row);
        const RowVector w = m_space.rows.row(k);
        m_cosineSame.add(cosine(h, m_classifier.weight.row(k)));
        m_cosineCentred.add(inside.dot(w) / (centredLength * w.norm()));
        m_cosineSubspace.add(cosine(u, w));
        if (m_view && m_view->shows(k))
            m_cosineView.add(m_view->cosineOf(u, k));
        m_norms.push_back(u.norm());
        const double gap = hasTheory() ? relativeGap(u, m_theory.gap.value / m_space.kappa * w) : nan;
        m_gapSame.add(gap);
        m_gapAll.add(gap);
        m_residuals.push_back(gap);
    }

    void addDifferent(Index row, const RowVector& u, const RowVector& z)
    {
        const Index a = classA(row), b = classB(row);
        const RowVector wa = m_space.rows.row(a), wb = m_space.rows.row(b);
        m_offPair.add(shareOutside(u, wa, wb));
        addConvexity(row, u);
        PairSums& pair = m_pairs[{std::min(a, b), std::max(a, b)}];
        ++pair.samples;
        if (!hasTheory()) {
            m_residuals.push_back(nan);
            return;
        }
        const ufm::MixOptimum& optimum = optimumAt(lambda(row));
        const double gap = relativeGap(u, (optimum.xi * wa + optimum.xj * wb) / m_space.kappa);
        m_gapDifferent.add(gap);
        m_gapAll.add(gap);
        pair.theoryGap.add(gap);
        m_residuals.push_back(gap);
        addChannel(row, z, optimum, pair);
    }

    void addConvexity(Index row, const RowVector& u)
    {
        const Index a = classA(row), b = classB(row);
        if (m_anchorCounts[static_cast<std::size_t>(a)] == 0 || m_anchorCounts[static_cast<std::size_t>(b)] == 0)
            return;
        const RowVector ends = m_anchors.row(a) - m_anchors.row(b);
        m_convexity.add((u - m_anchors.row(b) - lambda(row) * ends).norm() / ends.norm());
    }

    void addChannel(Index row, const RowVector& z, const ufm::MixOptimum& optimum, PairSums& pair) const
    {
        const Index a = classA(row), b = classB(row);
        const double both = manyClasses() ? gapToThird(z, a, b) + gapToThird(z, b, a) : nan;
        if (manyClasses() && std::abs(lambda(row) - 0.5) <= 0.05)
            pair.arm.add(both / 2);
        if (!(lambda(row) > 0.1 && lambda(row) < 0.9))
            return;
        const double across = z(a) - z(b) - (optimum.xi - optimum.xj);
        pair.across.add((a < b ? across : -across) / std::sqrt(2.0));
        if (manyClasses())
            pair.along.add((both - (optimum.xi + optimum.xj)) / std::sqrt(2.0));
    }

    /// |u - h*|/|h*|; not a number where h* is 0, as for two classes at lambda 1/2.
    static double relativeGap(const RowVector& u, const RowVector& optimum)
    {
        return optimum.norm() > 0 ? (u - optimum).norm() / optimum.norm() : nan;
    }

    /// Mixes often share lambda within a batch.
    const ufm::MixOptimum& optimumAt(double lambda)
    {
        if (m_optimum.lambda != lambda)
            m_optimum = ufm::mixOptimum(m_space.rows.rows(), m_theory.beta.value, lambda);
        return m_optimum;
    }

    const Split& m_split;
    const Classifier& m_classifier;
    const ClassifierSpace& m_space;
    const EffectiveTheory& m_theory;
    Vector m_mean;
    RowMatrixD m_anchors; ///< C x r, u_i
    std::vector<Index> m_anchorCounts;
    const View* m_view;

    Mean m_cosineSame, m_cosineCentred, m_cosineSubspace, m_cosineView, m_offClassifier, m_offPair;
    Mean m_gapAll, m_gapSame, m_gapDifferent, m_convexity;
    std::vector<double> m_norms, m_residuals;
    std::map<std::pair<Index, Index>, PairSums> m_pairs;
    ufm::MixOptimum m_optimum{.lambda = -1};
};

void MixWalk::fill(MixupFigures& figures, const MetricOptions& options)
{
    const std::string noSame = "no same-class mixes", noDifferent = "no different-class mixes";
    figures.cosineSame = m_cosineSame.metric(noSame);
    figures.cosineSameCentred = m_cosineCentred.metric(noSame);
    figures.cosineSameSubspace = m_cosineSubspace.metric(noSame);
    figures.cosineSameView = needsThree(m_cosineView.metric("no same-class mixes of the view's classes"));
    figures.normCvSame = coefficientOfVariation(m_norms, options.deviation, "same-class mix");
    figures.offClassifier = m_offClassifier.metric("all features are equal");
    figures.offPair = m_offPair.metric(noDifferent);
    figures.theoryGap = needsTheory(m_gapAll.metric("no mixes"));
    figures.theoryGapSame = needsTheory(m_gapSame.metric(noSame));
    figures.theoryGapDifferent = needsTheory(m_gapDifferent.metric(noDifferent));
    figures.convexityGap = m_convexity.metric("no different-class mixes of classes whose mean is known");
    fillArms(figures);
    figures.channelWidth = needsTheory(channelSpread(m_pairs, &PairSums::across));
    figures.channelAlong = needsTheory(needsThree(channelSpread(m_pairs, &PairSums::along)));
    if (options.perPair)
        fillPairs(figures);
    figures.theoryResiduals = std::move(m_residuals);
}

void MixWalk::fillArms(MixupFigures& figures) const
{
    Mean arm;
    for (const auto& [pair, sums] : m_pairs)
        if (sums.arm.count() > 0)
            arm.add(sums.arm.mean() / m_theory.gap.value);
    figures.armRatio = needsTheory(needsThree(arm.metric("no different-class mixes near lambda 1/2")));
    figures.armRatioTheory = needsTheory(needsThree({}));
    if (hasTheory() && manyClasses())
        figures.armRatioTheory = ufm::mixOptimum(m_space.rows.rows(), m_theory.beta.value, 0.5).xi / m_theory.gap.value;
}

void MixWalk::fillPairs(MixupFigures& figures) const
{
    const auto spread = [](const RunningMoments& moments) {
        return moments.count() >= PairSums::enough ? Metric(std::sqrt(moments.variance()))
                                                   : Metric::absent("fewer than ten mixes with lambda from 0.1 to 0.9");
    };
    for (const auto& [pair, sums] : m_pairs) {
        PairFigures own{pair.first, pair.second, sums.samples, {}, {}, {}, {}};
        own.theoryGap = needsTheory(sums.theoryGap.metric("the theory is zero for all of its mixes"));
        own.armRatio = needsTheory(needsThree(sums.arm.count() > 0 ? Metric(sums.arm.mean() / m_theory.gap.value)
                                                                   : Metric::absent("no mixes near lambda 1/2")));
        own.channelWidth = needsTheory(spread(sums.across));
        own.channelAlong = needsTheory(needsThree(spread(sums.along)));
        figures.pairs.push_back(std::move(own));
    }
}

/// u of the same-class mixes of each class.
Result<std::vector<RowMatrixD>> sameClassRows(const Split& split, const RowSource& features,
                                              const ClassifierSpace& space, const TaskControl& control)
{
    std::vector<RowMatrixD> rows(static_cast<std::size_t>(space.rows.rows()));
    std::vector<Index> counts(rows.size());
    for (Index n = 0; n < split.rows(); ++n)
        counts[static_cast<std::size_t>(split.labelA[static_cast<std::size_t>(n)])] += split.sameClass(n);
    for (std::size_t k = 0; k < rows.size(); ++k)
        rows[k].resize(counts[k], space.rows.cols());
    const auto visit = [&](Index first, const auto& block) {
        const RowMatrixD u = space.coordinates(block);
        for (Index n = block.rows() - 1; n >= 0; --n)
            if (split.sameClass(first + n)) {
                const auto k = static_cast<std::size_t>(split.labelA[static_cast<std::size_t>(first + n)]);
                rows[k].row(--counts[k]) = u.row(n);
            }
    };
    if (Result<void> done = forEachBlock<double>(features, visit, control); !done)
        return done.error();
    return rows;
}

/// cosine_same_view of every triple of classes that spans a plane and has same-class mixes, ascending.
std::vector<TripleFigure> allTriples(const ClassifierSpace& space, const std::vector<RowMatrixD>& sameByClass,
                                     int threads)
{
    const Index classes = space.rows.rows();
    std::vector<TripleFigure> triples;
    for (Index i = 0; i < classes; ++i)
        for (Index j = i + 1; j < classes; ++j)
            for (Index k = j + 1; k < classes; ++k)
                triples.push_back({{i, j, k}, nan});
    parallelFor(static_cast<Index>(triples.size()), threads, [&](Index n) {
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
    });
    std::erase_if(triples, [](const TripleFigure& triple) { return std::isnan(triple.cosineSameView); });
    std::stable_sort(triples.begin(), triples.end(),
                     [](const TripleFigure& a, const TripleFigure& b) { return a.cosineSameView < b.cosineSameView; });
    return triples;
}

std::optional<TripleRange> rangeOf(const std::vector<TripleFigure>& ascending)
{
    if (ascending.empty())
        return {};
    const auto at = [&](std::size_t quarter) { return ascending[quarter * (ascending.size() - 1) / 4]; };
    return TripleRange{at(0), at(1), at(2), at(3), at(4)};
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

Result<MixupFigures> measureMixes(const MetricInputs& inputs, const RowSource& logits, const MetricOptions& options,
                                  const TaskControl& control)
{
    const Split& split = *inputs.split;
    const ClassifierSpace space(*inputs.classifier);
    MixupFigures figures;
    const Result<EffectiveTheory> theory = readTheory(split, logits, control);
    if (!theory)
        return theory.error();
    const Result<ClassMeans> mixMeans = sameClassMeans(*inputs.features, split, inputs.classes, control);
    if (!mixMeans)
        return mixMeans.error();
    const bool clean = inputs.cleanFeatures && inputs.cleanSplit;
    const Result<ClassMeans> anchors =
        clean ? sameClassMeans(*inputs.cleanFeatures, *inputs.cleanSplit, inputs.classes, control) : mixMeans;
    if (!anchors)
        return anchors.error();
    const Result<View> view = View::make(space, options.viewClasses);

    MixWalk walk(inputs, space, *theory, *mixMeans, *anchors, view ? &*view : nullptr);
    if (Result<void> done = walk.walk(*inputs.features, logits, control); !done)
        return done.error();
    walk.fill(figures, options);
    if (!view && figures.cosineSameView.unavailable != fewClasses)
        figures.cosineSameView = Metric::absent(view.error().message);
    figures.beta = theory->beta;
    figures.lnBetaSe = theory->lnBetaSe;
    figures.kappa = space.kappa;
    figures.validReason = whyNotValid(*theory, *inputs.classifier, options.configuration);
    figures.valid = figures.validReason.empty() ? 1 : 0;
    if (options.triples) {
        const Result<std::vector<RowMatrixD>> rows = sameClassRows(split, *inputs.features, space, control);
        if (!rows)
            return rows.error();
        figures.triples = rangeOf(allTriples(space, *rows, options.threads));
    }
    return figures;
}

} // namespace nc

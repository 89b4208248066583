#include <QTest>

#include <cmath>

#include "core/class_triples.h"
#include "core/collapse_metrics.h"
#include "core/sample_statistics.h"
#include "core/simplex_etf.h"
#include "core/ufm_optimum.h"
#include "test_data.h"

using namespace nc;

namespace
{

/// Mixes of every pair of classes in both orders, with features that a test may move.
struct Mixes {
    RowMatrixD features;
    Split split;
    Classifier classifier;
    std::optional<RowMatrixD> clean{};
    std::vector<std::int32_t> cleanLabels{};

    [[nodiscard]] MetricEntry measure(const MetricOptions& options = {}, Index rowsPerBlock = 1000,
                                      const TaskControl& control = {}) const
    {
        const test::BlockedRows rows(features, rowsPerBlock);
        const DoubleRows cleanRows(clean.value_or(RowMatrixD(0, features.cols())));
        const auto cleanMeans = sameClassMeans(cleanRows, test::cleanSplit(cleanLabels), classifier.classes());
        MetricInputs inputs;
        inputs.features = &rows;
        inputs.split = &split;
        inputs.classes = classifier.classes();
        inputs.classifier = &classifier;
        inputs.cleanMeans = clean ? &*cleanMeans : nullptr;
        Result<MetricEntry> entry = nc::measure(inputs, options, control);
        return entry ? *entry : MetricEntry{};
    }
    [[nodiscard]] double value(const std::string& name, const MetricOptions& options = {}) const
    {
        const MetricEntry entry = measure(options);
        const Metric& metric = entry["mixup." + name];
        return metric.available() ? metric.value : std::nan("");
    }
};

constexpr double beta = 60, kappa = 2.5;

/// Sample n of `steps` of a pair has lambda (n + 1/2)/steps.
Mixes mixesOf(Index classes, Index dim, Index steps)
{
    Mixes mixes;
    mixes.classifier = {test::simplexRows(classes, dim, kappa, 1), Vector::Zero(classes), false};
    mixes.split = test::mixSplit({}, {}, {});
    for (Index a = 0; a < classes; ++a)
        for (Index b = 0; b < classes; ++b)
            for (Index n = 0; n < steps; ++n) {
                mixes.split.labelA.push_back(static_cast<std::int32_t>(a));
                mixes.split.labelB.push_back(static_cast<std::int32_t>(b));
                mixes.split.lambda.push_back((static_cast<double>(n) + 0.5) / static_cast<double>(steps));
            }
    mixes.features = RowMatrixD::Zero(mixes.split.rows(), dim);
    return mixes;
}

/// Every feature at its optimum; with a bias, moved by the point where all logits agree.
Mixes atOptimum(Index classes, Index dim, const Vector& bias, Index steps = 20)
{
    Mixes mixes = mixesOf(classes, dim, steps);
    mixes.classifier.bias = bias;
    const Matrix weight = mixes.classifier.weight;
    const Vector centredBias = bias.array() - bias.mean();
    const Vector agree = -weight.transpose() * centredBias / kappa; // W^+ = W^T/kappa for a simplex
    for (Index n = 0; n < mixes.features.rows(); ++n) {
        const auto place = static_cast<std::size_t>(n);
        const Index a = mixes.split.labelA[place], b = mixes.split.labelB[place];
        const double lambda = a == b ? 1 : mixes.split.lambda[place];
        const ufm::MixOptimum point = ufm::mixOptimum(classes, beta, lambda);
        const double xj = a == b && classes > 2 ? 0 : point.xj;
        const Index other = a == b && classes == 2 ? 1 - a : b;
        mixes.features.row(n) = ((point.xi * weight.row(a) + xj * weight.row(other)) / kappa) + agree.transpose();
    }
    return mixes;
}

Mixes noisy(unsigned seed)
{
    Mixes mixes = atOptimum(4, 7, test::gaussian(4, 1, seed).col(0));
    mixes.features += 0.3 * test::gaussian(mixes.features.rows(), 7, seed + 1);
    mixes.classifier.weight += 0.1 * test::gaussian(4, 7, seed + 2);
    return mixes;
}

MetricOptions withView(std::vector<Index> classes)
{
    MetricOptions options;
    options.viewClasses = std::move(classes);
    return options;
}

/// mixup.* of both entries agree, figure by figure.
void compare(const MetricEntry& a, const MetricEntry& b, double tolerance)
{
    for (const std::string_view name : metricNames()) {
        if (!name.starts_with("mixup."))
            continue;
        QCOMPARE(a[name].available(), b[name].available());
        if (a[name].available())
            NC_CLOSE(a[name].value, b[name].value, tolerance * std::max(1.0, std::abs(b[name].value)));
    }
}

} // namespace

class TestMixupFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void optimum_isAsTheTheorySays_data();
    void optimum_isAsTheTheorySays();
    void optimum_squaredError_liesOnTheChords();
    void twoClasses_haveNoThirdClass();
    void figures_rotatedFeatures_areTheSame();
    void figures_permutedClasses_areTheSame();
    void figures_shiftedFeatures_moveTheRawCosineOnly();
    void figures_duplicatedMixes_areTheSame();
    void figures_swappedMixes_areTheSame();
    void figures_anyBlockSize_areTheSame();
    void figures_anyThreads_areTheSame();
    void figures_offsetOffTheClassifier_showsInTheRawCosineOnly();
    void figures_unbalancedMixes_weighClassesEqually();
    void beta_spreadOverClasses_hasItsError();
    void offPair_thirdDirection_isItsShare();
    void offClassifier_knownShare_isIt();
    void channelWidth_knownScatter_isIt();
    void channel_fewMixes_isAbsent();
    void armRatio_pairs_weighEqually();
    void convexityGap_cleanMeans_areTheAnchors();
    void cosineSameView_followsTheViewsClasses();
    void noSameClassMixes_leavesTheoryOut();
    void noDifferentMixes_leavesArmsOut();
    void negativeGap_leavesTheoryOut();
    void equalRows_leaveAllOut();
    void valid_readsConfigurationAndData_data();
    void valid_readsConfigurationAndData();
    void perPair_listsEachPair();
    void triples_giveTheRange();
    void chosenTriples_few_areAll();
    void chosenTriples_many_areOneOfEachPart();
    void rowResiduals_matchTheGap();
    void median_oddAndEven_isTheMiddle();
};

void TestMixupFigures::optimum_isAsTheTheorySays_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("dim");
    QTest::addColumn<bool>("bias");
    for (const auto& [classes, dim] : {std::pair{3, 3}, {4, 9}, {10, 16}})
        for (const bool bias : {false, true})
            QTest::addRow("%d classes, %d columns%s", classes, dim, bias ? ", bias" : "") << classes << dim << bias;
}

void TestMixupFigures::optimum_isAsTheTheorySays()
{
    QFETCH(int, classes);
    QFETCH(int, dim);
    QFETCH(bool, bias);
    const Vector b = bias ? Vector(test::gaussian(classes, 1, 5).col(0)) : Vector::Zero(classes);
    const MetricEntry entry = atOptimum(classes, dim, b).measure(withView({0, 1, 2}));
    const auto value = [&](const char* name) {
        const Metric& metric = entry[std::string("mixup.") + name];
        return metric.available() ? metric.value : std::nan("");
    };
    if (!bias)
        NC_CLOSE(value("cosine_same"), 1, 1e-14);
    for (const char* name : {"cosine_same_centred", "cosine_same_subspace", "cosine_same_view"})
        NC_CLOSE(value(name), 1, 1e-14);
    for (const char* name : {"norm_cv_same", "off_classifier", "off_pair", "theory_gap", "theory_gap_same",
                             "theory_gap_different", "channel_width", "channel_along", "ln_beta_se"})
        NC_CLOSE(value(name), 0, 1e-12);
    NC_CLOSE(value("beta"), beta, 1e-11);
    NC_CLOSE(value("kappa"), kappa, 1e-14);
    const double x = ufm::sameClassGap(classes, beta);
    const double theory = ufm::mixOptimum(classes, beta, 0.5).xi / x;
    NC_CLOSE(value("arm_ratio_theory"), theory, 1e-13);
    // Mixes at .475 and .525 stand for .5: the arm is flat there to second order.
    const ufm::MixOptimum near = ufm::mixOptimum(classes, beta, 0.475);
    NC_CLOSE(value("arm_ratio"), (near.xi + near.xj) / 2 / x, 1e-12);
    NC_CLOSE(value("arm_ratio"), theory, 2e-3);
    double gap = 0; // convexity, from the curve itself
    for (int n = 0; n < 20; ++n) {
        const double lambda = (n + 0.5) / 20;
        const ufm::MixOptimum point = ufm::mixOptimum(classes, beta, lambda);
        const double di = point.xi - lambda * x, dj = point.xj - (1 - lambda) * x;
        gap += std::sqrt(di * di + dj * dj - (di + dj) * (di + dj) / classes) / (std::sqrt(2.0) * x) / 20;
    }
    NC_CLOSE(value("convexity_gap"), gap, 1e-12);
    QCOMPARE(entry.valid.value, 1.0);
    QVERIFY(entry.validReason.empty());
}

void TestMixupFigures::optimum_squaredError_liesOnTheChords()
{
    Mixes mixes = atOptimum(4, 6, Vector::Zero(4));
    const Matrix weight = mixes.classifier.weight;
    for (Index n = 0; n < mixes.features.rows(); ++n) {
        const auto place = static_cast<std::size_t>(n);
        const double lambda = mixes.split.lambda[place];
        mixes.features.row(n) =
            lambda * weight.row(mixes.split.labelA[place]) + (1 - lambda) * weight.row(mixes.split.labelB[place]);
    }
    NC_CLOSE(mixes.value("convexity_gap"), 0, 1e-14);
    NC_CLOSE(mixes.value("arm_ratio"), 0.5, 1e-13);
    NC_CLOSE(mixes.value("off_pair"), 0, 1e-14);
    QVERIFY(mixes.value("theory_gap_different") > 0.1);
}

void TestMixupFigures::twoClasses_haveNoThirdClass()
{
    const MetricEntry entry = atOptimum(2, 5, Vector::Zero(2)).measure(withView({0, 1}));
    NC_CLOSE(entry["mixup.theory_gap"].value, 0, 1e-12);
    NC_CLOSE(entry["mixup.channel_width"].value, 0, 1e-12);
    NC_CLOSE(entry["mixup.off_pair"].value, 0, 1e-14);
    NC_CLOSE(entry["mixup.beta"].value, beta, 1e-11);
    for (const char* name :
         {"mixup.arm_ratio", "mixup.arm_ratio_theory", "mixup.channel_along", "mixup.cosine_same_view"})
        QCOMPARE(entry[name].unavailable, std::string("fewer than three classes"));
    // At lambda 1/2 the optimum is 0 and has no relative gap: such a mix is left out.
    Mixes middle = atOptimum(2, 5, Vector::Zero(2), 1);
    QVERIFY(!std::isnan(middle.value("theory_gap")));
    QCOMPARE(middle.measure()["mixup.theory_gap_different"].unavailable, std::string("no different-class mixes"));
}

void TestMixupFigures::figures_rotatedFeatures_areTheSame()
{
    const Mixes mixes = noisy(10);
    Mixes turned = mixes;
    const Matrix turn = test::rotation(7, 11);
    turned.features = mixes.features * turn;
    turned.classifier.weight = mixes.classifier.weight * turn;
    compare(turned.measure(withView({0, 1, 3})), mixes.measure(withView({0, 1, 3})), 1e-11);
}

void TestMixupFigures::figures_shiftedFeatures_moveTheRawCosineOnly()
{
    const Mixes mixes = noisy(12);
    Mixes shifted = mixes;
    const Vector shift = test::gaussian(mixes.features.cols(), 1, 13).col(0);
    shifted.features.rowwise() += shift.transpose();
    shifted.classifier.bias -= mixes.classifier.weight * shift; // the same logits
    const MetricEntry a = mixes.measure(withView({0, 1, 3})), b = shifted.measure(withView({0, 1, 3}));
    for (const std::string_view name : metricNames())
        if (a[name].available() && name.starts_with("mixup.") && name != "mixup.cosine_same")
            NC_CLOSE(b[name].value, a[name].value, 1e-11);
    QVERIFY(std::abs(b["mixup.cosine_same"].value - a["mixup.cosine_same"].value) > 1e-3);
}

void TestMixupFigures::figures_duplicatedMixes_areTheSame()
{
    const Mixes mixes = noisy(14);
    Mixes doubled = mixes;
    doubled.features.resize(2 * mixes.features.rows(), mixes.features.cols());
    doubled.features << mixes.features, mixes.features;
    const auto twice = [](auto& list) {
        const auto copy = list;
        list.insert(list.end(), copy.begin(), copy.end());
    };
    twice(doubled.split.labelA);
    twice(doubled.split.labelB);
    twice(doubled.split.lambda);
    compare(doubled.measure(withView({0, 1, 3})), mixes.measure(withView({0, 1, 3})), 1e-11);
}

void TestMixupFigures::figures_permutedClasses_areTheSame()
{
    const Mixes mixes = noisy(20);
    Mixes permuted = mixes;
    const std::vector<Index> place{2, 0, 3, 1};
    for (std::size_t n = 0; n < mixes.split.labelA.size(); ++n) {
        permuted.split.labelA[n] = static_cast<std::int32_t>(place[static_cast<std::size_t>(mixes.split.labelA[n])]);
        permuted.split.labelB[n] = static_cast<std::int32_t>(place[static_cast<std::size_t>(mixes.split.labelB[n])]);
    }
    for (Index k = 0; k < 4; ++k) {
        permuted.classifier.weight.row(place[static_cast<std::size_t>(k)]) = mixes.classifier.weight.row(k);
        permuted.classifier.bias(place[static_cast<std::size_t>(k)]) = mixes.classifier.bias(k);
    }
    compare(permuted.measure(withView({2, 0, 1})), mixes.measure(withView({0, 1, 3})), 1e-11);
}

void TestMixupFigures::figures_swappedMixes_areTheSame()
{
    // lambda x_a + (1 - lambda) x_b may be written from either end; the variance within a pair must not notice.
    const Mixes mixes = noisy(30);
    Mixes swapped = mixes;
    for (std::size_t n = 0; n < mixes.split.labelA.size(); n += 2) {
        std::swap(swapped.split.labelA[n], swapped.split.labelB[n]);
        swapped.split.lambda[n] = 1 - mixes.split.lambda[n];
    }
    compare(swapped.measure(withView({0, 1, 2})), mixes.measure(withView({0, 1, 2})), 1e-12);
}

void TestMixupFigures::figures_anyThreads_areTheSame()
{
    // 16 pairs of 200 mixes: enough rows for several stretches.
    Mixes mixes = atOptimum(4, 7, test::gaussian(4, 1, 71).col(0), 200);
    mixes.features += 0.3 * test::gaussian(mixes.features.rows(), 7, 72);
    MetricOptions options = withView({0, 1, 2});
    options.rowResiduals = true;
    const MetricEntry one = mixes.measure(options, 100);
    for (const int threads : {2, 5}) {
        TaskControl control;
        control.threads = threads;
        const MetricEntry many = mixes.measure(options, 33, control);
        compare(many, one, 0); // to the last bit: the sums are made in the same order
        QVERIFY(many.theoryResiduals == one.theoryResiduals);
    }
}

void TestMixupFigures::figures_anyBlockSize_areTheSame()
{
    const Mixes mixes = noisy(40);
    const MetricEntry whole = mixes.measure(withView({1, 2, 3}));
    for (const Index step : {1, 7, 100})
        compare(mixes.measure(withView({1, 2, 3}), step), whole, 1e-12);
}

void TestMixupFigures::figures_offsetOffTheClassifier_showsInTheRawCosineOnly()
{
    // A constant that no logit sees, as the mean of a ReLU layer.
    const Mixes mixes = noisy(50);
    Mixes moved = mixes;
    const Matrix centred = etf::centredRows(Matrix(mixes.classifier.weight));
    Vector offset = test::gaussian(7, 1, 51).col(0);
    offset -=
        centred.transpose() * (centred * centred.transpose()).completeOrthogonalDecomposition().solve(centred * offset);
    moved.features.rowwise() += 10 * offset.transpose();
    const MetricEntry a = mixes.measure(withView({0, 1, 2})), b = moved.measure(withView({0, 1, 2}));
    QVERIFY(b["mixup.cosine_same"].value < 0.6 * a["mixup.cosine_same"].value);
    for (const std::string_view name : metricNames())
        if (name.starts_with("mixup.") && name != "mixup.cosine_same")
            NC_CLOSE(b[name].value, a[name].value, 1e-10);
}

void TestMixupFigures::figures_unbalancedMixes_weighClassesEqually()
{
    // m and x are means over classes: repeating the mixes of one class moves neither.
    const Mixes mixes = noisy(60);
    Mixes more = mixes;
    const Index own = 20; // the first rows are class 0 with itself
    more.features.conservativeResize(mixes.features.rows() + own, 7);
    more.features.bottomRows(own) = mixes.features.topRows(own);
    for (std::size_t n = 0; n < static_cast<std::size_t>(own); ++n) {
        more.split.labelA.push_back(0);
        more.split.labelB.push_back(0);
        more.split.lambda.push_back(mixes.split.lambda[n]);
    }
    for (const char* name : {"beta", "ln_beta_se", "arm_ratio", "channel_width", "convexity_gap"})
        NC_CLOSE(more.value(name), mixes.value(name), 1e-12);
    QVERIFY(std::abs(more.value("cosine_same") - mixes.value("cosine_same")) > 1e-6); // a mean over mixes
}

void TestMixupFigures::beta_spreadOverClasses_hasItsError()
{
    // W = identity: same-class mixes of class k at h = g_k e_k have the gap g_k exactly.
    Mixes mixes;
    mixes.classifier = {Matrix::Identity(3, 3), Vector::Zero(3), false};
    mixes.split = test::mixSplit({0, 0, 0, 1, 1, 2}, {0, 0, 0, 1, 1, 2}, {.1, .2, .3, .4, .5, .6});
    mixes.features = test::matrixOf({{3, 0, 0}, {9, 0, 0}, {1, 0, 0}, {0, 4, 0}, {0, 6, 0}, {0, 0, 7}});
    const double x = (3 + 5 + 7) / 3.0; // medians, the second of two values
    NC_CLOSE(mixes.value("beta"), x * (std::exp(x) + 2) / 3, 1e-11);
    NC_CLOSE(mixes.value("ln_beta_se"), (1 + 1 / x) * 2 / std::sqrt(3.0), 1e-14); // std of 3, 5, 7 is 2
    NC_CLOSE(mixes.value("kappa"), 1, 1e-15);
    // A bias cancels.
    mixes.classifier.bias.setConstant(5);
    NC_CLOSE(mixes.value("beta"), x * (std::exp(x) + 2) / 3, 1e-11);
}

void TestMixupFigures::offPair_thirdDirection_isItsShare()
{
    Mixes mixes = mixesOf(4, 5, 2);
    const Matrix weight = mixes.classifier.weight;
    // The direction of the four-class space that is orthogonal to w_0 and w_1 is w_2 - w_3.
    const Eigen::RowVectorXd inside = (weight.row(0) - weight.row(1)).normalized();
    const Eigen::RowVectorXd outside = (weight.row(2) - weight.row(3)).normalized();
    for (Index n = 0; n < mixes.features.rows(); ++n)
        mixes.features.row(n) = 4 * inside + 3 * outside;
    mixes.split.labelA.assign(mixes.split.labelA.size(), 0);
    mixes.split.labelB.assign(mixes.split.labelB.size(), 1);
    NC_CLOSE(mixes.value("off_pair"), 9.0 / 25, 1e-14);
}

void TestMixupFigures::offClassifier_knownShare_isIt()
{
    // Two classes along e_1, the mean at 0; features have 4 along it and 3 off it.
    Mixes mixes;
    mixes.classifier = {test::matrixOf({{1, 0}, {-1, 0}}), Vector::Zero(2), false};
    mixes.split = test::mixSplit({0, 1}, {0, 1}, {1, 1});
    mixes.features = test::matrixOf({{4, 3}, {-4, -3}});
    NC_CLOSE(mixes.value("off_classifier"), 9.0 / 25, 1e-15);
}

void TestMixupFigures::channelWidth_knownScatter_isIt()
{
    // Moves along (w_i - w_j)/kappa change z_i - z_j by 2 delta, along (w_i + w_j)/kappa x_i + x_j by 2 delta.
    Mixes mixes = atOptimum(5, 8, Vector::Zero(5), 40);
    const Matrix weight = mixes.classifier.weight;
    for (Index n = 0; n < mixes.features.rows(); ++n) {
        const auto place = static_cast<std::size_t>(n);
        const Index a = mixes.split.labelA[place], b = mixes.split.labelB[place];
        if (a == b)
            continue;
        const double across = n % 2 == 0 ? 0.2 : -0.2, along = n % 4 < 2 ? 0.5 : -0.5;
        // Oriented by the lower class, so that both orders of the pair move the same way.
        const Index low = std::min(a, b), high = std::max(a, b);
        mixes.features.row(n) +=
            (across * (weight.row(low) - weight.row(high)) + along * (weight.row(low) + weight.row(high))) / kappa;
    }
    NC_CLOSE(mixes.value("channel_width"), 0.4 / std::sqrt(2.0), 1e-12);
    NC_CLOSE(mixes.value("channel_along"), 1.0 / std::sqrt(2.0), 1e-12);
    MetricOptions unbiased;
    unbiased.deviation = Deviation::Unbiased; // speaks of std and of gnc2 and unc3, not of this variance
    NC_CLOSE(mixes.value("channel_width", unbiased), 0.4 / std::sqrt(2.0), 1e-12);
}

void TestMixupFigures::channel_fewMixes_isAbsent()
{
    // 5 lambdas, of which .1 and .9 do not count, in both orders: 6 mixes a pair.
    const MetricEntry entry = atOptimum(3, 5, Vector::Zero(3), 5).measure();
    QVERIFY(!entry["mixup.channel_width"].available());
    QVERIFY(!entry["mixup.channel_along"].available());
    QVERIFY(entry["mixup.arm_ratio"].available());
}

void TestMixupFigures::armRatio_pairs_weighEqually()
{
    // W = identity, x = 2: pair (0,1) has half mixes with (x_i + x_j)/2 = 1 and 2, pair (0,2) one with 3.
    Mixes mixes;
    mixes.classifier = {Matrix::Identity(3, 3), Vector::Zero(3), false};
    mixes.split = test::mixSplit({0, 1, 2, 0, 1, 0, 0}, {0, 1, 2, 1, 0, 2, 1}, {1, 1, 1, 0.5, 0.46, 0.54, 0.56});
    mixes.features = test::matrixOf({{2, 0, 0}, {0, 2, 0}, {0, 0, 2}, {1, 1, 0}, {2, 2, 0}, {3, 0, 3}, {100, 100, 0}});
    NC_CLOSE(mixes.value("arm_ratio"), (1.5 + 3) / 2 / 2, 1e-14);
}

void TestMixupFigures::convexityGap_cleanMeans_areTheAnchors()
{
    Mixes mixes;
    mixes.classifier = {Matrix::Identity(3, 3), Vector::Zero(3), false};
    mixes.split = test::mixSplit({0, 0, 1}, {0, 1, 1}, {1, 0.25, 1});
    mixes.features = test::matrixOf({{2, 0, 0}, {1, 1, 0}, {0, 2, 0}});
    // Ends at the same-class mixes: the point of the chord is (.5, 1.5, 0).
    NC_CLOSE(mixes.value("convexity_gap"), std::sqrt(0.5) / std::sqrt(8.0), 1e-14);
    // Ends at the clean means (4,0,0) and (0,4,0): (1, 3, 0), of which the mean along (1,1,1) does not count.
    mixes.clean = test::matrixOf({{3, 0, 0}, {5, 0, 0}, {0, 4, 0}});
    mixes.cleanLabels = {0, 0, 1};
    const Eigen::RowVector3d difference(0, -2, 0);
    const double length = (difference.array() - difference.mean()).matrix().norm();
    NC_CLOSE(mixes.value("convexity_gap"), length / std::sqrt(32.0), 1e-14);
    // A class without clean samples has no end: its mixes are left out, here all of them.
    mixes.cleanLabels = {0, 0, 2};
    QVERIFY(!mixes.measure()["mixup.convexity_gap"].available());
}

void TestMixupFigures::cosineSameView_followsTheViewsClasses()
{
    Mixes mixes = atOptimum(4, 6, Vector::Zero(4));
    const Matrix weight = mixes.classifier.weight;
    for (Index n = 0; n < mixes.features.rows(); ++n) // class 3 points to class 0
        if (mixes.split.labelA[static_cast<std::size_t>(n)] == 3 && mixes.split.sameClass(n))
            mixes.features.row(n) = weight.row(0);
    NC_CLOSE(mixes.value("cosine_same_view", withView({0, 1, 2})), 1, 1e-13);
    NC_CLOSE(mixes.value("cosine_same_view", withView({0, 1, 3})), (1 + 1 - 0.5) / 3, 1e-13); // 120 degrees
    QCOMPARE(mixes.measure()["mixup.cosine_same_view"].unavailable, std::string("no view chosen"));
    mixes.classifier.weight.row(2) = mixes.classifier.weight.row(1);
    const MetricEntry entry = mixes.measure(withView({0, 1, 2}));
    QVERIFY(entry["mixup.cosine_same_view"].unavailable.find("rank 1, expected 2") != std::string::npos);
}

void TestMixupFigures::noSameClassMixes_leavesTheoryOut()
{
    Mixes mixes = atOptimum(3, 5, Vector::Zero(3));
    for (std::size_t n = 0; n < mixes.split.labelA.size(); ++n)
        if (mixes.split.labelA[n] == mixes.split.labelB[n])
            mixes.split.labelB[n] = (mixes.split.labelA[n] + 1) % 3;
    const MetricEntry entry = mixes.measure(withView({0, 1, 2}));
    for (const char* name :
         {"cosine_same", "cosine_same_centred", "cosine_same_subspace", "theory_gap", "theory_gap_different",
          "arm_ratio", "arm_ratio_theory", "channel_width", "channel_along", "beta", "ln_beta_se"})
        QCOMPARE(entry[std::string("mixup.") + name].unavailable, std::string("no same-class mixes"));
    for (const char* name : {"off_classifier", "off_pair", "kappa"})
        QVERIFY(entry[std::string("mixup.") + name].available());
    QCOMPARE(entry.valid.value, 0.0);
}

void TestMixupFigures::noDifferentMixes_leavesArmsOut()
{
    Mixes mixes = atOptimum(3, 5, Vector::Zero(3));
    mixes.split.labelB = mixes.split.labelA;
    for (Index n = 0; n < mixes.features.rows(); ++n)
        mixes.features.row(n) = mixes.classifier.weight.row(mixes.split.labelA[static_cast<std::size_t>(n)]);
    const MetricEntry entry = mixes.measure();
    for (const char* name : {"off_pair", "theory_gap_different"})
        QCOMPARE(entry[std::string("mixup.") + name].unavailable, std::string("no different-class mixes"));
    for (const char* name : {"convexity_gap", "arm_ratio", "channel_width"})
        QVERIFY(!entry[std::string("mixup.") + name].available());
    NC_CLOSE(entry["mixup.theory_gap"].value, entry["mixup.theory_gap_same"].value, 1e-15);
}

void TestMixupFigures::negativeGap_leavesTheoryOut()
{
    Mixes mixes = atOptimum(3, 5, Vector::Zero(3));
    mixes.features *= -1;
    const MetricEntry entry = mixes.measure();
    QVERIFY(entry["mixup.beta"].value < 0);
    for (const char* name : {"theory_gap", "theory_gap_same", "theory_gap_different", "arm_ratio", "arm_ratio_theory",
                             "channel_width", "channel_along", "ln_beta_se"})
        QCOMPARE(entry[std::string("mixup.") + name].unavailable, std::string("the effective beta is not positive"));
    NC_CLOSE(entry["mixup.cosine_same"].value, -1, 1e-14);
    QVERIFY(entry["mixup.convexity_gap"].available());
}

void TestMixupFigures::equalRows_leaveAllOut()
{
    Mixes mixes = atOptimum(3, 5, Vector::Zero(3));
    mixes.classifier.weight.rowwise() = mixes.classifier.weight.row(0).eval();
    const MetricEntry entry = mixes.measure();
    QCOMPARE(entry["mixup.cosine_same"].unavailable, std::string("the classifier's rows are all equal"));
    QVERIFY(!entry.valid.available());
}

void TestMixupFigures::valid_readsConfigurationAndData_data()
{
    QTest::addColumn<QString>("configuration");
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("reason");
    const QString fine, notMixup = "not a cross-entropy mixup run";
    QTest::newRow("says nothing") << ""
                                  << "" << fine;
    QTest::newRow("no JSON") << "lr = 0.1"
                             << "" << fine;
    QTest::newRow("other keys") << R"({"lr":0.1,"loss":"x"})"
                                << "" << fine;
    QTest::newRow("mixup") << R"({"mixing":{"kind":"mixup"},"loss":{"kind":"cross-entropy"}})"
                           << "" << fine;
    QTest::newRow("cutmix") << R"({"mixing":{"kind":"cutmix"}})"
                            << "" << fine;
    QTest::newRow("plain") << R"({"mixing":{"kind":"none"},"loss":{"kind":"cross-entropy"}})"
                           << "" << notMixup;
    QTest::newRow("squared error") << R"({"mixing":{"kind":"mixup"},"loss":{"kind":"mse"}})"
                                   << "" << notMixup;
    QTest::newRow("far from simplex") << ""
                                      << "weights"
                                      << "the classifier is too far from a simplex ETF (error above 0.35)";
    QTest::newRow("badly classified") << ""
                                      << "labels"
                                      << "only 75 % of the same-class mixes are classified right, 90 % are needed";
}

void TestMixupFigures::valid_readsConfigurationAndData()
{
    QFETCH(QString, configuration);
    QFETCH(QString, change);
    QFETCH(QString, reason);
    Mixes mixes = atOptimum(4, 6, Vector::Zero(4));
    if (change == "weights")
        mixes.classifier.weight.row(0) *= 3;
    if (change == "labels")
        for (std::size_t n = 0; n < mixes.split.labelA.size(); ++n)
            if (mixes.split.labelA[n] == 0 && mixes.split.labelB[n] == 0)
                mixes.features.row(static_cast<Index>(n)) *= -0.01;
    MetricOptions options;
    options.configuration = configuration.toStdString();
    const MetricEntry entry = mixes.measure(options);
    QCOMPARE(QString::fromStdString(entry.validReason), reason);
    QCOMPARE(entry.valid.value, reason.isEmpty() ? 1.0 : 0.0);
    QVERIFY(entry["mixup.theory_gap"].available()); // computed all the same
}

void TestMixupFigures::perPair_listsEachPair()
{
    Mixes mixes = atOptimum(4, 6, Vector::Zero(4), 20);
    // No mixes of classes 2 and 3.
    for (std::size_t n = 0; n < mixes.split.labelA.size(); ++n)
        if (std::min(mixes.split.labelA[n], mixes.split.labelB[n]) == 2)
            mixes.split.labelA[n] = mixes.split.labelB[n] = 2;
    MetricOptions options;
    QVERIFY(mixes.measure(options).pairs.empty());
    options.perPair = true;
    const std::vector<PairFigures> pairs = mixes.measure(options).pairs;
    QCOMPARE(pairs.size(), std::size_t{5});
    for (const PairFigures& pair : pairs) {
        QVERIFY(pair.i < pair.j);
        QCOMPARE(pair.samples, 40); // both orders
        QVERIFY(pair.theoryGap.available() && pair.armRatio.available());
        QVERIFY(pair.channelWidth.available() && pair.channelAlong.available());
    }
    // Five mixes are too few for a width.
    options.perPair = true;
    const auto few = atOptimum(3, 5, Vector::Zero(3), 3).measure(options).pairs;
    QCOMPARE(few.front().channelWidth.unavailable, std::string("fewer than ten mixes with lambda from 0.1 to 0.9"));
}

void TestMixupFigures::triples_giveTheRange()
{
    MetricOptions options;
    options.triples = true;
    const Mixes mixes = noisy(70);
    QVERIFY(!mixes.measure().triples);
    const MetricEntry entry = mixes.measure(options, 7);
    QVERIFY(entry.triples.has_value());
    // Each end agrees with the view of its three classes.
    for (const TripleFigure* triple : {&entry.triples->min, &entry.triples->median, &entry.triples->max})
        NC_CLOSE(mixes.value("cosine_same_view", withView(triple->classes)), triple->cosineSameView, 1e-12);
    QVERIFY(entry.triples->min.cosineSameView < entry.triples->max.cosineSameView);
    // Four triples: places 0, floor(.75), floor(1.5), floor(2.25), 3 in ascending order.
    QCOMPARE(entry.triples->q1.classes, entry.triples->min.classes);
    QVERIFY(entry.triples->median.classes != entry.triples->min.classes);
    QCOMPARE(entry.triples->measured, 4);
    QCOMPARE(entry.triples->all, 4);
    TaskControl two;
    two.threads = 2;
    QCOMPARE(mixes.measure(options, 7, two).triples->q3.cosineSameView, entry.triples->q3.cosineSameView);
    QVERIFY(!atOptimum(2, 3, Vector::Zero(2)).measure(options).triples);
}

void TestMixupFigures::chosenTriples_few_areAll()
{
    for (const Index classes : {2, 3, 4, 9}) {
        const std::vector<ClassTriple> triples = chosenTriples(classes, 84);
        std::size_t n = 0;
        for (Index i = 0; i < classes; ++i)
            for (Index j = i + 1; j < classes; ++j)
                for (Index k = j + 1; k < classes; ++k)
                    QCOMPARE(triples.at(n++), (ClassTriple{i, j, k}));
        QCOMPARE(triples.size(), n);
        QCOMPARE(static_cast<Index>(n), tripleCount(classes));
    }
}

void TestMixupFigures::chosenTriples_many_areOneOfEachPart()
{
    const std::vector<ClassTriple> triples = chosenTriples(1000, mostTriples);
    QCOMPARE(static_cast<Index>(triples.size()), mostTriples);
    QCOMPARE(tripleCount(1000), 166'167'000);
    // Strictly ascending: none twice. Each class is in 3/1000 of them, give or take five standard deviations.
    QVERIFY(std::is_sorted(triples.begin(), triples.end(), std::less_equal<>()));
    std::vector<int> uses(1000, 0);
    for (const ClassTriple& triple : triples)
        for (const Index k : triple)
            ++uses[static_cast<std::size_t>(k)];
    for (const int use : uses)
        NC_CLOSE(use, 60, 5 * std::sqrt(60.0));
    QCOMPARE(tripleAt(1000, 166'166'999), (ClassTriple{997, 998, 999}));
}

void TestMixupFigures::rowResiduals_matchTheGap()
{
    MetricOptions options;
    const Mixes mixes = noisy(80);
    QVERIFY(mixes.measure(options).theoryResiduals.empty());
    options.rowResiduals = true;
    const MetricEntry entry = mixes.measure(options, 7);
    QCOMPARE(static_cast<Index>(entry.theoryResiduals.size()), mixes.features.rows());
    NC_CLOSE(meanOf(entry.theoryResiduals), entry["mixup.theory_gap"].value, 1e-13);
}

void TestMixupFigures::median_oddAndEven_isTheMiddle()
{
    QCOMPARE(median({5, 1, 3}), 3.0);
    QCOMPARE(median({7, 1, 3, 5}), 4.0);
    QCOMPARE(median({2}), 2.0);
}

QTEST_APPLESS_MAIN(TestMixupFigures)
#include "tst_mixup_figures.moc"

#include <QTest>

#include <array>

#include "core/free_features.h"
#include "core/simplex_etf.h"
#include "core/ufm_optimum.h"
#include "test_data.h"

using namespace nc;

class TestFreeFeatures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fixedWeight_mixes_endAtTheClosedForm_data();
    void fixedWeight_mixes_endAtTheClosedForm();
    void fixedWeight_learnedClassifier_endsAtItsOptimum();
    void fixedWeight_everyStep_goesDown();
    void fixedWeight_sameSeed_isTheSame();
    void bothFree_classes_endAtASimplex();
    void bothFree_mixes_endAtStationarity();
};

namespace
{

RowMatrixD mixLabels(Index classes)
{
    RowMatrixD labels = RowMatrixD::Zero(5, classes);
    const std::array<double, 5> lambdas{1, 0.9, 0.7, 0.5, 0.25};
    for (Index n = 0; n < 5; ++n) {
        labels(n, 0) = lambdas[static_cast<std::size_t>(n)];
        labels(n, 1) = 1 - lambdas[static_cast<std::size_t>(n)];
    }
    return labels;
}

} // namespace

void TestFreeFeatures::fixedWeight_mixes_endAtTheClosedForm_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("beta");
    for (const auto& [classes, beta] : {std::pair{2, 5.0}, {3, 10.0}, {10, 89.0}})
        QTest::addRow("%d classes, beta %g", classes, beta) << classes << beta;
}

void TestFreeFeatures::fixedWeight_mixes_endAtTheClosedForm()
{
    QFETCH(int, classes);
    QFETCH(double, beta);
    constexpr double kappa = 2;
    const Matrix weight = test::simplexRows(classes, 12, kappa, 1);
    const RowMatrixD labels = mixLabels(classes);
    FreeFeatures free(weight, Vector::Zero(classes), labels, {.mu = kappa / beta, .momentum = 0.9});
    for (int turn = 0; turn < 200 && free.featureGradient() > 1e-13; ++turn)
        free.step(50);
    QVERIFY(free.featureGradient() <= 1e-13);
    double objective = 0;
    for (Index n = 0; n < labels.rows(); ++n) {
        const ufm::MixOptimum point = ufm::mixOptimum(classes, beta, labels(n, 0));
        const Vector wanted = (point.xi * weight.row(0) + point.xj * weight.row(1)).transpose() / kappa;
        // The gradient bounds the error by 1/mu.
        NC_CLOSE((free.features().row(n).transpose() - wanted).norm(), 0, 2e-13 * beta);
        objective += point.objective / static_cast<double>(labels.rows());
    }
    NC_CLOSE(free.objective(), objective, 1e-13);
}

void TestFreeFeatures::fixedWeight_learnedClassifier_endsAtItsOptimum()
{
    const Classifier classifier = test::exampleClassifier();
    const RowMatrixD labels = test::matrixOf({{0.6, 0.4, 0}, {1, 0, 0}, {0.5, 0, 0.5}});
    FreeFeatures free(classifier.weight, classifier.bias, labels, {.mu = 0.5});
    free.step(2000);
    for (Index n = 0; n < 3; ++n) {
        const ufm::GeneralOptimum optimum =
            ufm::optimumForClassifier(Matrix(classifier.weight), classifier.bias, 0.5, labels.row(n).transpose());
        NC_CLOSE((free.features().row(n).transpose() - optimum.feature).norm(), 0, 1e-13);
    }
    // The classifier of docs/maths.md, 3.3, by 40-digit arithmetic.
    NC_CLOSE(free.features()(0, 0), 0.170235939240, 5e-13);
    NC_CLOSE(free.features()(1, 3), -0.576222036104, 5e-13);
    NC_CLOSE(free.features()(2, 1), -0.337842380169, 5e-13);
}

void TestFreeFeatures::fixedWeight_everyStep_goesDown()
{
    FreeFeatures free(test::simplexRows(4, 6, 3, 2), Vector::Zero(4), mixLabels(4), {.mu = 0.02, .seed = 5});
    double before = free.objective();
    for (int n = 0; n < 300; ++n) {
        free.step();
        QVERIFY(free.objective() <= before + 1e-15);
        before = free.objective();
    }
    QCOMPARE(free.stepsTaken(), 300);
}

void TestFreeFeatures::fixedWeight_sameSeed_isTheSame()
{
    const Matrix weight = test::simplexRows(3, 4, 1, 3);
    const auto after = [&](std::uint64_t seed, int at) {
        FreeFeatures free(weight, Vector::Zero(3), mixLabels(3), {.mu = 0.1, .seed = seed});
        free.step(at);
        free.step(10 - at);
        return free.features();
    };
    QVERIFY(after(1, 3) == after(1, 10));
    QVERIFY(after(1, 3) != after(2, 3));
}

void TestFreeFeatures::bothFree_classes_endAtASimplex()
{
    // One sample a class: neural collapse. W centred is an exact simplex, h_k = (x/kappa) w_k, and the penalties
    // balance: weightDecay |W|^2 = (mu/C) |H|^2.
    constexpr Index classes = 4;
    constexpr double mu = 0.02, decay = 0.01;
    FreeFeatures free(test::gaussian(classes, 6, 4), Vector::Zero(classes), RowMatrixD::Identity(classes, classes),
                      {.mu = mu, .weightDecay = decay, .momentum = 0.9});
    for (int turn = 0; turn < 400 && (free.featureGradient() > 1e-11 || free.weightGradient() > 1e-11); ++turn)
        free.step(50);
    QVERIFY(free.featureGradient() <= 1e-11 && free.weightGradient() <= 1e-11);
    const Matrix& weight = free.weight();
    NC_CLOSE(etf::error(weight * weight.transpose()), 0, 1e-7);
    NC_CLOSE(weight.colwise().mean().norm(), 0, 1e-8);
    const double kappa = etf::kappa(weight);
    const double x = ufm::sameClassGap(classes, kappa / mu);
    NC_CLOSE((free.features() - RowMatrixD(x / kappa * weight)).norm(), 0, 1e-7);
    NC_CLOSE(decay * weight.squaredNorm(), mu / classes * free.features().squaredNorm(), 1e-10);
}

void TestFreeFeatures::bothFree_mixes_endAtStationarity()
{
    // Mixes of every pair beside the classes: W is a simplex again by symmetry, and every mix at its own optimum.
    constexpr Index classes = 3;
    RowMatrixD labels = RowMatrixD::Zero(6, classes);
    labels.topRows(3).setIdentity();
    labels.bottomRows(3) = test::matrixOf({{0.5, 0.5, 0}, {0, 0.5, 0.5}, {0.5, 0, 0.5}});
    constexpr double mu = 0.05;
    FreeFeatures free(test::gaussian(classes, 5, 6), Vector::Zero(classes), labels,
                      {.mu = mu, .weightDecay = 0.01, .momentum = 0.9});
    for (int turn = 0; turn < 400 && (free.featureGradient() > 1e-11 || free.weightGradient() > 1e-11); ++turn)
        free.step(50);
    QVERIFY(free.weightGradient() <= 1e-11);
    const double kappa = etf::kappa(free.weight());
    const ufm::MixOptimum half = ufm::mixOptimum(classes, kappa / mu, 0.5);
    const Eigen::RowVectorXd wanted = half.xi / kappa * (free.weight().row(0) + free.weight().row(1));
    NC_CLOSE((free.features().row(3) - wanted).norm(), 0, 1e-6);
}

QTEST_APPLESS_MAIN(TestFreeFeatures)
#include "tst_free_features.moc"

#include <QTest>

#include <cmath>
#include <random>

#include "core/calibration.h"
#include "core/softmax_kernel.h"
#include "test_data.h"

using namespace nc;

class TestCalibration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reliability_tenSamples_hasTheKnownErrors();
    void reliability_edges_areRightClosed();
    void reliability_perfect_isZero();
    void softmaxRow_anyLogits_agreesWithTheDefinition();
    void fitTemperature_scaledLogits_undoesTheScale();
    void fitTemperature_twoClasses_hasTheClosedForm();
    void fitTemperature_anyData_isStationary();
    void fitTemperature_allRight_isEmpty();
    void fitTemperature_worseThanChance_isEmpty();
    void fitTemperature_halfOfTheRows_ignoresTheOthers();
};

namespace
{

/// Mean over rows of -ln softmax(z/T) at the label.
double meanSurprise(const RowMatrixD& logits, const std::vector<std::int32_t>& labels, double temperature)
{
    double sum = 0;
    for (Index n = 0; n < logits.rows(); ++n) {
        const Eigen::ArrayXd z = logits.row(n).transpose().array() / temperature;
        sum += std::log((z - z.maxCoeff()).exp().sum()) + z.maxCoeff() - z(labels[static_cast<std::size_t>(n)]);
    }
    return sum / static_cast<double>(logits.rows());
}

struct Sample {
    RowMatrixD logits;
    std::vector<std::int32_t> labels;
};

/// Labels drawn from softmax(z).
Sample drawnFromItsOwnLogits(Index rows, Index classes)
{
    Sample sample{1.5 * test::gaussian(rows, classes, 1), {}};
    std::mt19937_64 engine(2);
    for (Index n = 0; n < rows; ++n) {
        const Eigen::ArrayXd weight = sample.logits.row(n).transpose().array().exp();
        std::discrete_distribution<std::int32_t> draw(weight.begin(), weight.end());
        sample.labels.push_back(draw(engine));
    }
    return sample;
}

} // namespace

void TestCalibration::reliability_tenSamples_hasTheKnownErrors()
{
    const std::vector<double> confidence{.97, .93, .88, .73, .71, .64, .58, .99, .41, .36};
    const std::vector<char> correct{1, 1, 0, 1, 0, 1, 1, 1, 0, 1};
    const auto ten = calibration::reliability(confidence, correct, 10);
    NC_CLOSE(ten.ece, 0.326, 1e-15);
    NC_CLOSE(ten.mce, 0.88, 1e-15);
    const auto fifteen = calibration::reliability(confidence, correct, 15);
    NC_CLOSE(fifteen.ece, 0.312, 1e-15);
    NC_CLOSE(fifteen.mce, 0.64, 1e-15);
}

void TestCalibration::reliability_edges_areRightClosed()
{
    const auto result = calibration::reliability({0.0, 0.2, 0.6, 0.6000000000000001, 1.0}, {1, 1, 1, 1, 1}, 5);
    const std::vector<Index> wanted{2, 0, 1, 1, 1};
    for (std::size_t b = 0; b < 5; ++b)
        QCOMPARE(result.bins[b].count, wanted[b]);
    // Every edge b/bins belongs to the bin on its left, for any number of bins.
    for (int bins = 1; bins <= 100; ++bins)
        for (int b = 1; b <= bins; ++b) {
            const auto one = calibration::reliability({static_cast<double>(b) / bins}, {1}, bins);
            QCOMPARE(one.bins[static_cast<std::size_t>(b - 1)].count, 1);
        }
}

void TestCalibration::reliability_perfect_isZero()
{
    const auto result = calibration::reliability({0.5, 0.5, 0.75, 0.75, 0.75, 0.75}, {1, 0, 1, 1, 1, 0}, 15);
    NC_CLOSE(result.ece, 0, 1e-16);
    NC_CLOSE(result.mce, 0, 1e-16);
}

void TestCalibration::softmaxRow_anyLogits_agreesWithTheDefinition()
{
    std::mt19937_64 engine(5);
    std::normal_distribution<double> normal;
    for (const Index count : {1, 2, 3, 4, 5, 8, 10, 11, 100})
        for (const double size : {0.0, 1e-3, 1.0, 30.0, 1e4}) {
            const Vector z = Vector::NullaryExpr(count, [&] { return size * normal(engine); });
            Index top = 0;
            const double largest = z.maxCoeff(&top);
            for (const double s : {0.0, 0.3, 1.0, 7.0}) {
                const kernel::SoftmaxRow row = kernel::softmaxRow(z.data(), count, s);
                QCOMPARE(row.top, top);
                QCOMPARE(row.largest, largest);
                const Eigen::ArrayXd below = z.array() - largest, weight = (s * below).exp();
                const double mean = (weight * below).sum() / weight.sum();
                // A few roundings a term.
                QVERIFY(std::abs(row.sum - weight.sum()) <= 1e-15 * static_cast<double>(count) * row.sum);
                QVERIFY(std::abs(row.mean - mean) <= 1e-14 * (1e-300 - below.minCoeff()));
                const double variance = (weight * (below - mean).square()).sum() / weight.sum();
                QVERIFY(std::abs(row.variance - variance) <= 1e-13 * (1e-300 + below.square().maxCoeff()));
            }
        }
    const double tied[] = {1, 3, 2, 3, 3, 0, 3};
    QCOMPARE(kernel::softmaxRow(tied, 7, 1).top, Index{1});
}

void TestCalibration::fitTemperature_scaledLogits_undoesTheScale()
{
    const Sample sample = drawnFromItsOwnLogits(4000, 5);
    const auto base = calibration::fitTemperature(sample.logits, sample.labels);
    QVERIFY(base);
    NC_CLOSE(*base, 1, 0.06); // about 1/sqrt(4000) times a few
    for (const double scale : {1e-6, 0.3, 4.0, 1e6}) {
        const auto scaled = calibration::fitTemperature(scale * sample.logits, sample.labels);
        QVERIFY(scaled);
        NC_CLOSE(*scaled / (scale * *base), 1, 1e-12);
    }
}

void TestCalibration::fitTemperature_twoClasses_hasTheClosedForm()
{
    // All rows have the gap 2 and three of four are right: p = 3/4, so 2/T = ln 3.
    const RowMatrixD logits = test::matrixOf({{2, 0}, {0, 2}, {5, 3}, {2, 0}});
    const auto temperature = calibration::fitTemperature(logits, {0, 1, 0, 1});
    QVERIFY(temperature);
    NC_CLOSE(*temperature, 2 / std::log(3.0), 1e-14);
}

void TestCalibration::fitTemperature_anyData_isStationary()
{
    const Sample sample = drawnFromItsOwnLogits(500, 7);
    const auto found = calibration::fitTemperature(3 * sample.logits, sample.labels);
    QVERIFY(found);
    const RowMatrixD logits = 3 * sample.logits;
    const double best = meanSurprise(logits, sample.labels, *found);
    for (const double factor : {0.5, 0.9, 0.999, 1.001, 1.1, 2.0})
        QVERIFY(meanSurprise(logits, sample.labels, *found * factor) > best);
}

void TestCalibration::fitTemperature_allRight_isEmpty()
{
    QVERIFY(!calibration::fitTemperature(test::matrixOf({{1, 0}, {0, 1e-3}}), {0, 1}));
}

void TestCalibration::fitTemperature_worseThanChance_isEmpty()
{
    QVERIFY(!calibration::fitTemperature(test::matrixOf({{1, 0}, {0, 1}, {1, 0}}), {1, 0, 0}));
}

void TestCalibration::fitTemperature_halfOfTheRows_ignoresTheOthers()
{
    const Sample sample = drawnFromItsOwnLogits(400, 4);
    RowMatrixD even(200, 4), spoilt = sample.logits;
    std::vector<std::int32_t> evenLabels;
    for (Index n = 0; n < 200; ++n) {
        even.row(n) = sample.logits.row(2 * n);
        evenLabels.push_back(sample.labels[static_cast<std::size_t>(2 * n)]);
        spoilt.row(2 * n + 1) *= -100;
    }
    const auto half = calibration::fitTemperature(test::BlockedRows(spoilt, 7), sample.labels, 0, 2);
    const auto alone = calibration::fitTemperature(even, evenLabels);
    QVERIFY(half && *half && alone);
    NC_CLOSE(**half, *alone, 1e-12);
}

QTEST_APPLESS_MAIN(TestCalibration)
#include "tst_calibration.moc"

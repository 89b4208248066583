#include <QTest>

#include "core/class_statistics.h"
#include "test_data.h"

using namespace nc;

class TestClassStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void compute_smallSample_hasTheHandComputedValues();
    void compute_example_hasTheKnownTraceAndCosines();
    void compute_anyBlockSize_isTheSame();
    void compute_hugeMean_keepsTheScatter();
    void compute_emptyClass_isLeftOut();
    void compute_moreClassesThanColumns_keepsTheRank();
    void compute_badLabel_saysWhere();
    void compute_unreadableRows_passesTheErrorOn();
    void compute_stopped_isInterrupted();
    void balancedMean_mixes_countsSameClassOnly();
};

void TestClassStatistics::compute_smallSample_hasTheHandComputedValues()
{
    const DoubleRows rows(test::matrixOf({{0, 0}, {2, 0}, {10, 3}, {10, 5}, {13, 4}}));
    const std::vector<std::int32_t> labels{0, 0, 1, 1, 1};
    const auto stats = computeClassStatistics(rows, labels, 2);
    QVERIFY(stats);
    QVERIFY(stats->means.isApprox(test::matrixOf({{1, 0}, {11, 4}})));
    QVERIFY(stats->globalMean.isApprox(test::vectorOf({6, 2}))); // of the means, not of the samples
    NC_CLOSE(stats->squaredDeviation(0), 1, 1e-15);
    NC_CLOSE(stats->squaredDeviation(1), (2 + 2 + 4) / 3.0, 1e-14);
    QCOMPARE(stats->singularValues.size(), 1);
    NC_CLOSE(stats->singularValues(0), std::sqrt(2.0 * (25 + 4)), 1e-13);
    // Along (5,2)/sqrt 29: class 0 +-5, class 1 (-7, -3, 10).
    NC_CLOSE(stats->axisVariance(0), (25 + 25 + 49 + 9 + 100) / 29.0 / 5, 1e-13);
}

void TestClassStatistics::compute_example_hasTheKnownTraceAndCosines()
{
    // The example of docs/maths.md, 5: tr(Sigma_W Sigma_B^+) and the cosines of the centred means.
    const DoubleRows rows(test::matrixOf({{4, 1, 0, 1},
                                          {5, -1, 1, 0},
                                          {3, 0, 0, 1},
                                          {-1, 4, 1, 0},
                                          {0, 5, 0, 1},
                                          {1, 3, -1, 0},
                                          {0, 1, 5, -1},
                                          {1, -1, 4, 0},
                                          {-1, 0, 4, 1}}));
    const std::vector<std::int32_t> labels{0, 0, 0, 1, 1, 1, 2, 2, 2};
    const auto stats = computeClassStatistics(rows, labels, 3);
    QVERIFY(stats);
    NC_CLOSE(3 * (stats->axisVariance.array() / stats->singularValues.array().square()).sum(), 0.24767084696586, 1e-14);
    const Matrix unit = stats->centredMeans().rowwise().normalized();
    NC_CLOSE(unit.row(0).dot(unit.row(1)), -0.478250300158661, 1e-14);
    NC_CLOSE(unit.row(0).dot(unit.row(2)), -0.483469237396751, 1e-14);
    NC_CLOSE(unit.row(1).dot(unit.row(2)), -0.537543669377294, 1e-14);
}

void TestClassStatistics::compute_anyBlockSize_isTheSame()
{
    const RowMatrixD data = test::gaussian(97, 11, 1);
    std::vector<std::int32_t> labels;
    for (int n = 0; n < 97; ++n)
        labels.push_back(n * n % 5);
    const auto whole = computeClassStatistics(test::BlockedRows(data, 97), labels, 5);
    for (const Index step : {1, 7, 96, 1000}) {
        const auto pieces = computeClassStatistics(test::BlockedRows(data, step), labels, 5);
        QVERIFY(whole && pieces);
        QVERIFY(whole->means == pieces->means);
        QVERIFY(whole->squaredDeviation == pieces->squaredDeviation);
        NC_CLOSE((whole->axisVariance - pieces->axisVariance).cwiseAbs().maxCoeff(), 0, 1e-12);
    }
}

void TestClassStatistics::compute_hugeMean_keepsTheScatter()
{
    // One walk with sums of squares would lose the scatter entirely: 1e8 squared is 1e16.
    RowMatrixD data = test::gaussian(1000, 3, 2);
    std::vector<std::int32_t> labels(1000, 0);
    for (std::size_t n = 0; n < 500; ++n)
        labels[n] = 1;
    const auto near = computeClassStatistics(DoubleRows(data), labels, 2);
    data.array() += 1e8;
    const auto far = computeClassStatistics(DoubleRows(data), labels, 2);
    QVERIFY(near && far);
    NC_CLOSE(far->squaredDeviation(0) / near->squaredDeviation(0), 1, 1e-7); // the data themselves keep 8 digits
}

void TestClassStatistics::compute_emptyClass_isLeftOut()
{
    const DoubleRows rows(test::matrixOf({{1, 0}, {3, 0}, {0, 5}}));
    const std::vector<std::int32_t> labels{3, 3, 1};
    const auto stats = computeClassStatistics(rows, labels, 4);
    QVERIFY(stats);
    QCOMPARE(stats->presentClasses(), 2);
    QCOMPARE(stats->presentClassIds(), (std::vector<Index>{1, 3}));
    QVERIFY(stats->globalMean.isApprox(test::vectorOf({1, 2.5})));
    QCOMPARE(stats->singularValues.size(), 1);
    QCOMPARE(stats->squaredDeviation(0), 0.0);
}

void TestClassStatistics::compute_moreClassesThanColumns_keepsTheRank()
{
    std::vector<std::int32_t> labels;
    for (int n = 0; n < 60; ++n)
        labels.push_back(n % 6);
    const auto stats = computeClassStatistics(DoubleRows(test::gaussian(60, 3, 3)), labels, 6);
    QVERIFY(stats);
    QCOMPARE(stats->singularValues.size(), 3);
    const Matrix gram = stats->axes.transpose() * stats->axes;
    NC_CLOSE((gram - Matrix::Identity(3, 3)).cwiseAbs().maxCoeff(), 0, 1e-13);
}

void TestClassStatistics::compute_badLabel_saysWhere()
{
    const std::vector<std::int32_t> labels{0, 1, 5};
    const auto stats = computeClassStatistics(DoubleRows(test::gaussian(3, 2, 4)), labels, 3);
    QVERIFY(!stats);
    QCOMPARE(stats.error().message, std::string("Cannot measure: the label 5 of row 2 is outside 0 to 2"));
}

void TestClassStatistics::compute_unreadableRows_passesTheErrorOn()
{
    const std::vector<std::int32_t> labels(9, 0);
    const auto stats = computeClassStatistics(test::FailingRows(test::gaussian(9, 2, 5), 5), labels, 1);
    QVERIFY(!stats);
    QCOMPARE(stats.error().kind, ErrorKind::Data);
}

void TestClassStatistics::compute_stopped_isInterrupted()
{
    std::stop_source source;
    source.request_stop();
    const std::vector<std::int32_t> labels(9, 0);
    const auto stats =
        computeClassStatistics(DoubleRows(test::gaussian(9, 2, 6)), labels, 1, TaskControl{source.get_token(), {}});
    QVERIFY(!stats);
    QCOMPARE(stats.error().kind, ErrorKind::Interrupted);
}

void TestClassStatistics::balancedMean_mixes_countsSameClassOnly()
{
    const DoubleRows rows(test::matrixOf({{1, 1}, {3, 1}, {100, 100}, {6, 0}}));
    const auto mean = balancedMean(rows, test::mixSplit({0, 0, 0, 2}, {0, 0, 2, 2}, {.5, .1, .5, .9}), 3);
    QVERIFY(mean);
    QVERIFY(mean->isApprox(test::vectorOf({4, 0.5})));
    const auto none = balancedMean(rows, test::mixSplit({0, 0, 0, 2}, {1, 1, 2, 1}, {.5, .1, .5, .9}), 3);
    QVERIFY(none);
    QCOMPARE(none->norm(), 0.0);
}

QTEST_APPLESS_MAIN(TestClassStatistics)
#include "tst_class_statistics.moc"

#include <QTest>

#include <numbers>

#include "core/chance_level.h"
#include "core/simplex_etf.h"
#include "test_data.h"

using namespace nc;

class TestSimplexEtf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void helmert_threeAndFourClasses_haveTheKnownVertices();
    void helmert_anySize_isOrthonormalAndRegular();
    void kgon_anySize_isAProjectionOntoARegularPolygon();
    void error_exactSimplex_isZero();
    void error_knownGram_hasTheHandComputedValue();
    void fit_exactSimplex_returnsItsDirections();
    void fit_rankBelow_isCounted();
    void kappa_scaledSimplex_isTheScale();
    void chanceLevel_tenClasses_fallsWithTheDimension();
    void chanceLevel_anyThreads_isTheSame();
};

void TestSimplexEtf::helmert_threeAndFourClasses_haveTheKnownVertices()
{
    const Matrix three = etf::helmert(3).transpose();
    const Matrix wanted3 = test::matrixOf(
        {{0.707106781186548, -0.408248290463863}, {-0.707106781186548, -0.408248290463863}, {0, 0.816496580927726}});
    NC_CLOSE((three - wanted3).cwiseAbs().maxCoeff(), 0, 1e-15); // 15 printed digits
    const Matrix four = etf::helmert(4).transpose();
    const Matrix wanted4 = test::matrixOf({{0.707106781186548, -0.408248290463863, -0.288675134594813},
                                           {-0.707106781186548, -0.408248290463863, -0.288675134594813},
                                           {0, 0.816496580927726, -0.288675134594813},
                                           {0, 0, 0.866025403784439}});
    NC_CLOSE((four - wanted4).cwiseAbs().maxCoeff(), 0, 1e-15);
}

void TestSimplexEtf::helmert_anySize_isOrthonormalAndRegular()
{
    for (const Index classes : {2, 3, 5, 10, 100}) {
        const Matrix frame = etf::helmert(classes);
        const double n = static_cast<double>(classes);
        NC_CLOSE((frame * frame.transpose() - Matrix::Identity(classes - 1, classes - 1)).cwiseAbs().maxCoeff(), 0,
                 1e-14);
        const Matrix projector = Matrix::Identity(classes, classes) - Matrix::Constant(classes, classes, 1 / n);
        NC_CLOSE((frame.transpose() * frame - projector).cwiseAbs().maxCoeff(), 0, 1e-14);
        NC_CLOSE((frame.col(0) - frame.col(classes - 1)).norm(), std::numbers::sqrt2, 1e-14);
    }
}

void TestSimplexEtf::kgon_anySize_isAProjectionOntoARegularPolygon()
{
    for (const Index classes : {3, 4, 7, 10}) {
        const Matrix frame = etf::kgon(classes);
        NC_CLOSE((frame * frame.transpose() - Matrix::Identity(2, 2)).cwiseAbs().maxCoeff(), 0, 1e-15);
        NC_CLOSE(frame.rowwise().sum().cwiseAbs().maxCoeff(), 0, 1e-14);
        NC_CLOSE(frame.colwise().norm().maxCoeff(), std::sqrt(2.0 / static_cast<double>(classes)), 1e-15);
    }
}

void TestSimplexEtf::error_exactSimplex_isZero()
{
    for (const Index classes : {2, 3, 10, 50}) {
        const Matrix rows = test::simplexRows(classes, classes + 3, 7.5, 1);
        NC_CLOSE(etf::error(rows * rows.transpose()), 0, 1e-14);
    }
}

void TestSimplexEtf::error_knownGram_hasTheHandComputedValue()
{
    // G = I for two classes: I/sqrt 2 - [[1,-1],[-1,1]]/2, squared norm 2 (1/sqrt2 - 1/2)^2 + 1/2 = 2 - sqrt 2.
    NC_CLOSE(etf::error(Matrix::Identity(2, 2)), std::sqrt(2 - std::numbers::sqrt2), 1e-15);
}

void TestSimplexEtf::fit_exactSimplex_returnsItsDirections()
{
    const Matrix rows = test::simplexRows(5, 8, 9, 2).rowwise() + test::gaussian(1, 8, 3).row(0);
    const etf::PolarFit fit = etf::fit(rows);
    QCOMPARE(fit.rank, 4);
    NC_CLOSE((fit.frame - etf::centredRows(rows) / 3).cwiseAbs().maxCoeff(), 0, 1e-14);
    NC_CLOSE(fit.misfit, 0, 1e-14);
    NC_CLOSE(fit.singularValues(3), 3, 1e-14);
}

void TestSimplexEtf::fit_rankBelow_isCounted()
{
    Matrix rows = test::gaussian(4, 6, 4);
    rows.row(3) = rows.row(2) * (1 + 1e-8); // below float32: the same row
    QCOMPARE(etf::fit(rows).rank, 2);
    rows.row(3) = rows.row(2) * (1 + 1e-3);
    QCOMPARE(etf::fit(rows).rank, 3);
    QCOMPARE(etf::fit(Matrix::Zero(3, 5)).rank, 0);
    QCOMPARE(etf::fit(Matrix(rows.topRows(1).replicate(3, 1))).rank, 0);
}

void TestSimplexEtf::kappa_scaledSimplex_isTheScale()
{
    NC_CLOSE(etf::kappa(test::simplexRows(10, 16, 0.25, 5)), 0.25, 1e-15);
}

void TestSimplexEtf::chanceLevel_tenClasses_fallsWithTheDimension()
{
    // Known from draws of another generator; the mean of 64 scatters by about 0.01.
    NC_CLOSE(chanceLevel(10, 16).weightsEtfError, 0.64, 0.03);
    NC_CLOSE(chanceLevel(10, 128).weightsEtfError, 0.27, 0.02);
    NC_CLOSE(chanceLevel(10, 640).weightsEtfError, 0.12, 0.01);
    // A cosine of random directions has standard deviation near 1/sqrt d.
    NC_CLOSE(chanceLevel(10, 640).weightsCosStd, 1 / std::sqrt(640.0), 0.004);
}

void TestSimplexEtf::chanceLevel_anyThreads_isTheSame()
{
    const ChanceLevel one = chanceLevel(7, 33, 1);
    const ChanceLevel other = chanceLevel(7, 33, 2); // remembered
    QCOMPARE(one.weightsEtfError, other.weightsEtfError);
    QVERIFY(chanceLevel(7, 34, 2).weightsEtfError != one.weightsEtfError);
}

QTEST_APPLESS_MAIN(TestSimplexEtf)
#include "tst_simplex_etf.moc"

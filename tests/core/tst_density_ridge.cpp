#include <QTest>

#include <numbers>

#include "core/density_ridge.h"
#include "test_data.h"

using namespace nc;

/// Channels made of points about a curve that is known.
class TestDensityRidge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void grid_onePoint_isTheKernel();
    void grid_anyPoints_holdsThemAll_data();
    void grid_anyPoints_holdsThemAll();
    void ridge_straightChannel_isItsLine();
    void ridge_circularChannel_isTheCircle();
    void ridge_helixInSpace_isTheHelix();
    void ridge_startFarAway_isNotANumber();
    void ridge_anyThreads_isTheSame();
    void bandwidth_normalPoints_isSilvermans();
};

namespace
{

/// n points on a curve of t in [0, 1] with Gaussian noise about it; t evenly spaced.
template <typename Curve>
RowMatrixD channel(Index count, double noise, unsigned seed, const Curve& curve)
{
    const Index dims = curve(0.0).size();
    RowMatrixD points = noise * test::gaussian(count, dims, seed);
    for (Index n = 0; n < count; ++n)
        points.row(n) += curve((static_cast<double>(n) + 0.5) / static_cast<double>(count)).transpose();
    return points;
}

} // namespace

void TestDensityRidge::grid_onePoint_isTheKernel()
{
    const RowMatrixD point = test::matrixOf({{0.3, -0.2}});
    const DensityGrid grid = densityOnGrid(point, 0.5, 241);
    double largest = 0;
    for (Index y = 0; y < grid.cells[1]; ++y)
        for (Index x = 0; x < grid.cells[0]; ++x) {
            const double dx = grid.origin[0] + static_cast<double>(x) * grid.spacing[0] - 0.3;
            const double dy = grid.origin[1] + static_cast<double>(y) * grid.spacing[1] + 0.2;
            const double wanted = std::exp(-(dx * dx + dy * dy) / 0.5) / (std::numbers::pi * 0.5);
            NC_CLOSE(grid.at(x, y), wanted, 2e-3); // cells of 1/40 bandwidth share the point, tails end at four
            largest = std::max(largest, grid.at(x, y));
        }
    NC_CLOSE(largest, 2 / std::numbers::pi, 2e-3);
}

void TestDensityRidge::grid_anyPoints_holdsThemAll_data()
{
    QTest::addColumn<int>("dims");
    QTest::newRow("plane") << 2;
    QTest::newRow("space") << 3;
}

void TestDensityRidge::grid_anyPoints_holdsThemAll()
{
    QFETCH(int, dims);
    const RowMatrixD points = test::gaussian(500, dims, 1);
    const DensityGrid grid = densityOnGrid(points, 0.3, 60);
    double sum = 0, size = 1;
    for (const double value : grid.values)
        sum += value;
    for (std::size_t k = 0; k < static_cast<std::size_t>(dims); ++k)
        size *= grid.spacing[k];
    QCOMPARE(grid.cells[2] > 1, dims == 3);
    NC_CLOSE(sum * size, 500, 1); // what lies beyond three of the kernel's deviations is lost at the border
}

void TestDensityRidge::ridge_straightChannel_isItsLine()
{
    const auto line = [](double t) { return test::vectorOf({6 * t, 3 * t}); };
    const RowMatrixD points = channel(4000, 0.2, 2, line);
    const RowMatrixD starts = channel(40, 0.2, 3, [&](double t) { return line(0.1 + 0.8 * t); });
    const auto ridge = densityRidge(points, 0.25, starts);
    QVERIFY(ridge);
    // About 4000 sqrt(.8 .5)/6.7 points within a kernel's reach: the mean across is known to .2/sqrt(370).
    for (Index n = 0; n < ridge->rows(); ++n)
        NC_CLOSE(((*ridge)(n, 0) - 2 * (*ridge)(n, 1)) / std::sqrt(5.0), 0, 4 * 0.2 / std::sqrt(370.0));
}

void TestDensityRidge::ridge_circularChannel_isTheCircle()
{
    const auto arc = [](double t) { return Vector(5 * test::vectorOf({std::cos(2 * t), std::sin(2 * t)})); };
    const RowMatrixD points = channel(8000, 0.15, 4, arc);
    const RowMatrixD starts = channel(40, 0.15, 5, [&](double t) { return arc(0.1 + 0.8 * t); });
    const auto ridge = densityRidge(points, 0.2, starts);
    QVERIFY(ridge);
    double mean = 0;
    for (Index n = 0; n < ridge->rows(); ++n) {
        // Smoothing pulls inward by at most (noise^2 + bandwidth^2)/(2 R) = .006; scatter as above.
        NC_CLOSE(ridge->row(n).norm(), 5, 0.006 + 4 * 0.15 / std::sqrt(300.0));
        mean += ridge->row(n).norm() / static_cast<double>(ridge->rows());
    }
    NC_CLOSE(mean, 5, 0.015);
}

void TestDensityRidge::ridge_helixInSpace_isTheHelix()
{
    const auto helix = [](double t) { return test::vectorOf({3 * std::cos(3 * t), 3 * std::sin(3 * t), 4 * t}); };
    const RowMatrixD points = channel(6000, 0.15, 6, helix);
    const RowMatrixD starts = channel(25, 0.15, 7, [&](double t) { return helix(0.1 + 0.8 * t); });
    const auto ridge = densityRidge(points, 0.25, starts);
    QVERIFY(ridge);
    for (Index n = 0; n < ridge->rows(); ++n) {
        double nearest = 1e9;
        for (int k = 0; k <= 2000; ++k)
            nearest = std::min(nearest, (ridge->row(n).transpose() - helix(k / 2000.0)).norm());
        // Curvature .25: pulled inward by (.0225 + .0625)/8 = .011, and scatter of about .15/sqrt(250) each way.
        QVERIFY2(nearest < 0.011 + 5 * 0.15 / std::sqrt(250.0), qPrintable(QString::number(nearest)));
    }
}

void TestDensityRidge::ridge_startFarAway_isNotANumber()
{
    const auto ridge = densityRidge(test::gaussian(50, 2, 8), 0.1, test::matrixOf({{100, 100}}));
    QVERIFY(ridge);
    QVERIFY(std::isnan((*ridge)(0, 0)));
}

void TestDensityRidge::ridge_anyThreads_isTheSame()
{
    const RowMatrixD points = test::gaussian(300, 2, 9), starts = test::gaussian(20, 2, 10);
    TaskControl three;
    three.threads = 3;
    const auto one = densityRidge(points, 0.4, starts), many = densityRidge(points, 0.4, starts, three);
    QVERIFY(one && many);
    QVERIFY(*one == *many);
    std::stop_source source;
    source.request_stop();
    QVERIFY(!densityRidge(points, 0.4, starts, TaskControl{source.get_token(), {}}));
}

void TestDensityRidge::bandwidth_normalPoints_isSilvermans()
{
    // Exactly unit variance along each axis: the rule is n^(-1/6) for D = 2.
    RowMatrixD points(64, 2);
    for (Index n = 0; n < 64; ++n)
        points.row(n) << (n % 2 ? 1 : -1), (n / 2 % 2 ? 1 : -1);
    NC_CLOSE(suitableBandwidth(points), std::pow(64.0, -1.0 / 6), 1e-14);
}

QTEST_APPLESS_MAIN(TestDensityRidge)
#include "tst_density_ridge.moc"

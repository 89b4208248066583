#include <QTest>

#include "core/grand_tour.h"
#include "core/simplex_etf.h"
#include "test_data.h"

using namespace nc;

class TestGrandTour : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void geodesic_ends_areTheFrames();
    void geodesic_sameSpace_hasNoLength();
    void geodesic_anyFraction_isAFrameAtConstantSpeed();
    void grandTour_anyDistance_isAFrameAtConstantSpeed_data();
    void grandTour_anyDistance_isAFrameAtConstantSpeed();
    void grandTour_sameSeed_isTheSameInAnyOrder();
    void grandTour_longWalk_comesEverywhere();
    void dragged_insideTheBall_showsTheDirectionThere();
    void dragged_outsideTheBall_stopsAtItsBorder();
    void dragged_nowhere_changesNothing();
};

namespace
{

double offIdentity(const Matrix& frame)
{
    return (frame * frame.transpose() - Matrix::Identity(frame.rows(), frame.rows())).cwiseAbs().maxCoeff();
}

/// Distance of the spaces that two frames span: norm of the difference of their projectors.
double apart(const Matrix& a, const Matrix& b)
{
    return (a.transpose() * a - b.transpose() * b).norm();
}

} // namespace

void TestGrandTour::geodesic_ends_areTheFrames()
{
    const Matrix from = tour::randomFrame(2, 9, 1, 0), to = tour::randomFrame(2, 9, 1, 1);
    const tour::Geodesic path(from, to);
    NC_CLOSE((path.at(0) - from).norm(), 0, 1e-14);
    NC_CLOSE(apart(path.at(1), to), 0, 1e-14);
    QVERIFY(path.length() > 0.5);
}

void TestGrandTour::geodesic_sameSpace_hasNoLength()
{
    const Matrix from = tour::randomFrame(2, 5, 2, 0);
    const Matrix turned = test::matrixOf({{0.6, -0.8}, {0.8, 0.6}}) * from;
    const tour::Geodesic path(from, turned);
    NC_CLOSE(path.length(), 0, 1e-13);
    NC_CLOSE((path.at(0.7) - from).norm(), 0, 1e-13); // the view does not spin
}

void TestGrandTour::geodesic_anyFraction_isAFrameAtConstantSpeed()
{
    const tour::Geodesic path(tour::randomFrame(3, 9, 3, 0), tour::randomFrame(3, 9, 3, 1));
    // The projector's speed is sqrt 2 times that of the frame; a step's chord is right to second order.
    constexpr double step = 1e-4;
    for (double fraction = 0; fraction <= 1; fraction += 0.125) {
        NC_CLOSE(offIdentity(path.at(fraction)), 0, 1e-12);
        NC_CLOSE((path.at(fraction + step) - path.at(fraction)).norm() / step, path.length(), 1e-6);
        NC_CLOSE(apart(path.at(fraction + step), path.at(fraction)) / step / std::sqrt(2.0), path.length(), 1e-6);
    }
}

void TestGrandTour::grandTour_anyDistance_isAFrameAtConstantSpeed_data()
{
    QTest::addColumn<int>("shown");
    QTest::addColumn<int>("dims");
    for (const auto& [shown, dims] : {std::pair{2, 3}, {2, 9}, {3, 4}, {3, 99}})
        QTest::addRow("%d of %d", shown, dims) << shown << dims;
}

void TestGrandTour::grandTour_anyDistance_isAFrameAtConstantSpeed()
{
    QFETCH(int, shown);
    QFETCH(int, dims);
    tour::GrandTour walk(tour::randomFrame(shown, dims, 4, 100), 4);
    constexpr double step = 0.01;
    Matrix before = walk.at(0);
    int corners = 0;
    for (int n = 1; n <= 2000; ++n) {
        const Matrix frame = walk.at(n * step);
        NC_CLOSE(offIdentity(frame), 0, 1e-12); // also after many legs
        // A chord is shorter than its arc by 1/24 of the cube; at a corner two legs share the step.
        QVERIFY((frame - before).norm() <= step + 1e-12);
        corners += (frame - before).norm() < 0.999 * step;
        before = frame;
    }
    QVERIFY2(corners > 0 && corners < 60, qPrintable(QString::number(corners))); // legs are about a radian long
}

void TestGrandTour::grandTour_sameSeed_isTheSameInAnyOrder()
{
    const Matrix start = tour::randomFrame(2, 9, 5, 100);
    tour::GrandTour forward(start, 6), jumping(start, 6), other(start, 7);
    for (double distance = 0; distance < 10; distance += 2.5)
        (void)forward.at(distance);
    const Matrix far = jumping.at(12);
    QVERIFY(far == forward.at(12));
    QVERIFY(jumping.at(3) == forward.at(3));
    QVERIFY(apart(far, other.at(12)) > 0.1);
}

void TestGrandTour::grandTour_longWalk_comesEverywhere()
{
    // Mean projector over a long walk: D/n of the identity, as for uniformly drawn spaces.
    tour::GrandTour walk(tour::randomFrame(2, 4, 8, 100), 8);
    Matrix mean = Matrix::Zero(4, 4);
    constexpr int steps = 20'000;
    for (int n = 0; n < steps; ++n) {
        const Matrix frame = walk.at(n * 0.1);
        mean += frame.transpose() * frame / steps;
    }
    // Some thousand legs of length about 1.5: an entry of the mean is off by about 1/sqrt(1300) times 0.35.
    NC_CLOSE((mean - 0.5 * Matrix::Identity(4, 4)).cwiseAbs().maxCoeff(), 0, 0.05);
}

void TestGrandTour::dragged_insideTheBall_showsTheDirectionThere()
{
    const Matrix frame = tour::randomFrame(2, 9, 9, 0);
    for (Index k = 0; k < 10; ++k) {
        const Vector direction = etf::helmert(10).col(k).normalized();
        for (const Vector& place : {test::vectorOf({0, 0}), test::vectorOf({0.5, -0.3}), test::vectorOf({0.8, 0.6})}) {
            const Matrix moved = tour::dragged(frame, direction, place);
            NC_CLOSE(offIdentity(moved), 0, 1e-12);
            NC_CLOSE((moved * direction - place).norm(), 0, 1e-12);
        }
    }
}

void TestGrandTour::dragged_outsideTheBall_stopsAtItsBorder()
{
    const Matrix frame = tour::randomFrame(3, 4, 10, 0);
    const Vector direction = test::vectorOf({0, 0, -1, 0});
    const Matrix moved = tour::dragged(frame, direction, test::vectorOf({0, 4, 3}));
    NC_CLOSE(offIdentity(moved), 0, 1e-12);
    NC_CLOSE((moved * direction - test::vectorOf({0, 0.8, 0.6})).norm(), 0, 1e-12);
    // And back from where the direction is wholly shown.
    const Matrix back = tour::dragged(moved, direction, test::vectorOf({0.1, 0, 0}));
    NC_CLOSE(offIdentity(back), 0, 1e-12);
    NC_CLOSE((back * direction - test::vectorOf({0.1, 0, 0})).norm(), 0, 1e-12);
}

void TestGrandTour::dragged_nowhere_changesNothing()
{
    const Matrix frame = tour::randomFrame(2, 9, 11, 0);
    const Vector direction = etf::helmert(10).col(3).normalized();
    NC_CLOSE((tour::dragged(frame, direction, frame * direction) - frame).norm(), 0, 1e-12);
}

QTEST_APPLESS_MAIN(TestGrandTour)
#include "tst_grand_tour.moc"

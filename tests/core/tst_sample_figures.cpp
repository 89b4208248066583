#include <cmath>

#include <QTest>

#include "core/sample_figures.h"

using namespace nc;

class SampleFiguresTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void figures_handComputed_agree()
    {
        RowMatrixD z(4, 3);
        z << std::log(2.0), 0, 0, // p = 1/2, 1/4, 1/4
            0, std::log(2.0), 0, 0, 0, std::log(2.0), 1000, 999, -1000;
        Split split;
        split.kind = SplitKind::Mix;
        split.labelA = {0, 0, 1, 0};
        split.labelB = {0, 1, 2, 1};
        split.lambda = {0.2, 0.25, 0.75, 0.5};
        const auto figures = sampleFigures(DoubleRows(z), split);
        QVERIFY(figures);
        const double tie = std::log1p(std::exp(-1.0));
        const double wanted[] = {std::log(2.0), 0.25 * std::log(4.0) + 0.75 * std::log(2.0),
                                 std::log(4.0) - 0.25 * std::log(2.0), tie + 0.5};
        for (std::size_t i = 0; i < 4; ++i)
            QVERIFY2(std::abs(figures->loss[i] - wanted[i]) < 1e-12, std::to_string(i).c_str());
        QVERIFY(std::abs(figures->confidence[0] - 0.5) < 1e-12);
        QVERIFY(std::abs(figures->confidence[3] - std::exp(-tie)) < 1e-12);
        QCOMPARE(figures->correct, (std::vector<char>{1, 1, 0, 1}));
    }
    void figures_labelOutside_isAnError()
    {
        Split split;
        split.labelA = split.labelB = {3};
        split.lambda = {1};
        QVERIFY(!sampleFigures(DoubleRows(RowMatrixD::Zero(1, 3)), split));
    }
};

QTEST_APPLESS_MAIN(SampleFiguresTest)
#include "tst_sample_figures.moc"

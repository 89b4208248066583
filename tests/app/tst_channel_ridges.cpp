#include <cmath>
#include <numbers>
#include <random>

#include <QTest>

#include "app/channel_ridges.h"

using namespace nc;
using namespace nc::app;

class ChannelRidgesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// Two channels on arcs of a circle, one of them recorded with its classes swapped, one too thin to count.
    void ridges_ofArcs_lieOnThem_inOrderOfLambda()
    {
        constexpr Index count = 1500;
        constexpr double radius = 3, noise = 0.1;
        Split split;
        RowMatrixD coordinates(2 * count + 5, 2);
        std::vector<Index> rows;
        std::mt19937 random(5);
        std::normal_distribution<double> normal(0, noise);
        const auto add = [&](std::int32_t a, std::int32_t b, double lambda, double angle) {
            const auto r = static_cast<Index>(rows.size());
            const double off = radius + normal(random);
            coordinates.row(r) << off * std::cos(angle), off * std::sin(angle);
            split.labelA.push_back(a);
            split.labelB.push_back(b);
            split.lambda.push_back(lambda);
            rows.push_back(r);
        };
        for (Index n = 0; n < count; ++n) {
            const double lambda = (static_cast<double>(n) + 0.5) / count;
            add(2, 5, lambda, lambda * 2);
            add(4, 2, lambda, 3 + lambda * 2);
        }
        for (int n = 0; n < 5; ++n)
            add(4, 5, 0.2 * n, 0);
        const auto ridges = channelRidges(split, rows, coordinates);
        QVERIFY(ridges);
        QCOMPARE(ridges->size(), std::size_t{2});
        QCOMPARE((*ridges)[0].lower, 2);
        QCOMPARE((*ridges)[0].upper, 4);
        QCOMPARE((*ridges)[1].upper, 5);
        for (std::size_t k = 0; k < 2; ++k) {
            const ChannelRidge& ridge = (*ridges)[k];
            QCOMPARE(ridge.lambda.size(), std::size_t{19});
            for (std::size_t n = 0; n < ridge.lambda.size(); ++n) {
                QVERIFY(std::abs(ridge.lambda[n] - 0.05 * static_cast<double>(n + 1)) < 1e-12);
                const auto point = ridge.points.row(static_cast<Index>(n));
                // Some twenty mixes lie under a kernel: a standard error of 0.02.
                QVERIFY2(std::abs(point.norm() - radius) < 0.08, std::to_string(point.norm()).c_str());
                const double share = k == 1 ? ridge.lambda[n] : 1 - ridge.lambda[n]; // of the first label
                const double angle = (k == 1 ? 0 : 3) + 2 * share;
                const double turned = std::remainder(std::atan2(point[1], point[0]) - angle, 2 * std::numbers::pi);
                QVERIFY2(std::abs(turned) < 0.1, std::to_string(turned).c_str()); // a step of lambda
            }
        }
    }
};

QTEST_APPLESS_MAIN(ChannelRidgesTest)
#include "tst_channel_ridges.moc"

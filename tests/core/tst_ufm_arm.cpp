#include <cmath>
#include <numbers>
#include <numeric>

#include <QTest>

#include "core/beta_distribution.h"
#include "core/ufm_arm.h"

using namespace nc;
using namespace nc::ufm;

namespace
{

std::vector<ArmSetting> settings()
{
    std::vector<ArmSetting> all;
    for (const Index classes : {2, 3, 10, 100})
        for (const double beta : {1.0, 10.0, 800.0 / 9, 1000.0, 10'000.0})
            for (const double smoothing : {0.0, 0.1, 0.4})
                for (const Loss loss : {Loss::CrossEntropy, Loss::SquaredError})
                    all.push_back({classes, beta, loss, smoothing});
    return all;
}

QByteArray name(const ArmSetting& setting)
{
    return "C " + QByteArray::number(static_cast<int>(setting.classes)) + ", beta " + QByteArray::number(setting.beta) +
           ", eps " + QByteArray::number(setting.smoothing) +
           (setting.loss == Loss::SquaredError ? ", squared error" : ", cross-entropy");
}

constexpr double lambdas[] = {0, 0.01, 0.3, 0.5, 0.62, 0.9, 1};

} // namespace

class TestUfmArm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void betaCumulative_closedForms_agree();
    void betaQuantile_anyShare_undoesCumulative();
    void betaDensity_anyAlpha_isTheSlopeOfCumulative();
    void armOptimum_noSmoothing_agreesWithMixOptimum();
    void armOptimum_smoothing_agreesWithTheSoftLabel();
    void armOptimum_purelySmoothed_solvesTheLabelSmoothingEquation();
    void armBalance_anySetting_holds();
    void armBalance_wrongFeature_doesNotHold();
    void lengthInView_threeOfTen_hasTheKnownShares();
    void chordRatio_knownClasses_agrees();
    void leastLoss_anyFeature_isNotBeaten();
    void arm_anyPlace_isTheOptimumOfItsLambda();
    void arm_anyPlace_hasTheSlopeOfLambda();
    void arm_even_hasEvenSteps();
    void arm_uniformLambda_isCloseToLogisticAndBounded();
    void arm_shares_addUpAndFollowTheDensity();
};

void TestUfmArm::betaCumulative_closedForms_agree()
{
    for (const double x : {0.0, 1e-6, 0.1, 0.35, 0.5, 0.8, 0.999, 1.0}) {
        // Continued fraction and logarithms of Gamma: a few units in the fourteenth place.
        QVERIFY(std::abs(beta::cumulative(1, x) - x) < 1e-14);
        QVERIFY(std::abs(beta::cumulative(2, x) - x * x * (3 - 2 * x)) < 1e-13);
        QVERIFY(std::abs(beta::cumulative(3, x) - x * x * x * (10 - 15 * x + 6 * x * x)) < 1e-13);
        QVERIFY(std::abs(beta::cumulative(0.5, x) - 2 / std::numbers::pi * std::asin(std::sqrt(x))) < 1e-13);
    }
}

void TestUfmArm::betaQuantile_anyShare_undoesCumulative()
{
    for (const double alpha : {0.2, 0.5, 1.0, 2.0, 20.0})
        for (const double share : {0.001, 0.2, 0.5, 0.77, 0.999}) {
            if (alpha < 0.5 && share > 0.9)
                continue; // 1 - lambda is smaller there than what lambda can hold
            const double found = beta::cumulative(alpha, beta::quantile(alpha, share));
            QVERIFY2(std::abs(found - share) < 1e-11, qPrintable(QString::number(alpha)));
        }
}

void TestUfmArm::betaDensity_anyAlpha_isTheSlopeOfCumulative()
{
    for (const double alpha : {0.3, 1.0, 2.0, 12.0})
        for (const double x : {0.1, 0.4, 0.5, 0.93}) {
            constexpr double h = 1e-5;
            const double slope = (beta::cumulative(alpha, x + h) - beta::cumulative(alpha, x - h)) / (2 * h);
            // The difference quotient's own error: its third derivative times h^2, and rounding over h.
            QVERIFY(std::abs(slope - beta::density(alpha, x)) < 1e-6 * (1 + slope));
        }
}

void TestUfmArm::armOptimum_noSmoothing_agreesWithMixOptimum()
{
    for (const double lambda : lambdas) {
        QCOMPARE(armOptimum({10, 100, Loss::CrossEntropy, 0}, lambda).xi, mixOptimum(10, 100, lambda).xi);
        QCOMPARE(armOptimum({10, 100, Loss::SquaredError, 0}, lambda).xi, mixOptimumSquaredError(10, 100, lambda).xi);
    }
    // docs/maths.md's own row: C = 10, beta = 100, lambda = 0.7, to the digits that are printed.
    QVERIFY(std::abs(armOptimum({10, 100, Loss::CrossEntropy, 0}, 0.7).xi - 4.423725635443) < 1e-12);
}

void TestUfmArm::armOptimum_smoothing_agreesWithTheSoftLabel()
{
    for (const ArmSetting& setting : settings())
        for (const double lambda : lambdas) {
            const Vector label = mixLabel(setting, lambda);
            QVERIFY(std::abs(label.sum() - 1) < 1e-14);
            const MixOptimum point = armOptimum(setting, lambda);
            const Vector z = setting.loss == Loss::SquaredError ? squaredErrorOptimum(setting.beta, label).logits
                                                                : optimumForLabel(setting.beta, label).logits;
            const double difference = point.xi - point.xj - (z(0) - z(1));
            QVERIFY2(std::abs(difference) < 1e-11 * (1 + z.norm()), name(setting));
            QVERIFY2(std::abs(point.norm - z.norm()) < 1e-11 * (1 + z.norm()), name(setting));
        }
}

void TestUfmArm::armOptimum_purelySmoothed_solvesTheLabelSmoothingEquation()
{
    for (const double beta : {1.0, 100.0, 10'000.0})
        for (const double smoothing : {0.1, 0.4}) {
            constexpr double n = 10;
            const double x = armOptimum({10, beta, Loss::CrossEntropy, smoothing}, 1).xi;
            const double left = x + beta * std::expm1(x) / (std::exp(x) + n - 1);
            QVERIFY(std::abs(left - beta * (1 - smoothing)) < 1e-12 * (1 + beta));
        }
}

void TestUfmArm::armBalance_anySetting_holds()
{
    for (const ArmSetting& setting : settings())
        for (const double lambda : lambdas) {
            const std::vector<Balance> equations = armBalance(setting, armOptimum(setting, lambda));
            QCOMPARE(equations.size(), setting.classes == 2 ? std::size_t{1} : std::size_t{2});
            for (const Balance& equation : equations)
                QVERIFY2(equation.holds(), name(setting) + ": " + QByteArray::number(equation.residual()));
        }
}

void TestUfmArm::armBalance_wrongFeature_doesNotHold()
{
    const ArmSetting setting{10, 88.9, Loss::CrossEntropy, 0};
    MixOptimum point = armOptimum(setting, 0.62);
    point.xi *= 1 + 1e-6;
    QVERIFY(!armBalance(setting, point)[0].holds());
}

void TestUfmArm::lengthInView_threeOfTen_hasTheKnownShares()
{
    const ArmSetting setting{10, 800.0 / 9, Loss::CrossEntropy, 0};
    const MixOptimum half = armOptimum(setting, 0.5), same = armOptimum(setting, 1);
    QVERIFY(std::abs(lengthInView(half.xi, half.xj, 10) - half.norm) < 1e-12);
    // A plane of three of ten classes shows 74 % of the square of a same-class optimum and 42 % of a half mix's.
    const auto share = [](const MixOptimum& m) { return std::pow(lengthInView(m.xi, m.xj, 3) / m.norm, 2); };
    QVERIFY(std::abs(share(same) - 20.0 / 27) < 1e-12);
    QVERIFY(std::abs(share(half) - 5.0 / 12) < 1e-12);
    // |h(1/2)|/|h_same|: 1.03 there, 0.77 in the plane (two decimals are known).
    QVERIFY(std::abs(half.norm / same.norm - 1.033) < 5e-4);
    QVERIFY(std::abs(lengthInView(half.xi, half.xj, 3) / lengthInView(same.xi, same.xj, 3) - 0.7745) < 5e-4);
}

void TestUfmArm::chordRatio_knownClasses_agrees()
{
    QCOMPARE(chordRatio(2), 0.0);
    QCOMPARE(chordRatio(3), 0.5);
    QCOMPARE(chordRatio(10), 2.0 / 3);
    const ArmSetting setting{10, 5, Loss::SquaredError, 0}; // whose curve is the chord
    QVERIFY(std::abs(armOptimum(setting, 0.5).norm / armOptimum(setting, 1).norm - chordRatio(10)) < 1e-12);
}

void TestUfmArm::leastLoss_anyFeature_isNotBeaten()
{
    for (const ArmSetting& setting : settings()) {
        const double lambda = 0.62, least = leastLoss(setting, lambda);
        const MixOptimum point = armOptimum(setting, lambda);
        const double data = setting.loss == Loss::CrossEntropy
                                ? point.crossEntropy
                                : point.objective - point.norm * point.norm / (2 * setting.beta);
        QVERIFY2(data > least - 1e-12, name(setting));
        if (setting.beta > 5000) // features are almost free
            QVERIFY2(data < least + 0.02, name(setting) + ": " + QByteArray::number(data - least));
    }
    const double entropy = -(0.62 * std::log(0.62) + 0.38 * std::log(0.38));
    QVERIFY(std::abs(leastLoss({10, 88.9, Loss::CrossEntropy, 0}, 0.62) - entropy) < 1e-14);
}

void TestUfmArm::arm_anyPlace_isTheOptimumOfItsLambda()
{
    for (const ArmSetting& setting : settings()) {
        const Arm arm(setting);
        for (const double part : {-1.0, -0.95, -0.4, 0.0, 0.3, 0.99, 1.0}) {
            const ArmPoint place = arm.at(part * arm.reach());
            const MixOptimum optimum = armOptimum(setting, place.lambda);
            // lambda's own rounding is stretched by 1/slope.
            const double tolerance = 1e-11 * (1 + arm.reach()) + 1e-14 / place.lambdaSlope;
            QVERIFY2(std::abs(place.xi - optimum.xi) < tolerance && std::abs(place.xj - optimum.xj) < tolerance,
                     name(setting) + ", at " + QByteArray::number(part) + ": " +
                         QByteArray::number(place.xi - optimum.xi) + " " + QByteArray::number(place.xj - optimum.xj));
        }
        QVERIFY2(std::abs(arm.at(arm.reach()).lambda - 1) < 1e-12, name(setting));
        QVERIFY2(std::abs(arm.at(0).lambda - 0.5) < 1e-12, name(setting));
    }
}

void TestUfmArm::arm_anyPlace_hasTheSlopeOfLambda()
{
    for (const ArmSetting& setting : settings()) {
        const Arm arm(setting);
        for (const double part : {-0.9, -0.2, 0.0, 0.6}) {
            const double h = 1e-4 * arm.reach(), delta = part * arm.reach();
            const double quotient = (arm.at(delta + h).lambda - arm.at(delta - h).lambda) / (2 * h);
            const double slope = arm.at(delta).lambdaSlope;
            // The quotient's error: h^2 times the third derivative, and rounding over h.
            QVERIFY2(std::abs(quotient - slope) < 2e-6 * (1 + slope), name(setting));
        }
    }
}

void TestUfmArm::arm_even_hasEvenSteps()
{
    for (const ArmSetting& setting : settings()) {
        const std::vector<ArmPoint> points = Arm(setting).even(41);
        QCOMPARE(points.size(), std::size_t{41});
        double least = 1e300, most = 0;
        for (std::size_t k = 1; k < points.size(); ++k) {
            const double step =
                lengthInView(points[k].xi - points[k - 1].xi, points[k].xj - points[k - 1].xj, setting.classes);
            least = std::min(least, step);
            most = std::max(most, step);
        }
        QVERIFY2(most < 1.02 * least, name(setting) + ": " + QByteArray::number(most / least));
    }
}

void TestUfmArm::arm_uniformLambda_isCloseToLogisticAndBounded()
{
    // docs/maths.md, 4.3: delta is close to logit(lambda), slope 1.13, 1.047, 1.008 in it at lambda = 1/2, C = 10.
    const std::pair<double, double> known[] = {{20, 1.13}, {100, 1.047}, {1000, 1.008}};
    for (const auto& [beta, slope] : known) {
        const Arm arm({10, beta, Loss::CrossEntropy, 0});
        // d logit = 4 d lambda at 1/2. The known slopes have three digits.
        QVERIFY(std::abs(1 / (4 * arm.at(0).lambdaSlope) - slope) < 6e-3);
        QVERIFY(std::abs(arm.reach() - sameClassGap(10, beta)) < 1e-11);
    }
}

void TestUfmArm::arm_shares_addUpAndFollowTheDensity()
{
    for (const double alpha : {0.3, 1.0, 4.0})
        for (const ArmSetting& setting : settings()) {
            constexpr Index bins = 2000;
            const Arm arm(setting);
            const std::vector<double> shares = arm.shares(alpha, bins);
            const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
            QVERIFY2(std::abs(sum - 1) < 1e-12, name(setting));
            const double width = 2 * arm.reach() / bins;
            for (const Index k : {Index{300}, Index{1000}, Index{1600}}) {
                const double middle = -arm.reach() + (static_cast<double>(k) + 0.5) * width;
                const double density = arm.densityAt(alpha, arm.at(middle));
                const double share = shares[static_cast<std::size_t>(k)] / width;
                // Rectangle rule: second order in the width.
                QVERIFY2(std::abs(share - density) < 1e-3 * (1e-3 + density), name(setting));
            }
        }
}

QTEST_APPLESS_MAIN(TestUfmArm)
#include "tst_ufm_arm.moc"

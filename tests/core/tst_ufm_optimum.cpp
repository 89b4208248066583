#include <QTest>

#include <random>
#include <tuple>

#include "core/ufm_optimum.h"
#include "test_data.h"

using namespace nc;
using ufm::MixOptimum;

class TestUfmOptimum : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wrightOmega_anyArgument_solvesItsEquation();
    void mixOptimum_gradientDescentTable_agrees_data();
    void mixOptimum_gradientDescentTable_agrees();
    void mixOptimum_theoryTable_agrees_data();
    void mixOptimum_theoryTable_agrees();
    void mixOptimum_anySetting_isStationary_data();
    void mixOptimum_anySetting_isStationary();
    void mixOptimum_swappedClasses_mirrors();
    void mixOptimum_largeBeta_approachesTheAsymptotics();
    void mixOptimum_betaOverAllBounds_staysFinite();
    void mixOptimum_norms_haveTheKnownRatios();
    void mixOptimum_atHalf_hasTheKnownSlopesAndCurvatures();
    void labelSmoothing_largeBeta_approachesItsLimit();
    void sameClassGap_list_agrees_data();
    void sameClassGap_list_agrees();
    void betaFromGap_list_agrees();
    void betaFromGap_anyGap_undoesSameClassGap();
    void mixOptima_anyLambda_agreesWithMixOptimum();
    void mixOptimumSquaredError_anyLambda_isTheChord();
    void squaredErrorOptimum_anyLabel_isStationary();
    void optimumForLabel_mix_agreesWithMixOptimum();
    void optimumForLabel_labelSmoothing_solvesItsEquation();
    void optimumForLabel_anyLabel_minimises();
    void mixCurve_lambda_hasEvenLambdas();
    void mixCurve_arc_hasEvenSteps_data();
    void mixCurve_arc_hasEvenSteps();
    void optimumForClassifier_example_agrees();
    void optimumForClassifier_simplex_agreesWithMixOptimum();
    void optimumForClassifier_anyClassifier_isStationary();
};

namespace
{

/// C x C classifier of an exact simplex with kappa = 1, for which beta = 1/mu.
Matrix simplex(Index classes)
{
    return test::simplexRows(classes, classes, 1, 1);
}

Vector softmax(const Vector& logits)
{
    const Vector weight = (logits.array() - logits.maxCoeff()).exp();
    return weight / weight.sum();
}

Vector mixLabel(Index classes, double lambda)
{
    return lambda * Vector::Unit(classes, 0) + (1 - lambda) * Vector::Unit(classes, 1);
}

/// Largest entry of W^T(p - t) + mu h over that of mu h, with p computed from h alone.
double relativeGradient(const Matrix& weight, const Vector& bias, double mu, const Vector& label, const Vector& h)
{
    const Vector p = softmax(weight * h + bias);
    const Vector gradient = weight.transpose() * (p - label) + mu * h;
    return gradient.cwiseAbs().maxCoeff() / std::max(1e-300, (mu * h).cwiseAbs().maxCoeff());
}

} // namespace

void TestUfmOptimum::wrightOmega_anyArgument_solvesItsEquation()
{
    NC_CLOSE(ufm::wrightOmega(1), 1, 1e-16);
    NC_CLOSE(ufm::wrightOmega(0), 0.56714329040978387300, 2e-16); // the omega constant
    for (double u = -60; u < 60; u += 0.0371) {
        const double omega = ufm::wrightOmega(u);
        // A relative error e of omega moves omega + ln omega by e (1 + omega).
        NC_CLOSE((omega + std::log(omega) - u) / ((1 + omega) * (1 + std::abs(u))), 0, 2e-16);
    }
    for (const double u : {1e3, 1e8, 1e100, 1e300})
        NC_CLOSE((ufm::wrightOmega(u) + std::log(ufm::wrightOmega(u))) / u, 1, 3e-16);
    QCOMPARE(ufm::wrightOmega(-800), 0.0); // underflow, as e^-800
}

void TestUfmOptimum::mixOptimum_gradientDescentTable_agrees_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("rowNorm");
    QTest::addColumn<double>("mu");
    QTest::addColumn<double>("lambda");
    QTest::addColumn<QList<double>>("wanted"); // x_i, x_j, CE, (mu/2)|h|^2, |h|
    const auto row = [](const char* name) -> QTestData& { return QTest::newRow(name); };
    using L = QList<double>;
    row("3, beta 10, same") << 3 << 1.0 << 0.15 << 1.0
                            << L{2.367556936562, 0, 0.171781850078, 0.186844194929, 1.578371291041};
    row("3, beta 10, .5") << 3 << 1.0 << 0.15 << 0.5
                          << L{1.502343025758, 1.502343025758, 0.798681268744, 0.075234485568, 1.001562017172};
    row("3, beta 10, .7") << 3 << 1.0 << 0.15 << 0.7
                          << L{1.839318745395, 1.086099223997, 0.714407126692, 0.085500743649, 1.067712468467};
    row("3, beta 10, .9") << 3 << 1.0 << 0.15 << 0.9
                          << L{2.170065104461, 0.470763553089, 0.429969678995, 0.130307110717, 1.318115375410};
    row("3, beta 120, same") << 3 << 2.0 << 0.05 << 1.0
                             << L{4.383582936596, 0, 0.024654682810, 0.053377220450, 1.461194312199};
    row("3, beta 120, .5") << 3 << 2.0 << 0.05 << 0.5
                           << L{3.290362880120, 3.290362880120, 0.711596114167, 0.030073577452, 1.096787626707};
    row("3, beta 120, .7") << 3 << 2.0 << 0.05 << 0.7
                           << L{3.647686362535, 2.800142681557, 0.628937281369, 0.030367701566, 1.102137950825};
    row("3, beta 120, .9") << 3 << 2.0 << 0.05 << 0.9
                           << L{3.998716041364, 1.830070917470, 0.341443592573, 0.033391543355, 1.155708325752};
    row("10, beta 800/9, same") << 10 << 2.0 << 0.05 << 1.0
                                << L{5.106392367968, 0, 0.053086715001, 0.132005917767, 2.297876565585};
    row("10, beta 800/9, .5") << 10 << 2.0 << 0.05 << 0.5
                              << L{3.954879108861, 3.954879108861, 0.766995919812, 0.140769618891, 2.372927465316};
    row("10, beta 800/9, .7") << 10 << 2.0 << 0.05 << 0.7
                              << L{4.325810112306, 3.432320697397, 0.683467525351, 0.137669620114, 2.346653959274};
    row("10, beta 800/9, .9") << 10 << 2.0 << 0.05 << 0.9
                              << L{4.684743920336, 2.335527618658, 0.391348055099, 0.126411151548, 2.248654277989};
}

void TestUfmOptimum::mixOptimum_gradientDescentTable_agrees()
{
    QFETCH(int, classes);
    QFETCH(double, rowNorm);
    QFETCH(double, mu);
    QFETCH(double, lambda);
    QFETCH(QList<double>, wanted);
    const double kappa = rowNorm * rowNorm * classes / (classes - 1);
    const MixOptimum point = ufm::mixOptimum(classes, kappa / mu, lambda);
    constexpr double printed = 6e-13; // twelve decimals
    NC_CLOSE(point.xi, wanted[0], printed);
    NC_CLOSE(point.xj, wanted[1], printed);
    NC_CLOSE(point.crossEntropy, wanted[2], printed);
    NC_CLOSE(point.objective - point.crossEntropy, wanted[3], printed);
    NC_CLOSE(point.norm / std::sqrt(kappa), wanted[4], printed);
}

void TestUfmOptimum::mixOptimum_theoryTable_agrees_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("beta");
    QTest::addColumn<double>("lambda");
    QTest::addColumn<QList<double>>("wanted"); // x_i, x_j, p_i, p_j, q (-1: none), c, CE
    const auto add = [](int classes, double beta, double lambda, const QList<double>& wanted) {
        QTest::addRow("%d, beta %g, lambda %g", classes, beta, lambda) << classes << beta << lambda << wanted;
    };
    add(2, 10, 0.9,
        {0.7688113372931, -0.7688113372931, 0.8231188662707, 0.1768811337293, -1, -0.9634659955646, 0.3484169257302});
    add(2, 10, 1,
        {1.064017259233, -1.064017259233, 0.8935982740767, 0.1064017259233, -1, -1.176516221889, 0.1124989626562});
    add(3, 10, 0.7,
        {1.839318745395, 1.086099223997, 0.6135820577736, 0.2889040099133, 0.09751393231308, -1.352620692537,
         0.7144071266925});
    add(3, 100, 1,
        {4.232393198772, 0, 0.9717840453415, 0.01410797732924, 0.01410797732924, -2.850217140629, 0.02862167478092});
    add(3, 100, 0.9,
        {3.860137023387, 1.700639174626, 0.8799345504262, 0.1015295289138, 0.01853592066004, -2.134452706174,
         0.3438575336676});
    add(3, 100, 0.5,
        {3.149140705018, 3.149140705018, 0.4895028643166, 0.4895028643166, 0.02099427136678, -1.764078533853,
         0.7143649655137});
    add(10, 10, 0.5,
        {2.081070921163, 2.081070921163, 0.333514326307, 0.333514326307, 0.04162141842325, -2.762926194037,
         1.098069457107});
    add(10, 100, 1,
        {5.209292876814, 0, 0.9531163641087, 0.005209292876814, 0.005209292876814, -4.736381868967, 0.0480182798347});
    add(10, 100, 0.9,
        {4.779491836443, 2.439902880977, 0.859424476353, 0.08282036590765, 0.00721939471742, -4.209044692002,
         0.3854512228476});
    add(10, 100, 0.7,
        {4.423725635443, 3.533937261807, 0.6637204065428, 0.2726182902792, 0.007957662897251, -4.037853638384,
         0.676830804757});
    add(10, 100, 0.5,
        {4.054548808617, 4.054548808617, 0.4675636095311, 0.4675636095311, 0.008109097617233, -4.003858923234,
         0.7602198763411});
}

void TestUfmOptimum::mixOptimum_theoryTable_agrees()
{
    QFETCH(int, classes);
    QFETCH(double, beta);
    QFETCH(double, lambda);
    QFETCH(QList<double>, wanted);
    const MixOptimum point = ufm::mixOptimum(classes, beta, lambda);
    const auto printed = [](double value) { return 6e-13 * std::max(0.1, std::abs(value)); }; // thirteen digits
    NC_CLOSE(point.xi, wanted[0], printed(wanted[0]));
    NC_CLOSE(point.xj, wanted[1], printed(wanted[1]));
    NC_CLOSE(point.pi, wanted[2], printed(wanted[2]));
    NC_CLOSE(point.pj, wanted[3], printed(wanted[3]));
    QCOMPARE(point.pRest.has_value(), wanted[4] >= 0);
    if (point.pRest)
        NC_CLOSE(*point.pRest, wanted[4], 6e-15);
    NC_CLOSE(point.logNormaliser, wanted[5], printed(wanted[5]));
    NC_CLOSE(point.crossEntropy, wanted[6], printed(wanted[6]));
}

void TestUfmOptimum::mixOptimum_anySetting_isStationary_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("beta");
    QTest::addColumn<double>("lambda");
    for (const int classes : {2, 3, 4, 10, 100, 10000})
        for (const double beta : {1e-4, 1e-2, 1.0, 30.0, 1e4, 1e6, 1e8})
            for (const double lambda : {0.0, 1e-6, 0.1, 0.37, 0.5, 0.999, 1.0})
                QTest::addRow("%d, beta %g, lambda %g", classes, beta, lambda) << classes << beta << lambda;
}

void TestUfmOptimum::mixOptimum_anySetting_isStationary()
{
    QFETCH(int, classes);
    QFETCH(double, beta);
    QFETCH(double, lambda);
    const MixOptimum point = ufm::mixOptimum(classes, beta, lambda);
    if (classes == 2) {
        const double gap = point.xi - point.xj;
        const double right = beta * (2 * lambda - 1 - std::tanh(gap / 2));
        // p stands in the equation times beta, with an error of 1e-16.
        NC_CLOSE(gap, right, 1e-10 * std::max(1e-3, std::abs(gap)) + 4e-16 * beta);
        return;
    }
    const double d = std::exp(point.xi) + std::exp(point.xj) + classes - 2;
    const double left = point.xi + beta * (std::exp(point.xi) - 1) / d;
    const double right = point.xj + beta * (std::exp(point.xj) - 1) / d;
    NC_CLOSE(left, beta * lambda, 1e-10 * std::min(1.0, beta) + 1e-15 * beta);
    NC_CLOSE(right, beta * (1 - lambda), 1e-10 * std::min(1.0, beta) + 1e-15 * beta);
    // The identity for the third classes holds to full precision, also where beta p would lose it.
    NC_CLOSE((point.xi + point.xj) * d / (beta * classes), 1, 1e-12);
    NC_CLOSE(point.pi + point.pj + (classes - 2) * *point.pRest, 1, 1e-14);
}

void TestUfmOptimum::mixOptimum_swappedClasses_mirrors()
{
    for (const double lambda : {0.0, 0.2, 0.35}) {
        const MixOptimum one = ufm::mixOptimum(10, 89, lambda), other = ufm::mixOptimum(10, 89, 1 - lambda);
        NC_CLOSE(one.xi, other.xj, 1e-13);
        NC_CLOSE(one.xj, other.xi, 1e-13);
        NC_CLOSE(one.objective, other.objective, 1e-14);
    }
    QCOMPARE(ufm::mixOptimum(10, 89, 1).xj, 0.0);
    QCOMPARE(ufm::mixOptimum(10, 89, 0.5).xi, ufm::mixOptimum(10, 89, 0.5).xj);
}

void TestUfmOptimum::mixOptimum_largeBeta_approachesTheAsymptotics()
{
    // x_i, x_j ~ s/2 +- logit(lambda)/2 with s = 2 W0((beta C/2) sqrt(lambda (1-lambda))), and W0(y) = omega(ln y).
    const auto worst = [](double beta, double lambda) {
        const double s = 2 * ufm::wrightOmega(std::log(beta * 10 / 2 * std::sqrt(lambda * (1 - lambda))));
        const double half = 0.5 * std::log(lambda / (1 - lambda));
        const MixOptimum point = ufm::mixOptimum(10, beta, lambda);
        return std::max(std::abs(point.xi - s / 2 - half), std::abs(point.xj - s / 2 + half));
    };
    NC_CLOSE(worst(100, 0.5), 0.05, 0.005);
    NC_CLOSE(worst(1000, 0.5), 0.008, 0.0005);
    NC_CLOSE(worst(100, 0.9), 0.16, 0.01);
    for (const double lambda : {0.3, 0.5, 0.8})
        QVERIFY(worst(1e8, lambda) < 1e-6);
}

void TestUfmOptimum::mixOptimum_betaOverAllBounds_staysFinite()
{
    for (const Index classes : {2, 3, 10, 10000})
        for (const double beta : {1e-12, 1e-4, 1e12, 1e20, 1e60})
            for (const double lambda : {0.0, 0.5, 0.7, 1.0}) {
                const MixOptimum point = ufm::mixOptimum(classes, beta, lambda);
                QVERIFY(std::isfinite(point.xi) && std::isfinite(point.xj) && std::isfinite(point.objective));
                QVERIFY(point.crossEntropy >= 0 && point.pi >= 0 && point.pj >= 0);
                if (classes > 2 && beta > 1e8) {
                    // sigma D = beta C in logarithms.
                    const double top = std::max(point.xi, point.xj);
                    const double lnD = top + std::log(std::exp(point.xi - top) + std::exp(point.xj - top) +
                                                      static_cast<double>(classes - 2) * std::exp(-top));
                    NC_CLOSE(std::log(point.xi + point.xj) + lnD,
                             std::log(beta) + std::log(static_cast<double>(classes)), 1e-12);
                }
            }
}

void TestUfmOptimum::mixOptimum_norms_haveTheKnownRatios()
{
    const auto ratio = [](Index classes, double beta) {
        return ufm::mixOptimum(classes, beta, 0.5).norm / ufm::mixOptimum(classes, beta, 1).norm;
    };
    NC_CLOSE(ratio(10, 10), 0.886, 5e-4);
    NC_CLOSE(ratio(10, 100), 1.038, 5e-4);
    NC_CLOSE(ratio(10, 1000), 1.111, 5e-4);
    NC_CLOSE(ratio(3, 10), 0.635, 5e-4);
    NC_CLOSE(ratio(3, 100), 0.744, 5e-4);
    NC_CLOSE(ratio(3, 1000), 0.810, 5e-4);
}

void TestUfmOptimum::mixOptimum_atHalf_hasTheKnownSlopesAndCurvatures()
{
    // Slope of x_i - x_j in logit(lambda), whose own slope in lambda is 4 there.
    for (const auto& [beta, wanted, tolerance] :
         {std::tuple{20.0, 1.13, 5e-3}, {100.0, 1.047, 5e-4}, {1000.0, 1.008, 5e-4}}) {
        constexpr double step = 1e-4;
        const MixOptimum above = ufm::mixOptimum(10, beta, 0.5 + step), below = ufm::mixOptimum(10, beta, 0.5 - step);
        NC_CLOSE((above.xi - above.xj - below.xi + below.xj) / (2 * step * 4), wanted, tolerance);
    }
    // Curvature of the objective over mu at C = 10, beta = 100: stiff across, soft along (docs/maths.md, 4.3).
    const MixOptimum half = ufm::mixOptimum(10, 100, 0.5);
    const double p = half.pi, q = *half.pRest;
    NC_CLOSE(1 + 100 * p, 47.8, 0.05);
    NC_CLOSE(1 + 100 * 8 / 20.0 * (2 * p + 4 * q / 8 - 4 * (p - q) * (p - q)), 4.8, 0.05);
    // The same from the Hessian itself, mu I + W^T (diag p - p p^T) W at kappa = 1.
    const Matrix weight = test::simplexRows(10, 12, 1, 1);
    Vector probabilities = Vector::Constant(10, q);
    probabilities.head(2).setConstant(p);
    const Matrix spread = Matrix(probabilities.asDiagonal()) - probabilities * probabilities.transpose();
    const Matrix hessian = Matrix::Identity(12, 12) + 100 * weight.transpose() * spread * weight;
    const Vector across = (weight.row(0) - weight.row(1)).transpose().normalized();
    const Vector along = (weight.row(0) + weight.row(1)).transpose().normalized();
    NC_CLOSE(across.dot(hessian * across), 1 + 100 * p, 1e-12);
    NC_CLOSE(along.dot(hessian * along), 1 + 40 * (2 * p + 0.5 * q - 4 * (p - q) * (p - q)), 1e-12);
}

void TestUfmOptimum::labelSmoothing_largeBeta_approachesItsLimit()
{
    constexpr double smoothing = 0.1;
    Vector label = Vector::Constant(10, smoothing / 10);
    label(3) += 1 - smoothing;
    const ufm::SoftLabelOptimum optimum = ufm::optimumForLabel(1e8, label);
    const double limit = std::log((1 - smoothing + smoothing / 10) / (smoothing / 10));
    NC_CLOSE(optimum.logits(3) - optimum.logits(0), limit, 1e-5); // off by about x/(beta p) = 5e-6
}

void TestUfmOptimum::sameClassGap_list_agrees_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<QList<double>>("gaps"); // at beta 1, 10, 100, 1000, 10000
    using L = QList<double>;
    QTest::newRow("2") << 2 << L{0.6748316143424, 2.1280345184662, 3.9139948195281, 5.8342374978313, 7.8434203023232};
    QTest::newRow("3") << 3 << L{0.73449629207357, 2.3675569365616, 4.2323931987722, 6.1807920931504, 8.2038072457646};
    QTest::newRow("10") << 10
                        << L{0.87692410354186, 3.1322629203194, 5.2092928768136, 7.2261141935409, 9.2838168152134};
    QTest::newRow("100") << 100
                         << L{0.98353661897957, 4.7244267334487, 7.1672233929661, 9.2762429464265, 11.382321653156};
}

void TestUfmOptimum::sameClassGap_list_agrees()
{
    QFETCH(int, classes);
    QFETCH(QList<double>, gaps);
    double beta = 1;
    for (const double gap : gaps) {
        NC_CLOSE(ufm::sameClassGap(classes, beta), gap, 6e-14 * std::max(1.0, gap)); // fourteen digits
        // The general solver gives the same.
        const MixOptimum point = ufm::mixOptimum(classes, beta, 1);
        NC_CLOSE(classes == 2 ? point.xi - point.xj : point.xi, gap, 1e-12);
        beta *= 10;
    }
}

void TestUfmOptimum::betaFromGap_list_agrees()
{
    NC_CLOSE(ufm::betaFromGap(3, 3), 22.085536923188, 6e-13);
    NC_CLOSE(ufm::betaFromGap(10, 5), 78.706579551288, 6e-13);
}

void TestUfmOptimum::betaFromGap_anyGap_undoesSameClassGap()
{
    for (const Index classes : {2, 3, 10, 1000, 10000})
        for (const double beta : {1e-4, 1e-2, 0.5, 1.0, 30.0, 1e4, 1e8})
            NC_CLOSE(ufm::betaFromGap(classes, ufm::sameClassGap(classes, beta)) / beta, 1, 1e-13);
}

void TestUfmOptimum::mixOptima_anyLambda_agreesWithMixOptimum()
{
    std::mt19937_64 engine(3);
    std::uniform_real_distribution<double> uniform;
    for (const Index classes : {2, 3, 10, 1000, 10'000})
        for (double beta = 1e-4; beta < 2e8; beta *= 10) {
            const ufm::MixOptima optima(classes, beta);
            for (int n = 0; n < 40; ++n) {
                const double near = n % 2 == 0 ? 1 : std::pow(10, -8 * uniform(engine)); // also close to 0 and 1
                const double lambda = n == 0      ? 0
                                      : n == 1    ? 1
                                      : n % 4 < 2 ? near * uniform(engine)
                                                  : 1 - near * uniform(engine);
                const ufm::MixOptimum one = ufm::mixOptimum(classes, beta, lambda), other = optima.at(lambda);
                // Both are at rounding: a normaliser's own is that of the exponents beta lambda, ln beta and c.
                const double rounding = 1e-13 * (1 + std::abs(one.xi) + std::abs(one.xj));
                QVERIFY(std::abs(one.xi - other.xi) <= rounding && std::abs(one.xj - other.xj) <= rounding);
                QVERIFY(std::abs(one.objective - other.objective) <= 1e-13 * (1 + one.objective));
            }
        }
}

void TestUfmOptimum::squaredErrorOptimum_anyLabel_isStationary()
{
    std::mt19937_64 engine(4);
    std::uniform_real_distribution<double> uniform;
    for (const Index classes : {2, 3, 7}) {
        Vector label = Vector::NullaryExpr(classes, [&] { return uniform(engine); });
        label /= label.sum();
        const double beta = 10 * uniform(engine), mu = 1 / beta; // kappa = 1
        const ufm::SquaredErrorOptimum optimum = ufm::squaredErrorOptimum(beta, label);
        const Matrix weight = simplex(classes);
        const Vector h = weight.transpose() * optimum.logits;
        QVERIFY((weight * h - optimum.logits).norm() < 1e-14);
        QVERIFY((weight.transpose() * (weight * h - label) + mu * h).norm() < 1e-14);
        const double objective = 0.5 * (weight * h - label).squaredNorm() + mu / 2 * h.squaredNorm();
        QVERIFY(std::abs(objective - optimum.objective) < 1e-14);
    }
    // A mix is one of them.
    const ufm::MixOptimum mix = ufm::mixOptimumSquaredError(5, 3, 0.7);
    const ufm::SquaredErrorOptimum same = ufm::squaredErrorOptimum(3, mixLabel(5, 0.7));
    QVERIFY(std::abs(mix.norm - same.logits.norm()) < 1e-15 && std::abs(mix.objective - same.objective) < 1e-15);
}

void TestUfmOptimum::mixOptimumSquaredError_anyLambda_isTheChord()
{
    for (const Index classes : {2, 3, 10}) {
        const double beta = 37;
        const Matrix weight = simplex(classes);
        for (const double lambda : {0.0, 0.3, 0.5, 1.0}) {
            const MixOptimum point = ufm::mixOptimumSquaredError(classes, beta, lambda);
            // h = W^T t/(kappa + mu) with kappa = 1, and the minimum of 1/2|Wh-t|^2 + (mu/2)|h|^2.
            const Vector label = mixLabel(classes, lambda);
            const Vector h = weight.transpose() * label / (1 + 1 / beta);
            const Vector chord = point.xi * weight.row(0) + point.xj * weight.row(1);
            NC_CLOSE((chord - h).norm(), 0, 1e-15);
            NC_CLOSE(point.norm, h.norm(), 1e-15);
            NC_CLOSE(point.objective, 0.5 * (weight * h - label).squaredNorm() + h.squaredNorm() / (2 * beta), 1e-15);
            QVERIFY(std::isnan(point.pi) && std::isnan(point.pj));
        }
    }
}

void TestUfmOptimum::optimumForLabel_mix_agreesWithMixOptimum()
{
    for (const Index classes : {2, 3, 10})
        for (const double beta : {0.01, 5.0, 300.0, 1e7}) {
            const MixOptimum point = ufm::mixOptimum(classes, beta, 0.7);
            const ufm::SoftLabelOptimum whole = ufm::optimumForLabel(beta, mixLabel(classes, 0.7));
            NC_CLOSE(whole.probabilities(0), point.pi, 1e-13);
            NC_CLOSE(whole.logits.norm(), point.norm, 1e-12 * std::max(1.0, point.norm));
            NC_CLOSE(whole.logits.sum(), 0, 1e-12);
            NC_CLOSE(whole.crossEntropy, point.crossEntropy, 1e-13);
            NC_CLOSE(whole.logNormaliser, point.logNormaliser, 1e-12);
        }
}

void TestUfmOptimum::optimumForLabel_labelSmoothing_solvesItsEquation()
{
    const double eps = 0.1;
    const auto gapAt = [&](double beta) {
        Vector label = Vector::Constant(10, eps / 10);
        label(3) += 1 - eps;
        const ufm::SoftLabelOptimum optimum = ufm::optimumForLabel(beta, label);
        return optimum.logits(3) - optimum.logits(0);
    };
    const double x = gapAt(50);
    NC_CLOSE(x + 50 * (std::exp(x) - 1) / (std::exp(x) + 9), 50 * (1 - eps), 1e-12);
    NC_CLOSE(gapAt(1e9), std::log((1 - eps + eps / 10) / (eps / 10)), 1e-6);
}

void TestUfmOptimum::optimumForLabel_anyLabel_minimises()
{
    const Matrix weight = simplex(6);
    for (const double beta : {0.3, 8.0, 500.0}) {
        Vector label = test::gaussian(6, 1, 5).col(0).cwiseAbs();
        label /= label.sum();
        const ufm::SoftLabelOptimum optimum = ufm::optimumForLabel(beta, label);
        const Vector h = beta * weight.transpose() * (label - optimum.probabilities);
        NC_CLOSE(relativeGradient(weight, Vector::Zero(6), 1 / beta, label, h), 0, 1e-10);
        NC_CLOSE((weight * h - optimum.logits).norm(), 0, 1e-11);
    }
}

void TestUfmOptimum::mixCurve_lambda_hasEvenLambdas()
{
    const auto curve = ufm::mixCurve(10, 89, 11);
    QCOMPARE(curve.size(), std::size_t{11});
    for (std::size_t n = 0; n < 11; ++n)
        NC_CLOSE(curve[n].lambda, static_cast<double>(n) / 10, 1e-15);
    QCOMPARE(curve.front().xi, 0.0);
    QCOMPARE(curve.back().xj, 0.0);
}

void TestUfmOptimum::mixCurve_arc_hasEvenSteps_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<double>("beta");
    for (const int classes : {2, 3, 10, 1000})
        for (const double beta : {1e-3, 1.0, 89.0, 1e6})
            QTest::addRow("%d, beta %g", classes, beta) << classes << beta;
}

void TestUfmOptimum::mixCurve_arc_hasEvenSteps()
{
    QFETCH(int, classes);
    QFETCH(double, beta);
    const auto curve = ufm::mixCurve(classes, beta, 201, ufm::Spacing::Arc);
    QCOMPARE(curve.size(), std::size_t{201});
    QCOMPARE(curve.front().lambda, 0.0);
    QCOMPARE(curve.back().lambda, 1.0);
    std::vector<double> steps;
    for (std::size_t n = 1; n < curve.size(); ++n) {
        QVERIFY(curve[n].lambda >= curve[n - 1].lambda);
        const double di = curve[n].xi - curve[n - 1].xi, dj = curve[n].xj - curve[n - 1].xj;
        steps.push_back(std::sqrt(di * di + dj * dj - (di + dj) * (di + dj) / classes));
    }
    // Chords are shorter than arcs where the curve bends, by (step/radius)^2/24.
    const auto [least, most] = std::minmax_element(steps.begin(), steps.end());
    QVERIFY2(*most / *least < 1.01, qPrintable(QString::number(*most / *least)));
    for (std::size_t n = 20; n < curve.size(); n += 40) {
        const MixOptimum direct = ufm::mixOptimum(classes, beta, curve[n].lambda);
        // Near its ends the curve runs through x_j at the rate beta in lambda, which is known to 1e-16.
        NC_CLOSE(direct.xi, curve[n].xi, 1e-10 * beta / (1 + beta) + 1e-15 * beta);
        NC_CLOSE(direct.xj, curve[n].xj, 1e-10 * beta / (1 + beta) + 1e-15 * beta);
    }
}

void TestUfmOptimum::optimumForClassifier_example_agrees()
{
    const Classifier classifier = test::exampleClassifier();
    const Matrix weight = classifier.weight;
    const auto at = [&](std::initializer_list<double> label) {
        return ufm::optimumForClassifier(weight, classifier.bias, 0.5, test::vectorOf(label));
    };
    const ufm::GeneralOptimum mix = at({0.6, 0.4, 0});
    const Vector mixFeature = test::vectorOf({0.170235939240, 0.331784683517, -0.222155032896, -0.392390972136});
    NC_CLOSE((mix.feature - mixFeature).cwiseAbs().maxCoeff(), 0, 6e-13);
    const Vector mixProbabilities = test::vectorOf({0.543737308862, 0.372592587345, 0.083670103793});
    NC_CLOSE((mix.probabilities - mixProbabilities).cwiseAbs().maxCoeff(), 0, 6e-13);
    NC_CLOSE(mix.objective, 0.846077529512, 6e-13);
    const ufm::GeneralOptimum one = at({1, 0, 0});
    const Vector oneFeature = test::vectorOf({0.509518653538, -0.083741372797, -0.066703382566, -0.576222036104});
    NC_CLOSE((one.feature - oneFeature).cwiseAbs().maxCoeff(), 0, 6e-13);
    NC_CLOSE(one.objective, 0.265708691647, 6e-13);
    const ufm::GeneralOptimum half = at({0.5, 0, 0.5});
    const Vector halfFeature = test::vectorOf({0.215675720011, -0.337842380169, 0.139762273424, -0.075913446587});
    NC_CLOSE((half.feature - halfFeature).cwiseAbs().maxCoeff(), 0, 6e-13);
    NC_CLOSE(half.objective, 0.790465666290, 6e-13);
}

void TestUfmOptimum::optimumForClassifier_simplex_agreesWithMixOptimum()
{
    const double kappa = 3;
    const Matrix weight = test::simplexRows(5, 9, kappa, 6);
    for (const double beta : {0.1, 40.0, 5000.0}) {
        const MixOptimum point = ufm::mixOptimum(5, beta, 0.8);
        const auto general = ufm::optimumForClassifier(weight, Vector::Zero(5), kappa / beta, mixLabel(5, 0.8));
        const Vector wanted = (point.xi * weight.row(0) + point.xj * weight.row(1)) / kappa;
        NC_CLOSE((general.feature - wanted).norm(), 0, 1e-11);
        NC_CLOSE(general.objective, point.objective, 1e-12);
    }
}

void TestUfmOptimum::optimumForClassifier_anyClassifier_isStationary()
{
    for (unsigned seed = 0; seed < 20; ++seed) {
        const Matrix weight = 3 * test::gaussian(7, 4, seed); // more classes than columns
        const Vector bias = 5 * test::gaussian(7, 1, 100 + seed).col(0);
        for (const double mu : {1e-4, 0.05, 10.0}) {
            const Vector label = mixLabel(7, 0.6);
            const auto optimum = ufm::optimumForClassifier(weight, bias, mu, label);
            NC_CLOSE(relativeGradient(weight, bias, mu, label, optimum.feature), 0, 1e-10);
        }
    }
}

QTEST_APPLESS_MAIN(TestUfmOptimum)
#include "tst_ufm_optimum.moc"

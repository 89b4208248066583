#include <cmath>
#include <map>
#include <numeric>

#include <QTest>

#include "app/figure_builder.h"
#include "app/figure_output.h"
#include "app/playground.h"
#include "app/text.h"

using namespace nc;
using namespace nc::app;

namespace
{

PlaygroundState with(Index classes, ufm::Loss loss = ufm::Loss::CrossEntropy, double smoothing = 0)
{
    PlaygroundState state;
    state.classes = classes;
    state.loss = loss;
    state.smoothing = smoothing;
    return state;
}

std::vector<PlaygroundState> manyStates()
{
    std::vector<PlaygroundState> states;
    for (const Index classes : {2, 3, 10, 100})
        for (const auto loss : {ufm::Loss::CrossEntropy, ufm::Loss::SquaredError})
            for (const double smoothing : {0.0, 0.3})
                for (const double beta : {1.0, 88.9, 10'000.0})
                    for (const double alpha : {0.05, 1.0, 20.0})
                        for (const double lambda : {0.0, 0.5, 0.62, 1.0}) {
                            PlaygroundState state = with(classes, loss, smoothing);
                            state.beta = beta;
                            state.alpha = alpha;
                            state.lambda = lambda;
                            state.samples = lambda > 0.6;
                            state.bothArms = lambda < 0.6;
                            states.push_back(soundPlayground(state));
                        }
    return states;
}

std::string textOf(const std::vector<FormulaLine>& lines)
{
    std::string text;
    for (const FormulaLine& line : lines)
        text += line.text.plain() + "\n";
    return text;
}

} // namespace

class TestPlaygroundState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void numbers_default_areThoseOfTheDocument();
    void anyState_isSoundAndHolds();
    void scene_anyPair_standsWhereTheTheorySays();
    void scene_arrows_haveTheirLengthInAllDimensions();
    void scene_oneArm_isTheLargerSharesSide();
    void scene_squaredError_isTheChordWithoutShading();
    void scene_twoClasses_isALine();
    void scene_samples_areDrawnFromAlpha();
    void extent_holdsTheScene_andStaysWhileBetaGrows();
    void lambdaNear_placesOnTheCurve_givesTheirLambda();
    void lambdaNear_besideTheCurve_isTheNearest();
    void density_addsUpAndHasTheTicksWhereTheyBelong();
    void lambdaAt_playhead_isTheLambda();
    void formula_bothSides_areTheEvaluatedOnes();
    void formula_eachCase_hasItsOwnEquation();
    void absent_saysWhy();
    void steps_do_whatTheySay();
    void text_holdsEveryNumberAndTheCommand();
    void page_isPainted();
    void betaOffRun_eachCase_saysASentence();
};

void TestPlaygroundState::numbers_default_areThoseOfTheDocument()
{
    const PlaygroundNumbers numbers = playgroundNumbers({});
    // The digits that docs/maths.md, 4 has for C = 10, beta = 800/9, and the three of the design's figures at 0.62.
    QCOMPARE(fixedNumber(numbers.mix.xi, 3), "4.187");
    QCOMPARE(fixedNumber(numbers.mix.xj, 3), "3.672");
    QCOMPARE(fixedNumber(numbers.shares[0], 3), "0.582");
    QCOMPARE(fixedNumber(numbers.shares[1], 3), "0.348");
    QCOMPARE(fixedNumber(numbers.shares[2], 3), "0.009");
    QCOMPARE(fixedNumber(numbers.ratio, 3), "1.029");
    QCOMPARE(fixedNumber(numbers.ratioInView, 3), "0.774");
    QCOMPARE(fixedNumber(numbers.ratioAtHalf, 3), "1.033");
    QCOMPARE(fixedNumber(numbers.chordAtHalf, 3), "0.667");
    QCOMPARE(fixedNumber(numbers.leastLoss, 3), "0.664");
    QCOMPARE(fixedNumber(numbers.mixInView, 2), "0.65");
    QCOMPARE(fixedNumber(numbers.sameInView, 2), "0.86");
}

void TestPlaygroundState::anyState_isSoundAndHolds()
{
    for (const PlaygroundState& state : manyStates()) {
        const auto sound = scene::validate(playgroundScene(state));
        QVERIFY2(sound, sound ? "" : sound.error().message.c_str());
        const PlaygroundNumbers numbers = playgroundNumbers(state);
        for (const ufm::Balance& balance : numbers.balance)
            QVERIFY(balance.holds());
        for (const double value : {numbers.ratio, numbers.ratioInView, numbers.ratioAtHalf, numbers.mixInView,
                                   numbers.leastLoss, numbers.shares[0]})
            QVERIFY(std::isfinite(value));
        QVERIFY(!playgroundMeaning(state, numbers).empty() && !playgroundHidden(state, numbers).empty());
        const double others = static_cast<double>(state.classes - 2) * numbers.shares[2];
        const double sum = numbers.shares[0] + numbers.shares[1] + others;
        QVERIFY(std::abs(sum - (state.loss == ufm::Loss::CrossEntropy ? 1 : 0)) < 1e-12);
    }
}

void TestPlaygroundState::scene_anyPair_standsWhereTheTheorySays()
{
    for (int pair = 0; pair < 3; ++pair) {
        PlaygroundState state;
        state.pair = pair;
        const scene::SceneModel model = playgroundScene(state);
        const auto chosen = state.chosenSlots();
        // y = (x_i a_i + x_j a_j)/sqrt(kappa); the arrows are sqrt(kappa) a_k.
        const PlaygroundNumbers numbers = playgroundNumbers(state);
        const Vector expected = (numbers.mix.xi * model.classifiers[static_cast<std::size_t>(chosen[0])].tip +
                                 numbers.mix.xj * model.classifiers[static_cast<std::size_t>(chosen[1])].tip) /
                                state.kappa();
        QVERIFY((playgroundPlace(state, state.lambda) - expected).norm() < 1e-12);
        QVERIFY((Vector(model.guides.back().points.row(0)) - expected).norm() < 1e-12); // the dot
        QCOMPARE(model.guides.front().lambdas.front(), 0.0); // the curve, from class j to class i
        const Vector end = model.guides.front().points.bottomRows(1).transpose();
        QVERIFY((end - playgroundPlace(state, 1)).norm() < 1e-12);
        state.samples = true;
        const scene::Cloud drawn = playgroundScene(state).cloud;
        QCOMPARE(drawn.labelA.front(), chosen[0] + 1);
        QCOMPARE(drawn.labelB.front(), chosen[1] + 1);
    }
}

void TestPlaygroundState::scene_arrows_haveTheirLengthInAllDimensions()
{
    for (const auto loss : {ufm::Loss::CrossEntropy, ufm::Loss::SquaredError})
        for (const Index classes : {2, 3, 10}) {
            const PlaygroundState state = soundPlayground(with(classes, loss));
            // |w|^2 = kappa (1 - 1/C); the view shows kappa (1 - 1/K) of it.
            const double inView = playgroundScene(state).classifiers[0].tip.squaredNorm();
            const double k = static_cast<double>(state.shownClasses()), c = static_cast<double>(classes);
            QVERIFY(std::abs(inView / (1 - 1 / k) * (1 - 1 / c) - std::pow(state.rowLength(), 2)) < 1e-12);
        }
}

void TestPlaygroundState::scene_oneArm_isTheLargerSharesSide()
{
    PlaygroundState state;
    state.bothArms = false;
    const auto range = [](const PlaygroundState& s) {
        const std::vector<double> lambdas = playgroundScene(s).guides.front().lambdas;
        return std::pair(lambdas.front(), lambdas.back());
    };
    // Half of the curve, to the last of its points.
    QVERIFY(range(state).first > 0.49 && std::abs(range(state).second - 1) < 1e-12);
    state.lambda = 0.2;
    QVERIFY(std::abs(range(state).first) < 1e-12 && range(state).second < 0.51);
    state.bothArms = true;
    QVERIFY(std::abs(range(state).first) < 1e-12 && std::abs(range(state).second - 1) < 1e-12);
}

void TestPlaygroundState::scene_squaredError_isTheChordWithoutShading()
{
    const PlaygroundState state = with(10, ufm::Loss::SquaredError);
    const scene::SceneModel model = playgroundScene(state);
    QVERIFY(!model.layers.has(scene::Layer::Regions) && model.layers.has(scene::Layer::Boundaries));
    const Matrix& rows = model.guides.front().points;
    const Eigen::RowVector2d way = rows.row(rows.rows() - 1) - rows.row(0);
    for (Index k = 0; k < rows.rows(); ++k) {
        const Eigen::RowVector2d step = rows.row(k) - rows.row(0);
        QVERIFY(std::abs(step.x() * way.y() - step.y() * way.x()) < 1e-12);
    }
}

void TestPlaygroundState::scene_twoClasses_isALine()
{
    const scene::SceneModel model = playgroundScene(with(2));
    QCOMPARE(model.classes.size(), std::size_t{2});
    QVERIFY(model.guides.front().points.col(1).isZero());
    QVERIFY(!model.theory);
    QCOMPARE(model.guides.size(), std::size_t{3}); // the curve, y, and the dot
}

void TestPlaygroundState::scene_samples_areDrawnFromAlpha()
{
    PlaygroundState state;
    state.samples = true;
    for (const double alpha : {0.2, 1.0, 5.0}) {
        state.alpha = alpha;
        const std::vector<float> drawn = playgroundScene(state).cloud.lambda;
        double squares = 0;
        for (const float lambda : drawn)
            squares += std::pow(static_cast<double>(lambda) - 0.5, 2);
        const double variance = squares / static_cast<double>(drawn.size());
        const double expected = 1 / (4 * (2 * alpha + 1));
        // 300 draws: the variance is known to about 8 %; three times that.
        QVERIFY2(std::abs(variance / expected - 1) < 0.25, qPrintable(QString::number(variance / expected)));
        QVERIFY(playgroundScene(state).guides.front().lambdas.empty()); // a thin line below them
    }
}

void TestPlaygroundState::extent_holdsTheScene_andStaysWhileBetaGrows()
{
    for (const PlaygroundState& state : manyStates()) {
        const scene::ScreenExtent extent = playgroundExtent(state);
        for (const double lambda : {0.0, 0.3, 0.5, 1.0}) {
            const Vector place = playgroundPlace(state, lambda);
            for (int d = 0; d < 2; ++d)
                QVERIFY(std::abs(place[d] - extent.middle[d]) < extent.half[d] * (1 + 1e-3)); // 41 points of a curve
        }
    }
    PlaygroundState small, large;
    small.beta = 20;
    large.beta = 900;
    QCOMPARE(playgroundExtent(small), playgroundExtent(large));
}

void TestPlaygroundState::lambdaNear_placesOnTheCurve_givesTheirLambda()
{
    for (PlaygroundState state : manyStates()) {
        if (state.beta < 10)
            continue; // ends of a hardly bent curve lie close together in space
        for (const double lambda : {0.0, 0.1, 0.5, 0.83, 1.0}) {
            const double found = lambdaNear(state, playgroundPlace(state, lambda));
            // The polyline of 400 pieces: its sagitta moves the nearest place by less than this.
            QVERIFY2(std::abs(found - lambda) < 1e-3, qPrintable(QString::number(found - lambda)));
        }
    }
}

void TestPlaygroundState::lambdaNear_besideTheCurve_isTheNearest()
{
    const PlaygroundState state;
    const Vector off = 1.2 * playgroundPlace(state, 0.3);
    const double found = lambdaNear(state, off);
    const double distance = (playgroundPlace(state, found) - off).norm();
    for (int k = 0; k <= 100; ++k)
        QVERIFY((playgroundPlace(state, k / 100.0) - off).norm() > distance - 1e-6);
}

void TestPlaygroundState::density_addsUpAndHasTheTicksWhereTheyBelong()
{
    for (const PlaygroundState& state : manyStates()) {
        const PlaygroundDensity density = playgroundDensity(state);
        const double sum = std::accumulate(density.heights.begin(), density.heights.end(), 0.0);
        const double width = 2 * density.reach / static_cast<double>(density.heights.size());
        QVERIFY(std::abs(sum * width - 1) < 1e-12);
        QVERIFY(std::abs(density.playhead) <= density.reach * (1 + 1e-9));
        QVERIFY(density.deltaTicks.size() >= 3 && density.deltaTicks.size() <= 13);
        for (const auto& tick : density.deltaTicks)
            QVERIFY(std::abs(tick.delta) <= density.reach * (1 + 1e-9));
        QCOMPARE(density.lambdaTicks[4].text, "0.5");
        QVERIFY(std::abs(density.lambdaTicks[4].delta) < 1e-9);
    }
    PlaygroundState state;
    state.alpha = 1;
    const PlaygroundDensity uniform = playgroundDensity(state);
    QVERIFY(uniform.heights[30] > 4 * uniform.heights[2]); // heaped in the middle
}

void TestPlaygroundState::lambdaAt_playhead_isTheLambda()
{
    for (const PlaygroundState& state : manyStates())
        QVERIFY(std::abs(lambdaAt(state, playgroundDensity(state).playhead) - state.lambda) < 1e-9);
    QCOMPARE(lambdaAt({}, 1e9), 1.0);
}

void TestPlaygroundState::formula_bothSides_areTheEvaluatedOnes()
{
    const PlaygroundState state;
    const std::vector<FormulaLine> lines = playgroundFormula(state, playgroundNumbers(state));
    QCOMPARE(lines[1].text.plain(), "= ( 4.187 w1 + 3.672 w2 ) / κ");
    QCOMPARE(lines[3].text.plain(), "4.187 + 50.924 = 55.111");
    QCOMPARE(lines[3].holds, std::optional(true));
    QCOMPARE(lines[5].text.plain(), "3.672 + 30.106 = 33.778");
    QCOMPARE(lines[6].text.plain(), "D = exp xi + exp xj + C − 2 = 113.1");
}

void TestPlaygroundState::formula_eachCase_hasItsOwnEquation()
{
    const auto formula = [](const PlaygroundState& state) {
        return QString::fromStdString(textOf(playgroundFormula(state, playgroundNumbers(state))));
    };
    QVERIFY(formula(with(10, ufm::Loss::SquaredError)).contains("xi + xi / β = λ"));
    QVERIFY(formula(with(10, ufm::Loss::CrossEntropy, 0.1)).contains("= β (1 − ε) λ"));
    QVERIFY(formula(with(2)).contains("y + β tanh(y/2) = β ( 2λ − 1 )"));
    QVERIFY(formula(with(2, ufm::Loss::SquaredError, 0.1)).contains("y + y / β = (1 − ε) ( 2λ − 1 )"));
    PlaygroundState state;
    state.pair = 2;
    QVERIFY(formula(state).contains("w2 + 3.672 w3"));
}

void TestPlaygroundState::absent_saysWhy()
{
    QVERIFY(chordAbsent({}).empty() && familyAbsent({}).empty() && regionsAbsent({}).empty());
    QVERIFY(!chordAbsent(with(10, ufm::Loss::SquaredError)).empty());
    QVERIFY(!regionsAbsent(with(10, ufm::Loss::SquaredError)).empty());
    QVERIFY(!chordAbsent(with(2)).empty() && !familyAbsent(with(2)).empty() && !otherPairsAbsent(with(2)).empty());
}

void TestPlaygroundState::steps_do_whatTheySay()
{
    const std::vector<PlaygroundStep> steps = playgroundSteps({});
    QCOMPARE(steps.size(), std::size_t{4});
    QCOMPARE(steps[0].words, "Drag λ to ½: both logits meet at 3.95"); // docs/maths.md, 4: 3.954879
    QCOMPARE(steps[0].after.lambda, 0.5);
    QVERIFY(playgroundNumbers(steps[1].after).same.xi > playgroundNumbers({}).same.xi + 1.5);
    QCOMPARE(steps[2].after.loss, ufm::Loss::SquaredError);
    QCOMPARE(steps[3].after.classes, Index{2});
    for (const PlaygroundStep& step : playgroundSteps(with(2, ufm::Loss::SquaredError))) // from anywhere
        QCOMPARE(step.after, soundPlayground(step.after));
}

void TestPlaygroundState::text_holdsEveryNumberAndTheCommand()
{
    const QString text = QString::fromStdString(playgroundText({}));
    std::map<QString, QString> values;
    for (const QString& line : text.split('\n', Qt::SkipEmptyParts)) {
        QCOMPARE(line.count('\t'), 1);
        values[line.section('\t', 0, 0)] = line.section('\t', 1);
    }
    QCOMPARE(values["C"], "10");
    QVERIFY(std::abs(values["x_i"].toDouble() - playgroundNumbers({}).mix.xi) < 1e-15);
    QVERIFY(values["command"].startsWith("ncscope theory --classes 10 --beta 88.8"));
    QVERIFY(!QString::fromStdString(playgroundText(with(10, ufm::Loss::CrossEntropy, 0.2))).contains("ncscope theory"));
}

void TestPlaygroundState::page_isPainted()
{
    for (const PlaygroundState& state : {PlaygroundState(), with(2), with(10, ufm::Loss::SquaredError, 0.1)}) {
        const scene::Figure page = playgroundPage(state);
        const Result<QByteArray> pdf = paintFigure(page, FigureFormat::Pdf, 1);
        QVERIFY2(pdf, pdf ? "" : pdf.error().message.c_str());
        QVERIFY(pdf->startsWith("%PDF"));
        const QString caption = QString::fromStdString(scene::breakable(page.caption.plain()));
        QVERIFY(caption.contains("C = " + QString::number(state.classes)));
        QCOMPARE(caption.contains("ε"), state.smoothing > 0);
    }
}

void TestPlaygroundState::betaOffRun_eachCase_saysASentence()
{
    QVERIFY(!betaOffRun(nullptr, "mixup").beta);
    PanelContent panel;
    panel.epoch = 24;
    panel.allClasses = 10;
    QVERIFY(betaOffRun(&panel, "mixup").words.starts_with("β cannot be read off mixup, epoch 24"));
    panel.beta = 92;
    panel.lnBetaError = 0.1;
    const RunBeta read = betaOffRun(&panel, "mixup");
    QCOMPARE(read.beta, std::optional(92.0));
    QCOMPARE(read.classes, Index{10});
    QVERIFY2(read.words.find("(83.25 to 101.7 within one standard error)") != std::string::npos, read.words.c_str());
    panel.theoryInvalid = "not a cross-entropy mixup run";
    QVERIFY(!betaOffRun(&panel, "plain").beta);
    QVERIFY(betaOffRun(&panel, "plain").words.find("not a cross-entropy mixup run") != std::string::npos);
    panel.theoryInvalid.clear();
    panel.beta = 5e6;
    QVERIFY(!betaOffRun(&panel, "mixup").beta);
    panel.beta = 50;
    panel.allClasses = 1000;
    QVERIFY(!betaOffRun(&panel, "mixup").beta);
}

QTEST_MAIN(TestPlaygroundState)
#include "tst_playground_state.moc"

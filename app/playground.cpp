#include "app/playground.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "app/figure_builder.h"
#include "app/text.h"
#include "core/beta_distribution.h"
#include "core/simplex_etf.h"
#include "core/split_mix.h"

namespace nc::app
{

namespace
{

constexpr Index curvePoints = 121;
constexpr Index sampleCount = 300;
constexpr Index barCount = 60;
constexpr double familyBetas[] = {10, 1000};
constexpr double scaleBeta = 1000; ///< the picture has room for the curve at this beta

/// A e_k of the shown classes, a row each, in a plane.
Matrix corners(Index shown)
{
    Matrix rows = Matrix::Zero(shown, 2);
    const Matrix helmert = etf::helmert(shown);
    rows.leftCols(helmert.rows()) = helmert.transpose();
    return rows;
}

/// Coordinates in view are (x_i a_i + x_j a_j)/sqrt(kappa).
class PairFrame
{
public:
    PairFrame(const PlaygroundState& state, const std::array<int, 2>& chosen)
        : m_axes(2, 2)
    {
        const Matrix all = corners(state.shownClasses()) / std::sqrt(state.kappa());
        m_axes << all.row(chosen[0]), all.row(chosen[1]);
    }
    [[nodiscard]] Eigen::RowVector2d operator()(double xi, double xj) const
    {
        return xi * m_axes.row(0) + xj * m_axes.row(1);
    }
    [[nodiscard]] Matrix operator()(const std::vector<ufm::ArmPoint>& points) const
    {
        Matrix rows(static_cast<Index>(points.size()), 2);
        for (Index k = 0; k < rows.rows(); ++k) {
            const ufm::ArmPoint& point = points[static_cast<std::size_t>(k)];
            rows.row(k) = (*this)(point.xi, point.xj);
        }
        return rows;
    }

private:
    Matrix m_axes;
};

std::array<int, 2> slotsOf(int pair)
{
    return pair == 0 ? std::array{0, 1} : pair == 1 ? std::array{0, 2} : std::array{1, 2};
}

Matrix twoPoints(const Eigen::RowVector2d& a, const Eigen::RowVector2d& b)
{
    Matrix ends(2, 2);
    ends << a, b;
    return ends;
}

/// The points that are shown of the chosen pair's curve.
std::vector<ufm::ArmPoint> shownArm(const PlaygroundState& state)
{
    std::vector<ufm::ArmPoint> points = ufm::Arm(state.setting()).even(curvePoints);
    if (!state.bothArms)
        std::erase_if(points, [&](const ufm::ArmPoint& point) {
            return state.lambda >= 0.5 ? point.lambda < 0.5 : point.lambda > 0.5;
        });
    return points;
}

/// Drawn mixes, the same for each state but for alpha.
std::vector<ufm::ArmPoint> drawnSamples(const PlaygroundState& state)
{
    std::vector<ufm::ArmPoint> points;
    for (Index n = 0; n < sampleCount; ++n) {
        const double uniform =
            (static_cast<double>(splitMix64(0, static_cast<std::uint64_t>(n)) >> 11) + 0.5) * 0x1p-53;
        const double lambda = beta::quantile(state.alpha, uniform);
        const ufm::MixOptimum optimum = ufm::armOptimum(state.setting(), lambda);
        points.push_back({optimum.xi - optimum.xj, lambda, optimum.xi, optimum.xj, 0});
    }
    return points;
}

scene::Cloud cloudOf(const std::vector<ufm::ArmPoint>& points, const PairFrame& frame, const std::array<int, 2>& chosen)
{
    scene::Cloud cloud;
    cloud.positions = frame(points).cast<float>();
    for (const ufm::ArmPoint& point : points)
        cloud.lambda.push_back(static_cast<float>(point.lambda));
    cloud.labelA.assign(points.size(), chosen[0] + 1);
    cloud.labelB.assign(points.size(), chosen[1] + 1);
    return cloud;
}

/// The curve, the chord, the same curve at other betas, the two parts that h is made of, and h itself.
std::vector<scene::GuideLine> guidesOf(const PlaygroundState& state, const PairFrame& frame)
{
    using scene::RichText;
    const auto chosen = state.chosenSlots();
    const ufm::MixOptimum mix = ufm::armOptimum(state.setting(), state.lambda);
    const ufm::MixOptimum ends[] = {ufm::armOptimum(state.setting(), 1), ufm::armOptimum(state.setting(), 0)};
    const std::vector<ufm::ArmPoint> arm = shownArm(state);
    scene::GuideLine curve{frame(arm)};
    for (const ufm::ArmPoint& point : arm)
        if (!state.samples) // else its place is theirs
            curve.lambdas.push_back(point.lambda);
    std::vector<scene::GuideLine> guides{std::move(curve)};
    if (state.chord && chordAbsent(state).empty())
        guides.push_back({twoPoints(frame(ends[1].xi, ends[1].xj), frame(ends[0].xi, ends[0].xj)), "chord", -1, true});
    if (state.family && familyAbsent(state).empty())
        for (const double beta : familyBetas) {
            ufm::ArmSetting setting = state.setting();
            setting.beta = beta;
            if (std::abs(std::log(beta / state.beta)) > 0.02)
                guides.push_back({frame(ufm::Arm(setting).even(curvePoints)),
                                  RichText().italic("β").text(" = " + exactNumber(beta))});
        }
    const Eigen::RowVector2d origin(0, 0), h = frame(mix.xi, mix.xj);
    if (state.classes == 2) {
        guides.push_back({twoPoints(origin, h), RichText().italic("y").text(" = " + fixedNumber(mix.xi - mix.xj, 2)),
                          mix.xi >= mix.xj ? chosen[0] : chosen[1], true});
    } else {
        const Eigen::RowVector2d along = frame(mix.xi, 0);
        guides.push_back({twoPoints(origin, along),
                          RichText().italic("x").subscript("i").text(" = " + fixedNumber(mix.xi, 2)), chosen[0], true});
        guides.push_back({twoPoints(along, h),
                          RichText().italic("x").subscript("j").text(" = " + fixedNumber(mix.xj, 2)), chosen[1], true});
    }
    guides.push_back(
        {Matrix(h), RichText().italic("h").text("(").italic("λ").text(" = " + fixedNumber(state.lambda, 2) + ")")});
    return guides;
}

/// Of the other pairs.
std::vector<Matrix> curvesOf(const PlaygroundState& state)
{
    std::vector<Matrix> curves;
    const std::vector<ufm::ArmPoint> whole = ufm::Arm(state.setting()).even(curvePoints);
    if (state.allPairs && otherPairsAbsent(state).empty())
        for (int pair = 0; pair < 3; ++pair)
            if (pair != state.pair)
                curves.push_back(PairFrame(state, slotsOf(pair))(whole));
    return curves;
}

} // namespace

std::array<int, 2> PlaygroundState::chosenSlots() const
{
    return slotsOf(pair);
}

PlaygroundState soundPlayground(PlaygroundState state)
{
    using Limits = PlaygroundLimits;
    state.lambda = std::clamp(state.lambda, 0.0, 1.0);
    state.classes = std::clamp(state.classes, Limits::leastClasses, Limits::mostClasses);
    state.beta = std::clamp(state.beta, Limits::leastBeta, Limits::mostBeta);
    state.alpha = std::clamp(state.alpha, Limits::leastAlpha, Limits::mostAlpha);
    state.smoothing = std::clamp(state.smoothing, 0.0, Limits::mostSmoothing);
    state.pair = state.classes == 2 ? 0 : std::clamp(state.pair, 0, 2);
    return state;
}

std::string chordAbsent(const PlaygroundState& state)
{
    if (state.classes == 2)
        return "two classes have no arm that could leave the chord";
    return state.loss == ufm::Loss::SquaredError ? "with squared error the curve is the chord" : "";
}

std::string familyAbsent(const PlaygroundState& state)
{
    if (state.classes == 2)
        return "with two classes all curves lie on one line";
    return state.loss == ufm::Loss::SquaredError ? "with squared error β changes the length alone" : "";
}

std::string regionsAbsent(const PlaygroundState& state)
{
    return state.loss == ufm::Loss::SquaredError ? "squared error has no probabilities that could be shaded" : "";
}

std::string otherPairsAbsent(const PlaygroundState& state)
{
    return state.classes == 2 ? "two classes are one pair" : "";
}

PlaygroundNumbers playgroundNumbers(const PlaygroundState& state)
{
    const ufm::ArmSetting setting = state.setting();
    PlaygroundNumbers numbers;
    numbers.mix = ufm::armOptimum(setting, state.lambda);
    numbers.same = ufm::armOptimum(setting, 1);
    numbers.half = ufm::armOptimum(setting, 0.5);
    numbers.balance = ufm::armBalance(setting, numbers.mix);
    for (const ufm::Balance& equation : numbers.balance)
        numbers.residual = std::max(numbers.residual, std::abs(equation.residual()));
    const auto seen = [&](const ufm::MixOptimum& point) {
        return ufm::lengthInView(point.xi, point.xj, state.shownClasses());
    };
    numbers.ratio = numbers.mix.norm / numbers.same.norm;
    numbers.ratioInView = seen(numbers.mix) / seen(numbers.same);
    numbers.ratioAtHalf = numbers.half.norm / numbers.same.norm;
    numbers.chordAtHalf = ufm::chordRatio(state.classes);
    numbers.mixInView = numbers.mix.norm > 0 ? seen(numbers.mix) / numbers.mix.norm : 1;
    numbers.sameInView = seen(numbers.same) / numbers.same.norm;
    numbers.leastLoss = ufm::leastLoss(setting, state.lambda);
    if (state.loss == ufm::Loss::CrossEntropy) {
        numbers.shares = {numbers.mix.pi, numbers.mix.pj, numbers.mix.pRest.value_or(0)};
    } else {
        const double sum = numbers.mix.xi + numbers.mix.xj;
        const double rest = state.classes == 2 ? 0 : -sum / static_cast<double>(state.classes);
        numbers.shares = {numbers.mix.xi + rest, numbers.mix.xj + rest, rest};
    }
    return numbers;
}

scene::SceneModel playgroundScene(const PlaygroundState& state)
{
    const auto chosen = state.chosenSlots();
    const Index shown = state.shownClasses();
    const PairFrame frame(state, chosen);
    const Matrix tips = std::sqrt(state.kappa()) * corners(shown);
    scene::SceneModel model;
    for (Index k = 0; k < shown; ++k) {
        const auto number = static_cast<std::int32_t>(k + 1);
        model.classes.push_back({number, "class " + std::to_string(number)});
        model.classifiers.push_back({Vector::Zero(2), Vector(tips.row(k)), static_cast<int>(k)});
    }
    model.simplex = scene::SimplexFrame{tips, scene::completeEdges(static_cast<int>(shown))};
    const bool squared = state.loss == ufm::Loss::SquaredError;
    if (state.samples)
        model.cloud = cloudOf(drawnSamples(state), frame, chosen);
    model.colorBy = scene::ColorBy::Lambda;
    if (std::vector<Matrix> curves = curvesOf(state); !curves.empty())
        model.theory = scene::TheoryArms{std::move(curves), {}};
    model.guides = guidesOf(state, frame);
    model.regions = scene::RegionField{tips, Vector::Zero(shown), {}};
    if (shown == 3)
        model.regions->triplePoint = Vector::Zero(2);
    model.layers.set(scene::Layer::Regions, state.regions && !squared);
    model.layers.set(scene::Layer::Boundaries, state.regions);
    return model;
}

scene::ScreenExtent playgroundExtent(const PlaygroundState& state)
{
    scene::SceneModel widest;
    const Matrix tips = std::sqrt(state.kappa()) * corners(state.shownClasses());
    for (Index k = 0; k < tips.rows(); ++k)
        widest.classifiers.push_back({Vector::Zero(2), Vector(tips.row(k)), 0});
    widest.theory = scene::TheoryArms();
    ufm::ArmSetting setting = state.setting();
    setting.beta = std::max(state.beta, scaleBeta);
    const std::vector<ufm::ArmPoint> arm = ufm::Arm(setting).even(41);
    for (int pair = 0; pair < (state.classes == 2 ? 1 : 3); ++pair)
        widest.theory->curves.push_back(PairFrame(state, slotsOf(pair))(arm));
    scene::ScreenExtent extent = scene::screenExtent(widest);
    extent.half = extent.half.cwiseMax(0.25 * extent.half.maxCoeff()); // two classes lie on a line
    extent.half.z() = 0;
    return extent;
}

Vector playgroundPlace(const PlaygroundState& state, double lambda)
{
    const ufm::MixOptimum point = ufm::armOptimum(state.setting(), lambda);
    return PairFrame(state, state.chosenSlots())(point.xi, point.xj);
}

double lambdaNear(const PlaygroundState& state, const Vector& place)
{
    const ufm::Arm arm(state.setting());
    const std::vector<ufm::ArmPoint> points = arm.even(401);
    const Matrix curve = PairFrame(state, state.chosenSlots())(points);
    double nearest = std::numeric_limits<double>::infinity(), delta = 0;
    for (Index k = 0; k + 1 < curve.rows(); ++k) {
        const Vector from = curve.row(k), step = curve.row(k + 1).transpose() - from;
        const double part = std::clamp(step.dot(place - from) / step.squaredNorm(), 0.0, 1.0);
        const double distance = (from + part * step - place).squaredNorm();
        if (distance < nearest) {
            nearest = distance;
            const auto at = static_cast<std::size_t>(k);
            delta = std::lerp(points[at].delta, points[at + 1].delta, part);
        }
    }
    return arm.at(delta).lambda;
}

double lambdaAt(const PlaygroundState& state, double delta)
{
    const ufm::Arm arm(state.setting());
    return arm.at(std::clamp(delta, -arm.reach(), arm.reach())).lambda;
}

PlaygroundDensity playgroundDensity(const PlaygroundState& state)
{
    const ufm::Arm arm(state.setting());
    const auto deltaOf = [&](double lambda) {
        const ufm::MixOptimum point = ufm::armOptimum(state.setting(), lambda);
        return point.xi - point.xj;
    };
    PlaygroundDensity density;
    density.reach = arm.reach();
    density.playhead = deltaOf(state.lambda);
    density.heights = arm.shares(state.alpha, barCount);
    const double width = 2 * density.reach / barCount;
    for (Index k = 0; k < barCount; ++k) {
        density.heights[static_cast<std::size_t>(k)] /= width;
        density.lambdas.push_back(arm.at(-density.reach + (static_cast<double>(k) + 0.5) * width).lambda);
    }
    for (const double lambda : {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99})
        density.lambdaTicks.push_back({deltaOf(lambda), exactNumber(lambda)});
    const double power = std::pow(10, std::floor(std::log10(density.reach)));
    const double times = density.reach / power;
    const double step = (times >= 4 ? 2 : times >= 2 ? 1 : 0.5) * power;
    const auto most = static_cast<int>(density.reach / step);
    for (int k = -most; k <= most; ++k) {
        const std::string text = exactNumber(std::round(std::abs(k * step) * 1e6) / 1e6);
        density.deltaTicks.push_back({k * step, k < 0 ? "−" + text : k > 0 ? "+" + text : text});
    }
    return density;
}

scene::Figure playgroundPage(const PlaygroundState& state)
{
    using scene::RichText;
    scene::Figure figure;
    scene::FigurePanel panel{playgroundScene(state), {}};
    figure.panels.push_back(std::move(panel));
    figure.page.pointDiameterPt = 3;
    const auto chosen = state.chosenSlots();
    RichText caption("Optimum of the unconstrained features model for mixes of classes " +
                     std::to_string(chosen[0] + 1) + " and " + std::to_string(chosen[1] + 1) + ", ");
    caption.text(state.loss == ufm::Loss::CrossEntropy ? "cross-entropy, " : "squared error, ");
    const auto value = [&caption](const char* symbol, const std::string& number) {
        caption.italic(symbol).text(scene::unbroken(" = " + number + ", "));
    };
    value("C", std::to_string(state.classes));
    value("β", shortNumber(state.beta));
    if (state.smoothing > 0)
        value("ε", shortNumber(state.smoothing));
    value("λ", shortNumber(state.lambda));
    caption.text("in the plane of classes 1 to " + std::to_string(state.shownClasses()) +
                 "; classifier rows of length " + exactNumber(state.rowLength()) + ".");
    if (state.samples) {
        caption.text(" Dots: " + std::to_string(sampleCount) + " mixes, ");
        caption.italic("λ").text(" ~ Beta(" + exactNumber(state.alpha) + ", " + exactNumber(state.alpha) + ").");
    }
    figure.caption = caption;
    return figure;
}

RunBeta betaOffRun(const PanelContent* panel, const std::string& run)
{
    if (!panel)
        return {"No run is shown: open one, then its effective β can be read."};
    const std::string where = run + ", epoch " + std::to_string(panel->epoch);
    if (!panel->theoryInvalid.empty())
        return {"β is not read off " + where + ": " + panel->theoryInvalid + "."};
    if (!panel->beta)
        return {"β cannot be read off " + where + ": it needs same-class mixes and the classifier that was recorded."};
    using Limits = PlaygroundLimits;
    const std::string beta = shortNumber(*panel->beta);
    if (*panel->beta < Limits::leastBeta || *panel->beta > Limits::mostBeta)
        return {"β = " + beta + " of " + where + " lies outside of 1 to 10,000, which the slider has."};
    if (panel->allClasses < Limits::leastClasses || panel->allClasses > Limits::mostClasses)
        return {"β = " + beta + " of " + where + " belongs to " + std::to_string(panel->allClasses) +
                " classes, more than the 100 of the slider."};
    RunBeta read{"Effective β = " + beta, panel->beta, panel->allClasses};
    if (panel->lnBetaError)
        read.words += " (" + shortNumber(*panel->beta * std::exp(-*panel->lnBetaError)) + " to " +
                      shortNumber(*panel->beta * std::exp(*panel->lnBetaError)) + " within one standard error)";
    read.words += " read off " + where + ", " + std::to_string(panel->allClasses) + " classes.";
    return read;
}

} // namespace nc::app

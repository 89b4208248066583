#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ufm_arm.h"
#include "viz/scene/figure.h"
#include "viz/scene/screen_extent.h"

namespace nc::app
{

/// What the lambda playground shows: theory alone, no data (docs/maths.md, 4). A value; everything on the page is a
/// function of it. Classes are numbered from 1 here.
struct PlaygroundState {
    double lambda = 0.62; ///< share of class i
    Index classes = 10;   ///< C, 2 to 100
    double beta = 800.0 / 9;
    double alpha = 1; ///< lambda ~ Beta(alpha, alpha)
    double smoothing = 0;
    ufm::Loss loss = ufm::Loss::CrossEntropy;
    int pair = 0; ///< which two of the plane's three: 0: 1 and 2, 1: 1 and 3, 2: 2 and 3

    bool regions = true;  ///< exact softmax of the shown classes as background
    bool bothArms = true; ///< off: only on the side of the class with the larger share
    bool chord = true;    ///< what squared error would do
    bool allPairs = true; ///< the curves of the other two pairs
    bool family = true;   ///< the same curve at beta = 10 and 1000
    bool samples = false; ///< drawn lambdas on the curve in place of all of it

    bool operator==(const PlaygroundState&) const = default;

    [[nodiscard]] ufm::ArmSetting setting() const { return {classes, beta, loss, smoothing}; }
    [[nodiscard]] Index shownClasses() const { return classes < 3 ? 2 : 3; } ///< K
    [[nodiscard]] std::array<int, 2> chosenSlots() const;                    ///< of classes i and j, from 0
    /// Length of a classifier row, as drawn: the features of squared error are shorter. It scales the picture against
    /// its arrows and nothing else.
    [[nodiscard]] double rowLength() const { return loss == ufm::Loss::CrossEntropy ? 2 : 1; }
    [[nodiscard]] double kappa() const
    {
        return rowLength() * rowLength() * static_cast<double>(classes) / static_cast<double>(classes - 1);
    }
};

/// Bounds of the sliders.
struct PlaygroundLimits {
    static constexpr Index leastClasses = 2, mostClasses = 100;
    static constexpr double leastBeta = 1, mostBeta = 10'000;
    static constexpr double leastAlpha = 0.05, mostAlpha = 20;
    static constexpr double mostSmoothing = 0.5;
};
/// The state within its bounds; two classes have one pair.
[[nodiscard]] PlaygroundState soundPlayground(PlaygroundState state);

/// Why something of the page does not apply to a state; empty: it does.
[[nodiscard]] std::string chordAbsent(const PlaygroundState& state);
[[nodiscard]] std::string familyAbsent(const PlaygroundState& state);
[[nodiscard]] std::string regionsAbsent(const PlaygroundState& state);
[[nodiscard]] std::string otherPairsAbsent(const PlaygroundState& state);

struct PlaygroundNumbers {
    ufm::MixOptimum mix, same, half; ///< at lambda, 1 and 1/2
    std::vector<ufm::Balance> balance;
    double residual = 0;    ///< largest of the balance
    double ratio = 0;       ///< |h(lambda)|/|h same-class|
    double ratioInView = 0; ///< the same as the view of the shown classes shows it
    double ratioAtHalf = 0, chordAtHalf = 0;
    double mixInView = 0, sameInView = 0; ///< length that the view shows of |h|; 1: all of it
    double leastLoss = 0;
    std::array<double, 3> shares{}; ///< of class i, class j and each other: p; for squared error the outputs W h
};
[[nodiscard]] PlaygroundNumbers playgroundNumbers(const PlaygroundState& state);

/// The plane of the shown classes, in coordinates y of docs/maths.md, 3. For two classes a line in it.
[[nodiscard]] scene::SceneModel playgroundScene(const PlaygroundState& state);
/// What the view shows: the same for all beta up to 1000, so that the picture keeps its scale while beta grows.
[[nodiscard]] scene::ScreenExtent playgroundExtent(const PlaygroundState& state);
/// Where the optimum of a mix stands in the scene, and the lambda of the place on the curve that is nearest to one.
[[nodiscard]] Vector playgroundPlace(const PlaygroundState& state, double lambda);
[[nodiscard]] double lambdaNear(const PlaygroundState& state, const Vector& place);

/// How densely mixes stand along the curve, by delta = x_i - x_j.
struct PlaygroundDensity {
    double reach = 0;            ///< delta runs from -reach to reach
    std::vector<double> heights; ///< of bars of equal width: share of the mixes over width in delta
    std::vector<double> lambdas; ///< at the bars' middles
    struct Tick {
        double delta = 0;
        std::string text;
    };
    std::vector<Tick> lambdaTicks, deltaTicks;
    double playhead = 0; ///< delta at the state's lambda
};
[[nodiscard]] PlaygroundDensity playgroundDensity(const PlaygroundState& state);
[[nodiscard]] double lambdaAt(const PlaygroundState& state, double delta);

// --- words

/// A line of the formula.
struct FormulaLine {
    scene::RichText text;
    bool numbers = false;        ///< the same with the state's numbers
    std::optional<bool> holds{}; ///< both sides of an equation agree
};
[[nodiscard]] std::vector<FormulaLine> playgroundFormula(const PlaygroundState& state,
                                                         const PlaygroundNumbers& numbers);

struct PlaygroundFigure {
    std::string name, value, tip;
};
/// "What to notice".
[[nodiscard]] std::vector<PlaygroundFigure> playgroundFigures(const PlaygroundState& state,
                                                              const PlaygroundNumbers& numbers);
/// What they mean, in a few sentences; and what the plane hides.
[[nodiscard]] std::string playgroundMeaning(const PlaygroundState& state, const PlaygroundNumbers& numbers);
[[nodiscard]] std::string playgroundHidden(const PlaygroundState& state, const PlaygroundNumbers& numbers);

/// "Steps to try": what to do, and the state that doing it leads to.
struct PlaygroundStep {
    std::string words;
    PlaygroundState after;
};
[[nodiscard]] std::vector<PlaygroundStep> playgroundSteps(const PlaygroundState& state);

/// Every number of the page, a line each: name, tab, value; last the command line that prints the optimum, where there
/// is one.
[[nodiscard]] std::string playgroundText(const PlaygroundState& state);

/// The plane as a figure with a caption that says everything that it depends on.
[[nodiscard]] scene::Figure playgroundPage(const PlaygroundState& state);

struct PanelContent;
/// The effective beta of a run, or why it has none that the playground could use.
struct RunBeta {
    std::string words; ///< a sentence, with its spread
    std::optional<double> beta{};
    Index classes = 0;
};
/// `panel` is what is shown of the run; null: nothing is. `run` is its name.
[[nodiscard]] RunBeta betaOffRun(const PanelContent* panel, const std::string& run);

} // namespace nc::app

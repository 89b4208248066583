// What the lambda playground says: its formula, figures and sentences.

#include <cmath>

#include "app/figure_output.h"
#include "app/playground.h"
#include "app/text.h"

namespace nc::app
{

namespace
{

using scene::RichText;

bool isSquared(const PlaygroundState& state)
{
    return state.loss == ufm::Loss::SquaredError;
}

std::string percent(double share)
{
    return fixedNumber(share * 100, 0) + " %";
}

RichText symbol(const char* letter, const std::string& index)
{
    return RichText().italic(letter).subscript(index);
}

/// "(1 − ε) " where labels are smoothed.
RichText kept(const PlaygroundState& state)
{
    RichText words;
    if (state.smoothing > 0)
        words.text("(1 − ").italic("ε").text(") ");
    return words;
}

FormulaLine evaluated(const ufm::Balance& balance)
{
    const std::string pull = fixedNumber(std::abs(balance.pull), 3);
    const std::string words = fixedNumber(balance.gap, 3) + (balance.pull < 0 ? " − " : " + ") + pull + " = " +
                              fixedNumber(balance.target, 3);
    return {RichText(words), true, balance.holds()};
}

/// gap + pull = target, in letters.
RichText balanceOf(const PlaygroundState& state, const char* index, const RichText& share)
{
    RichText line = symbol("x", index);
    if (isSquared(state))
        line.text(" + ").append(symbol("x", index)).text(" / ").italic("β");
    else
        line.text(" + ").italic("β").text(" ( exp ").append(symbol("x", index)).text(" − 1 ) / ").italic("D");
    line.text(" = ");
    if (!isSquared(state))
        line.italic("β").text(" ");
    return line.append(kept(state)).append(share);
}

std::vector<FormulaLine> twoClassFormula(const PlaygroundState& state, const PlaygroundNumbers& numbers)
{
    RichText balance;
    balance.italic("y");
    if (isSquared(state))
        balance.text(" + ").italic("y").text(" / ").italic("β").text(" = ");
    else
        balance.text(" + ").italic("β").text(" tanh(").italic("y").text("/2) = ").italic("β").text(" ");
    balance.append(kept(state)).text("( 2").italic("λ").text(" − 1 )");
    const double y = numbers.mix.xi - numbers.mix.xj;
    return {{RichText().italic("h").text(" = ").italic("y").text(" ").append(symbol("w", "i")).text(" / ").italic("κ")},
            {RichText("= ").text(fixedNumber(y, 3) + " ").append(symbol("w", "1")).text(" / ").italic("κ"), true},
            {balance},
            evaluated(numbers.balance[0]),
            {RichText().italic("y").text(" = ").append(symbol("z", "i")).text(" − ").append(symbol("z", "j"))}};
}

} // namespace

std::vector<FormulaLine> playgroundFormula(const PlaygroundState& state, const PlaygroundNumbers& numbers)
{
    if (state.classes == 2)
        return twoClassFormula(state, numbers);
    const auto chosen = state.chosenSlots();
    const std::string i = std::to_string(chosen[0] + 1), j = std::to_string(chosen[1] + 1);
    RichText h, hWithNumbers("= ( ");
    h.italic("h").text(" = ( ").append(symbol("x", "i")).text(" ").append(symbol("w", "i")).text(" + ");
    h.append(symbol("x", "j")).text(" ").append(symbol("w", "j")).text(" ) / ").italic("κ");
    hWithNumbers.text(fixedNumber(numbers.mix.xi, 3) + " ").append(symbol("w", i)).text(" + ");
    hWithNumbers.text(fixedNumber(numbers.mix.xj, 3) + " ").append(symbol("w", j)).text(" ) / ").italic("κ");
    std::vector<FormulaLine> lines{{h},
                                   {hWithNumbers, true},
                                   {balanceOf(state, "i", RichText().italic("λ"))},
                                   evaluated(numbers.balance[0]),
                                   {balanceOf(state, "j", RichText("( 1 − ").italic("λ").text(" )"))},
                                   evaluated(numbers.balance[1])};
    if (!isSquared(state)) {
        RichText d;
        d.italic("D").text(" = exp ").append(symbol("x", "i")).text(" + exp ").append(symbol("x", "j"));
        d.text(" + ").italic("C").text(" − 2 = " + shortNumber(1 / numbers.mix.pRest.value_or(1)));
        lines.push_back({d});
    }
    return lines;
}

std::vector<PlaygroundFigure> playgroundFigures(const PlaygroundState& state, const PlaygroundNumbers& numbers)
{
    const auto number = [](double value) { return fixedNumber(value, 3); };
    std::vector<PlaygroundFigure> rows{
        {"|h(λ)| / |h same-class|", number(numbers.ratio), "Length of this mix's feature over that of a pure image's"},
        {"the same as seen in this plane", number(numbers.ratioInView),
         "The same ratio of the lengths that the picture shows"},
        {"all dimensions, λ = ½", number(numbers.ratioAtHalf), "The ratio where both classes have equal shares"}};
    if (state.classes > 2)
        rows.push_back({"chord at λ = ½", number(numbers.chordAtHalf),
                        "The same ratio on the straight line between both ends: √((C − 2) / (2(C − 1)))"});
    rows.push_back(
        {isSquared(state) ? "loss, part that no feature removes" : "loss, irreducible part", number(numbers.leastLoss),
         isSquared(state) ? "1/(2C): the logits add up to 0, the labels to 1; element-wise sum of squares over 2"
                          : "Entropy of the label, in nats: the cross-entropy of the best prediction"});
    return rows;
}

std::string playgroundMeaning(const PlaygroundState& state, const PlaygroundNumbers& numbers)
{
    std::string words;
    if (state.classes == 2) {
        words = isSquared(state)
                    ? "Two classes have opposite classifiers: every optimum lies on one line, and squared error puts "
                      "it there in proportion to 2λ − 1."
                    : "Two classes have opposite classifiers: every optimum lies on one line, and there is no arm. "
                      "Without a third class nothing pushes a mix outward.";
    } else if (isSquared(state)) {
        words = "With squared error a mix of images has the mix of their features: the arm is the chord, whatever β, "
                "which only shortens all by κ / (κ + μ) = " +
                fixedNumber(state.beta / (1 + state.beta), 3) + ".";
    } else if (numbers.ratioAtHalf >= 0.95) {
        words = "Cross-entropy keeps the mixed feature as long as a pure one: it leaves the chord and walks along the "
                "boundary. α changes how many points stand where, never where the curve is.";
    } else {
        words = "Cross-entropy bends the curve off the chord: half a mix has " + percent(numbers.ratioAtHalf) +
                " of a pure feature's length, on the chord " + percent(numbers.chordAtHalf) +
                ". More classes or a larger β bend it further. α changes how many points stand where, never where the "
                "curve is.";
    }
    if (state.smoothing > 0)
        words +=
            isSquared(state)
                ? " Label smoothing shortens every feature by 1 − ε."
                : " Label smoothing bounds even pure features: x stays below ln(1 + (1 − ε)C/ε) = " +
                      fixedNumber(
                          std::log1p((1 - state.smoothing) * static_cast<double>(state.classes) / state.smoothing), 2) +
                      ", however large β.";
    return words;
}

std::string playgroundHidden(const PlaygroundState& state, const PlaygroundNumbers& numbers)
{
    if (state.classes <= 3)
        return "This plane holds all " + std::to_string(state.classes) + " classes: it hides nothing.";
    return "This plane holds 3 of " + std::to_string(state.classes) + " classes: it shows " +
           percent(numbers.mixInView) + " of the length of this mix and " + percent(numbers.sameInView) +
           " of a pure image's.";
}

std::vector<PlaygroundStep> playgroundSteps(const PlaygroundState& state)
{
    PlaygroundState curved = state; // cross-entropy with an arm
    curved.loss = ufm::Loss::CrossEntropy;
    if (curved.classes == 2)
        curved.classes = 10;
    PlaygroundState half = curved, large = curved, squared = curved, two = state;
    half.lambda = 0.5;
    large.beta = std::min(10 * curved.beta, PlaygroundLimits::mostBeta);
    squared.loss = ufm::Loss::SquaredError;
    two.loss = ufm::Loss::CrossEntropy;
    two.classes = 2;
    two = soundPlayground(two);
    const double meets = ufm::armOptimum(half.setting(), 0.5).xi;
    return {{"Drag λ to ½: both logits meet at " + fixedNumber(meets, 2), half},
            {"Raise β tenfold: the arm grows like ln β", large},
            {"Switch to MSE: the arm becomes a chord", squared},
            {"Set C = 2: there is no arm left", two}};
}

std::string playgroundText(const PlaygroundState& state)
{
    const PlaygroundNumbers numbers = playgroundNumbers(state);
    std::string text;
    const auto add = [&text](const std::string& name, const std::string& value) { text += name + "\t" + value + "\n"; };
    const auto addNumber = [&add](const char* name, double value) { add(name, exactNumber(value)); };
    const auto chosen = state.chosenSlots();
    add("classes of the mix", std::to_string(chosen[0] + 1) + ", " + std::to_string(chosen[1] + 1));
    add("loss", isSquared(state) ? "squared error" : "cross-entropy");
    addNumber("lambda", state.lambda);
    addNumber("C", static_cast<double>(state.classes));
    addNumber("beta", state.beta);
    addNumber("alpha", state.alpha);
    addNumber("epsilon", state.smoothing);
    addNumber("x_i", numbers.mix.xi);
    addNumber("x_j", numbers.mix.xj);
    const bool squared = isSquared(state);
    addNumber(squared ? "z_i" : "p_i", numbers.shares[0]);
    addNumber(squared ? "z_j" : "p_j", numbers.shares[1]);
    if (state.classes > 2)
        addNumber(squared ? "z_rest" : "p_rest", numbers.shares[2]);
    addNumber("same-class gap x", numbers.same.xi - numbers.same.xj);
    addNumber("norm at kappa 1", numbers.mix.norm);
    for (const PlaygroundFigure& figure : playgroundFigures(state, numbers))
        add(figure.name, figure.value);
    if (state.smoothing == 0) {
        std::vector<std::string> words{"ncscope",   "theory",
                                       "--classes", std::to_string(state.classes),
                                       "--beta",    exactNumber(state.beta),
                                       "--lambda",  exactNumber(state.lambda)};
        if (squared)
            words.insert(words.end(), {"--loss", "mse"});
        add("command", shellLine(words));
    }
    return text;
}

} // namespace nc::app

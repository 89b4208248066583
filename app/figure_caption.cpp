#include "app/figure_caption.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "app/text.h"

namespace nc::app
{

namespace
{

std::string digits(double value, int precision)
{
    std::array<char, 40> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, precision).ptr;
    return {text.data(), end};
}

std::string percent(double share)
{
    return scene::unbroken(std::to_string(std::lround(share * 100)) + " %");
}

/// "Trouser, Sneaker and Bag (recorded with the run)".
std::string classesText(const PanelContent& panel)
{
    std::vector<std::string> names;
    for (const scene::SceneClass& shown : panel.scene.classes)
        names.push_back(shown.name);
    return joinedNames(names) + " (" + panel.chosen.rule + ")";
}

std::string samplesText(const PanelContent& panel)
{
    std::string text = panel.layer == "penultimate" ? std::string() : "layer " + panel.layer + ", ";
    text += panel.origin + (panel.mixes ? " mixes" : " samples") + " in " + panel.mode + " mode";
    if (!panel.lambdaPer.empty())
        text += ", one λ a " + panel.lambdaPer;
    return text + "; " + groupedNumber(panel.shown) + " of " + groupedNumber(panel.total) + " shown";
}

scene::RichText basisText(const PanelContent& panel, const std::string& epoch)
{
    scene::RichText text("basis: ");
    if (panel.basis.basis == Basis::Means)
        text.text(panel.basis.note.empty() ? "class means" : "class means (no classifier recorded)");
    else if (panel.basis.basis == Basis::Probe)
        text.text("linear probe");
    else if (panel.basis.basis == Basis::Pca)
        text.text("principal axes of the samples");
    else
        text.text(panel.basis.basis == Basis::Etf ? "ideal simplex ETF nearest to " : "classifier ").italic("W");
    return text.text(" of " + epoch);
}

/// "third axis: λ (…)", where there is one.
scene::RichText thirdText(const PanelContent& panel)
{
    scene::RichText text("third axis: ");
    text.append(scene::thirdTitle(*panel.third));
    if (*panel.third == scene::ThirdQuantity::Lambda)
        text.text(" (share of the class with the lower number)");
    return text;
}

/// What the dots are, where there are any.
std::string channelText(const PanelContent& panel)
{
    const bool shown = panel.scene.layers.has(scene::Layer::Channels) && !panel.scene.channels.empty();
    return shown ? "; channel: ridge of the density of each pair's mixes" : "";
}

scene::RichText shareText(const PanelContent& panel)
{
    scene::RichText text(percent(panel.inView) + " of |");
    text.italic("h").text(scene::unbroken(" − ")).italic("m").text("|² in view");
    if (panel.inViewIdeal)
        text.text(" (ideal " + percent(*panel.inViewIdeal) + ")");
    if (panel.beta && panel.theoryInvalid.empty()) {
        text.text("; effective ").append(betaText(*panel.beta));
        if (panel.lnBetaError)
            text.text(" (" + scene::unbroken("ln "))
                .italic("β")
                .text(scene::unbroken(" ± " + digits(*panel.lnBetaError, 2)) + ")");
    }
    return text;
}

std::string numbered(std::int64_t epoch)
{
    return "epoch " + std::to_string(epoch);
}

} // namespace

scene::RichText betaText(double beta)
{
    return scene::RichText().italic("β").text(scene::unbroken(" = " + digits(beta, 3)));
}

scene::RichText panelCaption(const PanelContent& panel, std::int64_t epoch)
{
    scene::RichText text(classesText(panel) + "; " + numbered(epoch) + "; ");
    text.append(basisText(panel, numbered(panel.basis.epoch))).text("; " + samplesText(panel) + "; ");
    if (panel.third)
        text.append(thirdText(panel)).text("; ");
    return text.append(shareText(panel)).text(channelText(panel));
}

scene::RichText matrixCaption(const OpenRun& run, const ViewClasses& chosen, const PanelContent& last,
                              std::int64_t epoch, bool numberedPanels)
{
    std::vector<std::string> names;
    for (const Index k : chosen.classes) {
        const std::string& name = run.reader.classNames()[static_cast<std::size_t>(k)];
        names.push_back(numberedPanels ? std::to_string(k) + " " + name : name);
    }
    scene::RichText text("Every triple of " + joinedNames(names) + " (" + chosen.rule + "), each in its own plane; " +
                         numbered(epoch) + "; ");
    text.append(basisText(last, numbered(last.basis.epoch)));
    text.text("; " + last.origin + (last.mixes ? " mixes" : " samples") + " in " + last.mode + " mode");
    if (last.beta && last.theoryInvalid.empty())
        text.text("; effective ").append(betaText(*last.beta));
    return text.text(channelText(last));
}

scene::RichText gridCaption(const std::vector<OpenRun>& runs, const PanelContent& last,
                            const std::vector<std::int64_t>& epochs, bool fixedBasis)
{
    const bool several = runs.size() > 1;
    scene::RichText text(classesText(last) + "; ");
    if (several && epochs.size() == 1)
        text.text(numbered(epochs.front()) + "; ");
    text.append(basisText(last, fixedBasis ? numbered(last.basis.epoch) : "each epoch"));
    text.text("; " + samplesText(last));
    if (last.third)
        text.text("; ").append(thirdText(last));
    if (several)
        return text.text(" in each panel; each run in units of its own √").italic("κ").text(channelText(last));
    return text.text("; at " + numbered(epochs.back()) + ": ").append(shareText(last)).text(channelText(last));
}

std::vector<std::string> distinctNames(const std::vector<std::string>& names)
{
    std::vector<std::vector<std::string>> parts;
    for (const std::string& name : names) {
        parts.emplace_back();
        for (const std::string& part : splitText(name, ','))
            parts.back().push_back(part.substr(std::min(part.find_first_not_of(' '), part.size())));
    }
    const auto inAll = [&parts](const std::string& part) {
        return std::all_of(parts.begin(), parts.end(), [&part](const std::vector<std::string>& list) {
            return std::find(list.begin(), list.end(), part) != list.end();
        });
    };
    std::vector<std::string> distinct;
    for (std::size_t n = 0; n < names.size(); ++n) {
        std::string left;
        for (const std::string& part : parts[n])
            if (!inAll(part))
                left += (left.empty() ? "" : ", ") + part;
        distinct.push_back(left.empty() ? names[n] : left);
    }
    return distinct;
}

std::vector<std::string> distinctNames(const std::vector<OpenRun>& runs)
{
    std::vector<std::string> names;
    for (const OpenRun& run : runs)
        names.push_back(run.name());
    return distinctNames(names);
}

} // namespace nc::app

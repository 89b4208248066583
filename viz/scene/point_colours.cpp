#include "viz/scene/point_colours.h"

#include <algorithm>
#include <cmath>

namespace nc::scene
{

namespace
{

/// Steps of a ramp: finer than the eye tells in dots, coarse enough that equal colours group.
constexpr int steps = 33;

std::uint16_t step(double t)
{
    return static_cast<std::uint16_t>(std::lround(std::clamp(t, 0.0, 1.0) * (steps - 1)));
}

void appendRamp(std::vector<Rgb>& table, const Ramp& ramp)
{
    for (int i = 0; i < steps; ++i)
        table.push_back(ramp.at(static_cast<double>(i) / (steps - 1)));
}

/// |2λ-1| by kind of mix: table = same ramp, different ramp.
void colourByKind(const SceneModel& model, const Ramp& same, const Ramp& different, PointColours& colours)
{
    appendRamp(colours.table, same);
    appendRamp(colours.table, different);
    const Cloud& cloud = model.cloud;
    for (std::size_t i = 0; i < cloud.lambda.size(); ++i) {
        const std::uint16_t shade = step(std::abs(2.0 * static_cast<double>(cloud.lambda[i]) - 1.0));
        colours.entry[i] = cloud.labelA[i] == cloud.labelB[i] ? shade : static_cast<std::uint16_t>(steps + shade);
    }
}

/// Table = a colour for each class, one for all others.
void appendClasses(const SceneModel& model, const Theme& theme, PointColours& colours)
{
    for (std::size_t slot = 0; slot <= model.classes.size(); ++slot)
        colours.table.push_back(
            theme.classColour(model.colourOf(slot == model.classes.size() ? -1 : static_cast<int>(slot))));
}

class ClassEntries
{
public:
    explicit ClassEntries(const SceneModel& model)
        : m_others(static_cast<std::uint16_t>(model.classes.size()))
    {
        for (std::size_t slot = model.classes.size(); slot-- > 0;) {
            const auto label = static_cast<std::size_t>(model.classes[slot].index);
            m_entries.resize(std::max(m_entries.size(), label + 1), m_others);
            m_entries[label] = static_cast<std::uint16_t>(slot);
        }
    }
    std::uint16_t operator()(std::int32_t label) const
    {
        const auto at = static_cast<std::size_t>(label);
        return at < m_entries.size() ? m_entries[at] : m_others;
    }
    [[nodiscard]] std::uint16_t others() const { return m_others; }

private:
    std::uint16_t m_others;
    std::vector<std::uint16_t> m_entries; ///< by class number
};

void colourByClassAndLambda(const SceneModel& model, const Theme& theme, PointColours& colours)
{
    appendClasses(model, theme, colours);
    const auto firstStep = static_cast<int>(colours.table.size());
    appendRamp(colours.table, theme.lambda);
    const ClassEntries entryOf(model);
    const Cloud& cloud = model.cloud;
    for (std::size_t i = 0; i < cloud.lambda.size(); ++i) {
        const auto lambda = static_cast<double>(cloud.lambda[i]);
        if (cloud.labelA[i] == cloud.labelB[i])
            colours.entry[i] = entryOf(cloud.labelA[i]);
        else // the pair is unordered: λ of the lower class index
            colours.entry[i] =
                static_cast<std::uint16_t>(firstStep + step(cloud.labelA[i] < cloud.labelB[i] ? lambda : 1 - lambda));
    }
}

/// λ of a sample as it is shown: of the lower class index where it has two.
double shownLambda(const Cloud& cloud, std::size_t i)
{
    const auto lambda = static_cast<double>(cloud.lambda[i]);
    return cloud.labelA[i] <= cloud.labelB[i] ? lambda : 1 - lambda;
}

/// `shareOf(i)` in [0, 1]; beyond: the ends.
template <typename Share>
void colourByShare(const Ramp& ramp, const Share& shareOf, PointColours& colours)
{
    appendRamp(colours.table, ramp);
    for (std::size_t i = 0; i < colours.entry.size(); ++i)
        colours.entry[i] = step(shareOf(i));
}

/// Table = classes, others, then the pairs, row by row of the lower triangle.
void colourByPair(const SceneModel& model, const Theme& theme, PointColours& colours)
{
    appendClasses(model, theme, colours);
    const auto count = static_cast<int>(model.classes.size());
    for (int b = 0; b < count; ++b)
        for (int a = 0; a < b; ++a)
            colours.table.push_back(pairColour(model, a, b, theme));
    const Cloud& cloud = model.cloud;
    for (std::size_t i = 0; i < cloud.lambda.size(); ++i) {
        const auto [a, b] = std::minmax({model.slotOf(cloud.labelA[i]), model.slotOf(cloud.labelB[i])});
        const int entry = a < 0 ? count : a == b ? a : count + 1 + b * (b - 1) / 2 + a;
        colours.entry[i] = static_cast<std::uint16_t>(entry);
    }
}

void colourByClass(const SceneModel& model, const Theme& theme, PointColours& colours)
{
    appendClasses(model, theme, colours);
    const ClassEntries entryOf(model);
    const Cloud& cloud = model.cloud;
    for (std::size_t i = 0; i < cloud.lambda.size(); ++i) {
        const float lambda = cloud.lambda[i];
        const bool tie = lambda == 0.5F; // the lower index, whatever the order of the pair
        const bool first = tie ? cloud.labelA[i] < cloud.labelB[i] : lambda > 0.5F;
        colours.entry[i] = entryOf(first ? cloud.labelA[i] : cloud.labelB[i]);
    }
}

void rimPale(const Theme& theme, PointColours& colours)
{
    if (theme.paleSlot < 0)
        return;
    const Rgb pale = theme.classColour(theme.paleSlot);
    if (std::find(colours.table.begin(), colours.table.end(), pale) == colours.table.end())
        return;
    colours.rims = colours.table;
    std::replace(colours.rims.begin(), colours.rims.end(), pale, theme.paleRim);
}

/// As colourByClass; the table a second time, ringed, for wrong answers.
void colourByAnswer(const SceneModel& model, const Theme& theme, PointColours& colours)
{
    colourByClass(model, theme, colours);
    const std::size_t classes = colours.table.size();
    for (std::size_t i = 0; i < colours.entry.size(); ++i)
        if (model.cloud.correct[i] == 0)
            colours.entry[i] = static_cast<std::uint16_t>(colours.entry[i] + classes);
    colours.rims = colours.table;
    colours.rims.resize(2 * classes, theme.ink);
    colours.table.insert(colours.table.end(), colours.rims.begin(),
                         colours.rims.begin() + static_cast<std::ptrdiff_t>(classes));
    colours.rings = true;
}

} // namespace

PointColours pointColours(const SceneModel& model, const Theme& theme)
{
    return pointColours(model, model.colorBy, theme);
}

PointColours pointColours(const SceneModel& model, ColorBy wanted, const Theme& theme)
{
    const ColorBy colorBy = drawnColorBy(model.cloud, wanted);
    const Cloud& cloud = model.cloud;
    PointColours colours;
    colours.entry.resize(model.cloud.lambda.size());
    switch (colorBy) {
    case ColorBy::KindLambda:
        colourByKind(model, theme.sameKind, theme.differentKind, colours);
        break;
    case ColorBy::Repro:
        colourByKind(model, theme.reproSame, theme.reproDifferent, colours);
        break;
    case ColorBy::ClassLambda:
        colourByClassAndLambda(model, theme, colours);
        rimPale(theme, colours);
        break;
    case ColorBy::Class:
        colourByClass(model, theme, colours);
        rimPale(theme, colours);
        break;
    case ColorBy::Pair:
        colourByPair(model, theme, colours);
        rimPale(theme, colours);
        break;
    case ColorBy::Lambda:
        colourByShare(
            theme.lambda, [&](std::size_t i) { return shownLambda(cloud, i); }, colours);
        break;
    case ColorBy::Kind:
        colours.table = {kindColour(true, theme), kindColour(false, theme)};
        for (std::size_t i = 0; i < colours.entry.size(); ++i)
            colours.entry[i] = cloud.labelA[i] == cloud.labelB[i] ? 0 : 1;
        break;
    case ColorBy::Correct:
        colourByAnswer(model, theme, colours);
        break;
    case ColorBy::Confidence:
        colourByShare(
            colourScale(colorBy, theme)->ramp, [&](std::size_t i) { return cloud.confidence[i]; }, colours);
        break;
    case ColorBy::Residual:
        colourByShare(
            colourScale(colorBy, theme)->ramp, [&](std::size_t i) { return cloud.residual[i]; }, colours);
        break;
    }
    return colours;
}

double rimWidth(bool rings, double pale, double diameter)
{
    return rings ? std::min(3 * pale, diameter / 4) : std::min(pale, diameter / 6);
}

Rgb pairColour(const SceneModel& model, int slotA, int slotB, const Theme& theme)
{
    const auto [a, b] = std::minmax(slotA, slotB);
    return theme.classColour(static_cast<int>(model.classes.size()) + b * (b - 1) / 2 + a);
}

Rgb kindColour(bool same, const Theme& theme)
{
    return (same ? theme.sameKind : theme.differentKind).at(0.5);
}

std::optional<ColourScale> colourScale(ColorBy colorBy, const Theme& theme)
{
    if (colorBy == ColorBy::Lambda)
        return ColourScale{theme.lambda, RichText().italic("λ").text(" of the lower class"), {"0", "0.5", "1"}};
    if (colorBy == ColorBy::Confidence)
        return ColourScale{theme.lambda, "confidence, %", {"0", "50", "100"}};
    if (colorBy == ColorBy::Residual) // never negative: the half from none to above
        return ColourScale{Ramp{{theme.residual.at(0.5), theme.residual.at(1)}},
                           thirdTitle(ThirdQuantity::Residual),
                           {"0", "0.5", "≥ 1"}};
    return {};
}

CloudKinds cloudKinds(const SceneModel& model)
{
    CloudKinds kinds;
    const ClassEntries entryOf(model);
    const Cloud& cloud = model.cloud;
    for (std::size_t i = 0; i < cloud.labelA.size(); ++i) {
        kinds.same |= cloud.labelA[i] == cloud.labelB[i];
        kinds.different |= cloud.labelA[i] != cloud.labelB[i];
        kinds.other |= entryOf(cloud.labelA[i]) == entryOf.others() || entryOf(cloud.labelB[i]) == entryOf.others();
    }
    kinds.wrong = std::find(cloud.correct.begin(), cloud.correct.end(), 0) != cloud.correct.end();
    return kinds;
}

} // namespace nc::scene

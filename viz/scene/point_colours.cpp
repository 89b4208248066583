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
        colours.table.push_back(theme.classColour(slot == model.classes.size() ? -1 : static_cast<int>(slot)));
}

class ClassEntries
{
public:
    explicit ClassEntries(const SceneModel& model)
        : m_model(model)
    {
    }
    std::uint16_t operator()(std::int32_t label) const
    {
        const int slot = m_model.slotOf(label);
        return static_cast<std::uint16_t>(slot < 0 ? static_cast<int>(m_model.classes.size()) : slot);
    }

private:
    const SceneModel& m_model;
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

} // namespace

PointColours pointColours(const SceneModel& model, const Theme& theme)
{
    return pointColours(model, model.colorBy, theme);
}

PointColours pointColours(const SceneModel& model, ColorBy colorBy, const Theme& theme)
{
    PointColours colours;
    colours.entry.resize(model.cloud.lambda.size());
    bool ofClasses = false;
    switch (colorBy) {
    case ColorBy::KindLambda:
        colourByKind(model, theme.sameKind, theme.differentKind, colours);
        break;
    case ColorBy::Repro:
        colourByKind(model, theme.reproSame, theme.reproDifferent, colours);
        break;
    case ColorBy::ClassLambda:
        colourByClassAndLambda(model, theme, colours);
        ofClasses = true;
        break;
    case ColorBy::Class:
        colourByClass(model, theme, colours);
        ofClasses = true;
        break;
    }
    if (ofClasses && theme.paleSlot >= 0 && static_cast<std::size_t>(theme.paleSlot) < model.classes.size()) {
        colours.rims = colours.table;
        colours.rims[static_cast<std::size_t>(theme.paleSlot)] = theme.paleRim;
    }
    return colours;
}

CloudKinds cloudKinds(const SceneModel& model)
{
    CloudKinds kinds;
    const Cloud& cloud = model.cloud;
    for (std::size_t i = 0; i < cloud.labelA.size(); ++i) {
        kinds.same |= cloud.labelA[i] == cloud.labelB[i];
        kinds.different |= cloud.labelA[i] != cloud.labelB[i];
        kinds.other |= model.slotOf(cloud.labelA[i]) < 0 || model.slotOf(cloud.labelB[i]) < 0;
    }
    return kinds;
}

} // namespace nc::scene

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// A colour for each point as an entry of a small table, so that painters can group equal colours.
struct PointColours {
    std::vector<Rgb> table;
    std::vector<Rgb> rims; ///< as `table`: the same colour, but darker where a class colour is too pale for the canvas
    std::vector<std::uint16_t> entry; ///< N
    bool rings = false;               ///< the rims are the rings of wrong answers, not the edges of pale dots
};
/// `wanted` is drawn as drawnColorBy says.
[[nodiscard]] PointColours pointColours(const SceneModel& model, ColorBy wanted, const Theme& theme);
/// As the model asks.
[[nodiscard]] PointColours pointColours(const SceneModel& model, const Theme& theme);

/// Width of PointColours::rims, in the unit of `diameter`; `pale` is what the edge of a large pale dot takes.
[[nodiscard]] double rimWidth(bool rings, double pale, double diameter);

/// Most classes whose pairs have colours of their own.
constexpr std::size_t mostPairedClasses = 5;
/// Of mixes of two classes, by slot; in any order.
[[nodiscard]] Rgb pairColour(const SceneModel& model, int slotA, int slotB, const Theme& theme);
/// Of ColorBy::Kind.
[[nodiscard]] Rgb kindColour(bool same, const Theme& theme);

/// The bar of a colouring that shows one number by one ramp.
struct ColourScale {
    Ramp ramp;
    RichText title;
    std::array<std::string, 3> ticks; ///< at the lower end, the middle, the upper end
};
/// Of Lambda, Confidence and Residual.
[[nodiscard]] std::optional<ColourScale> colourScale(ColorBy colorBy, const Theme& theme);

/// Which kinds of points a cloud holds: the legend explains no others.
struct CloudKinds {
    bool same = false;      ///< within a class of the view
    bool different = false; ///< mixes of two classes
    bool other = false;     ///< of a class that is not in the view
    bool wrong = false;     ///< wrong answers, where the cloud knows
};
[[nodiscard]] CloudKinds cloudKinds(const SceneModel& model);

} // namespace nc::scene

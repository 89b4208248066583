#pragma once

#include <cstdint>
#include <vector>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// A colour for each point as an entry of a small table, so that painters can group equal colours.
struct PointColours {
    std::vector<Rgb> table;
    std::vector<Rgb> rims; ///< as `table`: the same colour, but darker where a class colour is too pale for the canvas
    std::vector<std::uint16_t> entry; ///< N
};
[[nodiscard]] PointColours pointColours(const SceneModel& model, ColorBy colorBy, const Theme& theme);
/// As the model asks.
[[nodiscard]] PointColours pointColours(const SceneModel& model, const Theme& theme);

/// Which kinds of points a cloud holds: the legend explains no others.
struct CloudKinds {
    bool same = false;      ///< within a class of the view
    bool different = false; ///< mixes of two classes
    bool other = false;     ///< of a class that is not in the view
};
[[nodiscard]] CloudKinds cloudKinds(const SceneModel& model);

} // namespace nc::scene

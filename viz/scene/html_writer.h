#pragma once

#include <string>
#include <vector>

#include <QByteArray>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// One scene of each epoch as a page of its own that turns, zooms, plays the epochs and names the sample under the
/// pointer, in any browser, without a network: HTML with a canvas, nearest dots in front. `names` of the scenes
/// ("epoch 8"); `caption` below. Scenes after the first must show the same rows in the same order, else (or with one
/// scene) only the last is written. `scenes` is not empty.
[[nodiscard]] QByteArray htmlBytes(const std::vector<const SceneModel*>& scenes, const std::vector<std::string>& names,
                                   const std::string& title, const std::string& caption, ThemeMode mode);

} // namespace nc::scene

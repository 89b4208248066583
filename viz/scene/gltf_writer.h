#pragma once

#include <vector>

#include <QByteArray>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// One scene of each epoch as binary glTF 2.0 (.glb), for slides, Blender and the web: the cloud as POINTS with
/// COLOR_0 (RGBA8) in the colours of the light theme, the other epochs as morph targets with an animation that shows
/// one a second, never between two; classifier arrows, simplex and theory arms of the last scene as lines. A scene
/// lies in the plane z = 0 where it has two dimensions. Scenes after the first must show the same rows in the same
/// order, as the fixed probe of a run does; else (or with one scene) only the last is written. `scenes` is not empty.
[[nodiscard]] QByteArray glbBytes(const std::vector<const SceneModel*>& scenes);

} // namespace nc::scene

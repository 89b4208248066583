#pragma once

#include "core/result.h"
#include "viz/scene/drawing.h"
#include "viz/scene/figure.h"

namespace nc::scene
{

/// Lays out a figure of plots: each column its own room for numbers, one legend below, title and caption as in a figure
/// of scenes. Error (Usage): a page too small.
[[nodiscard]] Result<void> layoutPlots(const Figure& figure, Drawing& drawing);

} // namespace nc::scene

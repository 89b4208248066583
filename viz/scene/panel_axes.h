#pragma once

#include <vector>

#include "viz/scene/panel_drawing.h"

namespace nc::scene
{

/// Lines at the left and the bottom of a plane panel with ticks inside; numbers and axis names beside them where asked
/// for.
void drawAxes(const SceneModel& model, const PanelPlace& place, const PanelStyle& style, bool numbersLeft,
              bool numbersBelow, std::vector<DrawingItem>& items);

/// Steps of 1, 2 or 5 times a power of ten: at most `most` in `range`.
[[nodiscard]] double niceStep(double range, int most);

} // namespace nc::scene

#pragma once

#include <vector>

#include "viz/scene/panel_drawing.h"

namespace nc::scene
{

/// Lines at the left and the bottom of a plane panel with ticks inside; numbers and axis names beside them where asked
/// for.
void drawAxes(const SceneModel& model, const PanelPlace& place, const PanelStyle& style, bool numbersLeft,
              bool numbersBelow, std::vector<DrawingItem>& items);

/// The third axis of a scene (its height over the plane) with ticks to the left; numbers and its name where asked for.
void drawThirdAxis(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place,
                   const PanelStyle& style, bool numbers, std::vector<DrawingItem>& items);

/// Steps of 1, 2 or 5 times a power of ten: at most `most` in `range`.
[[nodiscard]] double niceStep(double range, int most);
/// "−1.5": as many decimals as the step has, and the real minus.
[[nodiscard]] RichText tickText(double value, double step);

} // namespace nc::scene

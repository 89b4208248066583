#pragma once

#include <QIcon>

namespace nc::window
{

enum class Transport { First, Previous, Play, Pause, Next, Last, Loop };

/// Drawn in the theme's colours on a 24-unit box; play and pause are white, for the filled button.
[[nodiscard]] QIcon transportIcon(Transport shape);

} // namespace nc::window

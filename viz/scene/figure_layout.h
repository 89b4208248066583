#pragma once

#include "core/result.h"
#include "viz/scene/drawing.h"
#include "viz/scene/figure.h"

namespace nc::scene
{

/// The whole page, laid out: what every painter draws. Errors as in figure_painter.h.
[[nodiscard]] Result<Drawing> layoutFigure(const Figure& figure);

} // namespace nc::scene

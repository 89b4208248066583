#pragma once

#include <span>

#include <QImage>
#include <QPointF>
#include <QSize>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// The exact softmax of the view's classes (docs/maths.md, 3.2) as a picture: at each place the class colours weighted
/// by their probabilities, at 30 % over the canvas. Corners in coordinates y of the model, y up; D = 2.
[[nodiscard]] QImage shadeRegions(const RegionField& field, QPointF topLeft, QPointF bottomRight,
                                  std::span<const Rgb> colours, Rgb canvas, QSize size, int threads = 1);

} // namespace nc::scene

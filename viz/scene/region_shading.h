#pragma once

#include <span>

#include <QImage>
#include <QPointF>
#include <QSize>

#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// The exact softmax of the view's classes (docs/maths.md, 3.2) as a picture: at each place the class colours weighted
/// by their probabilities, at 30 % over the canvas. Corners in coordinates y of the model, y up; D = 2. `tilt` is that
/// of a plane seen in perspective: at a place q of the picture is y = q / (1 + tilt q); 0 elsewhere.
[[nodiscard]] QImage shadeRegions(const RegionField& field, const Eigen::Vector2d& tilt, QPointF topLeft,
                                  QPointF bottomRight, std::span<const Rgb> colours, Rgb canvas, QSize size,
                                  int threads = 1);

} // namespace nc::scene

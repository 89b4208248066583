#pragma once

#include <functional>

#include <QComboBox>

#include "viz/scene/scene_model.h"

/// A box that offers every colouring; what cannot be had is greyed and says why.
namespace nc::window
{

void fillColourings(QComboBox& box);
/// `reason`: why not; empty where it is to be had.
void greyColourings(QComboBox& box, const std::function<QString(scene::ColorBy)>& reason);
void chooseColouring(QComboBox& box, scene::ColorBy colorBy);
[[nodiscard]] scene::ColorBy colouringAt(const QComboBox& box, int row);

} // namespace nc::window

#pragma once

#include <string>

#include "app/figure_builder.h"

/// Why a choice of the view is not to be had, for the tips of greyed controls. Empty: it is.
namespace nc::app
{

[[nodiscard]] std::string basisAbsent(const io::RunSummary& run, Basis basis);
[[nodiscard]] std::string fixedBasisEpochAbsent(const io::RunSummary& run);
/// Why a split, view or epoch cannot be coloured so; `run` null: what concerns the whole run does not count.
[[nodiscard]] std::string colourAbsent(const io::RunSummary* run, const PanelContent& panel, scene::ColorBy colorBy);
[[nodiscard]] std::string layerAbsent(const io::RunSummary& run, const PanelContent& panel, scene::Layer layer);

} // namespace nc::app

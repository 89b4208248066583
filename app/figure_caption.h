#pragma once

#include "app/figure_builder.h"

/// What stands below a figure: classes and who chose them, epoch, basis, which samples, how many, how much of them the
/// view shows, and the effective beta with its error where the theory applies.
namespace nc::app
{

/// "β = 115", kept on one line.
[[nodiscard]] scene::RichText betaText(double beta);

[[nodiscard]] scene::RichText panelCaption(const PanelContent& panel, std::int64_t epoch);

/// Of a matrix of triples; `numbered`: panels are titled by class numbers, which the caption then explains.
[[nodiscard]] scene::RichText matrixCaption(const OpenRun& run, const ViewClasses& chosen, const PanelContent& last,
                                            std::int64_t epoch, bool numbered);

/// Of a grid; `last` is the last run's panel at the last epoch, whose figures are told where there is one run only.
[[nodiscard]] scene::RichText gridCaption(const std::vector<OpenRun>& runs, const PanelContent& last,
                                          const std::vector<std::int64_t>& epochs, bool fixedBasis);

/// Names without the parts (between commas) that all share; the whole name where nothing would be left.
[[nodiscard]] std::vector<std::string> distinctNames(const std::vector<std::string>& names);
[[nodiscard]] std::vector<std::string> distinctNames(const std::vector<OpenRun>& runs);

} // namespace nc::app

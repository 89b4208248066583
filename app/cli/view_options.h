#pragma once

#include "app/cli/arguments.h"
#include "app/run_view.h"

/// Words that say which view is meant, shared by project, render and grid.
namespace nc::cli
{

inline constexpr Option classesOption{"--classes", "A,B,C",
                                      "classes of the view, by index or name (default: those of the run)"};
inline constexpr Option splitOption{"--split", "NAME", "split to show (default: the first mix split, else the first)"};
inline constexpr Option layerOption{"--layer", "NAME", "features of this layer (default: penultimate)"};
inline constexpr Option basisOption{"--basis", "classifier|means|etf|probe|pca",
                                    "whose frame (default: classifier, else class means)"};
inline constexpr Option basisEpochOption{"--basis-epoch", "EPOCH",
                                         "same, first, last or a number: whose W makes the frame"};

[[nodiscard]] std::optional<app::Basis> readBasis(const Arguments& arguments);

} // namespace nc::cli

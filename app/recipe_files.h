#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/figure_builder.h"

/// Recipes for who has no command line at hand: their words are read by the command line's own code.
namespace nc::app
{

/// Writes the recipe of the figure of one view that `words` draw (renderWords(): the command first, its output
/// among them). An existing file that is no recipe stays. Errors: those of reading and writing.
[[nodiscard]] Result<void> writeRecipeOf(const std::vector<std::string>& words, const std::string& file,
                                         const std::string& caption);

/// The recipe of one view, to be worked on.
struct OpenedRecipe {
    std::string run; ///< absolute path
    std::string name;
    std::int64_t epoch = 0;
    FigureRequest request;
    std::string preset;  ///< may be empty
    std::string output;  ///< absolute path of the figure
    std::string changed; ///< which datum is another than it was, one sentence; empty: none
    std::shared_ptr<const PanelContent> panel;
};
/// Errors: those of renderRecipe(); a grid, matrix or plot, which is no view of one epoch (Usage).
[[nodiscard]] Result<OpenedRecipe> openRecipe(const std::string& file);

} // namespace nc::app

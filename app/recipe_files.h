#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/figure_builder.h"

/// Recipes for who has no command line at hand: their words are read by the command line's own code.
namespace nc::app
{

/// Writes the recipe of the figure that `words` draw: the command first, its output among them. An existing file that
/// is no recipe stays. Errors: those of reading and writing.
[[nodiscard]] Result<void> writeRecipeOf(const std::vector<std::string>& words, const std::string& file,
                                         const std::string& caption);

/// The figure that the same words draw. Errors: those of the command.
[[nodiscard]] Result<scene::Figure> figureOfWords(const std::vector<std::string>& words);

/// A recipe, to be worked on.
struct OpenedRecipe {
    std::string title; ///< what it is, e.g. "Grid of 2 runs, a and b, 3 epochs"; of one view without a kind
    std::vector<std::string> words; ///< command, absolute paths of the runs, `kept`: what lookWords() do not say
    std::vector<std::string> kept;  ///< its options that are no looks, epochs as numbers
    std::int64_t epoch = 0;         ///< the first that is shown
    FigureRequest request;
    std::string preset;                        ///< may be empty
    std::string output;                        ///< absolute path of the figure
    std::string changed;                       ///< which datum is another than it was, one sentence; empty: none
    bool plot = false;                         ///< axes and curves: neither layers nor colours to choose
    std::shared_ptr<const PanelContent> panel; ///< of one view; null: `words` draw a grid, a matrix or a plot
};
/// Errors: those of renderRecipe().
[[nodiscard]] Result<OpenedRecipe> openRecipe(const std::string& file);

} // namespace nc::app

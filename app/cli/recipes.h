#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/console.h"
#include "app/figure_builder.h"

/// Recipes of figures: written beside them, drawn again from them.
namespace nc::cli
{

inline constexpr Option recipeOption{"--recipe", "FILE.json", "write what remakes the figure, byte for byte"};
inline constexpr Option acceptChangedOption{"--accept-changed", "",
                                            "of a recipe: draw although the data are others than they were"};

/// What was drawn, for its recipe.
struct DrawnFigure {
    std::string command; ///< "render" or "grid"
    const std::vector<app::OpenRun>* runs = nullptr;
    std::vector<std::int64_t> epochs; ///< shown
    bool plot = false;                ///< curves, reliability …: figures of clean and mix split
    std::string caption;
};

/// Writes the recipe where --recipe asks for one. Errors: those of reading and writing.
[[nodiscard]] Result<void> writeRecipe(const Arguments& arguments, const app::FigureRequest& request,
                                       const DrawnFigure& figure);

/// Draws the figure of the recipe that is the first operand; only --output and --accept-changed may stand beside it.
/// Errors (Data): the recipe or its runs cannot be read, a dataset has changed.
[[nodiscard]] Result<int> renderRecipe(const Arguments& arguments, Console& console);

/// Writes the recipe of the figure of one view that `words` draw (app::renderWords(): the command first, its output
/// among them). An existing file that is no recipe stays. Errors: those of reading and writing.
[[nodiscard]] Result<void> writeRecipeOf(const std::vector<std::string>& words, const std::string& file,
                                         const std::string& caption);

/// The recipe of one view, to be worked on.
struct OpenedRecipe {
    std::string run; ///< absolute path
    std::string name;
    std::int64_t epoch = 0;
    app::FigureRequest request;
    std::string preset;  ///< may be empty
    std::string output;  ///< absolute path of the figure
    std::string changed; ///< which datum is another than it was, one sentence; empty: none
    std::shared_ptr<const app::PanelContent> panel;
};
/// Errors: those of renderRecipe(); a grid, matrix or plot, which is no view of one epoch (Usage).
[[nodiscard]] Result<OpenedRecipe> openRecipe(const std::string& file);

} // namespace nc::cli

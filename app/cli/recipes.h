#pragma once

#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/console.h"
#include "app/cli/figure_order.h"
#include "app/recipe_files.h"

/// Recipes of figures: written beside them, drawn again from them.
namespace nc::cli
{

inline constexpr Option recipeOption{"--recipe", "FILE.json", "write what remakes the figure, byte for byte"};
inline constexpr Option acceptChangedOption{"--accept-changed", "",
                                            "of a recipe: draw although the data are others than they were"};

/// Writes the recipe where --recipe asks for one; `caption` as the figure has it. Errors: those of reading and writing.
[[nodiscard]] Result<void> writeRecipe(const Arguments& arguments, const FigureOrder& order,
                                       const std::string& caption);

/// Draws the figure of the recipe that is the first operand; only --output and --accept-changed may stand beside it.
/// Errors (Data): the recipe or its runs cannot be read, a dataset has changed.
[[nodiscard]] Result<int> renderRecipe(const Arguments& arguments, Console& console);

} // namespace nc::cli

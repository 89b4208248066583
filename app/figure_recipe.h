#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/data_hash.h"

/// What remakes a figure: kept as JSON beside it.
namespace nc::app
{

/// One run of a figure, and what was read of it.
struct RecipeRun {
    std::string path; ///< relative to the recipe where it is below or beside it, else absolute
    DataRead read;
    DataHashes hashes;
};

struct FigureRecipe {
    std::string command;              ///< "render" or "grid"
    std::vector<std::string> options; ///< "--name=value", epochs resolved to numbers; without output and recipe
    std::string output;               ///< relative to the recipe's folder
    std::vector<RecipeRun> runs;
    std::string caption; ///< for people
    std::string program; ///< version that made it
    std::string latex;   ///< \begin{figure} … with the caption
};

/// `folder` is where the recipe stands; a path that cannot be made relative stays absolute.
[[nodiscard]] std::string relativeTo(const std::filesystem::path& folder, const std::filesystem::path& path);

[[nodiscard]] std::string toJson(const FigureRecipe& recipe);
/// Errors (Data): no JSON, no recipe, a newer version. `file` is named in the sentence.
[[nodiscard]] Result<FigureRecipe> recipeFromJson(const std::string& json, const std::string& file);

/// Whether a file looks like a recipe rather than a run: a readable .json.
[[nodiscard]] bool isRecipeFile(const std::string& path);

/// A figure environment for LaTeX: the file without its folder, the caption with what LaTeX minds escaped.
[[nodiscard]] std::string latexSnippet(const std::string& output, const std::string& caption);

} // namespace nc::app

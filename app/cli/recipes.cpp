#include "app/cli/recipes.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/figure_recipe.h"
#include "app/version.h"

namespace nc::cli
{
namespace
{

namespace fs = std::filesystem;

std::string joined(const std::vector<std::int64_t>& epochs)
{
    std::string text;
    for (const std::int64_t epoch : epochs)
        text += (text.empty() ? "" : ",") + std::to_string(epoch);
    return text;
}

/// The options as typed, with words such as last as the numbers that they meant.
std::vector<std::string> resolvedOptions(const Arguments& arguments, const DrawnFigure& figure,
                                         std::optional<std::int64_t> basisEpoch)
{
    const std::string epochOption = figure.command == "grid" ? "--epochs" : "--epoch";
    std::vector<std::string> words = arguments.typed({"--output", "--recipe", "--json", "--quiet", "--verbose",
                                                      "--threads", "--color", epochOption, "--basis-epoch"});
    words.push_back(epochOption + "=" + joined(figure.epochs));
    words.push_back("--basis-epoch=" + (basisEpoch ? std::to_string(*basisEpoch) : "same"));
    return words;
}

Result<app::DataRead> dataOf(const app::OpenRun& run, const app::FigureRequest& request, const DrawnFigure& figure,
                             std::optional<std::int64_t> basisEpoch)
{
    app::DataRead read;
    read.layer = request.view.layer;
    std::vector<std::string> splits;
    if (const auto split = app::selectSplit(request.view.split, SplitKind::Mix, run.summary); split)
        splits.push_back(split->name);
    else
        return split.error();
    const io::SplitInfo* clean = run.summary.firstSplit(SplitKind::Clean);
    if (figure.plot && clean && clean->name != splits[0])
        splits.push_back(clean->name);
    for (const std::int64_t epoch : figure.epochs) {
        for (const std::string& split : splits)
            read.rows.emplace(epoch, split);
        read.classifiers.insert(epoch);
        const std::int64_t basis = basisEpoch.value_or(epoch);
        read.classifiers.insert(basis);
        if (clean && (!run.summary.hasClassifier || request.view.basis == app::Basis::Means ||
                      request.view.basis == app::Basis::Probe))
            read.rows.emplace(basis, clean->name);
        if (request.view.basis == app::Basis::Pca)
            read.rows.emplace(basis, splits[0]);
    }
    return read;
}

Result<std::string> readText(const std::string& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return dataError("Cannot read the recipe: no readable file: " + file, file);
    return text.str();
}

/// `remade`: the recipe's own options, as a foreign dump may need.
Result<void> checkUnchanged(const app::RecipeRun& recorded, const Arguments& remade, const std::string& path)
{
    const Result<io::RunReader> run = openReader(remade, path);
    if (!run)
        return run.error();
    const Result<app::DataHashes> now = app::hashData(*run, recorded.read);
    if (!now)
        return now.error();
    if (const std::string dataset = app::firstChange(recorded.hashes, *now); !dataset.empty()) {
        Error error = dataError("Cannot remake the figure: dataset '" + dataset +
                                    "' is another than when the recipe was written (--accept-changed draws it all the "
                                    "same): " +
                                    path,
                                path);
        error.dataset = dataset;
        return error;
    }
    return {};
}

} // namespace

Result<void> writeRecipe(const Arguments& arguments, const app::FigureRequest& request, const DrawnFigure& figure)
{
    const auto file = arguments.value("--recipe");
    if (!file)
        return {};
    const fs::path folder = fs::absolute(*file).parent_path();
    const auto basisEpoch = app::selectBasisEpoch(request.basisEpochWords, figure.runs->front().reader);
    if (!basisEpoch)
        return basisEpoch.error();
    app::FigureRecipe recipe;
    recipe.command = figure.command;
    recipe.options = resolvedOptions(arguments, figure, *basisEpoch);
    recipe.output = app::relativeTo(folder, arguments.valueOr("--output", ""));
    recipe.caption = figure.caption;
    recipe.program = app::versionText().substr(0, app::versionText().find('\n'));
    recipe.latex = app::latexSnippet(recipe.output, recipe.caption);
    for (const app::OpenRun& run : *figure.runs) {
        const Result<app::DataRead> read = dataOf(run, request, figure, *basisEpoch);
        if (!read)
            return read.error();
        Result<app::DataHashes> hashes = app::hashData(run.reader, *read);
        if (!hashes)
            return hashes.error();
        recipe.runs.push_back({app::relativeTo(folder, run.reader.path()), *read, std::move(*hashes)});
    }
    return app::writeFileAtomically(*file, app::toJson(recipe));
}

Result<int> renderRecipe(const Arguments& arguments, Console& console)
{
    const std::string& file = arguments.positionals()[0];
    if (arguments.positionals().size() > 1)
        return usageError("a recipe stands alone, not with '" + arguments.positionals()[1] + "'");
    const std::vector<std::string> others = arguments.typed(
        {"--output", "--accept-changed", "--json", "--quiet", "--verbose", "--threads", "--color", "--memory-limit"});
    if (!others.empty())
        return usageError("a recipe says everything itself: beside it only -o and --accept-changed, not " + others[0]);
    const Result<std::string> text = readText(file);
    if (!text)
        return text.error();
    const Result<app::FigureRecipe> recipe = app::recipeFromJson(*text, file);
    if (!recipe)
        return recipe.error();
    const fs::path folder = fs::path(file).parent_path();
    std::vector<std::string> words;
    for (const app::RecipeRun& run : recipe->runs) {
        const fs::path path = fs::path(run.path).is_absolute() ? fs::path(run.path) : folder / run.path;
        words.push_back(path.lexically_normal().string());
    }
    words.insert(words.end(), recipe->options.begin(), recipe->options.end());
    const fs::path output = fs::path(recipe->output).is_absolute() ? fs::path(recipe->output) : folder / recipe->output;
    words.push_back("--output=" + arguments.valueOr("--output", output.lexically_normal().string()));
    const auto all = commands();
    const auto command =
        std::find_if(all.begin(), all.end(), [&](const Command& c) { return c.name == recipe->command; });
    const Result<Arguments> remade = Arguments::parse(words, optionsOf(*command));
    if (!remade)
        return dataError("Cannot remake the figure: " + remade.error().message + ": " + file, file);
    for (std::size_t i = 0; i < recipe->runs.size() && !arguments.has("--accept-changed"); ++i)
        if (Result<void> same = checkUnchanged(recipe->runs[i], *remade, words[i]); !same)
            return same.error();
    return command->run(*remade, console);
}

} // namespace nc::cli

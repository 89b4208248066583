#include "app/cli/recipes.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/figure_options.h"
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
    std::vector<std::string> words =
        arguments.typed({"--output", "--recipe", "--json", "--quiet", "--verbose", "--threads", "--color", "--follow",
                         epochOption, "--basis-epoch"});
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

namespace
{

Result<void> writeRecipeTo(const std::string& file, const Arguments& arguments, const app::FigureRequest& request,
                           const DrawnFigure& figure)
{
    const fs::path folder = fs::absolute(file).parent_path();
    const auto basisEpoch = app::selectBasisEpoch(request.basisEpochWords, figure.runs->front().reader);
    if (!basisEpoch)
        return basisEpoch.error();
    app::FigureRecipe recipe;
    recipe.command = figure.command;
    recipe.options = resolvedOptions(arguments, figure, *basisEpoch);
    recipe.output = app::relativeTo(folder, arguments.valueOr("--output", ""));
    recipe.caption = scene::breakable(figure.caption);
    recipe.program = app::versionText().substr(0, app::versionText().find('\n'));
    recipe.latex = app::latexSnippet(recipe.output, figure.caption);
    for (const app::OpenRun& run : *figure.runs) {
        const Result<app::DataRead> read = dataOf(run, request, figure, *basisEpoch);
        if (!read)
            return read.error();
        Result<app::DataHashes> hashes = app::hashData(run.reader, *read);
        if (!hashes)
            return hashes.error();
        recipe.runs.push_back({app::relativeTo(folder, run.reader.path()), *read, std::move(*hashes)});
    }
    return app::writeFileAtomically(file, app::toJson(recipe));
}

/// A path of a recipe, as it is to be opened from here.
std::string pathFrom(const fs::path& folder, const std::string& path)
{
    return (fs::path(path).is_absolute() ? fs::path(path) : folder / path).lexically_normal().string();
}

const Command& commandNamed(std::string_view name)
{
    const auto all = commands();
    return *std::find_if(all.begin(), all.end(), [&](const Command& c) { return c.name == name; });
}

Result<app::FigureRecipe> readRecipe(const std::string& file)
{
    const Result<std::string> text = readText(file);
    if (!text)
        return text.error();
    return app::recipeFromJson(*text, file);
}

/// The words that draw a recipe's figure again, read.
Result<Arguments> argumentsOf(const app::FigureRecipe& recipe, const std::string& file, const std::string& output)
{
    const fs::path folder = fs::path(file).parent_path();
    std::vector<std::string> words;
    for (const app::RecipeRun& run : recipe.runs)
        words.push_back(pathFrom(folder, run.path));
    words.insert(words.end(), recipe.options.begin(), recipe.options.end());
    words.push_back("--output=" + output);
    Result<Arguments> arguments = Arguments::parse(words, optionsOf(commandNamed(recipe.command)));
    if (!arguments)
        return dataError("Cannot remake the figure: " + arguments.error().message + ": " + file, file);
    return arguments;
}

} // namespace

Result<void> writeRecipe(const Arguments& arguments, const app::FigureRequest& request, const DrawnFigure& figure)
{
    const auto file = arguments.value("--recipe");
    return file ? writeRecipeTo(*file, arguments, request, figure) : Result<void>();
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
    const Result<app::FigureRecipe> recipe = readRecipe(file);
    if (!recipe)
        return recipe.error();
    const fs::path folder = fs::path(file).parent_path();
    const Result<Arguments> remade =
        argumentsOf(*recipe, file, arguments.valueOr("--output", pathFrom(folder, recipe->output)));
    if (!remade)
        return remade.error();
    for (std::size_t i = 0; i < recipe->runs.size() && !arguments.has("--accept-changed"); ++i)
        if (Result<void> same = checkUnchanged(recipe->runs[i], *remade, remade->positionals()[i]); !same)
            return same.error();
    return commandNamed(recipe->command).run(*remade, console);
}

} // namespace nc::cli

namespace nc::app
{

using namespace cli;

Result<void> writeRecipeOf(const std::vector<std::string>& words, const std::string& file, const std::string& caption)
{
    std::error_code ignored;
    if (fs::exists(file, ignored) && !readRecipe(file))
        return dataError("Cannot write the recipe: what stands at its place is no recipe: " + file, file);
    const Result<Arguments> arguments =
        Arguments::parse(std::span(words).subspan(1), optionsOf(commandNamed(words.front())));
    if (!arguments)
        return arguments.error();
    std::vector<app::OpenRun> runs;
    Result<app::OpenRun> run = openRun(*arguments, arguments->positionals()[0]);
    if (!run)
        return run.error();
    runs.push_back(std::move(*run));
    const Result<app::FigureRequest> request = readFigureRequest(*arguments, runs.front().reader);
    if (!request)
        return request.error();
    const auto epochs = app::selectEpochs(arguments->valueOr("--epoch", "last"), runs.front().reader);
    if (!epochs)
        return epochs.error();
    return writeRecipeTo(file, *arguments, *request, {words.front(), &runs, *epochs, false, caption});
}

Result<OpenedRecipe> openRecipe(const std::string& file)
{
    const Result<app::FigureRecipe> recipe = readRecipe(file);
    if (!recipe)
        return recipe.error();
    OpenedRecipe opened;
    opened.output = fs::absolute(pathFrom(fs::path(file).parent_path(), recipe->output)).string();
    const Result<Arguments> arguments = argumentsOf(*recipe, file, opened.output);
    if (!arguments)
        return arguments.error();
    const std::string view = arguments->valueOr("--view", "");
    constexpr std::string_view many[] = {"matrix", "curves", "reliability", "residuals", "lambda"};
    if (recipe->command != "render" || std::find(std::begin(many), std::end(many), view) != std::end(many))
        return usageError("It is the recipe of " +
                          std::string(recipe->command == "grid" ? "a grid"
                                      : view == "matrix"        ? "a matrix"
                                                                : "a plot") +
                          ", not of one view; ncscope render draws it: " + file);
    if (const Result<void> same = checkUnchanged(recipe->runs.front(), *arguments, arguments->positionals()[0]);
        !same) {
        if (same.error().dataset.empty())
            return same.error();
        opened.changed = "Dataset '" + same.error().dataset + "' is another than when the recipe was written.";
    }
    const Result<app::OpenRun> run = openRun(*arguments, arguments->positionals()[0]);
    if (!run)
        return run.error();
    Result<app::FigureRequest> request = readFigureRequest(*arguments, run->reader);
    if (!request)
        return request.error();
    const auto epochs = app::selectEpochs(arguments->valueOr("--epoch", "last"), run->reader);
    if (!epochs)
        return epochs.error();
    Result<app::PanelContent> panel = app::figurePanel(*run, epochs->front(), *request);
    if (!panel)
        return panel.error();
    opened.run = fs::absolute(run->reader.path()).string();
    opened.name = run->name();
    opened.epoch = epochs->front();
    opened.request = std::move(*request);
    opened.preset = arguments->valueOr("--preset", "");
    opened.panel = std::make_shared<const app::PanelContent>(std::move(*panel));
    return opened;
}

} // namespace nc::app

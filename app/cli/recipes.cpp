#include "app/cli/recipes.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/figure_caption.h"
#include "app/figure_recipe.h"
#include "app/text.h"
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
std::vector<std::string> resolvedOptions(const Arguments& arguments, const FigureOrder& order,
                                         std::optional<std::int64_t> basisEpoch)
{
    const std::string epochOption = order.command == "grid" ? "--epochs" : "--epoch";
    std::vector<std::string> words =
        arguments.typed({"--output", "--recipe", "--json", "--quiet", "--verbose", "--threads", "--color", "--follow",
                         epochOption, "--basis-epoch"});
    words.push_back(epochOption + "=" + joined(order.epochs.front()));
    words.push_back("--basis-epoch=" + (basisEpoch ? std::to_string(*basisEpoch) : "same"));
    return words;
}

Result<app::DataRead> dataOf(const app::OpenRun& run, const FigureOrder& order, std::optional<std::int64_t> basisEpoch)
{
    const app::FigureRequest& request = order.request;
    app::DataRead read;
    read.layer = request.view.layer;
    std::vector<std::string> splits;
    if (const auto split = app::selectSplit(request.view.split, SplitKind::Mix, run.summary); split)
        splits.push_back(split->name);
    else
        return split.error();
    const io::SplitInfo* clean = run.summary.firstSplit(SplitKind::Clean);
    if (order.plot() && clean && clean->name != splits[0])
        splits.push_back(clean->name);
    for (const std::int64_t epoch : order.epochs.front()) {
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

Result<void> writeRecipeTo(const std::string& file, const Arguments& arguments, const FigureOrder& order,
                           const std::string& caption)
{
    const fs::path folder = fs::absolute(file).parent_path();
    const auto basisEpoch = app::selectBasisEpoch(order.request.basisEpochWords, order.runs.front().reader);
    if (!basisEpoch)
        return basisEpoch.error();
    app::FigureRecipe recipe;
    recipe.command = order.command;
    recipe.options = resolvedOptions(arguments, order, *basisEpoch);
    recipe.output = app::relativeTo(folder, arguments.valueOr("--output", ""));
    recipe.caption = scene::breakable(caption);
    recipe.program = app::versionText().substr(0, app::versionText().find('\n'));
    recipe.latex = app::latexSnippet(recipe.output, caption);
    for (const app::OpenRun& run : order.runs) {
        const Result<app::DataRead> read = dataOf(run, order, *basisEpoch);
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

Result<void> writeRecipe(const Arguments& arguments, const FigureOrder& order, const std::string& caption)
{
    const auto file = arguments.value("--recipe");
    return file ? writeRecipeTo(*file, arguments, order, caption) : Result<void>();
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

namespace
{

Result<Arguments> argumentsOf(const std::vector<std::string>& words)
{
    return Arguments::parse(std::span(words).subspan(1), optionsOf(commandNamed(words.front())));
}

/// Without the options that the export dialog sets.
std::vector<std::string> keptOptions(const Arguments& arguments)
{
    return arguments.typed({"--output", "--preset", "--width", "--size", "--font-size", "--dpi", "--theme",
                            "--transparent", "--vector", "--svg-text", "--point-size", "--color-by", "--show",
                            "--title"});
}

/// "Matrix of triples of mixup", "Grid of 2 runs, mixup and erm, 3 epochs".
std::string titleOf(const FigureOrder& order)
{
    const std::pair<std::string_view, const char*> kinds[] = {{"curves", "Curves over the epochs"},
                                                              {"reliability", "Reliability diagram"},
                                                              {"residuals", "Histogram of residuals"},
                                                              {"lambda", "Position by λ"},
                                                              {"matrix", "Matrix of triples"}};
    const auto kind =
        std::find_if(std::begin(kinds), std::end(kinds), [&](const auto& k) { return k.first == order.view; });
    std::string text = kind != std::end(kinds)   ? kind->second
                       : order.command != "grid" ? ""
                       : order.runs.size() == 1  ? "Film strip"
                                                 : "Grid";
    text += text.empty() ? "" : " of ";
    if (order.runs.size() > 1)
        text += std::to_string(order.runs.size()) + " runs, ";
    text += joinedNames(app::distinctNames(order.runs));
    const std::vector<std::int64_t>& epochs = order.epochs.front();
    return text + (epochs.size() == 1 ? ", epoch " + std::to_string(epochs.front())
                                      : ", " + std::to_string(epochs.size()) + " epochs");
}

/// Which datum of the recipe's runs is another now, as one sentence; empty: none. Errors: those of reading.
Result<std::string> changeOf(const app::FigureRecipe& recipe, const Arguments& arguments)
{
    for (std::size_t i = 0; i < recipe.runs.size(); ++i)
        if (const Result<void> same = checkUnchanged(recipe.runs[i], arguments, arguments.positionals()[i]); !same) {
            if (same.error().dataset.empty())
                return same.error();
            return "Dataset '" + same.error().dataset + "' is another than when the recipe was written.";
        }
    return std::string();
}

} // namespace

Result<void> writeRecipeOf(const std::vector<std::string>& words, const std::string& file, const std::string& caption)
{
    std::error_code ignored;
    if (fs::exists(file, ignored) && !readRecipe(file))
        return dataError("Cannot write the recipe: what stands at its place is no recipe: " + file, file);
    std::vector<std::string> whole = words;
    whole.push_back("--recipe=" + file);
    const Result<Arguments> arguments = argumentsOf(whole);
    if (!arguments)
        return arguments.error();
    const Result<FigureOrder> order = readFigureOrder(words.front(), *arguments);
    return order ? writeRecipeTo(file, *arguments, *order, caption) : order.error();
}

Result<scene::Figure> figureOfWords(const std::vector<std::string>& words)
{
    const Result<Arguments> arguments = argumentsOf(words);
    if (!arguments)
        return arguments.error();
    const Result<FigureOrder> order = readFigureOrder(words.front(), *arguments);
    if (!order)
        return order.error();
    return buildOrder(*order);
}

Result<OpenedRecipe> openRecipe(const std::string& file)
{
    const Result<app::FigureRecipe> recipe = readRecipe(file);
    if (!recipe)
        return recipe.error();
    OpenedRecipe opened;
    opened.output = fs::absolute(pathFrom(fs::path(file).parent_path(), recipe->output)).string();
    const Result<Arguments> arguments = cli::argumentsOf(*recipe, file, opened.output);
    if (!arguments)
        return arguments.error();
    Result<std::string> changed = changeOf(*recipe, *arguments);
    if (!changed)
        return changed.error();
    Result<FigureOrder> order = readFigureOrder(recipe->command, *arguments);
    if (!order)
        return order.error();
    if (order->single()) {
        Result<app::PanelContent> panel =
            app::figurePanel(order->runs.front(), order->epochs.front().front(), order->request);
        if (!panel)
            return panel.error();
        opened.panel = std::make_shared<const app::PanelContent>(std::move(*panel));
    }
    opened.changed = std::move(*changed);
    opened.title = titleOf(*order);
    opened.epoch = order->epochs.front().front();
    opened.plot = order->plot();
    opened.preset = arguments->valueOr("--preset", "");
    opened.kept = keptOptions(*arguments);
    opened.words.push_back(recipe->command);
    for (const app::OpenRun& run : order->runs)
        opened.words.push_back(fs::absolute(run.reader.path()).string());
    opened.words.insert(opened.words.end(), opened.kept.begin(), opened.kept.end());
    opened.request = std::move(order->request);
    return opened;
}

} // namespace nc::app

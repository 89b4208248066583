#include "app/figure_recipe.h"

#include <nlohmann/json.hpp>

namespace nc::app
{
namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int recipeVersion = 1;

Json runJson(const RecipeRun& run)
{
    Json rows = Json::array();
    for (const auto& [epoch, split] : run.read.rows)
        rows.push_back({{"epoch", epoch}, {"split", split}});
    return {{"path", run.path},
            {"layer", run.read.layer},
            {"rows", rows},
            {"classifiers", run.read.classifiers},
            {"xxh64", run.hashes}};
}

RecipeRun runFromJson(const Json& json)
{
    RecipeRun run;
    run.path = json.at("path").get<std::string>();
    run.read.layer = json.at("layer").get<std::string>();
    for (const Json& row : json.at("rows"))
        run.read.rows.emplace(row.at("epoch").get<std::int64_t>(), row.at("split").get<std::string>());
    run.read.classifiers = json.at("classifiers").get<std::set<std::int64_t>>();
    run.hashes = json.at("xxh64").get<DataHashes>();
    return run;
}

} // namespace

std::string relativeTo(const fs::path& folder, const fs::path& path)
{
    std::error_code code;
    const fs::path whole = fs::weakly_canonical(path, code);
    if (code)
        return path.string();
    const fs::path relative = fs::relative(whole, folder.empty() ? fs::path(".") : folder, code);
    return code || relative.empty() ? whole.string() : relative.string();
}

std::string toJson(const FigureRecipe& recipe)
{
    Json runs = Json::array();
    for (const RecipeRun& run : recipe.runs)
        runs.push_back(runJson(run));
    const Json json{{"ncscope_recipe", recipeVersion}, {"program", recipe.program}, {"command", recipe.command},
                    {"options", recipe.options},       {"output", recipe.output},   {"runs", runs},
                    {"caption", recipe.caption},       {"latex", recipe.latex}};
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<FigureRecipe> recipeFromJson(const std::string& text, const std::string& file)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("ncscope_recipe") || !json["ncscope_recipe"].is_number_integer())
        return dataError("Cannot read the recipe: no JSON with the key ncscope_recipe: " + file, file);
    if (json["ncscope_recipe"].get<int>() > recipeVersion)
        return dataError("Cannot read the recipe: its version is " + json["ncscope_recipe"].dump() +
                             ", this program reads up to " + std::to_string(recipeVersion) + ": " + file,
                         file);
    try {
        FigureRecipe recipe;
        recipe.program = json.at("program").get<std::string>();
        recipe.command = json.at("command").get<std::string>();
        recipe.options = json.at("options").get<std::vector<std::string>>();
        recipe.output = json.at("output").get<std::string>();
        for (const Json& run : json.at("runs"))
            recipe.runs.push_back(runFromJson(run));
        recipe.caption = json.value("caption", std::string());
        recipe.latex = json.value("latex", std::string());
        if (recipe.runs.empty() || (recipe.command != "render" && recipe.command != "grid"))
            return dataError("Cannot read the recipe: it names no run or no known command: " + file, file);
        return recipe;
    } catch (const Json::exception&) {
        return dataError("Cannot read the recipe: a key is missing or of the wrong kind: " + file, file);
    }
}

bool isRecipeFile(const std::string& path)
{
    std::error_code ignored;
    return fs::path(path).extension() == ".json" && fs::is_regular_file(path, ignored);
}

std::string latexSnippet(const std::string& output, const std::string& caption)
{
    std::string escaped;
    for (const char c : caption) {
        if (std::string_view("&%$#_{}").find(c) != std::string_view::npos)
            escaped += '\\';
        escaped += c;
    }
    // Greek and operators that the captions use; the rest of UTF-8 is LaTeX's own since 2018.
    for (const auto& [symbol, command] : {std::pair<std::string_view, std::string_view>{"λ", "$\\lambda$"},
                                          {"β", "$\\beta$"},
                                          {"κ", "$\\kappa$"},
                                          {"−", "$-$"},
                                          {"≤", "$\\le$"},
                                          {"≥", "$\\ge$"},
                                          {"×", "$\\times$"},
                                          {"±", "$\\pm$"},
                                          {"√", "$\\surd$"},
                                          {"μ", "$\\mu$"},
                                          {"\u00a0", "~"}})
        for (std::size_t at = escaped.find(symbol); at != std::string::npos; at = escaped.find(symbol, at))
            escaped.replace(at, symbol.size(), command);
    return "\\begin{figure}\n  \\centering\n  \\includegraphics{" + fs::path(output).filename().string() +
           "}\n  \\caption{" + escaped + "}\n\\end{figure}\n";
}

} // namespace nc::app

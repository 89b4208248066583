#include <cmath>
#include <filesystem>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/figure_options.h"
#include "app/cli/follow.h"
#include "app/cli/recipes.h"
#include "app/cli/run_argument.h"
#include "app/figure_caption.h"
#include "app/figure_output.h"
#include "app/figure_recipe.h"
#include "app/offscreen.h"
#include "app/plots/plot_builder.h"
#include "app/text.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/gltf_writer.h"
#include "viz/scene/html_writer.h"

namespace nc::cli
{

namespace
{

constexpr Option outputOption{"--output", "FILE.pdf|.svg|.png",
                              "the figure; render also writes .glb and .html (epochs animated) and .csv, .npy, .h5",
                              "-o"};

constexpr auto renderOptions =
    joined(std::array{outputOption, Option{"--epoch", "N", "a number, first or last (default: last)"}}, pictureOptions,
           paperOptions, std::array{followOption, recipeOption, acceptChangedOption});
constexpr auto gridOptions = joined(
    std::array{outputOption, Option{"--epochs", "N,N,…", "as --epoch of metrics (default: six from first to last)"},
               Option{"--columns", "N", "panels a row"},
               Option{"--scale", "auto|shared|row",
                      "of several runs over several epochs: one for all, or as large as each row allows "
                      "(default: one unless it would make a row tiny)"},
               Option{"--link-basis", "", "one basis for all epochs, that of --basis-epoch (the default)"}},
    pictureOptions, paperOptions, std::array{followOption, recipeOption});

Result<app::FigureFormat> readFormat(const Arguments& arguments, std::string_view command)
{
    const auto output = arguments.value("--output");
    if (!output)
        return usageError("ncscope " + std::string(command) + " needs -o FILE.pdf, .svg or .png");
    if (Result<void> writable = app::checkWritable(*output); !writable)
        return writable.error();
    if (const auto format = app::figureFormatOf(*output))
        return *format;
    return usageError("-o does not take the ending '" + std::filesystem::path(*output).extension().string() +
                      "', it takes .pdf, .svg or .png");
}

Result<std::vector<app::OpenRun>> openRuns(const Arguments& arguments)
{
    std::vector<app::OpenRun> runs;
    for (const std::string& path : arguments.positionals()) {
        Result<app::OpenRun> run = openRun(arguments, path);
        if (!run)
            return run.error();
        runs.push_back(std::move(*run));
    }
    return runs;
}

Result<int> paintTo(const scene::Figure& figure, app::FigureFormat format, const std::string& output, Console& console)
{
    const app::OffscreenGraphics graphics;
    const Result<QByteArray> bytes = app::paintFigure(figure, format, console.threads);
    if (!bytes)
        return bytes.error();
    const std::string_view view(bytes->constData(), static_cast<std::size_t>(bytes->size()));
    if (Result<void> written = app::writeFileAtomically(output, view); !written)
        return written.error();
    Index points = 0;
    for (const scene::FigurePanel& panel : figure.panels)
        points += panel.scene.cloud.size();
    for (const scene::Plot& plot : figure.plots)
        for (const scene::PlotDots& dots : plot.dots)
            points += static_cast<Index>(dots.at.size());
    if (console.json) {
        const Result<QSizeF> size = scene::pageSize(figure);
        console.printJson(Json{{"file", output},
                               {"bytes", bytes->size()},
                               {"width_in", size ? Json(size->width() / 72) : Json()},
                               {"height_in", size ? Json(size->height() / 72) : Json()},
                               {"panels", figure.panels.size() + figure.plots.size()},
                               {"points", points},
                               {"caption", scene::breakable(figure.caption.plain())}});
    } else
        console.note("wrote " + output + ": " + (points > 0 ? app::groupedNumber(points) + " points, " : "") +
                     app::byteSize(static_cast<std::uintmax_t>(bytes->size())));
    return 0;
}

/// Whether a view is drawn from figures of clean and mix split.
bool isPlot(const std::string& view)
{
    return view == "curves" || view == "reliability" || view == "residuals" || view == "lambda";
}

/// Plots of what stands in `targets`; nothing where the view is one of scenes.
Result<std::optional<scene::Figure>> plotFigure(const std::string& view, const std::vector<app::PlotTarget>& targets,
                                                const app::FigureRequest& request)
{
    using Figure = std::optional<scene::Figure>;
    const auto whole = [](Result<scene::Figure> figure) -> Result<Figure> {
        if (!figure)
            return figure.error();
        return Figure(std::move(*figure));
    };
    if (view == "reliability")
        return whole(app::buildReliability(targets, request));
    if (view == "residuals")
        return whole(app::buildResiduals(targets, request));
    if (view == "lambda")
        return whole(app::buildLambda(targets, request));
    return Figure();
}

/// Paints and writes the figure, and the recipe where one is asked for.
Result<int> deliver(const Result<scene::Figure>& figure, app::FigureFormat format, const Arguments& arguments,
                    const app::FigureRequest& request, DrawnFigure drawn, Console& console)
{
    if (!figure)
        return figure.error();
    const Result<int> code = paintTo(*figure, format, arguments.valueOr("--output", ""), console);
    if (!code)
        return code;
    drawn.caption = figure->caption.plain();
    if (Result<void> written = writeRecipe(arguments, request, drawn); !written)
        return written.error();
    return code;
}

/// Every epoch's scene in the bytes of a .glb or .html.
QByteArray sceneBytes(const std::vector<app::PanelContent>& panels, const app::OpenRun& run,
                      const app::FigureRequest& request, bool html)
{
    std::vector<const scene::SceneModel*> scenes;
    std::vector<std::string> names;
    for (const app::PanelContent& panel : panels) {
        scenes.push_back(&panel.scene);
        names.push_back("epoch " + std::to_string(panel.epoch));
    }
    if (!html)
        return scene::glbBytes(scenes);
    const std::string caption =
        request.caption ? app::panelCaption(panels.back(), panels.back().epoch).plain() : std::string();
    return scene::htmlBytes(scenes, names, request.title.empty() ? run.name() : request.title, caption,
                            request.page.theme);
}

/// The scene as .glb or as a page that turns; several epochs become one animated cloud.
Result<int> renderScene(const Arguments& arguments, Console& console, bool html)
{
    const std::string output = arguments.valueOr("--output", "");
    if (arguments.has("--recipe"))
        return usageError("--recipe goes with figures: .pdf, .svg and .png");
    if (Result<void> writable = app::checkWritable(output); !writable)
        return writable.error();
    const Result<app::OpenRun> run = openRun(arguments, arguments.positionals()[0]);
    if (!run)
        return run.error();
    const Result<app::FigureRequest> request = readFigureRequest(arguments, run->reader);
    if (!request)
        return request.error();
    if (const std::string view = arguments.valueOr("--view", ""); view == "matrix" || isPlot(view))
        return usageError("--view " + view + " is no scene: -o takes .pdf, .svg or .png for it");
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", html ? "all" : "last"), run->reader);
    if (!epochs)
        return epochs.error();
    std::vector<app::PanelContent> panels;
    for (const std::int64_t epoch : *epochs) {
        Result<app::PanelContent> panel = app::figurePanel(*run, epoch, *request);
        if (!panel)
            return panel.error();
        panels.push_back(std::move(*panel));
    }
    app::shareScales(panels);
    const QByteArray bytes = sceneBytes(panels, *run, *request, html);
    if (Result<void> written = app::writeFileAtomically(
            output, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        !written)
        return written.error();
    if (console.json)
        console.printJson(Json{{"file", output},
                               {"bytes", bytes.size()},
                               {"points", panels.back().scene.cloud.size()},
                               {"epochs", *epochs}});
    else
        console.note("wrote " + output + ": " + app::groupedNumber(panels.back().scene.cloud.size()) + " points, " +
                     std::to_string(panels.size()) + (panels.size() == 1 ? " epoch" : " epochs"));
    return 0;
}

/// The shown coordinates as a table: what `ncscope project` writes for the same view.
Result<int> renderTable(const Arguments& arguments, Console& console)
{
    std::vector<std::string> words = arguments.positionals();
    for (const char* option : {"--classes", "--output", "--split", "--layer", "--basis"})
        if (const auto value = arguments.value(option))
            words.push_back(option + ("=" + *value));
    if (arguments.valueOr("--view", "") == "kgon")
        words.emplace_back("--basis=kgon");
    words.push_back("--epoch=" + arguments.valueOr("--epoch", "last"));
    words.push_back("--basis-epoch=" + arguments.valueOr("--basis-epoch", "last"));
    const Result<Arguments> asked = Arguments::parse(words, projectCommand.options);
    return asked ? projectCommand.run(*asked, console) : asked.error();
}

Result<int> renderOnce(const Arguments& arguments, Console& console)
{
    const std::string ending = std::filesystem::path(arguments.valueOr("--output", "")).extension().string();
    if (ending == ".glb" || ending == ".html")
        return renderScene(arguments, console, ending == ".html");
    if (ending == ".csv" || ending == ".npy" || ending == ".h5")
        return renderTable(arguments, console);
    const Result<app::FigureFormat> format = readFormat(arguments, "render");
    if (!format)
        return format.error();
    Result<std::vector<app::OpenRun>> runs = openRuns(arguments);
    if (!runs)
        return runs.error();
    const app::OpenRun& run = runs->front();
    const Result<app::FigureRequest> request = readFigureRequest(arguments, run.reader);
    if (!request)
        return request.error();
    const std::string view = arguments.valueOr("--view", "");
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", view == "curves" ? "all" : "last"), run.reader);
    if (!epochs)
        return epochs.error();
    const DrawnFigure drawn{"render", &*runs, *epochs, isPlot(view), {}};
    if (view == "curves")
        return deliver(app::buildCurves(*runs, arguments.valueOr("--epoch", "all"), *request), *format, arguments,
                       *request, drawn, console);
    if (epochs->size() != 1)
        return usageError("--epoch takes one epoch here, ncscope grid draws several");
    const auto plots = plotFigure(view, {{&run, epochs->front(), {}}}, *request);
    if (!plots)
        return plots.error();
    if (*plots)
        return deliver(**plots, *format, arguments, *request, drawn, console);
    return deliver(view == "matrix" ? app::buildMatrix(run, epochs->front(), 0, *request)
                                    : app::buildFigure(run, epochs->front(), *request),
                   *format, arguments, *request, drawn, console);
}

/// The epochs that a grid shows of each run: the same of all, or each one's own first or last.
Result<std::vector<std::vector<std::int64_t>>> gridEpochs(const Arguments& arguments,
                                                          const std::vector<app::OpenRun>& runs)
{
    std::vector<std::vector<std::int64_t>> epochs;
    const auto words = arguments.value("--epochs");
    for (const app::OpenRun& run : runs) { // a missing epoch is told before anything is read
        if (words) {
            const auto chosen = app::selectEpochs(*words, run.reader);
            if (!chosen)
                return chosen.error();
            epochs.push_back(*chosen);
        } else {
            epochs.push_back(epochs.empty() ? app::filmStripEpochs(run.reader.epochs(), 6) : epochs.front());
        }
        if (epochs.back().empty())
            return dataError("the run holds no epochs: " + run.reader.path().string());
    }
    return epochs;
}

/// Of a grid of scenes, whose columns are epochs.
Result<std::vector<std::int64_t>> commonEpochs(const std::vector<std::vector<std::int64_t>>& epochs,
                                               const std::vector<app::OpenRun>& runs)
{
    for (std::size_t r = 1; r < epochs.size(); ++r)
        if (epochs[r] != epochs.front())
            return dataError(
                "The runs do not hold the same of the wanted epochs, name some that all hold with --epochs: " +
                runs[r].reader.path().string());
    return epochs.front();
}

/// Runs x epochs as plots, each named by what tells it from the others.
std::vector<app::PlotTarget> gridTargets(const std::vector<app::OpenRun>& runs,
                                         const std::vector<std::vector<std::int64_t>>& epochs)
{
    const std::vector<std::string> names = app::distinctNames(runs);
    std::vector<app::PlotTarget> targets;
    for (std::size_t r = 0; r < runs.size(); ++r)
        for (const std::int64_t epoch : epochs[r]) {
            const std::string number = "epoch " + std::to_string(epoch);
            const bool several = runs.size() > 1;
            targets.push_back({&runs[r], epoch,
                               !several               ? number
                               : epochs[r].size() > 1 ? names[r] + ", " + number
                                                      : names[r]});
        }
    return targets;
}

Result<int> gridOnce(const Arguments& arguments, Console& console)
{
    const Result<app::FigureFormat> format = readFormat(arguments, "grid");
    if (!format)
        return format.error();
    if (arguments.has("--link-basis") && arguments.valueOr("--basis-epoch", "last") == "same")
        return usageError("--link-basis and --basis-epoch same exclude each other");
    const Result<std::vector<app::OpenRun>> runs = openRuns(arguments);
    if (!runs)
        return runs.error();
    Result<app::FigureRequest> request = readFigureRequest(arguments, runs->front().reader);
    if (!request)
        return request.error();
    if (const std::string scale = arguments.valueOr("--scale", "auto"); scale != "auto")
        request->rowScales = scale == "row";
    const Result<std::int64_t> columns = arguments.integer("--columns", 0, 1, 100);
    if (!columns)
        return columns.error();
    const std::string view = arguments.valueOr("--view", "");
    if (view == "curves") {
        const auto all = app::selectEpochs(arguments.valueOr("--epochs", "all"), runs->front().reader);
        if (!all)
            return all.error();
        return deliver(app::buildCurves(*runs, arguments.valueOr("--epochs", "all"), *request), *format, arguments,
                       *request, {"grid", &*runs, *all, true, {}}, console);
    }
    if (view == "matrix")
        return usageError("--view matrix is a figure of one epoch: ncscope render draws it");
    const auto each = gridEpochs(arguments, *runs);
    if (!each)
        return each.error();
    const auto epochs = commonEpochs(*each, *runs); // recipes, too, name epochs once for all runs
    if (!epochs && (!isPlot(view) || arguments.has("--recipe")))
        return epochs.error();
    const DrawnFigure drawn{"grid", &*runs, each->front(), isPlot(view), {}};
    const auto plots = plotFigure(view, gridTargets(*runs, *each), *request);
    if (!plots)
        return plots.error();
    if (*plots)
        return deliver(**plots, *format, arguments, *request, drawn, console);
    return deliver(app::buildGrid(*runs, *epochs, static_cast<int>(*columns), *request), *format, arguments, *request,
                   drawn, console);
}

Result<int> runRender(const Arguments& arguments, Console& console)
{
    if (app::isRecipeFile(arguments.positionals()[0]))
        return renderRecipe(arguments, console);
    return drawAndFollow(arguments, console, renderOnce);
}

Result<int> runGrid(const Arguments& arguments, Console& console)
{
    return drawAndFollow(arguments, console, gridOnce);
}

} // namespace

const Command renderCommand{"render",
                            "PATH",
                            1,
                            1,
                            "One figure of one epoch, as PDF, SVG or PNG; or the figure of a recipe again.",
                            renderOptions,
                            "  ncscope render runs/mixup --preset iclr -o figure.pdf\n"
                            "  ncscope render runs/mixup --epoch 16 --theme dark --size 1280x720 -o slide.png",
                            runRender,
                            true};
const Command gridCommand{"grid",
                          "PATH…",
                          1,
                          64,
                          "A film strip of one run, or a row a run of several.",
                          gridOptions,
                          "  ncscope grid runs/mixup --epochs 0,2,8,24 -o strip.pdf\n"
                          "  ncscope grid runs/mixup runs/erm -o contrast.png",
                          runGrid,
                          true};

} // namespace nc::cli

#include <filesystem>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/figure_options.h"
#include "app/cli/figure_order.h"
#include "app/cli/follow.h"
#include "app/cli/recipes.h"
#include "app/cli/run_argument.h"
#include "app/figure_caption.h"
#include "app/figure_output.h"
#include "app/figure_recipe.h"
#include "app/offscreen.h"
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

Result<int> paintTo(const scene::Figure& figure, app::FigureFormat format, const std::string& output, Console& console)
{
    const app::OffscreenGraphics graphics;
    const Result<QByteArray> bytes = app::paintFigure(figure, format, console.threads);
    if (!bytes)
        return bytes.error();
    const std::string_view view(bytes->constData(), static_cast<std::size_t>(bytes->size()));
    if (Result<void> written = app::writeFileAtomically(output, view); !written)
        return written.error();
    const Index points = app::pointsOf(figure);
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

/// Builds, paints and writes the figure of the command, and the recipe where one is asked for.
Result<int> drawFigure(std::string_view command, const Arguments& arguments, Console& console)
{
    const Result<app::FigureFormat> format = readFormat(arguments, command);
    if (!format)
        return format.error();
    const Result<FigureOrder> order = readFigureOrder(command, arguments);
    if (!order)
        return order.error();
    const Result<scene::Figure> figure = buildOrder(*order);
    if (!figure)
        return figure.error();
    const Result<int> code = paintTo(*figure, *format, arguments.valueOr("--output", ""), console);
    if (!code)
        return code;
    if (Result<void> written = writeRecipe(arguments, *order, figure->caption.plain()); !written)
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
    if (arguments.valueOr("--view", "") == "tour")
        words.insert(words.end(), {"--tour=" + arguments.valueOr("--tour", "0"),
                                   "--tour-seed=" + arguments.valueOr("--tour-seed", "1")});
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
    return drawFigure("render", arguments, console);
}

Result<int> gridOnce(const Arguments& arguments, Console& console)
{
    return drawFigure("grid", arguments, console);
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

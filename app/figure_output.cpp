#include "app/figure_output.h"

#include <cmath>

#include "app/text.h"
#include "viz/scene/figure_painter.h"

namespace nc::app
{

namespace
{

/// A length that reads back as exactly so many points, in inches or millimetres where four digits do.
std::string lengthWords(double points)
{
    const std::pair<const char*, double> units[] = {{"in", 72}, {"mm", 72 / 25.4}};
    for (const auto& [name, unit] : units) {
        const double rounded = std::round(points / unit * 1e4) / 1e4;
        if (rounded * unit == points)
            return exactNumber(rounded) + name;
    }
    return exactNumber(points) + "pt";
}

void addPageWords(std::vector<std::string>& words, const scene::Page& page, const std::string& preset)
{
    if (!preset.empty())
        words.insert(words.end(), {"--preset", preset});
    const scene::Page base = scene::pagePreset(preset).value_or(scene::Page());
    const bool pixels = page.heightPt > 0 && (page.widthPt != base.widthPt || page.heightPt != base.heightPt);
    if (pixels)
        words.insert(words.end(), {"--size", std::to_string(std::lround(page.widthPt * page.dpi / 72)) + "x" +
                                                 std::to_string(std::lround(page.heightPt * page.dpi / 72))});
    else if (page.widthPt != base.widthPt)
        words.insert(words.end(), {"--width", lengthWords(page.widthPt)});
    if (page.fontSizePt != base.fontSizePt)
        words.insert(words.end(), {"--font-size", exactNumber(page.fontSizePt)});
    if (page.dpi != (pixels ? 144 : base.dpi))
        words.insert(words.end(), {"--dpi", exactNumber(page.dpi)});
    if (page.theme == scene::ThemeMode::Dark)
        words.insert(words.end(), {"--theme", "dark"});
    if (page.transparent)
        words.emplace_back("--transparent");
    if (page.vector != scene::VectorMode::Auto)
        words.insert(words.end(), {"--vector", page.vector == scene::VectorMode::Always ? "always" : "never"});
    if (page.svgTextAsText)
        words.insert(words.end(), {"--svg-text", "text"});
    if (page.pointDiameterPt > 0)
        words.insert(words.end(), {"--point-size", exactNumber(page.pointDiameterPt)});
}

/// Changes to the default layers, e.g. "+regions,-legend"; empty where there are none.
std::string showWords(const FigureRequest& request)
{
    std::string added, removed;
    scene::Layers usual;
    usual.set(scene::Layer::Axes, request.third.has_value());
    const auto change = [&](std::string_view name, bool on, bool asUsual) {
        if (on && !asUsual)
            added += (added.empty() ? "+" : ",+") + std::string(name);
        if (!on && asUsual)
            removed += (removed.empty() ? "-" : ",-") + std::string(name);
    };
    for (const scene::Layer layer : scene::allLayers) {
        if (layer == scene::Layer::Cloud)
            continue;
        const bool asked = layer == scene::Layer::Theory && request.theoryAskedFor;
        change(scene::layerName(layer), request.layers.has(layer), usual.has(layer) && !asked);
    }
    change("caption", request.caption, true);
    return added.empty() || removed.empty() ? added + removed : added + "," + removed;
}

} // namespace

std::string_view figureEnding(FigureFormat format)
{
    constexpr std::string_view endings[] = {"pdf", "svg", "png"};
    return endings[static_cast<int>(format)];
}

std::optional<FigureFormat> figureFormatOf(const std::filesystem::path& path)
{
    const std::string ending = path.extension().string();
    for (FigureFormat format : {FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Png})
        if (ending == "." + std::string(figureEnding(format)))
            return format;
    return std::nullopt;
}

Result<QByteArray> paintFigure(const scene::Figure& figure, FigureFormat format, int threads)
{
    switch (format) {
    case FigureFormat::Pdf:
        return scene::paintPdf(figure, threads);
    case FigureFormat::Svg:
        return scene::paintSvg(figure, threads);
    case FigureFormat::Png:
        break;
    }
    return scene::paintPng(figure, threads);
}

Index pointsOf(const scene::Figure& figure)
{
    Index points = 0;
    for (const scene::FigurePanel& panel : figure.panels)
        points += panel.scene.cloud.size();
    for (const scene::Plot& plot : figure.plots)
        for (const scene::PlotDots& dots : plot.dots)
            points += static_cast<Index>(dots.at.size());
    return points;
}

std::string_view viewShapeName(ViewShape shape)
{
    constexpr std::string_view names[] = {"plane", "tetra", "kgon", "tour"};
    return names[static_cast<int>(shape)];
}

std::vector<std::string> lookWords(const FigureRequest& request, const std::string& preset, const std::string& output)
{
    std::vector<std::string> words;
    if (request.colorBy != scene::ColorBy::KindLambda)
        words = {"--color-by", std::string(scene::colorByName(request.colorBy))};
    if (const std::string show = showWords(request); !show.empty())
        words.insert(words.end(), {"--show", show});
    addPageWords(words, request.page, preset);
    if (!request.title.empty())
        words.insert(words.end(), {"--title", request.title});
    words.insert(words.end(), {"-o", output});
    return words;
}

std::vector<std::string> renderWords(const std::string& run, std::int64_t epoch, const FigureRequest& request,
                                     const std::string& preset, const std::string& output)
{
    std::vector<std::string> words{"render", run, "--epoch", std::to_string(epoch)};
    const auto add = [&words](const char* option, const std::string& value) {
        words.insert(words.end(), {option, value});
    };
    if (!request.view.classes.empty()) {
        std::string classes;
        for (Index k : request.view.classes)
            classes += (classes.empty() ? "" : ",") + std::to_string(k);
        add("--classes", classes);
    }
    if (!request.view.split.empty())
        add("--split", request.view.split);
    if (request.view.layer != "penultimate")
        add("--layer", request.view.layer);
    if (request.shape)
        add("--view", std::string(viewShapeName(*request.shape)));
    if (request.third)
        add("--third", std::string(scene::thirdName(*request.third)));
    if (request.view.basis)
        add("--basis", std::string(basisName(*request.view.basis)));
    if (request.basisEpochWords != "last")
        add("--basis-epoch", request.basisEpochWords);
    if (const auto& camera = request.camera; camera && (request.third || *camera != scene::Camera()))
        add("--camera", exactNumber(camera->azimuthDeg) + "," + exactNumber(camera->elevationDeg) + "," +
                            exactNumber(camera->zoom));
    if (request.shape == ViewShape::Tour && request.tour) {
        const TourPlace start;
        if (request.tour->distance != start.distance)
            add("--tour", exactNumber(request.tour->distance));
        if (request.tour->seed != start.seed)
            add("--tour-seed", std::to_string(request.tour->seed));
    }
    if (request.perspective)
        add("--projection", "perspective");
    const std::vector<std::string> looks = lookWords(request, preset, output);
    words.insert(words.end(), looks.begin(), looks.end());
    return words;
}

std::string shellLine(const std::vector<std::string>& words)
{
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
    std::string line;
    for (const std::string& word : words) {
        if (!line.empty())
            line += ' ';
        if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) {
            line += word;
            continue;
        }
        line += '\'';
        for (char c : word)
            line += c == '\'' ? std::string("'\\''") : std::string(1, c);
        line += '\'';
    }
    return line;
}

} // namespace nc::app

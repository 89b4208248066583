#include "app/figure_builder.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "app/figure_caption.h"
#include "app/text.h"
#include "app/third_axis.h"
#include "app/view_reasons.h"
#include "viz/scene/eye.h"

namespace nc::app
{

namespace
{

/// How far the cloud reaches, 99 of 100 points, and the longest arrow; both as drawn but for classifierLength.
std::pair<double, double> reachOf(const scene::SceneModel& model)
{
    std::vector<float> radii;
    for (Index r = 0; r < model.cloud.size(); ++r)
        radii.push_back(model.cloud.positions.row(r).head(model.flatDims()).norm());
    double cloud = 0, arrow = 0;
    if (!radii.empty()) {
        const auto most = radii.begin() + static_cast<std::ptrdiff_t>(radii.size() * 99 / 100);
        std::nth_element(radii.begin(), most, radii.end());
        cloud = static_cast<double>(*most);
    }
    for (const scene::ClassifierArrow& item : model.classifiers)
        arrow = std::max(arrow, item.tip.norm());
    return {cloud * model.scale, arrow * model.scale};
}

/// All panels' classifiers at the same share of their length, all third axes at one scale, one distance of the eye.
void shareScales(const std::vector<scene::SceneModel*>& scenes, bool perspective)
{
    const double length = classifierLengthFor({scenes.begin(), scenes.end()});
    double radius = 0;
    for (scene::SceneModel* model : scenes)
        model->classifierLength = length;
    shareThirdAxis(scenes);
    for (const scene::SceneModel* model : scenes)
        if (perspective && model->dims == 3)
            radius = std::max(radius, scene::sceneRadius(*model));
    for (scene::SceneModel* model : scenes)
        model->camera.distance = scene::comfortableDistance(radius);
}

void shareScales(scene::Figure& figure, bool perspective)
{
    std::vector<scene::SceneModel*> scenes;
    for (scene::FigurePanel& panel : figure.panels)
        scenes.push_back(&panel.scene);
    shareScales(scenes, perspective);
}

/// Of a run to which the theory comes to apply the legend need not say why it did not at first; of another, once why
/// not.
void keepRunReasons(scene::Figure& figure, std::size_t epochs)
{
    for (std::size_t first = 0; first < figure.panels.size(); first += epochs) {
        const auto begin = figure.panels.begin() + static_cast<std::ptrdiff_t>(first);
        const auto end = begin + static_cast<std::ptrdiff_t>(epochs);
        const bool applies =
            std::any_of(begin, end, [](const scene::FigurePanel& panel) { return panel.scene.theory.has_value(); });
        std::for_each(begin, applies ? end : end - 1,
                      [](scene::FigurePanel& panel) { panel.scene.theoryRefused.clear(); });
    }
}

/// At one scale, a row would fill less than so much of its cells.
constexpr double tinyShare = 0.5;

bool someRowIsTiny(const scene::Figure& figure)
{
    std::vector<double> reaches;
    const auto columns = static_cast<std::size_t>(figure.columns);
    for (std::size_t p = 0; p < figure.panels.size(); ++p) {
        if (p % columns == 0)
            reaches.push_back(0);
        reaches.back() = std::max(reaches.back(), scene::sceneRadius(figure.panels[p].scene));
    }
    const auto [least, most] = std::minmax_element(reaches.begin(), reaches.end());
    return *least < tinyShare * *most;
}

/// From the side that the request asks for, where there is a choice.
PanelContent drawable(PanelContent panel, const FigureRequest& request)
{
    if (request.shape != ViewShape::Tour || !request.tour)
        return panel;
    tour::GrandTour way = tourOf(panel.basis.projection.classes(), request.tour->seed);
    panel.tour = request.tour;
    return seenThrough(std::move(panel), way.at(request.tour->distance));
}

} // namespace

tour::GrandTour tourOf(Index classes, std::uint64_t seed)
{
    return {Matrix::Identity(2, classes - 1), seed};
}

Result<PanelContent> figurePanel(const OpenRun& run, std::int64_t epoch, const FigureRequest& request)
{
    Result<PanelContent> panel = buildPanel(run, epoch, request);
    if (panel)
        *panel = drawable(std::move(*panel), request);
    using scene::ColorBy;
    const ColorBy by = request.colorBy;
    if (!panel || panel->colourAbsent.empty() || by == ColorBy::KindLambda || by == ColorBy::ClassLambda ||
        by == ColorBy::Repro)
        return panel;
    const std::string path = run.reader.path().string();
    const std::string hint = by == ColorBy::Residual && !panel->theoryInvalid.empty()
                                 ? "; --show +theory compares with the theory all the same"
                                 : "";
    return dataError("Cannot colour epoch " + std::to_string(epoch) + " by '" + std::string(colorByName(by)) +
                         "': " + panel->colourAbsent + hint + ": " + path,
                     path);
}

scene::ColorBy drawnColorBy(const PanelContent& panel, scene::ColorBy wanted)
{
    return colourAbsent(nullptr, panel, wanted).empty() ? scene::drawnColorBy(panel.scene.cloud, wanted)
                                                        : scene::ColorBy::Class;
}

Result<OpenRun> OpenRun::open(const std::string& path, const io::ReadOptions& options)
{
    Result<io::RunReader> reader = io::RunReader::open(path, options);
    if (!reader)
        return reader.error();
    Result<io::RunSummary> summary = reader->summary();
    if (!summary)
        return summary.error();
    return OpenRun{std::move(*reader), std::move(*summary)};
}

std::string OpenRun::name() const
{
    if (!reader.title().empty())
        return reader.title();
    const std::filesystem::path path = reader.path();
    return (path.has_filename() ? path : path.parent_path()).stem().string();
}

double classifierLengthFor(const std::vector<const scene::SceneModel*>& scenes)
{
    double cloud = 0, arrow = 0;
    for (const scene::SceneModel* model : scenes) {
        const auto [points, arrows] = reachOf(*model);
        cloud = std::max(cloud, points);
        arrow = std::max(arrow, arrows);
    }
    if (!(cloud > 0) || arrow < 1.4 * cloud)
        return 1;
    const double share = cloud / arrow, tens = std::pow(10, std::ceil(-std::log10(share)));
    return std::floor(share * tens) / tens;
}

void shareScales(std::vector<PanelContent>& panels)
{
    std::vector<scene::SceneModel*> scenes;
    for (PanelContent& panel : panels)
        scenes.push_back(&panel.scene);
    shareScales(scenes, false);
}

scene::Figure emptyFigure(const FigureRequest& request)
{
    scene::Figure figure;
    figure.page = request.page;
    figure.title = request.title;
    figure.showsCaption = request.caption;
    return figure;
}

scene::Figure composeFigure(PanelContent panel, std::int64_t epoch, const FigureRequest& request)
{
    if (panel.scene.dims > 3)
        panel = drawable(std::move(panel), request);
    scene::Figure figure = emptyFigure(request);
    figure.caption = panelCaption(panel, epoch);
    panel.scene.colorBy = drawnColorBy(panel, request.colorBy);
    panel.scene.layers = request.layers;
    if (request.camera)
        panel.scene.camera = *request.camera;
    figure.panels.push_back({std::move(panel.scene), {}});
    shareScales(figure, request.perspective);
    return figure;
}

Result<scene::Figure> buildFigure(const OpenRun& run, std::int64_t epoch, const FigureRequest& request)
{
    Result<PanelContent> panel = figurePanel(run, epoch, request);
    if (!panel)
        return panel.error();
    return composeFigure(std::move(*panel), epoch, request);
}

Result<scene::Figure> buildGrid(const std::vector<OpenRun>& runs, const std::vector<std::int64_t>& epochs, int columns,
                                const FigureRequest& request)
{
    scene::Figure figure = emptyFigure(request);
    const bool several = runs.size() > 1;
    const bool matrix = several && epochs.size() > 1;
    figure.columns = matrix ? static_cast<int>(epochs.size()) : columns;
    FigureRequest panelRequest = request;
    panelRequest.linkScale = several || request.linkScale;
    const std::vector<std::string> names = distinctNames(runs);
    std::optional<PanelContent> last;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        for (std::int64_t epoch : epochs) {
            Result<PanelContent> panel = figurePanel(runs[r], epoch, panelRequest);
            if (!panel)
                return panel.error();
            const std::string title = matrix ? std::string() : several ? names[r] : "epoch " + std::to_string(epoch);
            figure.panels.push_back({panel->scene, title});
            last = std::move(*panel);
        }
        if (matrix)
            figure.rowLabels.emplace_back(names[r]);
    }
    if (matrix)
        for (std::int64_t epoch : epochs)
            figure.columnLabels.emplace_back("epoch " + std::to_string(epoch));
    shareScales(figure, request.perspective);
    keepRunReasons(figure, epochs.size());
    figure.rowScales = matrix && request.rowScales.value_or(someRowIsTiny(figure));
    if (last) {
        figure.caption = gridCaption(runs, *last, epochs, request.basisEpochWords != "same");
        if (figure.rowScales)
            figure.caption.text("; each row at its own scale");
    }
    return figure;
}

Result<scene::Figure> buildMatrix(const OpenRun& run, std::int64_t epoch, int columns, const FigureRequest& request)
{
    constexpr std::size_t mostClasses = 10; // 120 panels
    constexpr std::size_t mostNamed = 20;   ///< panels in which names find room
    const auto info = selectSplit(request.view.split, SplitKind::Mix, run.summary);
    if (!info)
        return info.error();
    const auto split = run.reader.split(epoch, info->name);
    if (!split)
        return split.error();
    const ViewClasses chosen = request.view.classes.empty() ? manyViewClasses(run.reader, *split, 3)
                                                            : ViewClasses{request.view.classes, request.classesRule};
    const std::size_t count = chosen.classes.size();
    if (count < 3 || count > mostClasses)
        return usageError("--view matrix shows the triples of 3 to 10 classes, here are " + std::to_string(count) +
                          "; --classes chooses");
    if (request.colorBy == scene::ColorBy::Pair)
        return usageError("--color-by pair does not go with --view matrix: each panel has other pairs");
    scene::Figure figure = emptyFigure(request);
    figure.columns = columns;
    figure.letters = false;
    FigureRequest panelRequest = request;
    panelRequest.shape = ViewShape::Plane;
    const std::size_t panels = count * (count - 1) * (count - 2) / 6;
    if (panels > mostNamed)
        panelRequest.layers.set(scene::Layer::Names, false);
    std::optional<PanelContent> last;
    for (std::size_t a = 0; a < count; ++a)
        for (std::size_t b = a + 1; b < count; ++b)
            for (std::size_t c = b + 1; c < count; ++c) {
                panelRequest.view.classes = {chosen.classes[a], chosen.classes[b], chosen.classes[c]};
                Result<PanelContent> panel = figurePanel(run, epoch, panelRequest);
                if (!panel)
                    return panel.error();
                std::vector<scene::SceneClass>& seen = panel->scene.classes; // one colour in all panels
                seen[0].colour = static_cast<int>(a);
                seen[1].colour = static_cast<int>(b);
                seen[2].colour = static_cast<int>(c);
                std::string title;
                for (const Index k : panelRequest.view.classes)
                    title += (title.empty() ? "" : " ") + std::to_string(k);
                figure.panels.push_back({panel->scene, panels > mostNamed ? title : std::string()});
                last = std::move(*panel);
            }
    figure.caption = matrixCaption(run, chosen, *last, epoch, panels > mostNamed);
    shareScales(figure, request.perspective);
    return figure;
}

std::vector<std::int64_t> filmStripEpochs(const std::vector<std::int64_t>& recorded, std::size_t count)
{
    if (recorded.size() <= count)
        return recorded;
    std::vector<std::int64_t> chosen;
    const double from = std::log1p(static_cast<double>(recorded.front())),
                 to = std::log1p(static_cast<double>(recorded.back()));
    for (std::size_t k = 0; k < count; ++k) {
        const double wanted = std::expm1(from + (to - from) * static_cast<double>(k) / static_cast<double>(count - 1));
        const auto nearest = std::min_element(recorded.begin(), recorded.end(), [&](std::int64_t a, std::int64_t b) {
            return std::abs(static_cast<double>(a) - wanted) < std::abs(static_cast<double>(b) - wanted);
        });
        if (chosen.empty() || *nearest > chosen.back())
            chosen.push_back(*nearest);
    }
    return chosen;
}

} // namespace nc::app

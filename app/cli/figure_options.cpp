#include "app/cli/figure_options.h"

#include <cmath>
#include <limits>

#include "app/metrics_report.h"
#include "app/text.h"

namespace nc::cli
{

namespace
{

Result<double> readLengthPt(const std::string& option, const std::string& words)
{
    struct Unit {
        std::string_view name;
        double points;
    };
    for (const Unit unit : {Unit{"in", 72}, Unit{"mm", 72 / 25.4}, Unit{"cm", 72 / 2.54}, Unit{"pt", 1}}) {
        if (!std::string_view(words).ends_with(unit.name))
            continue;
        const auto number = app::parseNumber(std::string_view(words).substr(0, words.size() - unit.name.size()));
        if (number && *number * unit.points >= 36 && *number * unit.points <= 14400)
            return *number * unit.points;
    }
    return usageError(option + " does not take '" + words +
                      "', it takes a length from 0.5in to 200in in in, mm, cm or pt");
}

Result<void> readShow(const std::string& words, app::FigureRequest& request)
{
    const std::vector<std::string> names = app::splitText(words, ',');
    const bool changes = words.starts_with('+') || words.starts_with('-');
    if (!changes) {
        request.layers = scene::Layers::none();
        request.layers.set(scene::Layer::Cloud);
        request.caption = false;
        if (words == "none")
            return {};
    }
    for (const std::string& entry : names) {
        const bool sign = entry.starts_with('+') || entry.starts_with('-');
        if (sign != changes)
            return usageError("--show takes either a list or changes with + and -, not both: '" + words + "'");
        const std::string name = sign ? entry.substr(1) : entry;
        const bool on = !entry.starts_with('-');
        if (name == "caption") {
            request.caption = on;
            continue;
        }
        const auto layer = scene::layerFromName(name);
        if (!layer || *layer == scene::Layer::Cloud)
            return usageError(
                "--show does not take '" + name +
                "', it takes classifiers, names, simplex, regions, boundaries, theory, channels, means, legend, axes, "
                "caption or none");
        request.layers.set(*layer, on);
        if (*layer == scene::Layer::Theory)
            request.theoryAskedFor = on;
        if (*layer == scene::Layer::Classifiers && !changes)
            request.layers.set(scene::Layer::Names, on);
    }
    return {};
}

Result<void> readPage(const Arguments& arguments, app::FigureRequest& request)
{
    if (Result<void> one = arguments.exclusive({"--width", "--size"}); !one)
        return one;
    if (const auto name = arguments.value("--preset")) {
        const auto page = scene::pagePreset(*name);
        if (!page)
            return usageError("--preset does not take '" + *name +
                              "', it takes iclr, neurips, icml, two-column, slides, poster or repro");
        request.page = *page;
    }
    const bool pixels = arguments.has("--size");
    const Result<double> dpi = arguments.number("--dpi", pixels ? 144 : request.page.dpi, 30, 2400);
    if (!dpi)
        return dpi.error();
    request.page.dpi = *dpi;
    if (const auto width = arguments.value("--width")) {
        const Result<double> points = readLengthPt("--width", *width);
        if (!points)
            return points.error();
        request.page.widthPt = *points;
        request.page.heightPt = 0;
    }
    if (pixels) {
        const std::vector<std::string> sides = app::splitText(arguments.valueOr("--size", ""), 'x');
        const auto w = sides.size() == 2 ? app::parseInteger(sides[0]) : std::nullopt;
        const auto h = sides.size() == 2 ? app::parseInteger(sides[1]) : std::nullopt;
        if (!w || !h || *w < 64 || *h < 64 || *w > 20000 || *h > 20000)
            return usageError("--size does not take '" + arguments.valueOr("--size", "") +
                              "', it takes WIDTHxHEIGHT in pixels, each from 64 to 20000");
        request.page.widthPt = static_cast<double>(*w) * 72 / *dpi;
        request.page.heightPt = static_cast<double>(*h) * 72 / *dpi;
    }
    if (arguments.valueOr("--theme", "light") == "dark")
        request.page.theme = scene::ThemeMode::Dark;
    request.page.transparent = arguments.has("--transparent");
    const Result<double> font = arguments.number("--font-size", request.page.fontSizePt, 4, 72);
    if (!font)
        return font.error();
    request.page.fontSizePt = *font;
    const std::string vector = arguments.valueOr("--vector", "auto");
    request.page.vector = vector == "always"  ? scene::VectorMode::Always
                          : vector == "never" ? scene::VectorMode::Never
                                              : scene::VectorMode::Auto;
    request.page.svgTextAsText = arguments.valueOr("--svg-text", "outlines") == "text";
    const Result<double> point = arguments.number("--point-size", 0, 0.05, 50);
    if (!point)
        return point.error();
    if (arguments.has("--point-size"))
        request.page.pointDiameterPt = *point;
    return {};
}

/// The triple of classes of that rank by mixup.cosine_same_view, at the last of the epochs that are shown.
Result<void> chooseTriple(const std::string& rank, const Arguments& arguments, const io::RunReader& run,
                          app::FigureRequest& request)
{
    const Result<io::RunSummary> summary = run.summary();
    if (!summary)
        return summary.error();
    const Result<io::SplitInfo> split = app::selectSplit(request.view.split, SplitKind::Mix, *summary);
    if (!split)
        return split.error();
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", arguments.valueOr("--epochs", "last")), run);
    if (!epochs)
        return epochs.error();
    MetricOptions options;
    options.triples = true;
    const Result<MetricEntry> entry =
        app::measureRun(run, *summary, epochs->back(), split->name, request.view.layer, options);
    if (!entry)
        return entry.error();
    if (!entry->triples)
        return dataError(
            "--classes " + rank +
            " needs the same-class mixes and the classifier of three classes or more: " + run.path().string());
    const TripleRange& range = *entry->triples;
    const TripleFigure& triple = rank == "best" ? range.max : rank == "worst" ? range.min : range.median;
    request.view.classes = triple.classes;
    request.classesRule = "the " + rank + " of " + std::to_string(range.measured) +
                          " triples by the cosine of same-class mixes to their classifier at epoch " +
                          std::to_string(epochs->back());
    return {};
}

Result<void> readClasses(const Arguments& arguments, const io::RunReader& run, app::FigureRequest& request)
{
    const auto words = arguments.value("--classes");
    if (!words)
        return {};
    if (*words == "best" || *words == "median" || *words == "worst")
        return chooseTriple(*words, arguments, run, request);
    const auto classes = app::selectClasses(*words, run);
    if (!classes)
        return classes.error();
    request.view.classes = *classes;
    return {};
}

Result<void> readCamera(const Arguments& arguments, app::FigureRequest& request)
{
    const auto words = arguments.value("--camera");
    if (!words)
        return {};
    const std::vector<std::string> parts = app::splitText(*words, ',');
    std::vector<double> numbers;
    for (const std::string& part : parts)
        if (const auto number = app::parseNumber(part))
            numbers.push_back(*number);
    if (parts.size() != numbers.size() || numbers.size() < 2 || numbers.size() > 3 || std::abs(numbers[1]) > 90 ||
        (numbers.size() == 3 && !(numbers[2] >= 0.05 && numbers[2] <= 20)))
        return usageError("--camera does not take '" + *words +
                          "', it takes azimuth and elevation (-90 to 90) in degrees and a zoom from 0.05 to 20");
    request.camera = scene::Camera{numbers[0], numbers[1], numbers.size() == 3 ? numbers[2] : 1};
    return {};
}

} // namespace

Result<TourWay> readTourWay(const Arguments& arguments)
{
    TourWay way;
    const Result<std::int64_t> seed = arguments.integer("--tour-seed", 1, 0, std::numeric_limits<std::int64_t>::max());
    if (!seed)
        return seed.error();
    way.seed = static_cast<std::uint64_t>(*seed);
    const auto words = arguments.value("--tour");
    if (!words)
        return way;
    const std::size_t dots = words->find("..");
    const auto from = app::parseNumber(std::string_view(*words).substr(0, dots));
    const auto to = dots == std::string::npos ? from : app::parseNumber(std::string_view(*words).substr(dots + 2));
    if (!from || !to || !(*from >= 0 && *to >= *from && *to <= 1000))
        return usageError("--tour does not take '" + *words +
                          "', it takes a place from 0 to 1000 in radians, or of films a way A..B");
    way.from = *from;
    way.to = *to;
    return way;
}

Result<app::FigureRequest> readFigureRequest(const Arguments& arguments, const io::RunReader& run)
{
    app::FigureRequest request;
    request.measuresGap = false;
    if (Result<void> page = readPage(arguments, request); !page)
        return page.error();
    if (Result<void> camera = readCamera(arguments, request); !camera)
        return camera.error();
    request.perspective = arguments.valueOr("--projection", "") == "perspective";
    const std::string shape = arguments.valueOr("--view", "");
    if (const auto name = arguments.value("--third"))
        request.third = scene::thirdFromName(*name);
    else if (shape == "3d")
        request.third = scene::ThirdQuantity::Lambda;
    if (request.third) // --show may take it away again
        request.layers.set(scene::Layer::Axes);
    if (Result<void> show = readShow(arguments.valueOr("--show", "+legend"), request); !show)
        return show.error();
    const Result<TourWay> way = readTourWay(arguments);
    if (!way)
        return way.error();
    if (shape == "tour") {
        request.shape = app::ViewShape::Tour;
        request.tour = app::TourPlace{way->seed, way->from};
    } else if (arguments.has("--tour") || arguments.has("--tour-seed")) {
        return usageError("--tour and --tour-seed go with --view tour");
    }
    if (shape == "tetra")
        request.shape = app::ViewShape::Tetrahedron;
    else if (shape == "kgon")
        request.shape = app::ViewShape::KGon;
    else if (shape != "tour" && (shape == "plane" || shape == "3d" || request.third))
        request.shape = app::ViewShape::Plane;
    request.view.split = arguments.valueOr("--split", "");
    request.view.layer = arguments.valueOr("--layer", "penultimate");
    if (Result<void> classes = readClasses(arguments, run, request); !classes)
        return classes.error();
    request.view.basis = readBasis(arguments);
    request.basisEpochWords = arguments.valueOr("--basis-epoch", "last");
    if (const auto checked = app::selectBasisEpoch(request.basisEpochWords, run); !checked)
        return checked.error();
    if (const auto name = arguments.value("--color-by"))
        request.colorBy = scene::colorByFromName(*name).value_or(scene::ColorBy::KindLambda);
    request.title = arguments.valueOr("--title", "");
    return request;
}

} // namespace nc::cli

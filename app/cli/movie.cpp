#include <cmath>
#include <map>

#include "app/cli/command.h"
#include "app/cli/figure_options.h"
#include "app/cli/run_argument.h"
#include "app/film_writer.h"
#include "app/offscreen.h"
#include "app/run_selection.h"
#include "app/text.h"
#include "core/parallel.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/scene_tween.h"

namespace nc::cli
{

namespace
{

constexpr auto options = joined(
    std::array{
        Option{"--output", "FILE.mp4|.webm|.gif",
               "the film (needs ffmpeg), or DIR/frame-{frame:05}.png, a picture each", "-o"},
        Option{"--fps", "N", "frames a second (default: 30)"},
        Option{"--seconds", "S", "length (default: 10)"},
        Option{"--tween", "", "points move between the recorded epochs; without it only recorded epochs are seen"},
        Option{"--orbit", "DEG", "how far the camera turns in all, of 3-D views (default: 0)"},
        Option{"--epoch", "N", "the epochs, as for metrics (default: all)"},
    },
    pictureOptions);

/// What stands still in a film, and what moves.
struct Film {
    scene::Figure page; ///< without panels
    std::vector<scene::FigurePanel> epochs;
    std::int64_t frames = 0;
    double orbitDeg = 0;
    std::vector<Matrix> sides; ///< of a tour, one a frame; the epochs' scenes then have all K-1 coordinates
    bool tween = false;

    [[nodiscard]] Result<QByteArray> frame(std::int64_t number) const
    {
        const double place = frames > 1 ? static_cast<double>(number) / static_cast<double>(frames - 1) : 1;
        const double last = static_cast<double>(epochs.size() - 1);
        // Each recorded epoch is seen as long as every other.
        const double at = tween ? place * last : std::min(std::floor(place * (last + 1)), last);
        const auto before = static_cast<std::size_t>(at), after = std::min(before + 1, epochs.size() - 1);
        scene::Figure figure = page;
        figure.panels.push_back(epochs[before]);
        scene::SceneModel& scene = figure.panels[0].scene;
        if (tween)
            scene = scene::between(epochs[before].scene, epochs[after].scene, at - static_cast<double>(before));
        if (!sides.empty())
            scene = scene::seenThrough(scene, sides[static_cast<std::size_t>(number)]);
        scene.camera.azimuthDeg += orbitDeg * place;
        return scene::paintPng(figure, 1);
    }
    /// Frames with the same key are the same picture.
    [[nodiscard]] std::int64_t pictureOf(std::int64_t number) const
    {
        if (tween || orbitDeg != 0 || !sides.empty())
            return number;
        const double place = frames > 1 ? static_cast<double>(number) / static_cast<double>(frames - 1) : 1;
        return static_cast<std::int64_t>(
            std::min(std::floor(place * static_cast<double>(epochs.size())), static_cast<double>(epochs.size() - 1)));
    }
};

/// Paints ahead on all threads, a stretch of frames at a time, and hands them out in order.
class FramePainter
{
public:
    FramePainter(const Film& film, const TaskControl& control)
        : m_film(film)
        , m_control(control)
    {
    }

    Result<QByteArray> operator()(std::int64_t number)
    {
        m_control.report(static_cast<double>(number) / static_cast<double>(m_film.frames));
        const std::int64_t picture = m_film.pictureOf(number);
        if (const auto known = m_pictures.find(picture); known != m_pictures.end())
            return known->second;
        m_pictures.clear();
        std::vector<std::int64_t> wanted; // the first frame of each of the next pictures
        for (std::int64_t n = number, seen = -1; n < m_film.frames && std::ssize(wanted) < 4 * m_control.threads; ++n)
            if (m_film.pictureOf(n) != seen) {
                seen = m_film.pictureOf(n);
                wanted.push_back(n);
            }
        std::vector<Result<QByteArray>> painted(wanted.size(), QByteArray());
        parallelFor(std::ssize(wanted), m_control.threads, [&](Index i) {
            painted[static_cast<std::size_t>(i)] = m_film.frame(wanted[static_cast<std::size_t>(i)]);
        });
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (!painted[i])
                return painted[i].error();
            m_pictures.emplace(m_film.pictureOf(wanted[i]), *painted[i]);
        }
        return m_pictures.at(picture);
    }

private:
    const Film& m_film;
    TaskControl m_control;
    std::map<std::int64_t, QByteArray> m_pictures;
};

/// Where the eye of each frame stands on the way.
std::vector<Matrix> sidesOf(const TourWay& way, const Film& film)
{
    tour::GrandTour tour = app::tourOf(std::ssize(film.epochs.front().scene.classes), way.seed);
    std::vector<Matrix> sides;
    for (std::int64_t n = 0; n < film.frames; ++n)
        sides.push_back(tour.at(film.frames > 1 ? way.from + (way.to - way.from) * static_cast<double>(n) /
                                                                 static_cast<double>(film.frames - 1)
                                                : way.from));
    return sides;
}

/// What all frames reach; of a tour, some 24 sides stand for all.
QRectF windowOf(const Film& film)
{
    std::vector<const scene::SceneModel*> scenes;
    for (const scene::FigurePanel& panel : film.epochs)
        scenes.push_back(&panel.scene);
    if (film.sides.empty())
        return scene::commonWindow(scenes, film.orbitDeg);
    QRectF window;
    for (std::size_t n = 0; n < film.sides.size(); n += 1 + film.sides.size() / 24)
        for (const scene::SceneModel* scene : scenes) {
            const scene::SceneModel seen = scene::seenThrough(*scene, film.sides[n]);
            const QRectF one = scene::commonWindow({&seen}, 0);
            window = window.isNull() ? one : window.united(one);
        }
    return window;
}

Result<Film> readFilm(const Arguments& arguments, const app::OpenRun& run)
{
    Film film;
    const Result<double> fps = arguments.number("--fps", 30, 0.1, 240);
    const Result<double> seconds = arguments.number("--seconds", 10, 0.01, 3600);
    const Result<double> orbit = arguments.number("--orbit", 0, -3600, 3600);
    for (const Result<double>* number : {&fps, &seconds, &orbit})
        if (!*number)
            return number->error();
    film.frames = std::max<std::int64_t>(1, std::llround(*fps * *seconds));
    film.orbitDeg = *orbit;
    film.tween = arguments.has("--tween");
    Result<app::FigureRequest> request = readFigureRequest(arguments, run.reader);
    if (!request)
        return request.error();
    const std::string view = arguments.valueOr("--view", "");
    if (view == "matrix" || view == "curves" || view == "reliability" || view == "residuals" || view == "lambda")
        return usageError("--view " + view + " does not move, a film takes plane, 3d, tetra, kgon or tour");
    if (!arguments.has("--size") && !arguments.has("--preset")) {
        request->page.widthPt = 1280.0 * 72 / 144;
        request->page.heightPt = 720.0 * 72 / 144;
        request->page.dpi = 144;
    }
    const Result<TourWay> way = readTourWay(arguments);
    if (!way)
        return way.error();
    request->tour.reset();                                          // every frame has its own side
    request->caption = request->caption && arguments.has("--show"); // a paragraph that changes is no help in a film
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", "all"), run.reader);
    if (!epochs)
        return epochs.error();
    std::vector<app::OpenRun> one;
    Result<app::OpenRun> again = openRun(arguments, run.reader.path().string());
    if (!again)
        return again.error();
    one.push_back(std::move(*again));
    Result<scene::Figure> strip = app::buildGrid(one, *epochs, 0, *request);
    if (!strip)
        return strip.error();
    film.epochs = std::move(strip->panels);
    strip->panels.clear();
    film.page = std::move(*strip);
    film.page.columns = 1;
    film.page.letters = false;
    if (request->shape == app::ViewShape::Tour)
        film.sides = sidesOf(*way, film);
    film.page.window = windowOf(film);
    return film;
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const auto output = arguments.value("--output");
    if (!output)
        return usageError("ncscope movie needs -o FILE.mp4, .webm, .gif or DIR/frame-{frame:05}.png");
    const Result<app::FilmWriter> writer = app::FilmWriter::forOutput(*output);
    if (!writer)
        return writer.error();
    const Result<app::OpenRun> run = openRun(arguments, arguments.positionals()[0]);
    if (!run)
        return run.error();
    const Result<Film> film = readFilm(arguments, *run);
    if (!film)
        return film.error();
    const app::OffscreenGraphics graphics;
    FramePainter paint(*film, console.progress("painting"));
    const Result<double> fps = arguments.number("--fps", 30, 0.1, 240);
    if (Result<void> written = writer->write(*fps, film->frames, std::ref(paint)); !written)
        return written.error();
    if (console.json)
        console.printJson(
            Json{{"file", *output}, {"frames", film->frames}, {"fps", *fps}, {"epochs", film->epochs.size()}});
    else
        console.note("wrote " + *output + ": " + app::groupedNumber(film->frames) + " frames of " +
                     std::to_string(film->epochs.size()) + " epochs");
    return 0;
}

} // namespace

const Command movieCommand{"movie",
                           "PATH",
                           1,
                           1,
                           "The epochs as a film.",
                           options,
                           "  ncscope movie runs/mixup --tween -o collapse.mp4\n"
                           "  ncscope movie runs/mixup --view tetra --orbit 120 -o frames/frame-{frame:05}.png",
                           run,
                           true};

} // namespace nc::cli

// The real window, in this process: from asking for an epoch to its pixels.

#include <filesystem>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QProcess>
#include <QSettings>
#include <QStandardPaths>
#include <QTimer>

#include <benchmark/benchmark.h>

#include "app/synthetic_run.h"
#include "app/window/main_window.h"

namespace
{

using namespace nc;
using window::MainWindow;

QString runOf(Index samples, Index dim, int epochs)
{
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("ncscope-bench-window-" + std::to_string(samples) + "-" + std::to_string(dim) + "-" + std::to_string(epochs));
    if (!std::filesystem::exists(folder / "run.h5")) {
        app::SyntheticSettings settings;
        settings.classes = 3;
        settings.dim = dim;
        settings.samples = samples;
        settings.epochs = epochs - 1;
        if (!app::writeSyntheticRun(folder, settings))
            return {};
    }
    return QString::fromStdString(folder.string());
}

/// Answers events until `done`; false after a minute.
template <typename Condition>
bool wait(const Condition& done)
{
    QElapsedTimer clock;
    clock.start();
    while (!done()) {
        if (clock.elapsed() > 60'000)
            return false;
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 5);
    }
    return true;
}

/// A window over a run, everything read and measured that it reads by itself.
struct OpenWindow {
    explicit OpenWindow(const QString& run, std::size_t memory)
    {
        window.setMemoryLimit(memory);
        window.resize(1280, 800);
        window.show();
        window.openRun(run);
        good = wait([this] {
            const app::RunSession* session = window.session();
            return session && session->summary() && session->isLoaded(session->epochs().back()) &&
                   session->measured().size() == session->epochs().size();
        });
        QObject::connect(window.view(), &window::SceneView::framePainted, &window, [this] {
            painted = window.session()->panel(wanted).get() == window.pane()->panel() && window.pane()->panel();
        });
    }
    bool show(std::int64_t epoch)
    {
        wanted = epoch;
        painted = false;
        window.goTo(epoch);
        return wait([this] { return painted; });
    }
    MainWindow window;
    std::int64_t wanted = 0;
    bool painted = false, good = false;
};

/// An epoch of `samples` x 512 float32 that is in memory as a panel.
void cachedEpoch(benchmark::State& state)
{
    OpenWindow open(runOf(state.range(0), state.range(1), 4), std::size_t{8} << 30U);
    const auto& epochs = open.window.session()->epochs();
    bool good = open.good && wait([&] {
                    return std::all_of(epochs.begin(), epochs.end(),
                                       [&](std::int64_t e) { return open.window.session()->isLoaded(e); });
                });
    std::size_t at = 0;
    for (auto _ : state)
        good = good && open.show(epochs[++at % epochs.size()]);
    if (!good)
        state.SkipWithError("an epoch was not shown");
}

/// One that must be read (from the page cache), projected and painted: so little memory that no other panel is kept.
void coldEpoch(benchmark::State& state)
{
    OpenWindow open(runOf(50'000, 512, 12), std::size_t{1} << 20U);
    const auto& epochs = open.window.session()->epochs();
    bool good = open.good;
    std::size_t at = 0;
    double reads = 0;
    for (auto _ : state) {
        at = (at + 5) % epochs.size();
        reads += open.window.session()->isLoaded(epochs[at]) ? 0 : 1;
        good = good && open.show(epochs[at]);
    }
    state.counters["cold"] = benchmark::Counter(reads, benchmark::Counter::kAvgIterations);
    if (!good)
        state.SkipWithError("an epoch was not shown");
}

/// From the start of the process to the first frame of a run like the demo's, as a shell sees it.
void startToFirstFrame(benchmark::State& state)
{
    const QString run = runOf(15'000, 64, 23);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_LOGGING_RULES"), QStringLiteral("ncscope.start.debug=true"));
    for (auto _ : state) {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        QByteArray said;
        process.start(QStringLiteral(NCSCOPE_PROGRAM), {run});
        while (!said.contains("first frame") && process.waitForReadyRead(20'000))
            said += process.readAll();
        state.PauseTiming();
        if (!said.contains("first frame"))
            state.SkipWithError("no frame was shown");
        process.kill();
        process.waitForFinished();
        state.ResumeTiming();
    }
}

/// Views of as many runs, 15,000 points each, whose cameras are linked: from a move in one to the pixels of all.
void linkedOrbit(benchmark::State& state)
{
    OpenWindow open(runOf(15'000, 64, 23), std::size_t{1} << 30U);
    window::LinkedViews& views = *open.window.views();
    const auto count = static_cast<std::size_t>(state.range(0));
    std::vector<bool> painted(count);
    bool good = open.good;
    for (std::size_t k = 1; k < count && good; ++k) { // the same file, read by a session of its own
        window::LinkedView* view = views.add();
        views.setRun(view, views.views().front()->session());
    }
    views.arrange();
    good = good && wait([&] {
               return std::all_of(views.views().begin(), views.views().end(), [](const window::LinkedView* view) {
                   const auto* session = view->session();
                   return session && session->summary() && view->panel() &&
                          std::all_of(session->epochs().begin(), session->epochs().end(),
                                      [&](std::int64_t epoch) { return session->isLoaded(epoch); }) &&
                          session->measured().size() == session->epochs().size();
               });
           });
    for (std::size_t k = 0; k < count && good; ++k)
        QObject::connect(views.views()[k]->view(), &window::SceneView::framePainted, &open.window,
                         [&painted, k] { painted[k] = true; });
    for (auto _ : state) {
        scene::ScreenView view = open.window.view()->view();
        view.camera.azimuthDeg += 2;
        painted.assign(count, false);
        open.window.view()->setView(view);
        good = good && wait([&] { return std::all_of(painted.begin(), painted.end(), [](bool is) { return is; }); });
    }
    if (!good)
        state.SkipWithError("a view was not painted");
}

BENCHMARK(linkedOrbit)->Arg(1)->Arg(2)->Arg(4)->Arg(9)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(startToFirstFrame)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(10);
BENCHMARK(cachedEpoch)->Args({50'000, 512})->Args({1'000'000, 3})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(coldEpoch)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("ncscope-bench"));
    QCoreApplication::setApplicationName(QStringLiteral("ncscope-bench"));
    QSettings().clear();
    window::applyTheme(application, scene::ThemeMode::Dark);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
}

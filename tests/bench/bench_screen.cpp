#include <memory>

#include <QGuiApplication>
#include <QPainter>
#include <benchmark/benchmark.h>

#include "tests/viz/synthetic_scene.h"
#include "viz/scene/screen_painter.h"

using namespace nc::scene;

namespace
{

constexpr QSize viewSize(1280, 720);

/// About `points` points: the tetrahedron of four classes, or the plane of three.
std::shared_ptr<const SceneModel> cloudOf(int points, int classes)
{
    const int pairs = classes * (classes - 1) / 2;
    const int each = points / (pairs + classes);
    return std::make_shared<SceneModel>(syntheticScene({classes, each, each}));
}

ScreenStyle styleOf(double diameter)
{
    ScreenStyle style;
    style.pointDiameterPx = diameter;
    return style;
}

/// An orbit, a frame each. Arguments: points, classes, diameter in pixels, threads. The CPU column adds the threads.
void orbitFrame(benchmark::State& state)
{
    ScreenPainter screen;
    screen.setScene(cloudOf(static_cast<int>(state.range(0)), static_cast<int>(state.range(1))));
    const ScreenStyle style = styleOf(static_cast<double>(state.range(2)));
    QImage target(viewSize, QImage::Format_RGB32);
    ScreenView view;
    const auto frame = [&] {
        QPainter painter(&target);
        screen.paint(painter, viewSize, 1, view, style, static_cast<int>(state.range(3)));
    };
    frame(); // the colours are made once
    for (auto _ : state) {
        view.camera.azimuthDeg += 1;
        frame();
    }
}

/// The plane with its regions while it is dragged.
void panWithRegions(benchmark::State& state)
{
    ScreenPainter screen;
    screen.setScene(cloudOf(15'000, 3));
    ScreenStyle style;
    style.layers.set(Layer::Regions);
    style.layers.set(Layer::Boundaries);
    QImage target(viewSize, QImage::Format_RGB32);
    ScreenView view;
    for (auto _ : state) {
        view.centre += QPointF(0.001, 0);
        QPainter painter(&target);
        screen.paint(painter, viewSize, 1, view, style, 2);
    }
}

/// Another epoch: from the scene to its pixels. Argument: points.
void otherScene(benchmark::State& state)
{
    ScreenPainter screen;
    const auto first = cloudOf(static_cast<int>(state.range(0)), 4);
    const auto second = std::make_shared<SceneModel>(*first);
    QImage target(viewSize, QImage::Format_RGB32);
    bool even = false;
    for (auto _ : state) {
        even = !even;
        screen.setScene(even ? first : second);
        QPainter painter(&target);
        screen.paint(painter, viewSize, 1, {}, {}, 2);
    }
}

/// What is under the cursor among a million points, where there is nothing and the whole reach is looked at.
void hover(benchmark::State& state)
{
    ScreenPainter screen;
    screen.setScene(cloudOf(1'000'000, 4));
    QImage target(viewSize, QImage::Format_RGB32);
    {
        QPainter painter(&target);
        screen.paint(painter, viewSize, 1, {}, styleOf(4), 2);
    }
    for (auto _ : state)
        benchmark::DoNotOptimize(screen.pointAt({20, 20}, 8));
}

/// The same by looking at every point, as the body on the GPU does.
void hoverWithoutIds(benchmark::State& state)
{
    ScreenFrame frame;
    frame.setScene(cloudOf(1'000'000, 4));
    frame.begin(viewSize, 1, {}, styleOf(4));
    for (auto _ : state)
        benchmark::DoNotOptimize(frame.points().pointAt(frame.cloudView(), {20, 20}, 8));
}

} // namespace

BENCHMARK(orbitFrame)
    ->Args({15'000, 4, 4, 2})
    ->Args({100'000, 4, 4, 1})
    ->Args({100'000, 4, 4, 2})
    ->Args({100'000, 3, 4, 2})
    ->Args({1'000'000, 4, 4, 1})
    ->Args({1'000'000, 4, 4, 2})
    ->Args({1'000'000, 3, 4, 2})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(panWithRegions)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(otherScene)
    ->Arg(50'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(hover)->Unit(benchmark::kMicrosecond);
BENCHMARK(hoverWithoutIds)->Unit(benchmark::kMicrosecond);

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

#include <random>

#include <QGuiApplication>
#include <benchmark/benchmark.h>

#include "tests/viz/synthetic_scene.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/splat_rasterizer.h"

using namespace nc::scene;

namespace
{

/// 15,000 points of three classes, one panel at ICLR's text width.
Figure figure15k()
{
    Figure figure;
    figure.panels.push_back({syntheticScene({3, 3000, 2000}), "epoch 499"});
    figure.caption = "15,000 points";
    return figure;
}

void paintPdf15k(benchmark::State& state)
{
    const Figure figure = figure15k();
    for (auto _ : state)
        benchmark::DoNotOptimize(*paintPdf(figure));
}

void paintSvg15k(benchmark::State& state)
{
    const Figure figure = figure15k();
    for (auto _ : state)
        benchmark::DoNotOptimize(*paintSvg(figure));
}

void paintPng15k(benchmark::State& state)
{
    const Figure figure = figure15k();
    for (auto _ : state)
        benchmark::DoNotOptimize(*paintPng(figure, static_cast<int>(state.range(0))));
}

/// A frame of 1,000,000 points at 1280 x 720: owners of the pixels. Arguments: threads, diameter in pixels.
void splatMillion(benchmark::State& state)
{
    constexpr int count = 1'000'000;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> x, y, depth;
    for (int i = 0; i < count; ++i) {
        x.push_back(640 + 200 * normal(random));
        y.push_back(360 + 120 * normal(random));
        depth.push_back(10 + normal(random));
    }
    const SplatPoints points{x, y, depth, static_cast<float>(state.range(1)) / 2};
    for (auto _ : state)
        benchmark::DoNotOptimize(splat(points, {1280, 720}, static_cast<int>(state.range(0))));
}

} // namespace

BENCHMARK(paintPdf15k)->Unit(benchmark::kMillisecond);
BENCHMARK(paintSvg15k)->Unit(benchmark::kMillisecond);
BENCHMARK(paintPng15k)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(splatMillion)
    ->Args({1, 3})
    ->Args({2, 3})
    ->Args({1, 5})
    ->Args({2, 5})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const QGuiApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

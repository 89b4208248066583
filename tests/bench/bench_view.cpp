// The window's view without a GPU beside a plain VTK scene, both in a real window of the same size on the same cores:
//   LIBGL_ALWAYS_SOFTWARE=1 xvfb-run -a -s "-screen 0 1600x1200x24" build/bench/bench_view

#include <cstdio>
#include <memory>

#include <QApplication>
#include <benchmark/benchmark.h>

#include <vtkActor.h>
#include <vtkCamera.h>
#include <vtkFloatArray.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPointGaussianMapper.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderWindow.h>
#include <vtkRenderer.h>
#include <vtkUnsignedCharArray.h>
#include <vtkVertexGlyphFilter.h>

#include "app/window/raster_body.h"
#include "app/window/scene_view.h"
#include "tests/viz/synthetic_scene.h"
#include "viz/scene/point_colours.h"

using namespace nc;
using namespace nc::scene;

namespace
{

constexpr QSize viewSize(1280, 720);
constexpr double diameterPx = 4;

std::shared_ptr<const SceneModel> cloudOf(int points)
{
    const int each = points / 10; // four classes and their six pairs
    return std::make_shared<SceneModel>(syntheticScene({4, each, each}));
}

/// A frame is what a drag costs: the widget is painted and its pixels are with the X server. Argument: points.
void rasterBody(benchmark::State& state)
{
    window::SceneView view;
    auto raster = std::make_unique<window::RasterBody>();
    QWidget* body = raster->widget();
    view.setBody(std::move(raster));
    view.resize(viewSize);
    view.setScene(cloudOf(static_cast<int>(state.range(0))));
    ScreenStyle style;
    style.pointDiameterPx = diameterPx;
    view.setStyle(style);
    view.show();
    QApplication::processEvents();
    ScreenView eye = view.view();
    const auto frame = [&] {
        eye.camera.azimuthDeg += 1;
        view.setView(eye);
        body->repaint();
    };
    frame();
    for (auto _ : state)
        frame();
}

vtkNew<vtkPolyData> plainCloud(const SceneModel& scene)
{
    const PointColours colours = pointColours(scene, ColorBy::ClassLambda, theme(ThemeMode::Dark));
    vtkNew<vtkPoints> places;
    vtkNew<vtkUnsignedCharArray> shades;
    shades->SetNumberOfComponents(3);
    for (Index i = 0; i < scene.cloud.size(); ++i) {
        const auto row = scene.cloud.positions.row(i);
        places->InsertNextPoint(row[0], row[1], row[2]);
        const Rgb shade = colours.table[colours.entry[static_cast<std::size_t>(i)]];
        shades->InsertNextTuple3(shade.r, shade.g, shade.b);
    }
    vtkNew<vtkPolyData> data;
    data->SetPoints(places);
    data->GetPointData()->SetScalars(shades);
    return data;
}

/// VTK as its examples use it: points of 4 px, nothing around them, none of our code. Arguments: points, and 1 for the
/// round splats of vtkPointGaussianMapper.
void plainVtk(benchmark::State& state)
{
    const auto scene = cloudOf(static_cast<int>(state.range(0)));
    vtkNew<vtkRenderWindow> window;
    vtkNew<vtkRenderer> renderer;
    vtkNew<vtkActor> actor;
    const vtkNew<vtkPolyData> data = plainCloud(*scene);
    if (state.range(1) == 0) {
        vtkNew<vtkVertexGlyphFilter> vertices;
        vertices->SetInputData(data);
        vtkNew<vtkPolyDataMapper> mapper;
        mapper->SetInputConnection(vertices->GetOutputPort());
        actor->SetMapper(mapper);
        actor->GetProperty()->SetPointSize(diameterPx);
    } else {
        vtkNew<vtkPointGaussianMapper> mapper;
        mapper->SetInputData(data);
        mapper->EmissiveOff();
        mapper->SetScaleFactor(0.014); // radius in the scene: about 2 px here
        mapper->SetSplatShaderCode("//VTK::Color::Impl\n"
                                   "if (dot(offsetVCVSOutput.xy, offsetVCVSOutput.xy) > 1.0) discard;\n");
        actor->SetMapper(mapper);
    }
    renderer->AddActor(actor);
    window->AddRenderer(renderer);
    window->SetMultiSamples(0);
    window->SetSize(viewSize.width(), viewSize.height());
    window->Render();
    for (auto _ : state) {
        renderer->GetActiveCamera()->Azimuth(1);
        window->Render();
        window->WaitForCompletion();
    }
}

} // namespace

// The CPU column adds the threads: on a busy machine it is the one to compare.
BENCHMARK(rasterBody)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();
BENCHMARK(plainVtk)
    ->Args({100'000, 0})
    ->Args({1'000'000, 0})
    ->Args({100'000, 1})
    ->Args({1'000'000, 1})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("DISPLAY")) {
        std::puts("bench_view needs an X display: xvfb-run -a -s \"-screen 0 1600x1200x24\" bench_view");
        return 0;
    }
    QApplication application(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}

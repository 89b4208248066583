#include "viz/vtk/gpu_painter.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include <QOpenGLContext>
#include <QOpenGLFunctions>
#include <QSurface>

#include <vtkCamera.h>
#include <vtkCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkImageData.h>
#include <vtkObjectFactory.h>
#include <vtkOpenGLFramebufferObject.h>
#include <vtkOpenGLState.h>
#include <vtkOutputWindow.h>
#include <vtkPointData.h>
#include <vtkRenderer.h>
#include <vtkTexture.h>
#include <vtkUnsignedCharArray.h>

#include "viz/vtk/gpu_cloud.h"

namespace nc::gpu
{

namespace
{

/// VTK's messages in Qt's log.
class LogWindow : public vtkOutputWindow
{
public:
    static LogWindow* New() { VTK_STANDARD_NEW_BODY(LogWindow); }
    void DisplayText(const char* text) override { qWarning("VTK: %s", text); }
};

void sendMessagesToLog()
{
    static const bool done = [] {
        vtkNew<LogWindow> log;
        vtkOutputWindow::SetInstance(log);
        return true;
    }();
    Q_UNUSED(done)
}

/// Places the camera so that the scene stands on the pixels where the view has it, and depths of the view from 0 to
/// depthRange become 0 to 1.
void placeCamera(vtkCamera& camera, const scene::CloudView& view, QSize pixels, bool inSpace)
{
    const double perUnit = view.linear.row(0).norm(); ///< pixels for a unit of the scene
    const Eigen::Vector3d right = view.linear.row(0).transpose() / perUnit;
    const Eigen::Vector3d up = -view.linear.row(1).transpose() / view.linear.row(1).norm();
    const double scale = view.linear.row(2).norm();
    const Eigen::Vector3d towards = view.linear.row(2).transpose() / scale;
    const double reach = inSpace ? view.farthestReach / scale : 0; ///< in the plane depths are shuffled keys
    const double range = inSpace ? view.depthRange / scale : 1;
    const Eigen::Vector3d middle = right * (pixels.width() / 2.0 - view.shift.x()) / perUnit +
                                   up * (view.shift.y() - pixels.height() / 2.0) / perUnit + towards * reach;
    const Eigen::Vector3d eye = middle + towards * range;
    camera.ParallelProjectionOn();
    camera.SetFocalPoint(middle.data());
    camera.SetPosition(eye.data());
    camera.SetViewUp(up.data());
    camera.SetParallelScale(pixels.height() / 2.0 / perUnit);
    camera.SetClippingRange(range, 2 * range);
}

void copyInto(vtkImageData& image, const QImage& picture)
{
    const QImage rows = picture.convertToFormat(QImage::Format_RGBA8888).mirrored();
    image.SetDimensions(rows.width(), rows.height(), 1);
    image.AllocateScalars(VTK_UNSIGNED_CHAR, 4);
    std::memcpy(image.GetScalarPointer(), rows.constBits(), static_cast<std::size_t>(rows.sizeInBytes()));
    image.Modified();
}

} // namespace

struct GpuPainter::State {
    vtkNew<vtkGenericOpenGLRenderWindow> window;
    vtkNew<vtkRenderer> renderer;
    vtkNew<vtkImageData> groundImage;
    vtkNew<vtkTexture> groundTexture;
    GpuCloud cloud;
    int groundRevision = -1;
    QOpenGLContext* context = nullptr;
    QSurface* surface = nullptr;

    // Of the last frame.
    QSize pixels;
    scene::CloudView view;
    std::vector<float> depth; ///< rows from below; empty: not asked

    void makeCurrent(vtkObject*, unsigned long, void*) { context->makeCurrent(surface); }
    void isCurrent(vtkObject*, unsigned long, void* answer)
    {
        *static_cast<bool*>(answer) = context && QOpenGLContext::currentContext() == context;
    }
    void supportsOpenGL(vtkObject*, unsigned long, void* answer) { *static_cast<int*>(answer) = 1; }

    void updateGround(const scene::ScreenFrame& frame);
    void copyTo(unsigned framebuffer) const;
};

void GpuPainter::State::updateGround(const scene::ScreenFrame& frame)
{
    const scene::Rgb canvas = scene::theme(frame.points().mode()).canvas;
    renderer->SetBackground(canvas.r / 255.0, canvas.g / 255.0, canvas.b / 255.0);
    const bool bare = frame.ground().isNull();
    renderer->SetTexturedBackground(!bare);
    if (!bare && groundRevision != frame.groundRevision())
        copyInto(*groundImage, frame.ground());
    groundRevision = frame.groundRevision();
}

/// VTK keeps its picture in a framebuffer of its own.
void GpuPainter::State::copyTo(unsigned framebuffer) const
{
    vtkOpenGLState* state = window->GetState();
    QOpenGLFunctions* gl = context->functions();
    state->PushFramebufferBindings();
    gl->glBindFramebuffer(GL_DRAW_FRAMEBUFFER, framebuffer);
    state->vtkglDisable(GL_SCISSOR_TEST);
    window->BlitDisplayFramebuffer(0, 0, 0, pixels.width(), pixels.height(), 0, 0, pixels.width(), pixels.height(),
                                   GL_COLOR_BUFFER_BIT, GL_NEAREST);
    state->PopFramebufferBindings();
}

GpuPainter::GpuPainter()
    : m_state(std::make_unique<State>())
{
    sendMessagesToLog();
    State& state = *m_state;
    state.window->SetReadyForRendering(false);
    state.window->SetFrameBlitModeToNoBlit();
    state.window->SetOwnContext(0);
    state.window->SetMultiSamples(0); // discs are cut by the shader, where samples do not help
    state.window->AddObserver(vtkCommand::WindowMakeCurrentEvent, m_state.get(), &State::makeCurrent);
    state.window->AddObserver(vtkCommand::WindowIsCurrentEvent, m_state.get(), &State::isCurrent);
    state.window->AddObserver(vtkCommand::WindowSupportsOpenGLEvent, m_state.get(), &State::supportsOpenGL);
    state.window->AddRenderer(state.renderer);
    state.groundTexture->SetInputData(state.groundImage);
    state.groundTexture->SetColorModeToDirectScalars();
    state.groundTexture->InterpolateOff();
    state.renderer->SetBackgroundTexture(state.groundTexture);
    state.renderer->SetBackgroundAlpha(1); // or what lies behind the widget would shine through
    state.renderer->SetUseFXAA(true);
    state.renderer->AddActor(state.cloud.actor());
}

GpuPainter::~GpuPainter()
{
    m_state->window->RemoveAllObservers();
}

void GpuPainter::attach(QOpenGLContext& context)
{
    State& state = *m_state;
    state.context = &context;
    state.surface = context.surface();
    state.window->SetForceMaximumHardwareLineWidth(1);
    state.window->SetReadyForRendering(true);
    state.window->OpenGLInitContext();
    state.window->GetState()->Reset();
    state.window->GetState()->vtkglDepthFunc(GL_LEQUAL);
    state.window->GetState()->vtkglEnable(GL_DEPTH_TEST);
}

void GpuPainter::detach()
{
    State& state = *m_state;
    if (!state.context)
        return;
    state.window->Finalize();
    state.window->SetReadyForRendering(false);
    state.context = nullptr;
    state.surface = nullptr;
}

void GpuPainter::paint(const scene::ScreenFrame& frame, QSize pixels, unsigned framebuffer)
{
    State& state = *m_state;
    state.surface = state.context->surface();
    vtkOpenGLState* gl = state.window->GetState();
    gl->Reset(); // Qt has drawn with the same context
    gl->Push();
    gl->vtkglDepthFunc(GL_LEQUAL);
    gl->vtkglEnable(GL_DEPTH_TEST);
    state.pixels = pixels;
    state.view = frame.cloudView();
    state.window->SetSize(pixels.width(), pixels.height());
    state.updateGround(frame);
    state.cloud.actor()->SetVisibility(frame.showsCloud() && frame.points().size() > 0);
    if (frame.showsCloud())
        state.cloud.update(frame.points(), state.view, frame.walls(), pixels.height());
    placeCamera(*state.renderer->GetActiveCamera(), state.view, pixels, frame.points().inSpace());
    state.window->Render();
    state.depth.clear();
    if (frame.asksHidden() && frame.showsCloud()) {
        state.depth.resize(static_cast<std::size_t>(pixels.width()) * static_cast<std::size_t>(pixels.height()));
        state.window->GetZbufferData(0, 0, pixels.width() - 1, pixels.height() - 1, state.depth.data());
    }
    state.copyTo(framebuffer);
    gl->Pop();
}

double GpuPainter::hiddenShare(QPointF place, double towards, int window) const
{
    const State& state = *m_state;
    if (state.depth.empty())
        return 0;
    const auto depth = static_cast<float>((state.view.farthestReach - towards) / state.view.depthRange);
    int hidden = 0, all = 0;
    const int column = static_cast<int>(place.x());
    const int row = static_cast<int>(place.y());
    for (int y = std::max(0, row - window); y <= std::min(state.pixels.height() - 1, row + window); ++y)
        for (int x = std::max(0, column - window); x <= std::min(state.pixels.width() - 1, column + window); ++x) {
            const auto at = static_cast<std::size_t>(state.pixels.height() - 1 - y) *
                                static_cast<std::size_t>(state.pixels.width()) +
                            static_cast<std::size_t>(x);
            ++all;
            hidden += state.depth[at] < depth;
        }
    return all > 0 ? static_cast<double>(hidden) / all : 0;
}

} // namespace nc::gpu

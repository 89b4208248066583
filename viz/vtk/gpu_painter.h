#pragma once

#include <memory>

#include <QSize>

#include "viz/scene/screen_frame.h"

class QOpenGLContext;

namespace nc::gpu
{

/// Ground and cloud of a scene::ScreenFrame by VTK, into a framebuffer of a caller's OpenGL context (3.2 core or
/// later). The lines and names over them are the frame's own. One thread; what VTK complains of goes to Qt's log.
class GpuPainter
{
public:
    GpuPainter();
    ~GpuPainter();
    GpuPainter(const GpuPainter&) = delete;
    GpuPainter& operator=(const GpuPainter&) = delete;

    /// The context that is current, with its surface, until detach(); it must be current in every call below.
    void attach(QOpenGLContext& context);
    void detach();

    /// `framebuffer` (its name in OpenGL) of `pixels` device pixels gets the frame that was begun last.
    void paint(const scene::ScreenFrame& frame, QSize pixels, unsigned framebuffer);
    /// Of the last frame: share of the pixels up to `window` around a place (device pixels) whose point is nearer to
    /// the eye than `towards`. 0 throughout where the frame does not ask (ScreenFrame::asksHidden).
    [[nodiscard]] double hiddenShare(QPointF place, double towards, int window) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace nc::gpu

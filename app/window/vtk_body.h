#pragma once

#include <QOpenGLWidget>

#include "app/window/view_body.h"
#include "viz/vtk/gpu_painter.h"

namespace nc::window
{

/// The body where there is a GPU: VTK draws ground and cloud in an OpenGL widget, the shared painter what lies over
/// them.
class VtkBody : public QOpenGLWidget, public ViewBody
{
public:
    explicit VtkBody(QWidget* parent = nullptr);
    ~VtkBody() override;

    [[nodiscard]] QWidget* widget() override { return this; }
    [[nodiscard]] QString name() const override;
    void setScene(std::shared_ptr<const scene::SceneModel> scene,
                  const std::optional<scene::ScreenExtent>& extent) override;
    void show(const scene::ScreenView& view, const scene::ScreenStyle& style) override;
    [[nodiscard]] const scene::ScreenFrame& frame() const override { return m_frame; }
    [[nodiscard]] std::optional<std::uint32_t> pointAt(QPointF place, double reach) const override;
    [[nodiscard]] double lastFrameMs() const override { return m_lastFrameMs; }

protected:
    void initializeGL() override;
    void paintGL() override;

private:
    void detach();
    void paintScene(QPainter& painter);

    gpu::GpuPainter m_painter;
    scene::ScreenFrame m_frame;
    bool m_hasScene = false, m_hasFrame = false;
    scene::ScreenView m_view;
    scene::ScreenStyle m_style;
    QImage m_over; ///< lines and names: Qt's raster engine smooths them, its OpenGL engine would not
    QString m_device;
    double m_lastFrameMs = 0;
};

} // namespace nc::window

#pragma once

#include "app/window/view_body.h"
#include "viz/scene/screen_painter.h"

namespace nc::window
{

/// The body where there is no GPU: a plain widget that shows what scene::ScreenPainter paints, no GL.
class RasterBody : public QWidget, public ViewBody
{
public:
    explicit RasterBody(QWidget* parent = nullptr);

    [[nodiscard]] QWidget* widget() override { return this; }
    [[nodiscard]] QString name() const override;
    void setScene(std::shared_ptr<const scene::SceneModel> scene,
                  const std::optional<scene::ScreenExtent>& extent) override;
    void show(const scene::ScreenView& view, const scene::ScreenStyle& style) override;
    [[nodiscard]] std::optional<std::uint32_t> pointAt(QPointF place, double reach) const override;
    [[nodiscard]] const scene::ScreenFrame& frame() const override { return m_painter.frame(); }
    [[nodiscard]] double lastFrameMs() const override { return m_lastFrameMs; }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    scene::ScreenPainter m_painter;
    bool m_hasScene = false;
    scene::ScreenView m_view;
    scene::ScreenStyle m_style;
    double m_lastFrameMs = 0;
};

} // namespace nc::window

#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "viz/scene/screen_frame.h"

class QPainter;

namespace nc::scene
{

/// A scene on the screen without GL: the splatter between the ground and the lines of a ScreenFrame. Keeps what does
/// not change between frames. One thread; Qt's graphics must be up.
class ScreenPainter
{
public:
    ScreenPainter();
    ~ScreenPainter();
    ScreenPainter(ScreenPainter&&) noexcept;
    ScreenPainter& operator=(ScreenPainter&&) noexcept;

    /// As ScreenFrame::setScene.
    void setScene(std::shared_ptr<const SceneModel> scene, const std::optional<ScreenExtent>& extent = {});

    /// Paints into `painter`, whose unit is a logical pixel, a view of `size` logical pixels at `pixelRatio` device
    /// pixels each.
    void paint(QPainter& painter, QSize size, double pixelRatio, const ScreenView& view, const ScreenStyle& style,
               int threads = 0);

    /// Of the last frame: the visible point under a place, else the one nearest to it within `reach` logical pixels.
    [[nodiscard]] std::optional<std::uint32_t> pointAt(QPointF place, double reach) const;
    /// The last frame.
    [[nodiscard]] const ScreenFrame& frame() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace nc::scene

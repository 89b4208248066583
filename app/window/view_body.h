#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <QString>
#include <QWidget>

#include "viz/scene/screen_frame.h"

class QPainter;

namespace nc::window
{

/// What draws a SceneView: pixels, and what stood where in the last frame. Everything a user does is the view's.
class ViewBody
{
public:
    virtual ~ViewBody() = default;

    /// Takes no input; the view makes it fill itself.
    [[nodiscard]] virtual QWidget* widget() = 0;
    /// Shown to people: "CPU", or the name of the GPU.
    [[nodiscard]] virtual QString name() const = 0;

    /// Null: nothing to show. Drawn with the next frame, as `show` is.
    virtual void setScene(std::shared_ptr<const scene::SceneModel> scene,
                          const std::optional<scene::ScreenExtent>& extent) = 0;
    virtual void show(const scene::ScreenView& view, const scene::ScreenStyle& style) = 0;

    // Of the last frame; lengths in logical pixels.
    /// What stood where. There is none before the first.
    [[nodiscard]] virtual const scene::ScreenFrame& frame() const = 0;
    /// The point under a place, else the one nearest to it within `reach`.
    [[nodiscard]] virtual std::optional<std::uint32_t> pointAt(QPointF place, double reach) const = 0;
    [[nodiscard]] virtual double lastFrameMs() const = 0;

    /// Called at the end of each frame to paint over it, in logical pixels.
    using Overlay = std::function<void(QPainter&)>;
    void setOverlay(Overlay overlay) { m_overlay = std::move(overlay); }

protected:
    void paintOverlay(QPainter& painter) const
    {
        if (m_overlay)
            m_overlay(painter);
    }

private:
    Overlay m_overlay;
};

} // namespace nc::window

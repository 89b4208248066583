#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <QPointF>
#include <QSize>

#include "viz/scene/cloud_filter.h"
#include "viz/scene/scene_model.h"

class QPainter;

namespace nc::scene
{

/// Where the eye stands. In the plane only `centre` and `zoom` count.
struct ScreenView {
    Camera camera;  ///< zoom 1: everything fits
    QPointF centre; ///< point of the projected scene (its own unit, y up) in the middle of the view
    bool operator==(const ScreenView&) const = default;
};

/// What is shown and how; changes cost a repaint, not a new projection of the rows.
struct ScreenStyle {
    ThemeMode theme = ThemeMode::Dark;
    ColorBy colorBy = ColorBy::ClassLambda;
    Layers layers;
    double pointDiameterPx = 0; ///< logical pixels; 0: from the number of points
    CloudFilter filter;
    std::int64_t selected = -1; ///< index into the cloud, ringed; -1: none
    double lineScale = 1;       ///< multiplies line widths (presentation)
    double fontSizePx = 13;
    bool operator==(const ScreenStyle&) const = default;
};

/// A scene on the screen without GL: splatter for the cloud, the figures' own painter for everything else. Keeps what
/// does not change between frames. One thread; Qt's graphics must be up.
class ScreenPainter
{
public:
    ScreenPainter();
    ~ScreenPainter();
    ScreenPainter(ScreenPainter&&) noexcept;
    ScreenPainter& operator=(ScreenPainter&&) noexcept;

    /// The scene is shared, not copied, and must be sound (validate()). `Fit::Keep` shows it at the scale and place of
    /// the scene before, so that epochs can be compared; a first scene is always fitted.
    enum class Fit { Own, Keep };
    void setScene(std::shared_ptr<const SceneModel> scene, Fit fit = Fit::Own);

    /// Paints into `painter`, whose unit is a logical pixel, a view of `size` logical pixels at `pixelRatio` device
    /// pixels each.
    void paint(QPainter& painter, QSize size, double pixelRatio, const ScreenView& view, const ScreenStyle& style,
               int threads = 0);

    /// Of the last frame: the visible point under a place, else the one nearest to it within `reach` logical pixels.
    [[nodiscard]] std::optional<std::uint32_t> pointAt(QPointF place, double reach) const;
    /// Of the last frame: where a cloud point, or any point of the scene (D numbers), stands on the screen.
    [[nodiscard]] QPointF placeOf(std::uint32_t point) const;
    [[nodiscard]] QPointF placeOf(const Vector& scenePoint) const;
    /// Of the last frame: logical pixels for one unit of the projected scene.
    [[nodiscard]] double pixelsPerUnit() const;
    /// Of the last frame: number of points drawn (not filtered away).
    [[nodiscard]] Index shownPoints() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace nc::scene

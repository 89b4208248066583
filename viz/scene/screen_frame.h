#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QImage>
#include <QPointF>
#include <QRectF>
#include <QSize>

#include "viz/scene/cloud_filter.h"
#include "viz/scene/cloud_points.h"
#include "viz/scene/panel_drawing.h"
#include "viz/scene/scene_model.h"
#include "viz/scene/screen_extent.h"

class QPainter;

namespace nc::scene
{

/// Where the eye stands. In the plane only `centre` and `zoom` count.
struct ScreenView {
    Camera camera;  ///< zoom 1: everything fits
    QPointF centre; ///< of the view, from the place of what it turns about, in the projected scene (its own unit, y up)
    std::optional<Eigen::Vector3d> pivot{}; ///< scene point that a 3-D scene turns about; none: the axis of everything
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
    std::vector<QRectF> covered{}; ///< by what lies over the view, logical pixels: names keep off it
    bool operator==(const ScreenStyle&) const = default;
};

/// A view of a scene but for the pixels of its cloud: where everything stands, the ground under the cloud, and lines,
/// marks and names over it. Both bodies of a view draw these with it. One thread; Qt's graphics must be up.
class ScreenFrame
{
public:
    ScreenFrame();
    ~ScreenFrame();
    ScreenFrame(ScreenFrame&&) noexcept;
    ScreenFrame& operator=(ScreenFrame&&) noexcept;

    /// The scene is shared, not copied, and must be sound (validate()). `extent` is what fits the view, so that epochs
    /// can be seen at one scale and place; none: what the scene itself takes.
    void setScene(std::shared_ptr<const SceneModel> scene, const std::optional<ScreenExtent>& extent = {});
    [[nodiscard]] bool hasScene() const;

    /// A new frame of `size` logical pixels at `pixelRatio` device pixels each; there must be a scene.
    void begin(QSize size, double pixelRatio, const ScreenView& view, const ScreenStyle& style, int threads = 0);

    // Of the frame begun last.
    /// Device pixels, RGB32; null where it is the bare canvas. `groundRevision` grows when it changes.
    [[nodiscard]] const QImage& ground() const;
    [[nodiscard]] int groundRevision() const;
    /// The points to draw: none without Layer::Cloud.
    [[nodiscard]] bool showsCloud() const;
    [[nodiscard]] const CloudPoints& points() const;
    [[nodiscard]] CloudView cloudView() const;
    /// In device pixels, y down; depths as CloudView's way towards the eye. The ground shows them, but not what of the
    /// points lies behind them.
    [[nodiscard]] std::vector<ProjectedWall> walls() const;
    /// Whether paintOver() asks what hides what.
    [[nodiscard]] bool asksHidden() const;
    /// What lies over the cloud. `painter` has a logical pixel as its unit; `hidden` takes a place in device pixels.
    void paintOver(QPainter& painter, const HiddenShare& hidden) const;

    /// Where a cloud point, or any point of the scene (D numbers), stands; logical pixels.
    [[nodiscard]] QPointF placeOf(std::uint32_t point) const;
    [[nodiscard]] QPointF placeOf(const Vector& scenePoint) const;
    /// Where the projected scene would stand in a view of the last frame's size.
    [[nodiscard]] PanelPlace placeFor(const ScreenView& view) const;
    /// The scene point under a place, in the plane towards the eye through what the picture turns about.
    [[nodiscard]] Eigen::Vector3d scenePointAt(QPointF place) const;
    /// Logical pixels for one unit of the projected scene.
    [[nodiscard]] double pixelsPerUnit() const;
    /// Number of points shown (not filtered away).
    [[nodiscard]] Index shownPoints() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace nc::scene

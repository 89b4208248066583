#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <QPointF>

#include "viz/scene/cloud_filter.h"
#include "viz/scene/point_colours.h"
#include "viz/scene/scene_model.h"

namespace nc::scene
{

/// From scene coordinates (D, missing ones 0) to device pixels (x right, y down) and the way towards the eye, in the
/// scene's unit.
struct CloudView {
    Eigen::Matrix3d linear;
    Eigen::Vector3d shift;
    double farthestReach = 1; ///< no point lies nearer to the eye than this
    double depthRange = 1;    ///< from there to where no point lies farther away
    double radius = 1;        ///< device pixels
    double rimWidth = 0;      ///< device pixels
};

/// The points of a cloud that are shown and their colours: what both bodies of a view draw. Kept between frames.
class CloudPoints
{
public:
    void setScene(std::shared_ptr<const SceneModel> scene);
    /// Cheap where nothing changes.
    void choose(const CloudFilter& filter, ColorBy colorBy, ThemeMode mode);

    [[nodiscard]] std::size_t size() const { return m_source.size(); }
    /// Grows with every change of points or colours.
    [[nodiscard]] int revision() const { return m_revision; }
    [[nodiscard]] bool inSpace() const { return m_scene && m_scene->dims == 3; }
    [[nodiscard]] ThemeMode mode() const { return m_mode; }

    // Of the points shown, in the cloud's order.
    [[nodiscard]] std::span<const std::uint32_t> source() const { return m_source; } ///< number in the cloud
    [[nodiscard]] std::span<const float> x() const { return m_x; }                   ///< scene
    [[nodiscard]] std::span<const float> y() const { return m_y; }
    [[nodiscard]] std::span<const float> z() const { return m_z; } ///< in space
    /// In the plane: who lies above whom, the smaller above, by a fixed shuffle; whole numbers below 2^24.
    [[nodiscard]] std::span<const float> key() const { return m_key; }
    [[nodiscard]] std::span<const std::uint16_t> entry() const { return m_entry; } ///< in table() and rims()
    [[nodiscard]] const std::vector<Rgb>& table() const { return m_colours.table; }
    [[nodiscard]] const std::vector<Rgb>& rims() const { return m_colours.rims; } ///< as PointColours::rims
    [[nodiscard]] bool rings() const { return m_colours.rings; }                  ///< as PointColours::rings
    /// Of a point of the cloud, shown or not; without fog.
    [[nodiscard]] Rgb colourOf(std::uint32_t point) const { return m_colours.table[m_colours.entry[point]]; }

    /// In space: of the point nearest to the eye and of the farthest, from CloudView::farthestReach away from the eye.
    [[nodiscard]] std::pair<float, float> depths(const CloudView& view) const;
    /// The point of the cloud whose disc is at a place (device pixels; the nearest to the eye where discs overlap),
    /// else the one whose disc begins nearest to it within `reach`, hidden ones too. Looks at every point.
    [[nodiscard]] std::optional<std::uint32_t> pointAt(const CloudView& view, QPointF place, double reach) const;

private:
    void gather();

    std::shared_ptr<const SceneModel> m_scene;
    CloudFilter m_filter;
    ColorBy m_colorBy = ColorBy::ClassLambda;
    ThemeMode m_mode = ThemeMode::Dark;
    bool m_gathered = false, m_coloured = false;
    int m_revision = 0;

    std::vector<std::uint32_t> m_source;
    std::vector<float> m_x, m_y, m_z, m_key;
    std::vector<std::uint16_t> m_entry;
    PointColours m_colours; ///< of all points
};

} // namespace nc::scene

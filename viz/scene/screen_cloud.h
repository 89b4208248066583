#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QImage>
#include <QPointF>

#include "viz/scene/cloud_filter.h"
#include "viz/scene/point_colours.h"
#include "viz/scene/scene_model.h"
#include "viz/scene/splat_rasterizer.h"

namespace nc::scene
{

/// From scene coordinates (D, missing ones 0) to device pixels (x right, y down) and the way towards the eye, in the
/// scene's unit.
struct CloudView {
    Eigen::Matrix3d linear;
    Eigen::Vector3d shift;
    double farthestReach = 1; ///< no point lies nearer to the eye than this
    double radius = 1;        ///< device pixels
    double rimWidth = 0;      ///< device pixels
};

/// A cloud on the screen: what does not depend on the view is kept, projected and splatted anew in each frame into
/// memory that is used again.
class ScreenCloud
{
public:
    void setScene(std::shared_ptr<const SceneModel> scene);
    void choose(const CloudFilter& filter, ColorBy colorBy, ThemeMode mode);

    /// A new frame: which point owns which pixel.
    void splat(const CloudView& view, QSize size, int threads);
    /// Nothing is drawn in this frame.
    void clear();
    /// The frame's points over a picture (RGB32, of the frame's size), their rims smoothed.
    void paintOver(QImage& picture, int threads) const;

    /// The point whose disc is at a place (device pixels) or nearest to it within `reach`.
    [[nodiscard]] std::optional<std::uint32_t> pointAt(QPointF place, double reach) const;
    /// Share of the pixels up to `window` around a place whose point is nearer to the eye than `towards`.
    [[nodiscard]] double hiddenShare(QPointF place, double towards, int window) const;
    /// As chosen, without fog.
    [[nodiscard]] Rgb colourOf(std::uint32_t point) const { return m_colours.table[m_colours.entry[point]]; }
    /// Number of points drawn in the frame.
    [[nodiscard]] Index shown() const { return m_drawn ? static_cast<Index>(m_source.size()) : 0; }

private:
    void gather();
    void project(const CloudView& view, int threads);
    [[nodiscard]] std::vector<QRgb> foggedTable(const std::vector<Rgb>& table) const;

    std::shared_ptr<const SceneModel> m_scene;
    CloudFilter m_filter;
    ColorBy m_colorBy = ColorBy::ClassLambda;
    ThemeMode m_mode = ThemeMode::Dark;
    bool m_gathered = false, m_coloured = false;

    // Of the points shown, in the cloud's order.
    std::vector<std::uint32_t> m_source;
    std::vector<float> m_x, m_y, m_z; ///< scene
    std::vector<float> m_key;         ///< in the plane: who lies above whom, by a fixed shuffle
    std::vector<std::uint16_t> m_entry;
    PointColours m_colours; ///< of all points

    // Of the last frame.
    CloudView m_view;
    std::vector<float> m_screenX, m_screenY, m_depth;
    float m_nearest = 0, m_farthest = 0;
    bool m_drawn = false;
    IdBuffer m_owners{QSize()};
};

} // namespace nc::scene

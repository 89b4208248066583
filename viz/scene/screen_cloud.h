#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QImage>
#include <QPointF>

#include "viz/scene/cloud_points.h"
#include "viz/scene/region_walls.h"
#include "viz/scene/splat_rasterizer.h"

namespace nc::scene
{

/// A cloud on the screen without GL: projected and splatted anew in each frame into memory that is used again.
class ScreenCloud
{
public:
    /// A new frame: which point owns which pixel. The points are looked at until the next frame or clear().
    void splat(const CloudPoints& points, const CloudView& view, QSize size, int threads);
    /// There is no frame.
    void clear();
    /// The frame's points over a picture (RGB32, of the frame's size), their rims smoothed. What lies behind walls is
    /// seen through them; they are on the picture already. `walls`: of the frame, in device pixels (y down).
    void paintOver(QImage& picture, const std::vector<ProjectedWall>& walls, int threads) const;

    /// The point whose disc is at a place (device pixels) or nearest to it within `reach`.
    [[nodiscard]] std::optional<std::uint32_t> pointAt(QPointF place, double reach) const;
    /// Share of the pixels up to `window` around a place whose point is nearer to the eye than `towards`.
    [[nodiscard]] double hiddenShare(QPointF place, double towards, int window) const;

    /// Number of points drawn in the frame.
    [[nodiscard]] Index shown() const { return m_points ? static_cast<Index>(m_points->size()) : 0; }

private:
    void project(const CloudView& view, int threads);
    void seeThrough(const ProjectedWall& wall, int row, QRgb* line) const;
    [[nodiscard]] std::vector<QRgb> foggedTable(const std::vector<Rgb>& table) const;

    // Of the last frame.
    const CloudPoints* m_points = nullptr; ///< null: there is none
    CloudView m_view;
    std::vector<float> m_screenX, m_screenY, m_depth;
    float m_nearest = 0, m_farthest = 0;
    IdBuffer m_owners{QSize()};
};

} // namespace nc::scene

#pragma once

#include <vector>

#include <vtkActor.h>
#include <vtkNew.h>
#include <vtkPolyDataMapper.h>

#include "viz/scene/cloud_points.h"
#include "viz/scene/region_walls.h"

namespace nc::gpu
{

/// The points of a cloud as an actor: discs of one size in device pixels, rimmed and fogged as scene::ScreenCloud draws
/// them. In the plane a point's height is its place in the shuffle, so that the depth test puts it above or below.
class GpuCloud
{
public:
    GpuCloud();
    [[nodiscard]] vtkActor* actor() const { return m_actor; }
    /// Uploads points and colours only where their revision is another. What lies behind `walls` (of the frame, in
    /// device pixels) takes their colour; `height` is the picture's.
    void update(const scene::CloudPoints& points, const scene::CloudView& view,
                const std::vector<scene::ProjectedWall>& walls, int height);

private:
    void upload(const scene::CloudPoints& points);
    void setWalls(const std::vector<scene::ProjectedWall>& walls, const scene::Theme& theme);

    vtkNew<vtkPolyDataMapper> m_mapper;
    vtkNew<vtkActor> m_actor;
    int m_revision = -1;
};

} // namespace nc::gpu

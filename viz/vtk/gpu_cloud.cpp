#include "viz/vtk/gpu_cloud.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkIdTypeArray.h>
#include <vtkOpenGLPolyDataMapper.h>
#include <vtkOpenGLVertexBufferObject.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkProperty.h>
#include <vtkShaderProperty.h>
#include <vtkUniforms.h>
#include <vtkUnsignedCharArray.h>

#include "viz/scene/projected_scene.h"
#include "viz/scene/theme.h"

namespace nc::gpu
{

namespace
{

constexpr float keySteps = 1U << 24U;
constexpr unsigned char rimmed = 0, plain = 255; ///< in a colour's alpha: all rims have one colour

/// A point is a square of pixels, cut to a disc. Colours as ScreenCloud's: rim, then fog by depth.
constexpr const char* discShader = R"(
  float away = length((gl_PointCoord - 0.5) * squareSide);
  if (away > discRadius)
    discard;
  vec3 shade = vertexColorVSOutput.a < 0.5 && away > discRadius - rimWidth ? rimColour : vertexColorVSOutput.rgb;
  float fog = clamp((gl_FragCoord.z - fogNear) * fogRate, 0.0, 1.0) * fogMost;
  vec3 seen = mix(shade, canvas, fog);
  vec3 place = vec3(gl_FragCoord.x, pictureHeight - gl_FragCoord.y, 1.0);
  float towards = farthestReach - gl_FragCoord.z * depthRange;
  for (int w = 0; w < wallCount; ++w) {
    bool before = dot(wallDepth[w], place) > towards;
    for (int e = 0; before && e < wallCorners; ++e)
      before = dot(wallEdge[w * wallCorners + e], place) >= 0.0;
    if (before)
      seen = mix(seen, wallColour, wallShare);
  }
  gl_FragData[0] = vec4(seen, 1.0);
)";

constexpr int mostWalls = 6;    ///< one for each pair of four classes
constexpr int mostCorners = 10; ///< a square cut by the four faces of the tetrahedron and the regions of two classes
using Coefficients = std::array<float, 3>; ///< of x, y and 1

void setColour(vtkUniforms& uniforms, const char* name, scene::Rgb colour)
{
    const float channels[] = {static_cast<float>(colour.r) / 255, static_cast<float>(colour.g) / 255,
                              static_cast<float>(colour.b) / 255};
    uniforms.SetUniform3f(name, channels);
}

vtkNew<vtkUnsignedCharArray> coloursOf(const scene::CloudPoints& points)
{
    vtkNew<vtkUnsignedCharArray> colours;
    colours->SetNumberOfComponents(4);
    colours->SetNumberOfTuples(static_cast<vtkIdType>(points.size()));
    unsigned char* out = colours->GetPointer(0);
    for (const std::uint16_t entry : points.entry()) {
        const scene::Rgb colour = points.table()[entry];
        const bool rim = !points.rims().empty() && points.rims()[entry] != colour;
        for (const unsigned char channel : {colour.r, colour.g, colour.b, rim ? rimmed : plain})
            *out++ = channel;
    }
    return colours;
}

vtkNew<vtkFloatArray> placesOf(const scene::CloudPoints& points)
{
    vtkNew<vtkFloatArray> places;
    places->SetNumberOfComponents(3);
    places->SetNumberOfTuples(static_cast<vtkIdType>(points.size()));
    float* out = places->GetPointer(0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        *out++ = points.x()[i];
        *out++ = points.y()[i];
        *out++ = points.inSpace() ? points.z()[i] : -points.key()[i] / keySteps;
    }
    return places;
}

/// Every point in one cell of many vertices.
vtkNew<vtkCellArray> oneCellOf(std::size_t count)
{
    vtkNew<vtkIdTypeArray> offsets, ids;
    offsets->InsertNextValue(0);
    offsets->InsertNextValue(static_cast<vtkIdType>(count));
    ids->SetNumberOfValues(static_cast<vtkIdType>(count));
    std::iota(ids->GetPointer(0), ids->GetPointer(0) + count, vtkIdType{0});
    vtkNew<vtkCellArray> cells;
    cells->SetData(offsets, ids);
    return cells;
}

} // namespace

GpuCloud::GpuCloud()
{
    m_mapper->SetColorModeToDirectScalars();
    m_mapper->SetStatic(1);
    if (auto* mapper = vtkOpenGLPolyDataMapper::SafeDownCast(m_mapper))
        mapper->SetVBOShiftScaleMethod(vtkOpenGLVertexBufferObject::DISABLE_SHIFT_SCALE);
    m_actor->SetMapper(m_mapper);
    m_actor->ForceOpaqueOn(); // alpha marks rims
    m_actor->GetProperty()->LightingOff();
    m_actor->GetShaderProperty()->AddFragmentShaderReplacement("//VTK::Light::Impl", true, discShader, false);
}

void GpuCloud::upload(const scene::CloudPoints& points)
{
    vtkNew<vtkPoints> places;
    places->SetData(placesOf(points));
    vtkNew<vtkPolyData> data;
    data->SetPoints(places);
    data->SetVerts(oneCellOf(points.size()));
    data->GetPointData()->SetScalars(coloursOf(points));
    m_mapper->SetInputData(data);
    m_mapper->Update();
    m_revision = points.revision();
}

/// Each wall as its depth and, for each edge, a number that is not negative on the inner side: linear in the place.
void GpuCloud::setWalls(const std::vector<scene::ProjectedWall>& walls, const scene::Theme& theme)
{
    std::array<Coefficients, mostWalls> depths{};
    std::array<Coefficients, mostWalls * mostCorners> edges{};
    edges.fill({0, 0, 1}); // every place is on the inner side
    const std::size_t count = std::min<std::size_t>(walls.size(), mostWalls);
    for (std::size_t w = 0; w < count; ++w) {
        const scene::ProjectedWall& wall = walls[w];
        depths[w] = {static_cast<float>(wall.slope.x()), static_cast<float>(wall.slope.y()),
                     static_cast<float>(wall.depth)};
        const QPointF middle = std::accumulate(wall.points.begin(), wall.points.end(), QPointF()) /
                               static_cast<double>(wall.points.size());
        for (std::size_t e = 0; e < std::min<std::size_t>(wall.points.size(), mostCorners); ++e) {
            const QPointF from = wall.points[e], along = wall.points[(e + 1) % wall.points.size()] - from;
            const auto side = [&](QPointF p) { return along.x() * (p - from).y() - along.y() * (p - from).x(); };
            const double inner = side(middle) < 0 ? -1 : 1;
            edges[w * mostCorners + e] = {static_cast<float>(-inner * along.y()), static_cast<float>(inner * along.x()),
                                          static_cast<float>(inner * side({0, 0}))};
        }
    }
    vtkUniforms& uniforms = *m_actor->GetShaderProperty()->GetFragmentCustomUniforms();
    using Triple = float[3];
    uniforms.SetUniform3fv("wallDepth", mostWalls, reinterpret_cast<const Triple*>(depths.data()));
    uniforms.SetUniform3fv("wallEdge", mostWalls * mostCorners, reinterpret_cast<const Triple*>(edges.data()));
    uniforms.SetUniformi("wallCount", static_cast<int>(count));
    uniforms.SetUniformi("wallCorners", mostCorners);
    uniforms.SetUniformf("wallShare", static_cast<float>(scene::wallShare));
    setColour(uniforms, "wallColour", theme.text3);
}

void GpuCloud::update(const scene::CloudPoints& points, const scene::CloudView& view,
                      const std::vector<scene::ProjectedWall>& walls, int height)
{
    if (points.revision() != m_revision)
        upload(points);
    const auto radius = std::max(0.5F, static_cast<float>(view.radius));
    const float side = 2 * radius + 1;
    m_actor->GetProperty()->SetPointSize(side);
    vtkUniforms& uniforms = *m_actor->GetShaderProperty()->GetFragmentCustomUniforms();
    uniforms.SetUniformf("squareSide", side);
    uniforms.SetUniformf("discRadius", radius);
    uniforms.SetUniformf("rimWidth", static_cast<float>(view.rimWidth));
    const auto [nearest, farthest] = points.inSpace() ? points.depths(view) : std::pair{0.0F, 0.0F};
    const auto range = static_cast<float>(view.depthRange);
    uniforms.SetUniformf("fogNear", nearest / range);
    uniforms.SetUniformf("fogRate", farthest > nearest ? range / (farthest - nearest) : 0.0F);
    uniforms.SetUniformf("fogMost", static_cast<float>(scene::fogMost));
    setColour(uniforms, "canvas", scene::theme(points.mode()).canvas);
    const scene::Theme& theme = scene::theme(points.mode());
    uniforms.SetUniformf("pictureHeight", static_cast<float>(height));
    uniforms.SetUniformf("depthRange", range);
    uniforms.SetUniformf("farthestReach", static_cast<float>(view.farthestReach));
    setWalls(walls, theme);
    setColour(uniforms, "rimColour", points.rings() ? theme.ink : theme.paleRim);
}

} // namespace nc::gpu

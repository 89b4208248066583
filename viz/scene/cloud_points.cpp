#include "viz/scene/cloud_points.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "viz/scene/projected_scene.h"

namespace nc::scene
{

void CloudPoints::setScene(std::shared_ptr<const SceneModel> scene)
{
    m_scene = std::move(scene);
    m_gathered = m_coloured = false;
    m_source.clear();
    ++m_revision;
}

void CloudPoints::choose(const CloudFilter& filter, ColorBy colorBy, ThemeMode mode)
{
    const bool recolour = !m_coloured || colorBy != m_colorBy || mode != m_mode;
    if (recolour)
        m_colours = pointColours(*m_scene, colorBy, theme(mode));
    m_colorBy = colorBy;
    m_mode = mode;
    m_coloured = true;
    if (!m_gathered || filter != m_filter) {
        m_filter = filter;
        gather();
    } else if (!recolour) {
        return;
    }
    m_entry.resize(m_source.size());
    for (std::size_t i = 0; i < m_source.size(); ++i)
        m_entry[i] = m_colours.entry[m_source[i]];
    ++m_revision;
}

void CloudPoints::gather()
{
    const Cloud& cloud = m_scene->cloud;
    const auto count = static_cast<std::size_t>(cloud.size());
    const bool everything = CloudFilter{} == m_filter;
    m_source.clear();
    m_source.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        if (everything || m_filter.shows(cloud, i))
            m_source.push_back(static_cast<std::uint32_t>(i));
    const std::size_t shown = m_source.size();
    const bool space = inSpace();
    m_x.resize(shown);
    m_y.resize(shown);
    m_z.resize(space ? shown : 0);
    m_key.resize(space ? 0 : shown);
    const float* positions = cloud.positions.data();
    const std::size_t dims = space ? 3 : 2;
    for (std::size_t i = 0; i < shown; ++i) {
        const float* row = positions + m_source[i] * dims;
        m_x[i] = row[0];
        m_y[i] = row[1];
        if (space)
            m_z[i] = row[2];
        else
            m_key[i] = static_cast<float>(shuffleKey(m_source[i]) >> 8U); // exact in a float
    }
    m_gathered = true;
}

std::pair<float, float> CloudPoints::depths(const CloudView& view) const
{
    if (m_z.empty())
        return {0.0F, 0.0F};
    using Values = Eigen::Map<const Eigen::ArrayXf>;
    const Eigen::RowVector3f towards = view.linear.row(2).cast<float>();
    const auto reach = static_cast<float>(view.farthestReach);
    const auto count = static_cast<Index>(size());
    const auto depth = reach - (towards[0] * Values(m_x.data(), count) + towards[1] * Values(m_y.data(), count) +
                                towards[2] * Values(m_z.data(), count));
    return {depth.minCoeff(), depth.maxCoeff()};
}

std::optional<std::uint32_t> CloudPoints::pointAt(const CloudView& view, QPointF place, double reach) const
{
    constexpr std::size_t chunk = 4096;
    using Values = Eigen::Map<const Eigen::ArrayXf>;
    const Eigen::Matrix3f linear = view.linear.cast<float>();
    const auto px = static_cast<float>(place.x() - view.shift.x());
    const auto py = static_cast<float>(place.y() - view.shift.y());
    const auto inside = static_cast<float>(view.radius * view.radius);
    auto least = static_cast<float>((reach + view.radius) * (reach + view.radius));
    float front = std::numeric_limits<float>::infinity(); ///< depth of the disc at the place
    std::optional<std::size_t> found;
    Eigen::ArrayXf squared(chunk);
    for (std::size_t first = 0; first < size(); first += chunk) {
        const auto count = static_cast<Index>(std::min(chunk, size() - first));
        const Values x(&m_x[first], count), y(&m_y[first], count);
        auto away = squared.head(count);
        if (inSpace()) {
            const Values z(&m_z[first], count);
            away = (linear(0, 0) * x + linear(0, 1) * y + linear(0, 2) * z - px).square() +
                   (linear(1, 0) * x + linear(1, 1) * y + linear(1, 2) * z - py).square();
        } else {
            away = (linear(0, 0) * x + linear(0, 1) * y - px).square() +
                   (linear(1, 0) * x + linear(1, 1) * y - py).square();
        }
        if (!(away.minCoeff() < std::max(least, inside)))
            continue;
        for (Index i = 0; i < count; ++i) {
            const std::size_t point = first + static_cast<std::size_t>(i);
            if (away[i] <= inside) {
                const float depth =
                    inSpace() ? -(linear(2, 0) * x[i] + linear(2, 1) * y[i] + linear(2, 2) * m_z[point]) : m_key[point];
                if (depth < front) {
                    front = depth;
                    found = point;
                }
            } else if (std::isinf(front) && away[i] < least) {
                least = away[i];
                found = point;
            }
        }
    }
    if (!found)
        return {};
    return m_source[*found];
}

} // namespace nc::scene

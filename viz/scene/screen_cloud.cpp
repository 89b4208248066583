#include "viz/scene/screen_cloud.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/parallel.h"
#include "viz/scene/projected_scene.h"

namespace nc::scene
{

namespace
{

constexpr int fogLevels = 32;
constexpr std::size_t chunk = 4096;

/// Up to so many points every rim is smoothed, beyond only where a disc borders on the ground: between discs the eye
/// sees no steps in a crowd.
constexpr Index smoothCrowd = 60'000;

/// Share of the canvas, of 256, in the pixels of a disc that border on a nearer one: tells discs of one colour apart.
/// On white a little of it goes a long way.
constexpr std::uint32_t contourShare(ThemeMode mode)
{
    return mode == ThemeMode::Dark ? 64 : 32;
}

QRgb packed(Rgb colour)
{
    return qRgb(colour.r, colour.g, colour.b);
}

/// `share` of 256 of the way from `a` to `b`; two channels at a time.
inline QRgb blend(QRgb a, QRgb b, std::uint32_t share)
{
    constexpr std::uint32_t even = 0x00FF00FFU;
    const std::uint32_t rest = 256 - share;
    const std::uint32_t redBlue = ((a & even) * rest + (b & even) * share + 0x00800080U) >> 8U;
    const std::uint32_t green = (((a >> 8U) & 0xFFU) * rest + ((b >> 8U) & 0xFFU) * share + 0x80U) >> 8U;
    return 0xFF000000U | (redBlue & even) | (green << 8U);
}

inline std::uint32_t idOf(std::uint64_t word)
{
    return static_cast<std::uint32_t>(word);
}

/// Colours the owners of one row after the other. The share of a pixel that a disc covers follows from the distance to
/// its centre, so rims are smooth without finer sampling.
class CloudInk
{
public:
    struct Source {
        const float *x, *y;
        const std::uint16_t* entry;
        const std::vector<QRgb>& table; ///< a level of fog after the other, nearest first
        const std::vector<QRgb>& rims;  ///< empty: none
        float radius, rimWidth;
        float nearest, levelsPerDepth; ///< 0: no fog
        std::size_t entries;           ///< of one level
        bool smoothCrowd;
        QRgb canvas;
        std::uint32_t contour;
    };
    struct Rows {
        const std::uint64_t *above, *here, *below;
    };

    explicit CloudInk(const Source& source)
        : m_source(source)
    {
    }

    void operator()(const Rows& rows, int row, int width, QRgb* line) const
    {
        std::uint64_t left = IdBuffer::emptyWord;
        for (int column = 0; column < width; ++column) {
            if (left == IdBuffer::emptyWord && column + stride < width && bare(rows, column)) {
                column += stride - 1;
                continue;
            }
            const std::uint64_t own = rows.here[column];
            const std::uint64_t right = column + 1 < width ? rows.here[column + 1] : IdBuffer::emptyWord;
            const std::array<std::uint64_t, 4> around{left, right, rows.above[column], rows.below[column]};
            left = own;
            const bool edge = ((own ^ around[0]) | (own ^ around[1]) | (own ^ around[2]) | (own ^ around[3])) != 0;
            if (!edge) {
                if (own != IdBuffer::emptyWord)
                    line[column] = colour(own, column, row);
                continue;
            }
            const bool atGround = std::max({own, around[0], around[1], around[2], around[3]}) == IdBuffer::emptyWord;
            line[column] = m_source.smoothCrowd || atGround ? smooth(own, around, column, row, line[column])
                                                            : colour(own, column, row);
        }
    }

private:
    static constexpr int stride = 16;

    /// Whether no disc touches the next pixels or their neighbours to the right, above and below.
    [[nodiscard]] static bool bare(const Rows& rows, int column)
    {
        std::uint64_t all = rows.here[column + stride];
        for (int k = column; k < column + stride; ++k)
            all &= rows.above[k] & rows.here[k] & rows.below[k];
        return all == IdBuffer::emptyWord;
    }

    [[nodiscard]] QRgb colour(std::uint64_t word, int column, int row) const
    {
        const std::uint32_t id = idOf(word);
        std::size_t at = m_source.entry[id];
        if (m_source.levelsPerDepth > 0) {
            const float depth = std::bit_cast<float>(static_cast<std::uint32_t>(word >> 32U));
            at += m_source.entries * static_cast<std::size_t>((depth - m_source.nearest) * m_source.levelsPerDepth);
        }
        if (!m_source.rims.empty() && distance(id, column, row) > m_source.radius - m_source.rimWidth)
            return m_source.rims[at];
        return m_source.table[at];
    }

    [[nodiscard]] float distance(std::uint32_t id, int column, int row) const
    {
        const float dx = static_cast<float>(column) + 0.5F - m_source.x[id];
        const float dy = static_cast<float>(row) + 0.5F - m_source.y[id];
        return std::sqrt(dx * dx + dy * dy);
    }

    /// Covered share of a pixel, of 256.
    [[nodiscard]] std::uint32_t covered(std::uint32_t id, int column, int row) const
    {
        const float share = m_source.radius + 0.5F - distance(id, column, row);
        return share <= 0 ? 0 : share >= 1 ? 256 : static_cast<std::uint32_t>(share * 256);
    }

    /// The pixel's owner over what lies outwards of it, then the rims of nearer discs beside it.
    [[nodiscard]] QRgb smooth(std::uint64_t own, const std::array<std::uint64_t, 4>& around, int column, int row,
                              QRgb ground) const
    {
        QRgb result = ground;
        if (own != IdBuffer::emptyWord) {
            const std::uint32_t id = idOf(own);
            const std::uint32_t share = covered(id, column, row);
            if (share < 256) {
                const std::uint64_t outwards = around[outwardsOf(id, column, row)];
                if (outwards != IdBuffer::emptyWord && idOf(outwards) != id)
                    result = colour(outwards, column, row);
            }
            result = blend(result, colour(own, column, row), share);
            if (std::min({around[0], around[1], around[2], around[3]}) < own)
                result = blend(result, m_source.canvas, m_source.contour);
        }
        for (std::size_t i = 0; i < around.size(); ++i) {
            const std::uint64_t other = around[i];
            if (other >= own || (i > 0 && other == around[i - 1]) || (i > 1 && other == around[i - 2]) ||
                (i > 2 && other == around[0]))
                continue;
            if (const std::uint32_t share = covered(idOf(other), column, row); share > 0)
                result = blend(result, colour(other, column, row), share);
        }
        return result;
    }

    /// Index into `around` of the neighbour that lies away from the disc's centre.
    [[nodiscard]] std::size_t outwardsOf(std::uint32_t id, int column, int row) const
    {
        const float dx = static_cast<float>(column) + 0.5F - m_source.x[id];
        const float dy = static_cast<float>(row) + 0.5F - m_source.y[id];
        if (std::abs(dx) > std::abs(dy))
            return dx < 0 ? 0 : 1;
        return dy < 0 ? 2 : 3;
    }

    Source m_source;
};

} // namespace

void ScreenCloud::project(const CloudView& view, int threads)
{
    using Values = Eigen::Map<const Eigen::ArrayXf>;
    const Eigen::Matrix3f linear = view.linear.cast<float>();
    const Eigen::Vector3f shift = view.shift.cast<float>();
    const auto reach = static_cast<float>(view.farthestReach);
    const bool space = m_points->inSpace();
    const std::size_t count = m_points->size();
    const float *allX = m_points->x().data(), *allY = m_points->y().data(), *allZ = m_points->z().data();
    m_screenX.resize(count);
    m_screenY.resize(count);
    m_depth.resize(space ? count : 0);
    const int chunks = static_cast<int>((count + chunk - 1) / chunk);
    std::vector<std::array<float, 2>> range(static_cast<std::size_t>(chunks));
    parallelFor(chunks, threadCount(threads), [&](int index) {
        const std::size_t first = static_cast<std::size_t>(index) * chunk;
        const auto size = static_cast<Index>(std::min(chunk, count - first));
        const Values x(allX + first, size), y(allY + first, size);
        Eigen::Map<Eigen::ArrayXf> screenX(&m_screenX[first], size), screenY(&m_screenY[first], size);
        if (!space) {
            screenX = linear(0, 0) * x + linear(0, 1) * y + shift[0];
            screenY = linear(1, 0) * x + linear(1, 1) * y + shift[1];
            return;
        }
        const Values z(allZ + first, size);
        Eigen::Map<Eigen::ArrayXf> depth(&m_depth[first], size);
        screenX = linear(0, 0) * x + linear(0, 1) * y + linear(0, 2) * z + shift[0];
        screenY = linear(1, 0) * x + linear(1, 1) * y + linear(1, 2) * z + shift[1];
        depth = (reach - shift[2] - (linear(2, 0) * x + linear(2, 1) * y + linear(2, 2) * z)).max(0.0F);
        range[static_cast<std::size_t>(index)] = {depth.minCoeff(), depth.maxCoeff()};
    });
    m_nearest = space && count > 0 ? std::numeric_limits<float>::infinity() : 0;
    m_farthest = 0;
    if (space)
        for (const auto& [low, high] : range) {
            m_nearest = std::min(m_nearest, low);
            m_farthest = std::max(m_farthest, high);
        }
}

void ScreenCloud::splat(const CloudPoints& points, const CloudView& view, QSize size, int threads)
{
    m_points = &points;
    m_view = view;
    project(view, threads);
    if (QSize(m_owners.width(), m_owners.height()) != size)
        m_owners = IdBuffer(size);
    // A hair less, so that no centre reaches one pixel more than the others.
    const auto radius = std::max(0.1F, static_cast<float>(view.radius) - 0.01F);
    scene::splat({m_screenX, m_screenY, points.inSpace() ? std::span<const float>(m_depth) : points.key(), radius},
                 m_owners, threads);
}

void ScreenCloud::clear()
{
    m_points = nullptr;
}

std::vector<QRgb> ScreenCloud::foggedTable(const std::vector<Rgb>& table) const
{
    const Rgb canvas = theme(m_points->mode()).canvas;
    const int levels = m_farthest > m_nearest ? fogLevels : 1;
    std::vector<QRgb> result;
    for (int level = 0; level < levels; ++level)
        for (const Rgb colour : table)
            result.push_back(packed(mix(colour, canvas, fogMost * level / (fogLevels - 1))));
    return result;
}

void ScreenCloud::seeThrough(const ProjectedWall& wall, int row, QRgb* line) const
{
    double left = m_owners.width(), right = 0; // where the convex wall crosses the middle of the row
    const double y = row + 0.5;
    for (std::size_t i = 0; i < wall.points.size(); ++i) {
        const QPointF &from = wall.points[i], &to = wall.points[(i + 1) % wall.points.size()];
        if ((from.y() < y) == (to.y() < y))
            continue;
        const double x = from.x() + (to.x() - from.x()) * (y - from.y()) / (to.y() - from.y());
        left = std::min(left, x);
        right = std::max(right, x);
    }
    const Theme& colours = theme(m_points->mode());
    const auto words = m_owners.row(row);
    const int end = static_cast<int>(std::clamp(std::round(right), 0.0, static_cast<double>(m_owners.width())));
    for (int column = std::max(0, static_cast<int>(std::round(left))); column < end; ++column) {
        const std::uint64_t word = words[static_cast<std::size_t>(column)];
        const auto depth = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(word >> 32U)));
        if (word == IdBuffer::emptyWord || m_view.farthestReach - depth >= wall.depthAt({column + 0.5, y}))
            continue;
        const QRgb own = line[column];
        const Rgb seen = throughWalls({static_cast<std::uint8_t>(qRed(own)), static_cast<std::uint8_t>(qGreen(own)),
                                       static_cast<std::uint8_t>(qBlue(own))},
                                      1, colours);
        line[column] = packed(seen);
    }
}

void ScreenCloud::paintOver(QImage& picture, const std::vector<ProjectedWall>& walls, int threads) const
{
    if (shown() == 0 || picture.isNull())
        return;
    const std::vector<QRgb> table = foggedTable(m_points->table());
    const std::vector<QRgb> rims = foggedTable(m_points->rims());
    const float range = m_farthest - m_nearest;
    constexpr float lastLevel = fogLevels - 0.01F;
    const CloudInk ink({m_screenX.data(), m_screenY.data(), m_points->entry().data(), table, rims,
                        static_cast<float>(m_view.radius), static_cast<float>(m_view.rimWidth), m_nearest,
                        range > 0 ? lastLevel / range : 0, m_points->table().size(), shown() <= smoothCrowd,
                        packed(theme(m_points->mode()).canvas), contourShare(m_points->mode())});
    const int width = m_owners.width();
    const int height = m_owners.height();
    const std::vector<std::uint64_t> nothing(static_cast<std::size_t>(width), IdBuffer::emptyWord);
    std::uint8_t* const bits = picture.bits(); // once, before the threads: it may detach
    const auto stride = picture.bytesPerLine();
    parallelFor(height, threadCount(threads), [&](int row) {
        const CloudInk::Rows rows{row > 0 ? m_owners.row(row - 1).data() : nothing.data(), m_owners.row(row).data(),
                                  row + 1 < height ? m_owners.row(row + 1).data() : nothing.data()};
        auto* line = reinterpret_cast<QRgb*>(bits + row * stride);
        ink(rows, row, width, line);
        for (const ProjectedWall& wall : walls)
            seeThrough(wall, row, line);
    });
}

std::optional<std::uint32_t> ScreenCloud::pointAt(QPointF place, double reach) const
{
    if (!m_points)
        return {};
    const auto ownerAt = [this](int column, int row) {
        const bool inside = column >= 0 && row >= 0 && column < m_owners.width() && row < m_owners.height();
        return inside ? m_owners.at(column, row) : IdBuffer::none;
    };
    const int column = static_cast<int>(std::floor(place.x()));
    const int row = static_cast<int>(std::floor(place.y()));
    if (const std::uint32_t owner = ownerAt(column, row); owner != IdBuffer::none)
        return m_points->source()[owner];
    const int window = static_cast<int>(std::ceil(reach));
    std::uint32_t nearest = IdBuffer::none;
    double least = reach + m_view.radius; // to the centre of a disc that begins within reach
    for (int y = row - window; y <= row + window; ++y)
        for (int x = column - window; x <= column + window; ++x)
            if (const std::uint32_t owner = ownerAt(x, y); owner != IdBuffer::none && owner != nearest) {
                const double away = std::hypot(static_cast<double>(m_screenX[owner]) - place.x(),
                                               static_cast<double>(m_screenY[owner]) - place.y());
                if (away < least) {
                    least = away;
                    nearest = owner;
                }
            }
    if (nearest == IdBuffer::none)
        return {};
    return m_points->source()[nearest];
}

double ScreenCloud::hiddenShare(QPointF place, double towards, int window) const
{
    if (!m_points)
        return 0;
    const auto depth = static_cast<float>(m_view.farthestReach - towards);
    int hidden = 0, all = 0;
    const int column = static_cast<int>(place.x());
    const int row = static_cast<int>(place.y());
    for (int y = std::max(0, row - window); y <= std::min(m_owners.height() - 1, row + window); ++y)
        for (int x = std::max(0, column - window); x <= std::min(m_owners.width() - 1, column + window); ++x) {
            ++all;
            hidden += m_owners.depthAt(x, y) < depth;
        }
    return all > 0 ? static_cast<double>(hidden) / all : 0;
}

} // namespace nc::scene

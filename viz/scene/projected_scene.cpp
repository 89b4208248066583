#include "viz/scene/projected_scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include <Eigen/Dense>

#include "core/parallel.h"
#include "viz/scene/clip.h"
#include "viz/scene/point_colours.h"

namespace nc::scene
{

namespace
{

constexpr int fogLevels = 8;
constexpr std::size_t shuffleChunk = 512;

/// work(start, size) of each stretch of `count` things, on all cores where there are many.
template <typename Work>
void forEachStretch(std::size_t count, std::size_t length, const Work& work)
{
    constexpr std::size_t many = 1U << 16U;
    const std::size_t stretches = (count + length - 1) / length;
    parallelFor(static_cast<Index>(stretches), count < many ? 1 : threadCount(0), [&](Index stretch) {
        const std::size_t start = static_cast<std::size_t>(stretch) * length;
        work(start, std::min(length, count - start));
    });
}

QPointF onScreen(const Eigen::Vector3d& place)
{
    return {place.x(), place.y()};
}

class Bounds
{
public:
    void add(QPointF p)
    {
        m_low = {std::min(m_low.x(), p.x()), std::min(m_low.y(), p.y())};
        m_high = {std::max(m_high.x(), p.x()), std::max(m_high.y(), p.y())};
    }
    void add(const ProjectedLine& line)
    {
        for (const QPointF& p : line.points)
            add(p);
    }
    [[nodiscard]] QRectF rect() const { return m_low.x() <= m_high.x() ? QRectF(m_low, m_high) : QRectF(-1, -1, 2, 2); }

private:
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    QPointF m_low{infinity, infinity}, m_high{-infinity, -infinity};
};

/// The numbers 0 to count - 1 by their shuffleKey(): by digits, since comparing a million takes longer than all the
/// rest of their picture.
std::vector<std::uint32_t> shuffled(std::size_t count)
{
    constexpr unsigned digitBits = 11;
    constexpr std::uint32_t digits = 1U << digitBits;
    std::vector<std::uint32_t> order(count), next(count);
    std::iota(order.begin(), order.end(), 0U);
    for (unsigned shift = 0; shift < 32; shift += digitBits) {
        std::array<std::uint32_t, digits + 1> starts{};
        const auto digit = [shift](std::uint32_t number) { return (shuffleKey(number) >> shift) & (digits - 1); };
        for (const std::uint32_t number : order)
            ++starts[digit(number) + 1];
        std::partial_sum(starts.begin(), starts.end(), starts.begin());
        for (const std::uint32_t number : order)
            next[starts[digit(number)]++] = number;
        order.swap(next);
    }
    return order;
}

/// A fixed shuffle; within short stretches equal colours stand together, which makes vector files smaller and nothing
/// visible.
std::vector<std::uint32_t> shuffledOrder(const std::vector<std::uint16_t>& entry)
{
    std::vector<std::uint32_t> order = shuffled(entry.size());
    forEachStretch(order.size(), shuffleChunk, [&](std::size_t start, std::size_t count) {
        std::array<std::uint32_t, shuffleChunk> byColour{}; // colour, place in the stretch
        std::array<std::uint32_t, shuffleChunk> numbers{};
        for (std::size_t i = 0; i < count; ++i) {
            numbers[i] = order[start + i];
            byColour[i] = std::uint32_t{entry[numbers[i]]} << 16U | static_cast<std::uint32_t>(i);
        }
        std::sort(byColour.begin(), byColour.begin() + static_cast<std::ptrdiff_t>(count));
        for (std::size_t i = 0; i < count; ++i)
            order[start + i] = numbers[byColour[i] & 0xFFFFU];
    });
    return order;
}

std::vector<std::uint32_t> depthOrder(const std::vector<float>& depth)
{
    std::vector<std::uint32_t> order(depth.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return depth[a] < depth[b]; });
    return order;
}

/// Repeats a table for each level of fog, nearest first.
std::vector<Rgb> fogged(const std::vector<Rgb>& table, Rgb canvas)
{
    std::vector<Rgb> result;
    for (int level = 0; level < fogLevels; ++level)
        for (const Rgb colour : table)
            result.push_back(mix(colour, canvas, fogMost * level / (fogLevels - 1)));
    return result;
}

void applyFog(ProjectedDots& dots, Rgb canvas)
{
    const auto [low, high] = std::minmax_element(dots.depth.begin(), dots.depth.end());
    if (low == high)
        return;
    const float nearest = *high;
    const float range = std::max(*high - *low, 1e-30F);
    const auto colours = dots.table.size();
    for (std::size_t i = 0; i < dots.entry.size(); ++i) {
        const auto level = std::lround((nearest - dots.depth[i]) / range * (fogLevels - 1));
        dots.entry[i] = static_cast<std::uint16_t>(dots.entry[i] + colours * static_cast<std::size_t>(level));
    }
    dots.table = fogged(dots.table, canvas);
    if (!dots.rims.empty())
        dots.rims = fogged(dots.rims, canvas);
}

/// Dots behind walls take their colour.
void seeThrough(const std::vector<ProjectedWall>& walls, ProjectedDots& dots, const Theme& theme)
{
    const std::size_t colours = dots.table.size();
    int most = 0;
    for (std::size_t i = 0; i < dots.entry.size(); ++i) {
        const int before = wallsBefore(walls, dots.at[i], static_cast<double>(dots.depth[i]));
        dots.entry[i] = static_cast<std::uint16_t>(dots.entry[i] + colours * static_cast<std::size_t>(before));
        most = std::max(most, before);
    }
    for (auto* table : {&dots.table, &dots.rims}) {
        const std::vector<Rgb> plain = *table;
        for (int before = 1; before <= most; ++before)
            for (const Rgb colour : plain)
                table->push_back(throughWalls(colour, before, theme));
    }
}

ProjectedDots projectDots(const SceneModel& model, const Theme& theme, const Eye& eye)
{
    const auto placeOf = [&](std::uint32_t i) { return eye(model.cloud.positions.row(static_cast<Index>(i))); };
    const auto count = static_cast<std::size_t>(model.cloud.size());
    PointColours colours = pointColours(model, theme);
    ProjectedDots dots;
    if (model.dims == 3) {
        std::vector<float> depth(count);
        for (std::uint32_t i = 0; i < count; ++i)
            depth[i] = static_cast<float>(placeOf(i).z());
        dots.source = depthOrder(depth);
    } else {
        dots.source = shuffledOrder(colours.entry);
    }
    dots.at.resize(count);
    dots.depth.resize(count);
    dots.entry.resize(count);
    forEachStretch(count, 1U << 14U, [&](std::size_t start, std::size_t size) {
        for (std::size_t k = start; k < start + size; ++k) {
            const std::uint32_t i = dots.source[k];
            const Eigen::Vector3d place = placeOf(i);
            dots.at[k] = onScreen(place);
            dots.depth[k] = static_cast<float>(place.z());
            dots.entry[k] = colours.entry[i];
        }
    });
    dots.table = std::move(colours.table);
    dots.rims = std::move(colours.rims);
    dots.rings = colours.rings;
    if (model.dims == 3)
        applyFog(dots, theme.canvas);
    return dots;
}

ProjectedLine projectLine(const Matrix& points, const Eye& eye)
{
    ProjectedLine line;
    for (Index i = 0; i < points.rows(); ++i) {
        const Eigen::Vector3d place = eye(points.row(i));
        line.points.push_back(onScreen(place));
        line.depth.push_back(place.z());
    }
    return line;
}

/// The part of the line where the classes `tied` tie and none is higher, within `radius` of the origin: two ends, 2 x
/// D; nothing where there is none.
std::optional<Matrix> tiedSegment(const RegionField& field, const std::vector<Index>& tied, double radius)
{
    const Index dims = field.slope.cols();
    Matrix equations(dims - 1, dims);
    Vector values(dims - 1);
    for (Index r = 0; r + 1 < dims; ++r) {
        const Index other = tied[static_cast<std::size_t>(r + 1)];
        equations.row(r) = field.slope.row(other) - field.slope.row(tied[0]);
        values[r] = field.offset[tied[0]] - field.offset[other];
    }
    const Vector point = equations.completeOrthogonalDecomposition().solve(values);
    Vector direction(dims);
    if (dims == 2)
        direction << -equations(0, 1), equations(0, 0);
    else
        direction = Eigen::Vector3d(equations.row(0)).cross(Eigen::Vector3d(equations.row(1)));
    if (direction.norm() < 1e-12 * (1 + field.slope.norm()) || point.norm() >= radius)
        return {};
    direction.normalize();
    double high = std::sqrt(radius * radius - point.squaredNorm()); // point is the one nearest to the origin
    double low = -high;
    for (Index k = 0; k < field.slope.rows(); ++k) {
        if (std::find(tied.begin(), tied.end(), k) != tied.end())
            continue;
        const Vector lead = field.slope.row(tied[0]) - field.slope.row(k);
        const double atPoint = lead.dot(point) + field.offset[tied[0]] - field.offset[k];
        const double rate = lead.dot(direction);
        if (rate > 0)
            low = std::max(low, -atPoint / rate);
        else if (rate < 0)
            high = std::min(high, -atPoint / rate);
        else if (atPoint < 0)
            return {};
    }
    if (low >= high)
        return {};
    Matrix ends(2, dims);
    ends.row(0) = point + low * direction;
    ends.row(1) = point + high * direction;
    return ends;
}

/// The part of a segment (2 x 2, an end a row) in a rectangle.
std::optional<Matrix> cutTo(const QRectF& rect, Matrix ends)
{
    const auto part = clipSegment({ends(0, 0), ends(0, 1)}, {ends(1, 0), ends(1, 1)}, rect);
    if (!part)
        return {};
    ends << part->first.x(), part->first.y(), part->second.x(), part->second.y();
    return ends;
}

/// All ways to choose D of K classes.
std::vector<std::vector<Index>> subsets(Index classes, Index size)
{
    std::vector<std::vector<Index>> all;
    std::vector<bool> chosen(static_cast<std::size_t>(classes), false);
    if (classes < size)
        return all;
    std::fill_n(chosen.begin(), size, true);
    do {
        std::vector<Index> subset;
        for (Index k = 0; k < classes; ++k)
            if (chosen[static_cast<std::size_t>(k)])
                subset.push_back(k);
        all.push_back(std::move(subset));
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
    return all;
}

/// The rectangle of the plane under a third axis that everything stands on, a little larger; scene coordinates.
QRectF floorOf(const SceneModel& model)
{
    Bounds bounds;
    const auto addRow = [&bounds](const auto& row) {
        bounds.add(QPointF(static_cast<double>(row[0]), static_cast<double>(row[1])));
    };
    for (Index r = 0; r < model.cloud.size(); ++r)
        addRow(model.cloud.positions.row(r));
    for (const ClassifierArrow& arrow : model.classifiers)
        addRow(Vector(arrow.tail + model.classifierLength * (arrow.tip - arrow.tail)));
    if (model.simplex)
        for (Index r = 0; r < model.simplex->vertices.rows(); ++r)
            addRow(Vector(model.classifierLength * model.simplex->vertices.row(r)));
    if (model.theory)
        for (const Matrix& curve : model.theory->curves)
            for (Index r = 0; r < curve.rows(); ++r)
                addRow(curve.row(r));
    const QRectF tight = bounds.rect();
    const double margin = 0.04 * std::max(tight.width(), tight.height());
    return tight.adjusted(-margin, -margin, margin, margin);
}

void projectFloor(const SceneModel& model, const QRectF& floor, const Eye& eye, ProjectedScene& scene)
{
    std::optional<Eigen::Vector3d> foot;
    for (const QPointF& corner : {floor.topLeft(), floor.topRight(), floor.bottomRight(), floor.bottomLeft()}) {
        const Eigen::Vector3d place(corner.x(), corner.y(), 0);
        scene.floor.push_back(onScreen(eye(place)));
        if (!foot || eye(place).x() < eye(*foot).x())
            foot = place;
    }
    const ThirdAxis& axis = *model.third;
    const auto steps = static_cast<Index>(std::lround(axis.high / axis.step));
    Matrix ticks = foot->transpose().replicate(steps + 1, 1);
    ticks.col(2) = Vector::LinSpaced(steps + 1, 0, axis.high * axis.unit);
    scene.upright = projectLine(ticks, eye);
}

std::vector<ProjectedLine> projectBoundaries(const SceneModel& model, const Eye& eye, const QRectF& bounds)
{
    const double extent = std::hypot(std::max(std::abs(bounds.left()), std::abs(bounds.right())),
                                     std::max(std::abs(bounds.top()), std::abs(bounds.bottom()))) /
                          model.scale;
    std::vector<ProjectedLine> lines;
    for (const auto& tied : subsets(model.regions->slope.rows(), model.flatDims())) {
        auto segment = tiedSegment(*model.regions, tied, model.flatDims() == 2 ? 20 * extent : extent);
        if (segment && model.third)
            segment = cutTo(floorOf(model), *segment);
        if (segment)
            lines.push_back(projectLine(*segment, eye));
    }
    return lines;
}

/// Axes through the origin, a little longer than the cloud reaches.
std::vector<ProjectedLine> projectAxes(const SceneModel& model, const Eye& eye)
{
    std::vector<ProjectedLine> axes;
    for (Index d = 0; d < 3; ++d) {
        double low = 0, high = 0;
        if (model.cloud.size() != 0) {
            low = std::min(0.0, static_cast<double>(model.cloud.positions.col(d).minCoeff()));
            high = std::max(0.0, static_cast<double>(model.cloud.positions.col(d).maxCoeff()));
        }
        Matrix ends = Matrix::Zero(2, 3);
        ends(0, d) = low;
        ends(1, d) = high;
        axes.push_back(projectLine(ends, eye));
    }
    return axes;
}

void projectFrame(const SceneModel& model, const Eye& eye, ProjectedScene& scene)
{
    if (model.layers.has(Layer::Classifiers))
        for (const ClassifierArrow& arrow : model.classifiers) {
            const Vector end = arrow.tail + model.classifierLength * (arrow.tip - arrow.tail);
            const Eigen::Vector3d tip = eye(end);
            scene.arrows.push_back({onScreen(eye(arrow.tail)), onScreen(tip), tip.z(), arrow.slot});
        }
    std::stable_sort(scene.arrows.begin(), scene.arrows.end(),
                     [](const auto& a, const auto& b) { return a.depth < b.depth; });
    if (model.layers.has(Layer::Simplex) && model.simplex)
        for (const auto& [a, b] : model.simplex->edges) {
            Matrix ends(2, model.simplex->vertices.cols());
            ends << model.simplex->vertices.row(a), model.simplex->vertices.row(b);
            scene.simplex.push_back(projectLine(model.classifierLength * ends, eye));
        }
    if (model.layers.has(Layer::Theory) && model.theory)
        for (const Matrix& curve : model.theory->curves)
            scene.theory.push_back(projectLine(curve, eye));
    for (const GuideLine& guide : model.guides)
        scene.guides.push_back(projectLine(guide.points, eye));
    if (model.layers.has(Layer::Channels))
        for (const Matrix& line : model.channels)
            scene.channels.push_back(projectLine(line, eye));
    if (model.layers.has(Layer::Means))
        for (Index k = 0; k < model.means.rows(); ++k)
            if (model.means.row(k).allFinite()) // a class without samples has no mean
                scene.means.push_back({onScreen(eye(model.means.row(k))), static_cast<int>(k)});
}

} // namespace

ProjectedScene projectScene(const SceneModel& model, const Theme& theme)
{
    const Eye eye(model);
    ProjectedScene scene;
    if (model.layers.has(Layer::Boundaries))
        scene.walls = projectWalls(regionWalls(model), eye);
    if (model.layers.has(Layer::Cloud)) {
        scene.dots = projectDots(model, theme, eye);
        if (!scene.walls.empty())
            seeThrough(scene.walls, scene.dots, theme);
    }
    projectFrame(model, eye, scene);
    if (model.layers.has(Layer::Axes) && model.dims == 3 && !model.third)
        scene.axes = projectAxes(model, eye);
    const bool borders = model.layers.has(Layer::Regions) || model.layers.has(Layer::Boundaries);
    if (model.third && (model.layers.has(Layer::Axes) || (model.regions && borders)))
        projectFloor(model, floorOf(model), eye, scene);
    if (model.regions && borders && model.regions->triplePoint)
        scene.triplePoint = onScreen(eye(*model.regions->triplePoint));

    Bounds bounds;
    for (const QPointF& p : scene.dots.at)
        bounds.add(p);
    for (const ProjectedArrow& arrow : scene.arrows) {
        bounds.add(arrow.tail);
        bounds.add(arrow.tip);
    }
    for (const auto* lines : {&scene.simplex, &scene.theory, &scene.axes, &scene.guides})
        for (const ProjectedLine& line : *lines)
            bounds.add(line);
    for (const ProjectedMean& mean : scene.means)
        bounds.add(mean.at);
    for (const QPointF& corner : scene.floor)
        bounds.add(corner);
    if (scene.upright && model.layers.has(Layer::Axes))
        bounds.add(*scene.upright);
    scene.bounds = bounds.rect();
    if (model.regions && model.layers.has(Layer::Boundaries))
        scene.boundaries = projectBoundaries(model, eye, scene.bounds);
    return scene;
}

namespace
{

/// Cells of a fine grid that are wholly covered by dots.
class CoverGrid
{
public:
    CoverGrid(const QRectF& bounds, double radius)
        : m_cell(radius / 3)
        , m_origin(bounds.topLeft() - QPointF(2 * radius, 2 * radius))
        , m_width(static_cast<std::int64_t>((bounds.width() + 4 * radius) / m_cell) + 2)
        , m_height(static_cast<std::int64_t>((bounds.height() + 4 * radius) / m_cell) + 2)
        , m_radius(radius)
    {
    }
    [[nodiscard]] bool tooLarge() const { return m_width * m_height > 64'000'000; }
    void allocate() { m_covered.assign(static_cast<std::size_t>(m_width * m_height), 0); }

    /// True when the dot touches a cell that is not covered yet; covers the cells that lie wholly inside it.
    bool add(QPointF centre)
    {
        const QPointF local = (centre - m_origin) / m_cell;
        const double reach = m_radius / m_cell;
        const auto first = static_cast<std::int64_t>(local.y() - reach);
        const auto last = static_cast<std::int64_t>(local.y() + reach);
        bool shows = false;
        for (std::int64_t row = first; row <= last; ++row) {
            const double above = static_cast<double>(row) - local.y();
            const double below = above + 1;
            const double nearY = above > 0 ? above : below < 0 ? below : 0;
            const double farY = std::max(std::abs(above), std::abs(below));
            const double touching = std::sqrt(std::max(0.0, reach * reach - nearY * nearY));
            const double inside = farY < reach ? std::sqrt(reach * reach - farY * farY) : -1;
            for (auto column = static_cast<std::int64_t>(local.x() - touching);
                 column <= static_cast<std::int64_t>(local.x() + touching); ++column) {
                char& cell = m_covered[static_cast<std::size_t>(row * m_width + column)];
                shows |= cell == 0;
                const double left = static_cast<double>(column) - local.x();
                if (std::max(std::abs(left), std::abs(left + 1)) <= inside)
                    cell = 1;
            }
        }
        return shows;
    }

private:
    double m_cell;
    QPointF m_origin;
    std::int64_t m_width, m_height;
    double m_radius;
    std::vector<char> m_covered;
};

} // namespace

std::vector<std::uint32_t> visibleDots(std::span<const QPointF> centres, double radius)
{
    std::vector<std::uint32_t> kept;
    Bounds bounds;
    for (const QPointF& p : centres)
        bounds.add(p);
    CoverGrid grid(bounds.rect(), radius);
    if (grid.tooLarge()) { // dots that small hardly hide each other
        kept.resize(centres.size());
        std::iota(kept.begin(), kept.end(), 0U);
        return kept;
    }
    grid.allocate();
    for (std::size_t i = centres.size(); i-- > 0;)
        if (grid.add(centres[i]))
            kept.push_back(static_cast<std::uint32_t>(i));
    std::reverse(kept.begin(), kept.end());
    return kept;
}

} // namespace nc::scene

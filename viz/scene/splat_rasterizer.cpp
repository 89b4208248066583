#include "viz/scene/splat_rasterizer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "core/every_processor.h"
#include "core/parallel.h"

namespace nc::scene
{

namespace
{

constexpr std::uint64_t emptyWord = IdBuffer::emptyWord;

/// Which pixels a disc covers, worked out once for centres on a grid of an eighth of a pixel: spans of pixels, equally
/// many for each place of the centre, so that no branch depends on it.
class Stamps
{
public:
    static constexpr int phaseBits = 3;
    static constexpr int phases = 1 << phaseBits;
    struct Row {
        std::int32_t offset; ///< in words from the pixel that holds the centre to the first one covered
        std::int32_t width;  ///< pixels; 0: nothing
        std::int32_t dy, left;
    };

    Stamps(float radius, int stride)
        : m_reach(static_cast<int>(std::floor(radius + 0.5F)))
        , m_rowsEach(2 * m_reach + 1)
    {
        for (int phase = 0; phase < phases * phases; ++phase)
            addStamp(radius, static_cast<float>(phase % phases) / phases, static_cast<float>(phase / phases) / phases,
                     stride);
        while (m_rowsEach > 1 && dropLastRow()) {
        }
    }

    [[nodiscard]] const Row* at(int phaseX, int phaseY) const
    {
        return &m_rows[static_cast<std::size_t>((phaseY * phases + phaseX) * m_rowsEach)];
    }
    [[nodiscard]] int rowsEach() const { return m_rowsEach; }
    /// Pixels that any stamp reaches from its own.
    [[nodiscard]] int reach() const { return m_reach; }
    [[nodiscard]] int widest() const { return m_widest; }

private:
    void addStamp(float radius, float x, float y, int stride)
    {
        const std::size_t first = m_rows.size();
        for (int dy = -m_reach; dy <= m_reach; ++dy) {
            const float above = static_cast<float>(dy) + 0.5F - y;
            const float half = std::sqrt(std::max(0.0F, radius * radius - above * above));
            int left = static_cast<int>(std::ceil(x - half - 0.5F));
            int right = static_cast<int>(std::floor(x + half - 0.5F));
            if (std::abs(above) > radius)
                right = left - 1;
            if (dy == 0) { // the centre's own pixel, however small the disc
                left = std::min(left, 0);
                right = std::max(right, 0);
            }
            if (left > right)
                continue;
            m_rows.push_back({dy * stride + left, right - left + 1, dy, left});
            m_widest = std::max(m_widest, right - left + 1);
        }
        m_rows.resize(first + static_cast<std::size_t>(m_rowsEach), Row{0, 0, 0, 0});
    }

    /// One row less for all stamps, where none uses its last.
    bool dropLastRow()
    {
        const auto each = static_cast<std::size_t>(m_rowsEach);
        for (std::size_t last = each - 1; last < m_rows.size(); last += each)
            if (m_rows[last].width > 0)
                return false;
        std::vector<Row> kept;
        for (std::size_t i = 0; i < m_rows.size(); ++i)
            if (i % each != each - 1)
                kept.push_back(m_rows[i]);
        m_rows = std::move(kept);
        --m_rowsEach;
        return true;
    }

    std::vector<Row> m_rows;
    int m_reach, m_rowsEach, m_widest = 1;
};

/// Rows [top, bottom) of the picture, their words in one block.
struct Band {
    std::uint64_t* words;
    int width;
    int top, bottom;
};

constexpr int lanes = 4;
using Words [[gnu::vector_size(lanes * sizeof(std::int64_t))]] =
    std::int64_t; ///< words are positive: signed order serves

/// The smaller word wins in `width` pixels from `words` on; up to the next multiple of four they are read and written
/// back.
NC_INLINE void keepNearer(std::uint64_t* words, int width, int vectors, std::int64_t candidate)
{
    const Words number = {0, 1, 2, 3};
    for (int v = 0; v < vectors; ++v) {
        Words now;
        std::memcpy(&now, words + v * lanes, sizeof(now));
        const Words outside = number >= Words{} + (width - v * lanes);
        const Words wanted = (Words{} + candidate) | (outside & (Words{} + std::numeric_limits<std::int64_t>::max()));
        const Words nearer = wanted < now;
        now = (wanted & nearer) | (now & ~nearer);
        std::memcpy(words + v * lanes, &now, sizeof(now));
    }
}

/// One stamp that crosses the band's border.
void splatClipped(const Band& band, const Stamps& stamps, const Stamps::Row* rows, int x, int y, std::uint64_t word)
{
    for (int r = 0; r < stamps.rowsEach(); ++r) {
        const Stamps::Row& row = rows[r];
        if (y + row.dy < band.top || y + row.dy >= band.bottom)
            continue;
        std::uint64_t* line = band.words + static_cast<std::ptrdiff_t>(y + row.dy - band.top) * band.width;
        const int last = std::min(band.width, x + row.left + row.width);
        for (int column = std::max(0, x + row.left); column < last; ++column)
            line[column] = std::min(line[column], word);
    }
}

/// Numbers of those points in [first, last) that touch the band. No branch: which ones is not to be foreseen.
NC_INLINE std::size_t pointsInBand(const SplatPoints& points, const Band& band, float reach, std::size_t first,
                                   std::size_t last, std::uint32_t* numbers)
{
    const float above = static_cast<float>(band.top) - reach;
    const float below = static_cast<float>(band.bottom) + reach;
    const float right = static_cast<float>(band.width) + reach;
    std::size_t count = 0;
    for (std::size_t i = first; i < last; ++i) {
        const float x = points.x[i];
        const float y = points.y[i];
        numbers[count] = static_cast<std::uint32_t>(i);
        count += static_cast<std::size_t>((y >= above) & (y <= below) & (x >= -reach) & (x <= right));
    }
    return count;
}

NC_INLINE void splatPoints(const SplatPoints& points, const Stamps& stamps, const Band& band,
                           std::span<const std::uint32_t> numbers)
{
    constexpr int bias = 1 << 12; // so that the cast, which rounds towards zero, rounds down
    const int reach = stamps.reach();
    const int rowsEach = stamps.rowsEach();
    const int vectors = (stamps.widest() + lanes - 1) / lanes;
    const int overrun = std::max(reach, vectors * lanes);
    for (const std::uint32_t i : numbers) {
        const int fineX = static_cast<int>(points.x[i] * Stamps::phases + (bias * Stamps::phases + 0.5F));
        const int fineY = static_cast<int>(points.y[i] * Stamps::phases + (bias * Stamps::phases + 0.5F));
        const int x = (fineX >> Stamps::phaseBits) - bias;
        const int y = (fineY >> Stamps::phaseBits) - bias;
        const Stamps::Row* rows = stamps.at(fineX & (Stamps::phases - 1), fineY & (Stamps::phases - 1));
        const std::uint32_t depthBits = std::bit_cast<std::uint32_t>(points.depth[i]); // order like the floats
        const std::uint64_t word = (std::uint64_t{depthBits} << 32U) | i;
        if (x < reach || x + overrun >= band.width || y - reach < band.top || y + reach >= band.bottom) {
            splatClipped(band, stamps, rows, x, y, word);
            continue;
        }
        std::uint64_t* centre = band.words + static_cast<std::ptrdiff_t>(y - band.top) * band.width + x;
        for (int r = 0; r < rowsEach; ++r)
            keepNearer(centre + rows[r].offset, rows[r].width, vectors, static_cast<std::int64_t>(word));
    }
}

/// Every band reads all points and writes only its own rows: no locks, no merging, and the same words for any number of
/// bands.
NC_EVERY_PROCESSOR
void splatBand(const SplatPoints& points, const Stamps& stamps, const Band& band)
{
    std::fill(band.words, band.words + static_cast<std::ptrdiff_t>(band.bottom - band.top) * band.width, emptyWord);
    constexpr std::size_t atOnce = 4096;
    std::array<std::uint32_t, atOnce> numbers;
    const auto reach = static_cast<float>(stamps.reach() + 1);
    for (std::size_t first = 0; first < points.x.size(); first += atOnce) {
        const std::size_t last = std::min(points.x.size(), first + atOnce);
        const std::size_t count = pointsInBand(points, band, reach, first, last, numbers.data());
        splatPoints(points, stamps, band, {numbers.data(), count});
    }
}

/// Where to cut the picture into bands of about equal work, judged by a sample of the points.
std::vector<int> bandEdges(const SplatPoints& points, int height, int bands)
{
    std::vector<double> work(static_cast<std::size_t>(height), 1.0);
    const std::size_t step = std::max<std::size_t>(1, points.y.size() / 8192);
    const double each =
        static_cast<double>(step) / 64; // a stamp costs about as much as clearing 64 pixels; rows have 1000
    for (std::size_t i = 0; i < points.y.size(); i += step)
        if (points.y[i] >= 0 && points.y[i] < static_cast<float>(height))
            work[static_cast<std::size_t>(points.y[i])] += each;
    const double all = std::accumulate(work.begin(), work.end(), 0.0);
    std::vector<int> edges{0};
    double sum = 0;
    for (int row = 0; row < height; ++row) {
        sum += work[static_cast<std::size_t>(row)];
        const auto next = static_cast<int>(edges.size());
        if (next < bands && sum * bands >= all * next)
            edges.push_back(row + 1);
    }
    while (static_cast<int>(edges.size()) <= bands)
        edges.push_back(height);
    return edges;
}

/// Averages the samples of one output row into premultiplied ARGB.
class RowResolver
{
public:
    RowResolver(const SplatPoints& points, const SplatColours& colours, int supersample)
        : m_points(points)
        , m_colours(colours)
        , m_supersample(supersample)
    {
        const float inner = std::max(0.0F, points.radius - colours.rimWidth);
        m_innerSquared = colours.rim.empty() ? std::numeric_limits<float>::infinity() : inner * inner;
    }

    void operator()(const Band& band, int outputRow, QRgb* line) const
    {
        const unsigned samples = static_cast<unsigned>(m_supersample * m_supersample);
        const int width = band.width / m_supersample;
        for (int column = 0; column < width; ++column) {
            unsigned red = 0, green = 0, blue = 0, covered = 0;
            for (int sy = 0; sy < m_supersample; ++sy) {
                const int row = outputRow * m_supersample + sy;
                const std::uint64_t* words = band.words + static_cast<std::ptrdiff_t>(row - band.top) * band.width;
                for (int sx = 0; sx < m_supersample; ++sx) {
                    const int at = column * m_supersample + sx;
                    if (words[at] == emptyWord)
                        continue;
                    const Rgb colour = colourAt(static_cast<std::uint32_t>(words[at]), at, row);
                    red += colour.r, green += colour.g, blue += colour.b, ++covered;
                }
            }
            const auto average = [samples](unsigned sum) { return (sum + samples / 2) / samples; };
            line[column] = qRgba(static_cast<int>(average(red)), static_cast<int>(average(green)),
                                 static_cast<int>(average(blue)), static_cast<int>(average(covered * 255)));
        }
    }

private:
    [[nodiscard]] Rgb colourAt(std::uint32_t point, int column, int row) const
    {
        const std::uint16_t entry = m_colours.entry[point];
        const float dx = static_cast<float>(column) + 0.5F - m_points.x[point];
        const float dy = static_cast<float>(row) + 0.5F - m_points.y[point];
        return dx * dx + dy * dy > m_innerSquared ? m_colours.rim[entry] : m_colours.table[entry];
    }

    const SplatPoints& m_points;
    const SplatColours& m_colours;
    int m_supersample;
    float m_innerSquared = 0;
};

std::vector<float> scaled(std::span<const float> values, float factor)
{
    std::vector<float> result(values.begin(), values.end());
    for (float& value : result)
        value *= factor;
    return result;
}

} // namespace

IdBuffer::IdBuffer(QSize size)
    : m_size(size)
    , m_words(static_cast<std::size_t>(size.width()) * static_cast<std::size_t>(size.height()), emptyWord)
{
}

float IdBuffer::depthAt(int x, int y) const
{
    const std::uint64_t word = m_words[offset(x, y)];
    return word == emptyWord ? std::numeric_limits<float>::infinity()
                             : std::bit_cast<float>(static_cast<std::uint32_t>(word >> 32U));
}

void splat(const SplatPoints& points, IdBuffer& into, int threads)
{
    const int width = into.width();
    const int height = into.height();
    if (width == 0 || height == 0)
        return;
    const Stamps stamps(points.radius, width);
    const int bands = std::clamp(threadCount(threads), 1, height);
    const std::vector<int> edges = bandEdges(points, height, bands);
    parallelFor(bands, bands, [&](int band) {
        const auto at = static_cast<std::size_t>(band);
        if (edges[at] < edges[at + 1])
            splatBand(points, stamps, {into.row(edges[at]).data(), width, edges[at], edges[at + 1]});
    });
}

IdBuffer splat(const SplatPoints& points, QSize size, int threads)
{
    IdBuffer buffer(size);
    splat(points, buffer, threads);
    return buffer;
}

QImage splatImage(const SplatPoints& points, const SplatColours& colours, QSize size, int supersample, int threads)
{
    QImage image(size, QImage::Format_ARGB32_Premultiplied);
    if (size.isEmpty())
        return image;
    const auto factor = static_cast<float>(supersample);
    const std::vector<float> x = scaled(points.x, factor);
    const std::vector<float> y = scaled(points.y, factor);
    const SplatPoints fine{x, y, points.depth, points.radius * factor};
    SplatColours fineColours = colours;
    fineColours.rimWidth *= factor;
    const Stamps stamps(fine.radius, size.width() * supersample);
    const RowResolver resolve(fine, fineColours, supersample);

    // A band at a time for each thread bounds the memory: 600 dpi pages would need half a gigabyte at once.
    constexpr std::int64_t wordsAtOnce = 2'000'000;
    threads = threadCount(threads);
    const std::int64_t wordsPerRow = std::int64_t{size.width()} * supersample * supersample;
    const int rowsPerBand =
        static_cast<int>(std::clamp<std::int64_t>(wordsAtOnce / wordsPerRow, 1, 1 + (size.height() - 1) / threads));
    const int bands = (size.height() + rowsPerBand - 1) / rowsPerBand;
    std::uint8_t* const bits = image.bits(); // once, before the threads: it may detach
    const auto stride = image.bytesPerLine();
    parallelFor(bands, threads, [&](int index) {
        const int top = index * rowsPerBand;
        const int bottom = std::min(size.height(), top + rowsPerBand);
        std::vector<std::uint64_t> words(static_cast<std::size_t>(wordsPerRow) *
                                         static_cast<std::size_t>(bottom - top));
        const Band band{words.data(), size.width() * supersample, top * supersample, bottom * supersample};
        splatBand(fine, stamps, band);
        for (int row = top; row < bottom; ++row)
            resolve(band, row, reinterpret_cast<QRgb*>(bits + row * stride));
    });
    return image;
}

} // namespace nc::scene

#include "viz/scene/splat_rasterizer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <thread>

namespace nc::scene
{

namespace
{

constexpr std::uint64_t emptyWord = ~std::uint64_t{0};

int threadCount(int wanted)
{
    return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Runs `work(i)` for i in [0, count) on up to `threads` threads, i = t, t + threads, … on thread t.
template <typename Work>
void parallelFor(int count, int threads, const Work& work)
{
    threads = std::min(threads, count);
    const auto strided = [&](int first) {
        for (int i = first; i < count; i += threads)
            work(i);
    };
    std::vector<std::jthread> helpers;
    for (int t = 1; t < threads; ++t)
        helpers.emplace_back(strided, t);
    if (count > 0)
        strided(0);
}

/// Which pixels a disc covers, worked out once for centres on a grid of an eighth of a pixel.
class Stamps
{
public:
    static constexpr int phaseBits = 3;
    static constexpr int phases = 1 << phaseBits;
    struct Row {
        int dy, left, right; ///< relative to the pixel that holds the centre; both ends included
    };

    explicit Stamps(float radius)
    {
        for (int phase = 0; phase < phases * phases; ++phase) {
            m_first.push_back(m_rows.size());
            addStamp(radius, (phase % phases) / float(phases), (phase / phases) / float(phases));
        }
        m_first.push_back(m_rows.size());
        for (const Row& row : m_rows)
            m_reach = std::max({m_reach, std::abs(row.dy), std::abs(row.left), std::abs(row.right)});
    }

    [[nodiscard]] std::span<const Row> at(int phaseX, int phaseY) const
    {
        const auto phase = static_cast<std::size_t>(phaseY * phases + phaseX);
        return {&m_rows[m_first[phase]], m_first[phase + 1] - m_first[phase]};
    }
    /// Pixels that any stamp reaches from its own.
    [[nodiscard]] int reach() const { return m_reach; }

private:
    void addStamp(float radius, float x, float y)
    {
        const int last = static_cast<int>(std::floor(y + radius - 0.5F));
        for (int dy = std::min(0, static_cast<int>(std::ceil(y - radius - 0.5F))); dy <= std::max(0, last); ++dy) {
            const float above = static_cast<float>(dy) + 0.5F - y;
            const float half = std::sqrt(std::max(0.0F, radius * radius - above * above));
            int left = static_cast<int>(std::ceil(x - half - 0.5F));
            int right = static_cast<int>(std::floor(x + half - 0.5F));
            if (dy == 0) { // the centre's own pixel, however small the disc
                left = std::min(left, 0);
                right = std::max(right, 0);
            }
            if (left <= right)
                m_rows.push_back({dy, left, right});
        }
    }

    std::vector<Row> m_rows;
    std::vector<std::size_t> m_first;
    int m_reach = 0;
};

/// Rows [top, bottom) of the picture, their words in one block.
struct Band {
    std::uint64_t* words;
    int width;
    int top, bottom;
};

inline void keepNearer(std::uint64_t* words, std::ptrdiff_t first, std::ptrdiff_t last, std::uint64_t candidate)
{
    for (; first <= last; ++first)
        words[first] = std::min(words[first], candidate);
}

/// Writes one stamp; the clipped form only where it crosses the band's border.
inline void splatOne(const Band& band, std::span<const Stamps::Row> stamp, int reach, int x, int y, std::uint64_t word)
{
    const bool inside = x >= reach && x + reach < band.width && y - reach >= band.top && y + reach < band.bottom;
    const std::ptrdiff_t centre = static_cast<std::ptrdiff_t>(y - band.top) * band.width + x;
    for (const Stamps::Row& row : stamp) {
        const std::ptrdiff_t line = centre + static_cast<std::ptrdiff_t>(row.dy) * band.width;
        if (inside)
            keepNearer(band.words, line + row.left, line + row.right, word);
        else if (y + row.dy >= band.top && y + row.dy < band.bottom)
            keepNearer(band.words, line + std::max(row.left, -x), line + std::min(row.right, band.width - 1 - x), word);
    }
}

/// Every band reads all points and writes only its own rows: no locks, no merging, and the same words for any number of
/// bands.
void splatBand(const SplatPoints& points, const Stamps& stamps, const Band& band)
{
    std::fill(band.words, band.words + static_cast<std::ptrdiff_t>(band.bottom - band.top) * band.width, emptyWord);
    const auto reach = static_cast<float>(stamps.reach() + 1);
    const float above = static_cast<float>(band.top) - reach;
    const float below = static_cast<float>(band.bottom) + reach;
    const float right = static_cast<float>(band.width) + reach;
    for (std::size_t i = 0; i < points.x.size(); ++i) {
        const float x = points.x[i];
        const float y = points.y[i];
        if (!(y >= above && y <= below && x >= -reach && x <= right))
            continue;
        const int fineX = static_cast<int>(std::floor(x * Stamps::phases + 0.5F));
        const int fineY = static_cast<int>(std::floor(y * Stamps::phases + 0.5F));
        const auto stamp = stamps.at(fineX & (Stamps::phases - 1), fineY & (Stamps::phases - 1));
        const auto depthBits = std::bit_cast<std::uint32_t>(points.depth[i]); // order like the floats: none is negative
        splatOne(band, stamp, stamps.reach(), fineX >> Stamps::phaseBits, fineY >> Stamps::phaseBits,
                 (std::uint64_t{depthBits} << 32U) | static_cast<std::uint32_t>(i));
    }
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

IdBuffer splat(const SplatPoints& points, QSize size, int threads)
{
    IdBuffer buffer(size);
    const int bands = std::clamp(threadCount(threads), 1, std::max(1, size.height()));
    const auto edge = [&](int band) { return static_cast<int>(std::int64_t{size.height()} * band / bands); };
    if (size.isEmpty())
        return buffer;
    const Stamps stamps(points.radius);
    parallelFor(bands, bands, [&](int band) {
        splatBand(points, stamps, {buffer.row(edge(band)).data(), size.width(), edge(band), edge(band + 1)});
    });
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
    const Stamps stamps(fine.radius);
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

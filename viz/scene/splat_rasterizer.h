#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <QImage>
#include <QSize>

#include "viz/scene/theme.h"

/// Dots to pixels on the CPU with threads: one 64-bit word a pixel, depth in the high half, point number in the low
/// half, the smaller word wins. So the nearest point owns the pixel whatever the order of writing and the number of
/// threads.
namespace nc::scene
{

/// Points on the screen, structure of arrays of one length. Pixels, y down, pixel centres at .5; centres of points
/// count to an eighth of a pixel.
struct SplatPoints {
    std::span<const float> x, y;
    std::span<const float> depth; ///< >= 0, smaller is nearer; equal depths: the lower number wins
    float radius = 1;             ///< pixels; a point covers the pixels whose centres lie within it, and its own always
};

/// Which point owns each pixel: what picking and lassos look up.
class IdBuffer
{
public:
    static constexpr std::uint32_t none = 0xFFFFFFFFU;
    static constexpr std::uint64_t emptyWord = 0x7FFFFFFFFFFFFFFFU; ///< farther than any point; its low half is `none`
    explicit IdBuffer(QSize size);

    [[nodiscard]] int width() const { return m_size.width(); }
    [[nodiscard]] int height() const { return m_size.height(); }
    /// Number of the point at a pixel, `none` where there is none.
    [[nodiscard]] std::uint32_t at(int x, int y) const { return static_cast<std::uint32_t>(m_words[offset(x, y)]); }
    /// Depth at a pixel, infinity where there is no point.
    [[nodiscard]] float depthAt(int x, int y) const;
    [[nodiscard]] std::span<std::uint64_t> row(int y) { return {&m_words[offset(0, y)], std::size_t(m_size.width())}; }
    [[nodiscard]] std::span<const std::uint64_t> row(int y) const
    {
        return {&m_words[offset(0, y)], std::size_t(m_size.width())};
    }

private:
    [[nodiscard]] std::size_t offset(int x, int y) const
    {
        return std::size_t(y) * std::size_t(m_size.width()) + std::size_t(x);
    }
    QSize m_size;
    std::vector<std::uint64_t> m_words;
};

/// The owners of all pixels; what `into` held is gone. `threads` 0: one for each core.
void splat(const SplatPoints& points, IdBuffer& into, int threads = 0);
[[nodiscard]] IdBuffer splat(const SplatPoints& points, QSize size, int threads = 0);

/// Colours of points: a table and an entry for each point, so that a million points cost two bytes each.
struct SplatColours {
    std::span<const Rgb> table;
    std::span<const std::uint16_t> entry; ///< one for each point
    std::span<const Rgb> rim{};           ///< as `table`: colour of the outer `rimWidth` pixels; empty: no rims
    float rimWidth = 0;
};

/// A transparent picture (ARGB32 premultiplied) of the points; `supersample` x `supersample` samples a pixel smooth the
/// discs.
[[nodiscard]] QImage splatImage(const SplatPoints& points, const SplatColours& colours, QSize size, int supersample,
                                int threads = 0);

} // namespace nc::scene

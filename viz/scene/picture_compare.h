#pragma once

#include <QColor>
#include <QImage>

/// How alike two pictures of one size are.
namespace nc::scene
{

/// Structural similarity of the luminance (Wang, Bovik, Sheikh and Simoncelli 2004) over windows of 8 x 8 pixels that
/// touch, mean of those in which the pictures have something to compare (more than one tone, or another tone than each
/// other): 1 alike, about 0 unrelated. Empty windows would count as alike and hide everything else. Rows and columns
/// beyond the last whole window count too. 1 where there is nothing to compare.
[[nodiscard]] double structuralSimilarity(const QImage& a, const QImage& b);

/// Share of the pixels that are not the background.
[[nodiscard]] double inkShare(const QImage& picture, QColor background);

/// Where the pictures differ: the first faded to grey, differing pixels red, the stronger the larger the difference.
[[nodiscard]] QImage differencePicture(const QImage& a, const QImage& b);

} // namespace nc::scene

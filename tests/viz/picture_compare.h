#pragma once

#include <algorithm>
#include <cmath>

#include <QImage>

/// How alike two pictures of one size are.
namespace nc::scene
{

/// Structural similarity of the luminance (Wang, Bovik, Sheikh and Simoncelli 2004) over windows of 8 x 8 pixels that
/// touch, mean of those in which either picture has more than one colour: 1 alike, about 0 unrelated. Empty windows
/// would count as alike and hide everything else.
inline double structuralSimilarity(const QImage& a, const QImage& b)
{
    constexpr int side = 8;
    constexpr double n = side * side;
    const double c1 = std::pow(0.01 * 255, 2), c2 = std::pow(0.03 * 255, 2);
    double sum = 0;
    int windows = 0;
    for (int top = 0; top + side <= a.height(); top += side)
        for (int left = 0; left + side <= a.width(); left += side) {
            double sumA = 0, sumB = 0, sumAA = 0, sumBB = 0, sumAB = 0;
            for (int y = top; y < top + side; ++y)
                for (int x = left; x < left + side; ++x) {
                    const double va = qGray(a.pixel(x, y)), vb = qGray(b.pixel(x, y));
                    sumA += va;
                    sumB += vb;
                    sumAA += va * va;
                    sumBB += vb * vb;
                    sumAB += va * vb;
                }
            const double meanA = sumA / n, meanB = sumB / n;
            const double varA = sumAA / n - meanA * meanA, varB = sumBB / n - meanB * meanB;
            if (varA < 1 && varB < 1)
                continue;
            const double both = sumAB / n - meanA * meanB;
            sum += (2 * meanA * meanB + c1) * (2 * both + c2) /
                   ((meanA * meanA + meanB * meanB + c1) * (varA + varB + c2));
            ++windows;
        }
    return windows > 0 ? sum / windows : 0;
}

/// Share of the pixels that are not the background.
inline double inkShare(const QImage& picture, QColor background)
{
    int ink = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x) {
            const QColor c = picture.pixelColor(x, y);
            ink += std::max({std::abs(c.red() - background.red()), std::abs(c.green() - background.green()),
                             std::abs(c.blue() - background.blue())}) > 24;
        }
    return static_cast<double>(ink) / picture.width() / picture.height();
}

} // namespace nc::scene

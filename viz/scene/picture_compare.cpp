#include "viz/scene/picture_compare.h"

#include <algorithm>
#include <cmath>

namespace nc::scene
{
namespace
{

int largestDifference(QRgb a, QRgb b)
{
    return std::max({std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))});
}

/// Sums over a window of both pictures' luminance.
struct Window {
    double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;

    void add(double va, double vb)
    {
        n += 1;
        a += va;
        b += vb;
        aa += va * va;
        bb += vb * vb;
        ab += va * vb;
    }
    [[nodiscard]] bool hasContent() const
    {
        return aa / n - (a / n) * (a / n) >= 1 || bb / n - (b / n) * (b / n) >= 1 || std::abs(a - b) / n >= 1;
    }
    [[nodiscard]] double similarity() const
    {
        const double c1 = std::pow(0.01 * 255, 2), c2 = std::pow(0.03 * 255, 2);
        const double meanA = a / n, meanB = b / n;
        const double varA = aa / n - meanA * meanA, varB = bb / n - meanB * meanB, both = ab / n - meanA * meanB;
        return (2 * meanA * meanB + c1) * (2 * both + c2) / ((meanA * meanA + meanB * meanB + c1) * (varA + varB + c2));
    }
};

} // namespace

double structuralSimilarity(const QImage& first, const QImage& second)
{
    constexpr int side = 8;
    const QImage a = first.convertToFormat(QImage::Format_RGB32), b = second.convertToFormat(QImage::Format_RGB32);
    double sum = 0;
    int windows = 0;
    for (int top = 0; top < a.height(); top += side)
        for (int left = 0; left < a.width(); left += side) {
            Window window;
            for (int y = top; y < std::min(top + side, a.height()); ++y) {
                const auto* lineA = reinterpret_cast<const QRgb*>(a.constScanLine(y));
                const auto* lineB = reinterpret_cast<const QRgb*>(b.constScanLine(y));
                for (int x = left; x < std::min(left + side, a.width()); ++x)
                    window.add(qGray(lineA[x]), qGray(lineB[x]));
            }
            if (!window.hasContent())
                continue;
            sum += window.similarity();
            ++windows;
        }
    return windows > 0 ? sum / windows : 1;
}

double inkShare(const QImage& picture, QColor background)
{
    constexpr int visible = 24;
    int ink = 0;
    for (int y = 0; y < picture.height(); ++y)
        for (int x = 0; x < picture.width(); ++x)
            ink += largestDifference(picture.pixel(x, y), background.rgb()) > visible;
    return static_cast<double>(ink) / picture.width() / picture.height();
}

QImage differencePicture(const QImage& a, const QImage& b)
{
    QImage result(a.size(), QImage::Format_RGB32);
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const int grey = 170 + qGray(a.pixel(x, y)) / 3;
            const int difference = largestDifference(a.pixel(x, y), b.pixel(x, y));
            const int fade = difference > 0 ? std::max(0, 140 - difference) : grey;
            result.setPixel(x, y, difference > 0 ? qRgb(220, fade, fade) : qRgb(grey, grey, grey));
        }
    return result;
}

} // namespace nc::scene

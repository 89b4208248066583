#include "viz/scene/region_shading.h"

#include <algorithm>
#include <cmath>

namespace nc::scene
{

namespace
{

constexpr double strength = 0.3;

/// Softmax-weighted mean of the class colours over the canvas.
QRgb shade(const Vector& logits, std::span<const Rgb> colours, Rgb canvas)
{
    const double highest = logits.maxCoeff();
    double sum = 0, red = 0, green = 0, blue = 0;
    for (Index k = 0; k < logits.size(); ++k) {
        const double weight = std::exp(logits[k] - highest);
        const Rgb colour = colours[static_cast<std::size_t>(k)];
        sum += weight;
        red += weight * colour.r;
        green += weight * colour.g;
        blue += weight * colour.b;
    }
    const auto over = [&](double channel, std::uint8_t below) {
        return static_cast<int>(std::lround(below + strength * (channel / sum - below)));
    };
    return qRgb(over(red, canvas.r), over(green, canvas.g), over(blue, canvas.b));
}

} // namespace

QImage shadeRegions(const RegionField& field, QPointF topLeft, QPointF bottomRight, std::span<const Rgb> colours,
                    Rgb canvas, QSize size)
{
    QImage image(size, QImage::Format_RGB32);
    const QPointF step((bottomRight.x() - topLeft.x()) / size.width(), (bottomRight.y() - topLeft.y()) / size.height());
    for (int row = 0; row < size.height(); ++row) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row));
        const double y = topLeft.y() + (row + 0.5) * step.y();
        Vector logits = field.offset + field.slope.col(1) * y + field.slope.col(0) * (topLeft.x() + 0.5 * step.x());
        const Vector perColumn = field.slope.col(0) * step.x();
        for (int column = 0; column < size.width(); ++column) {
            line[column] = shade(logits, colours, canvas);
            logits += perColumn;
        }
    }
    return image;
}

} // namespace nc::scene

#include "viz/scene/region_shading.h"

#include "core/parallel.h"

namespace nc::scene
{

namespace
{

constexpr double strength = 0.3;

/// Most columns between two exact evaluations. Between them the weights, exponentials of something linear, grow by a
/// factor a column.
constexpr int exactEvery = 32;
constexpr double safeExponent = 300;

class RowShader
{
public:
    RowShader(std::span<const Rgb> colours, Rgb canvas, const Vector& logitsPerColumn)
        : m_perColumn(logitsPerColumn)
        , m_canvas(canvas)
        , m_colours(3, logitsPerColumn.size())
        , m_growth(logitsPerColumn.array().exp())
    {
        for (Index k = 0; k < m_perColumn.size(); ++k) {
            const Rgb colour = colours[static_cast<std::size_t>(k)];
            m_colours.col(k) << colour.r, colour.g, colour.b;
        }
        const double steepest = m_perColumn.cwiseAbs().maxCoeff();
        m_stretch = steepest * exactEvery < safeExponent ? exactEvery : 1;
    }

    void operator()(const Vector& first, QRgb* line, int width) const
    {
        Eigen::ArrayXd weights(first.size());
        for (int column = 0; column < width; ++column) {
            if (column % m_stretch == 0) {
                const Vector logits = first + column * m_perColumn;
                weights = (logits.array() - logits.maxCoeff()).exp();
            } else {
                weights *= m_growth;
            }
            line[column] = shade(weights);
        }
    }

    /// Every column on its own: logits are first / weight + offset there.
    void tilted(Vector first, const Vector& offset, double weight, double weightPerColumn, QRgb* line, int width) const
    {
        for (int column = 0; column < width; ++column) {
            const Vector logits = first / weight + offset;
            line[column] = shade((logits.array() - logits.maxCoeff()).exp());
            first += m_perColumn;
            weight += weightPerColumn;
        }
    }

private:
    /// Mean of the class colours by weight, over the canvas.
    [[nodiscard]] QRgb shade(const Eigen::ArrayXd& weights) const
    {
        double sum = 0, red = 0, green = 0, blue = 0;
        for (Index k = 0; k < weights.size(); ++k) {
            sum += weights[k];
            red += weights[k] * m_colours(0, k);
            green += weights[k] * m_colours(1, k);
            blue += weights[k] * m_colours(2, k);
        }
        const double part = strength / sum;
        const auto over = [part](double channel, std::uint8_t below) {
            return static_cast<int>(below * (1 - strength) + channel * part + 0.5);
        };
        return qRgb(over(red, m_canvas.r), over(green, m_canvas.g), over(blue, m_canvas.b));
    }

    Vector m_perColumn;
    Rgb m_canvas;
    Eigen::Matrix3Xd m_colours;
    Eigen::ArrayXd m_growth;
    int m_stretch = 1;
};

} // namespace

QImage shadeRegions(const RegionField& field, const Eigen::Vector2d& tilt, QPointF topLeft, QPointF bottomRight,
                    std::span<const Rgb> colours, Rgb canvas, QSize size, int threads)
{
    QImage image(size, QImage::Format_RGB32);
    if (size.isEmpty())
        return image;
    const QPointF step((bottomRight.x() - topLeft.x()) / size.width(), (bottomRight.y() - topLeft.y()) / size.height());
    const RowShader shadeRow(colours, canvas, field.slope.col(0) * step.x());
    std::uint8_t* const bits = image.bits(); // once, before the threads: it may detach
    const auto stride = image.bytesPerLine();
    parallelFor(size.height(), threadCount(threads), [&](int row) {
        const Eigen::Vector2d start(topLeft.x() + 0.5 * step.x(), topLeft.y() + (row + 0.5) * step.y());
        auto* line = reinterpret_cast<QRgb*>(bits + row * stride);
        if (tilt.isZero())
            shadeRow(field.slope * start + field.offset, line, size.width());
        else
            shadeRow.tilted(field.slope * start, field.offset, 1 + tilt.dot(start), tilt.x() * step.x(), line,
                            size.width());
    });
    return image;
}

} // namespace nc::scene

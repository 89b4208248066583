#include <cmath>

#include <QBuffer>

#include "viz/scene/figure_layout.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/painter_items.h"

namespace nc::scene
{

namespace
{

/// Draws an item on a picture of `dpi`.
class PngItemPainter
{
public:
    PngItemPainter(QPainter& painter, const Fonts& fonts, double dpi, int threads)
        : m_painter(painter)
        , m_fonts(fonts)
        , m_dpi(dpi)
        , m_threads(threads)
    {
    }

    template <typename Item>
    void operator()(const Item& item) const
    {
        paintItem(m_painter, item);
    }

    void operator()(const Text& text) const { paintOutlines(m_painter, m_fonts, text); }

    void operator()(const Dots& dots) const
    {
        const Picture picture = rasterised(dots, m_dpi, m_threads);
        const QPointF corner = picture.rect.topLeft() * m_dpi / 72;
        m_painter.save();
        m_painter.resetTransform(); // pixel by pixel, nothing is resampled
        m_painter.drawImage(QPoint(qRound(corner.x()), qRound(corner.y())), picture.image);
        m_painter.restore();
    }

private:
    QPainter& m_painter;
    const Fonts& m_fonts;
    double m_dpi;
    int m_threads;
};

constexpr double mostPixels = 400e6;

} // namespace

Result<QByteArray> paintPng(const Figure& figure, int threads)
{
    const auto drawing = layoutFigure(figure);
    if (!drawing)
        return drawing.error();
    const double scale = figure.page.dpi / 72;
    const QSize size(qRound(drawing->size.width() * scale), qRound(drawing->size.height() * scale));
    if (size.isEmpty() || static_cast<double>(size.width()) * size.height() > mostPixels)
        return usageError("Cannot draw the figure: " + std::to_string(size.width()) + " x " +
                          std::to_string(size.height()) +
                          " pixels are more than a picture may have; lower the dpi or the width");
    QImage image(size, drawing->background ? QImage::Format_RGB32 : QImage::Format_ARGB32_Premultiplied);
    image.fill(drawing->background ? qColour(*drawing->background) : QColor(Qt::transparent));
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.scale(scale, scale);
    const PngItemPainter paint(painter, drawing->fonts, figure.page.dpi, threads);
    for (const DrawingItem& item : drawing->items)
        std::visit(paint, item);
    painter.end();

    image.setDotsPerMeterX(qRound(figure.page.dpi / 0.0254));
    image.setDotsPerMeterY(qRound(figure.page.dpi / 0.0254));
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    constexpr int quality = 60; // zlib level 4: a third faster than the default and no larger
    image.save(&buffer, "PNG", quality);
    return bytes;
}

Result<QSizeF> pageSize(const Figure& figure)
{
    const auto drawing = layoutFigure(figure);
    if (!drawing)
        return drawing.error();
    return drawing->size;
}

} // namespace nc::scene

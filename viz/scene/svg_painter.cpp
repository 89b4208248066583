#include <cmath>

#include <QBuffer>
#include <QByteArray>

#include "viz/scene/figure_layout.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/painter_items.h"

namespace nc::scene
{

namespace
{

QByteArray number(double value, int decimals = 2)
{
    QByteArray text = QByteArray::number(value, 'f', decimals);
    while (text.endsWith('0'))
        text.chop(1);
    if (text.endsWith('.'))
        text.chop(1);
    return text == "-0" ? QByteArray("0") : text;
}

QByteArray hex(Rgb colour)
{
    constexpr char digits[] = "0123456789ABCDEF";
    QByteArray text("#");
    for (const std::uint8_t channel : {colour.r, colour.g, colour.b})
        text.append(digits[channel >> 4U]).append(digits[channel & 15U]);
    return text;
}

QByteArray escaped(const QString& text)
{
    return text.toHtmlEscaped().toUtf8();
}

void appendPoint(QByteArray& data, QPointF point, int decimals = 2)
{
    const QByteArray y = number(point.y(), decimals);
    data += number(point.x(), decimals);
    if (!y.startsWith('-'))
        data += ' ';
    data += y;
}

QByteArray pathData(const std::vector<QPointF>& points, bool closed)
{
    QByteArray data;
    for (std::size_t i = 0; i < points.size(); ++i) {
        data += i == 0 ? 'M' : 'L';
        appendPoint(data, points[i]);
    }
    return closed ? data + 'Z' : data;
}

QByteArray pathData(const QPainterPath& path)
{
    QByteArray data;
    for (int i = 0; i < path.elementCount(); ++i) {
        const QPainterPath::Element element = path.elementAt(i);
        if (element.isMoveTo())
            data += i == 0 ? "M" : "ZM";
        else if (element.isLineTo())
            data += 'L';
        else if (element.isCurveTo())
            data += 'C';
        else
            data += ' ';
        appendPoint(data, element, 3);
    }
    return data + 'Z';
}

/// Writes one element (or more) for each item.
class SvgItemWriter
{
public:
    SvgItemWriter(QByteArray& out, const Drawing& drawing, const Page& page, int threads)
        : m_out(out)
        , m_fonts(drawing.fonts)
        , m_page(page)
        , m_vectorDots(drawsVectorDots(drawing, page))
        , m_threads(threads)
    {
    }

    void operator()(const Stroke& stroke)
    {
        m_out += "<path d=\"" + pathData(stroke.points, false) + "\" fill=\"none\" stroke=\"" + hex(stroke.colour) +
                 "\" stroke-width=\"" + number(stroke.widthPt, 3) + "\" stroke-linejoin=\"round\"";
        if (stroke.roundCaps)
            m_out += " stroke-linecap=\"round\"";
        if (!stroke.dash.empty()) {
            QByteArrayList lengths;
            for (const double length : stroke.dash)
                lengths.push_back(number(length, 3));
            m_out += " stroke-dasharray=\"" + lengths.join(' ') + '"';
        }
        m_out += "/>\n";
    }

    void operator()(const Fill& fill)
    {
        m_out += "<path d=\"" + pathData(fill.points, true) + "\" fill=\"" + hex(fill.colour) + "\"/>\n";
    }

    void operator()(const Disc& disc)
    {
        m_out += "<circle cx=\"" + number(disc.centre.x()) + "\" cy=\"" + number(disc.centre.y()) + "\" r=\"" +
                 number(disc.radiusPt, 3) + "\" fill=\"" + hex(disc.colour) + '"';
        if (disc.outlinePt > 0)
            m_out += " stroke=\"" + hex(disc.outline) + "\" stroke-width=\"" + number(disc.outlinePt, 3) + '"';
        m_out += "/>\n";
    }

    void operator()(const Dots& all)
    {
        if (!m_vectorDots)
            return (*this)(rasterised(all, m_page.dpi, m_threads));
        const Dots dots = withoutHidden(all);
        m_out += "<g fill=\"none\" stroke-linecap=\"round\" stroke-width=\"" + number(dots.diameterPt, 3) + "\">\n";
        for (std::size_t first = 0, last = 0; first < dots.centres.size(); first = last) {
            const std::uint16_t entry = dots.entry[first];
            const bool rim = !dots.rims.empty() && dots.rims[entry] != dots.table[entry];
            QByteArray data;
            for (last = first; last < dots.centres.size() && dots.entry[last] == entry && !(rim && last > first);
                 ++last) {
                data += 'M';
                appendPoint(data, dots.centres[last]);
                data += "h0";
            }
            if (rim)
                m_out += "<path stroke=\"" + hex(dots.rims[entry]) + "\" d=\"" + data + "\"/>\n";
            m_out += "<path stroke=\"" + hex(dots.table[entry]) + "\" d=\"" + data + '"';
            if (rim)
                m_out += " stroke-width=\"" + number(dots.diameterPt - 2 * dots.rimPt, 3) + '"';
            m_out += "/>\n";
        }
        m_out += "</g>\n";
    }

    void operator()(const Text& text)
    {
        QByteArray place =
            " transform=\"translate(" + number(text.baseline.x(), 3) + ' ' + number(text.baseline.y(), 3) + ')';
        if (text.angleDeg != 0)
            place += " rotate(" + number(-text.angleDeg) + ')';
        place += '"';
        QByteArray halo;
        if (text.halo)
            halo = " stroke=\"" + hex(*text.halo) + "\" stroke-width=\"" + number(2 * text.haloPt, 3) +
                   "\" stroke-linejoin=\"round\" paint-order=\"stroke\"";
        if (m_page.svgTextAsText)
            return writeText(text, place, halo);
        const QByteArray letters = pathData(outline(m_fonts, text.line));
        if (text.halo) // an element of its own: not every reader knows paint-order
            m_out += "<path" + place + " fill=\"none\"" + halo + " d=\"" + letters + "\"/>\n";
        m_out += "<path" + place + " fill=\"" + hex(text.colour) + "\" d=\"" + letters + "\"/>\n";
    }

    void operator()(const Picture& picture)
    {
        QByteArray png;
        QBuffer buffer(&png);
        buffer.open(QIODevice::WriteOnly);
        picture.image.save(&buffer, "PNG");
        m_out += "<image x=\"" + number(picture.rect.x(), 4) + "\" y=\"" + number(picture.rect.y(), 4) + "\" width=\"" +
                 number(picture.rect.width(), 4) + "\" height=\"" + number(picture.rect.height(), 4) +
                 "\" preserveAspectRatio=\"none\" xlink:href=\"data:image/png;base64," + png.toBase64() + "\"/>\n";
    }

    void operator()(const ColourBar& bar)
    {
        const QByteArray id = "ramp" + QByteArray::number(++m_ramps);
        m_out += "<linearGradient id=\"" + id + "\">";
        const auto last = static_cast<double>(bar.ramp.stops.size() - 1);
        for (std::size_t i = 0; i < bar.ramp.stops.size(); ++i)
            m_out += "<stop offset=\"" + number(static_cast<double>(i) / last, 4) + "\" stop-color=\"" +
                     hex(bar.ramp.stops[i]) + "\"/>";
        m_out += "</linearGradient>\n<rect x=\"" + number(bar.rect.x()) + "\" y=\"" + number(bar.rect.y()) +
                 "\" width=\"" + number(bar.rect.width()) + "\" height=\"" + number(bar.rect.height()) +
                 "\" fill=\"url(#" + id + ")\"/>\n";
    }

private:
    void writeText(const Text& text, const QByteArray& place, const QByteArray& halo)
    {
        const QByteArray families = m_fonts.family() == FontFamily::Serif
                                        ? "NCScope Serif, STIXGeneral, STIX Two Text, Times New Roman, serif"
                                        : "NCScope UI, Inter, Noto Sans, sans-serif";
        m_out += "<text" + place + " font-family=\"" + families + "\" fill=\"" + hex(text.colour) + '"' + halo +
                 " xml:space=\"preserve\">";
        for (const GlyphRun& run : text.line.runs) {
            m_out += "<tspan x=\"" + number(run.origin.x(), 3) + "\" y=\"" + number(run.origin.y(), 3) +
                     "\" font-size=\"" + number(run.sizePt, 3) + '"';
            if (run.face == FontFace::Italic)
                m_out += " font-style=\"italic\"";
            if (run.face == FontFace::Strong && m_fonts.family() == FontFamily::Sans)
                m_out += " font-weight=\"500\"";
            m_out += '>' + escaped(run.text) + "</tspan>";
        }
        m_out += "</text>\n";
    }

    QByteArray& m_out;
    const Fonts& m_fonts;
    const Page& m_page;
    bool m_vectorDots;
    int m_threads;
    int m_ramps = 0;
};

} // namespace

Result<QByteArray> paintSvg(const Figure& figure, int threads)
{
    const auto drawing = layoutFigure(figure);
    if (!drawing)
        return drawing.error();
    const QByteArray width = number(drawing->size.width(), 3);
    const QByteArray height = number(drawing->size.height(), 3);
    QByteArray out =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" version=\"1.1\" "
        "width=\"" +
        width + "pt\" height=\"" + height + "pt\" viewBox=\"0 0 " + width + ' ' + height + "\">\n";
    if (!figure.title.empty())
        out += "<title>" + escaped(QString::fromStdString(figure.title.plain())) + "</title>\n";
    if (drawing->background)
        out += "<rect width=\"" + width + "\" height=\"" + height + "\" fill=\"" + hex(*drawing->background) + "\"/>\n";
    SvgItemWriter write(out, *drawing, figure.page, threads);
    for (const DrawingItem& item : drawing->items)
        std::visit(write, item);
    out += "</svg>\n";
    return out;
}

} // namespace nc::scene

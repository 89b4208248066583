#include <cmath>

#include <QBuffer>
#include <QHash>
#include <QPdfWriter>

#include "viz/scene/figure_layout.h"
#include "viz/scene/figure_painter.h"
#include "viz/scene/painter_items.h"

namespace nc::scene
{

namespace
{

constexpr int resolution = 7200; ///< of QPdfWriter's own grid; it rounds font sizes to it, so it must be fine
constexpr double perPoint = resolution / 72.0;

QPointF rounded(QPointF place) // a hundredth of a point: files of dots become a third smaller
{
    return {std::round(place.x() * 100) / 100, std::round(place.y() * 100) / 100};
}

class PdfItemPainter
{
public:
    PdfItemPainter(QPainter& painter, const Fonts& fonts, bool vectorDots, double dpi, int threads)
        : m_painter(painter)
        , m_fonts(fonts)
        , m_vectorDots(vectorDots)
        , m_dpi(dpi)
        , m_threads(threads)
    {
    }

    template <typename Item>
    void operator()(const Item& item) const
    {
        paintItem(m_painter, item);
    }

    /// Real text in embedded fonts, so that it can be searched and copied.
    void operator()(const Text& text) const
    {
        m_painter.save();
        standOnBaseline(m_painter, text);
        if (text.halo)
            paintHalo(m_painter, text, outline(m_fonts, text.line));
        m_painter.scale(1 / perPoint, 1 / perPoint); // QFont sizes are in points of the paper already
        m_painter.setPen(qColour(text.colour));
        for (const GlyphRun& run : text.line.runs) {
            m_painter.setFont(m_fonts.font(run.face, run.sizePt));
            m_painter.drawText(run.origin * perPoint, run.text);
        }
        m_painter.restore();
    }

    void operator()(const Dots& all) const
    {
        if (!m_vectorDots)
            return paintItem(m_painter, rasterised(all, m_dpi, m_threads));
        const Dots dots = withoutHidden(all);
        std::vector<QPointF> group;
        for (std::size_t first = 0, last = 0; first < dots.centres.size(); first = last) {
            const std::uint16_t entry = dots.entry[first];
            group.clear();
            for (last = first; last < dots.centres.size() && dots.entry[last] == entry; ++last)
                group.push_back(rounded(dots.centres[last]));
            const bool rim = !dots.rims.empty() && dots.rims[entry] != dots.table[entry];
            if (rim) // a pale dot must not cover the rim of another one above it
                for (const QPointF& centre : group)
                    drawRimmed(dots, entry, centre);
            else
                drawGroup(group, dots.table[entry], dots.diameterPt);
        }
    }

private:
    /// Points with a round pen are the shortest way to say "dot" in PDF, and the fastest to draw.
    void drawGroup(const std::vector<QPointF>& centres, Rgb colour, double diameterPt) const
    {
        m_painter.setPen(QPen(qColour(colour), diameterPt, Qt::SolidLine, Qt::RoundCap));
        m_painter.drawPoints(centres.data(), static_cast<int>(centres.size()));
    }

    void drawRimmed(const Dots& dots, std::uint16_t entry, QPointF centre) const
    {
        drawGroup({centre}, dots.rims[entry], dots.diameterPt);
        drawGroup({centre}, dots.table[entry], dots.diameterPt - 2 * dots.rimPt);
    }

    QPainter& m_painter;
    const Fonts& m_fonts;
    bool m_vectorDots;
    double m_dpi;
    int m_threads;
};

/// QPdfWriter notes the time of writing in a field whose length depends on the time zone. The same figure must give the
/// same bytes: the entry goes, and the table of offsets at the file's end is put right.
QByteArray withoutDate(QByteArray pdf)
{
    const qsizetype entry = pdf.indexOf("/CreationDate (");
    const qsizetype end = pdf.indexOf(")\n", entry);
    const qsizetype startWord = pdf.lastIndexOf("startxref\n");
    if (entry < 0 || end < 0 || startWord < 0)
        return pdf;
    const qsizetype removed = end + 2 - entry;
    const qsizetype table = pdf.mid(startWord + 10).split('\n').front().toLongLong();
    qsizetype line = pdf.indexOf('\n', table + 5) + 1; // past "xref" and "0 N"
    for (; line + 20 <= startWord && pdf.at(line + 17) != 't'; line += 20)
        if (const qsizetype offset = pdf.mid(line, 10).toLongLong(); offset > entry)
            pdf.replace(line, 10, QByteArray::number(offset - removed).rightJustified(10, '0'));
    pdf.truncate(startWord);
    pdf += "startxref\n" + QByteArray::number(table - removed) + "\n%%EOF\n";
    return pdf.remove(entry, removed);
}

} // namespace

Result<QByteArray> paintPdf(const Figure& figure, int threads)
{
    const auto drawing = layoutFigure(figure);
    if (!drawing)
        return drawing.error();
    QHashSeed::setDeterministicGlobalSeed(); // QPdfWriter writes its fonts in the order of a hash table
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    QPdfWriter writer(&buffer);
    writer.setResolution(resolution);
    writer.setPageSize(QPageSize(drawing->size, QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins({});
    writer.setCreator(QStringLiteral("NCScope"));
    writer.setTitle(QString::fromStdString(figure.title.plain()));
    QPainter painter(&writer);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::LosslessImageRendering);
    painter.scale(perPoint, perPoint);
    if (drawing->background)
        painter.fillRect(QRectF({0, 0}, drawing->size), qColour(*drawing->background));
    const PdfItemPainter paint(painter, drawing->fonts, drawsVectorDots(*drawing, figure.page), figure.page.dpi,
                               threads);
    for (const DrawingItem& item : drawing->items)
        std::visit(paint, item);
    painter.end();
    buffer.close();
    return withoutDate(std::move(bytes));
}

} // namespace nc::scene

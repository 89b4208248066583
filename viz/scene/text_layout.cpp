#include "viz/scene/text_layout.h"

#include <algorithm>

#include <QTransform>

namespace nc::scene
{

namespace
{

constexpr double subscriptSize = 0.7;
constexpr double subscriptDrop = 0.18; ///< em
constexpr double superscriptRise = 0.36;
constexpr double afterItalic = 0.04;   ///< em, between a slanted letter and the upright one or subscript behind it

struct Glyphs {
    QList<quint32> indexes;
    QList<QPointF> advances; ///< kerned, in thousandths of an em
};

Glyphs glyphsOf(const QRawFont& font, const QString& text)
{
    Glyphs glyphs;
    glyphs.indexes = font.glyphIndexesForString(text);
    glyphs.advances =
        font.advancesForGlyphIndexes(glyphs.indexes, QRawFont::UseDesignMetrics | QRawFont::KernedAdvances);
    return glyphs;
}

double widthOf(const QRawFont& font, const QString& text, double sizePt)
{
    double width = 0;
    for (const QPointF& advance : glyphsOf(font, text).advances)
        width += advance.x();
    return width * sizePt / Fonts::emUnits;
}

/// A piece that a line may be broken before: a word with the space in front of it, or a part of a word.
struct Piece {
    QString text;
    bool italic = false;
    bool subscript = false;
    bool superscript = false;
    bool breakable = false;
};

std::vector<Piece> piecesOf(const RichText& text)
{
    std::vector<Piece> pieces;
    for (const TextRun& run : text.runs()) {
        const QString whole = QString::fromStdString(run.text);
        qsizetype start = 0;
        for (qsizetype at = 0; at <= whole.size(); ++at) {
            const bool end = at == whole.size();
            if (!end && !(whole[at] == u' ' && at > start))
                continue;
            const QString piece = whole.mid(start, at - start);
            if (!piece.isEmpty())
                pieces.push_back({piece, run.italic, run.subscript, run.superscript, piece.front() == u' '});
            start = at;
        }
    }
    return pieces;
}

/// Puts pieces one behind the other.
class LineBuilder
{
public:
    LineBuilder(const Fonts& fonts, double sizePt, bool strong)
        : m_fonts(&fonts)
        , m_sizePt(sizePt)
        , m_strong(strong)
    {
        m_line.ascent = 0.74 * sizePt;
        m_line.descent = 0.22 * sizePt;
    }

    [[nodiscard]] double widthWith(const Piece& piece) const
    {
        return m_line.width + gapBefore(piece) + widthOf(m_fonts->raw(faceOf(piece)), shown(piece), sizeOf(piece));
    }
    [[nodiscard]] bool empty() const { return m_line.runs.empty(); }

    void add(const Piece& piece)
    {
        const QString text = shown(piece);
        if (text.isEmpty())
            return;
        const FontFace face = faceOf(piece);
        const double size = sizeOf(piece);
        const double drop = piece.subscript     ? subscriptDrop * m_sizePt
                            : piece.superscript ? -superscriptRise * m_sizePt
                                                : 0;
        const bool continues = !m_line.runs.empty() && m_line.runs.back().face == face &&
                               m_line.runs.back().sizePt == size && m_line.runs.back().origin.y() == drop;
        if (!continues)
            m_line.runs.push_back({{}, face, size, {m_line.width + gapBefore(piece), drop}, 0});
        GlyphRun& run = m_line.runs.back();
        run.text += text;
        run.width = widthOf(m_fonts->raw(face), run.text, size); // of the whole, so that kerning reaches over pieces
        m_line.width = run.origin.x() + run.width;
        if (piece.subscript)
            m_line.descent = std::max(m_line.descent, drop + 0.05 * m_sizePt);
        m_afterItalic = piece.italic && !text.endsWith(u' ');
    }

    [[nodiscard]] TextLine take() { return std::move(m_line); }

private:
    [[nodiscard]] FontFace faceOf(const Piece& piece) const
    {
        if (piece.italic)
            return FontFace::Italic;
        return m_strong ? FontFace::Strong : FontFace::Upright;
    }
    [[nodiscard]] double sizeOf(const Piece& piece) const
    {
        return piece.subscript || piece.superscript ? subscriptSize * m_sizePt : m_sizePt;
    }
    [[nodiscard]] double gapBefore(const Piece& piece) const
    {
        return m_afterItalic && !piece.italic && !piece.breakable ? afterItalic * m_sizePt : 0;
    }
    /// Without the space that a new line would begin with.
    [[nodiscard]] QString shown(const Piece& piece) const
    {
        return empty() && piece.breakable ? piece.text.mid(1) : piece.text;
    }

    const Fonts* m_fonts;
    double m_sizePt;
    bool m_strong;
    bool m_afterItalic = false;
    TextLine m_line;
};

/// Where `piece` must be cut so that its first part fits; at least one character.
qsizetype fittingLength(const LineBuilder& line, Piece piece, double widthPt)
{
    const QString whole = piece.text;
    qsizetype length = whole.size();
    while (length > 1 && line.widthWith(piece) > widthPt)
        piece.text = whole.left(--length);
    return length;
}

} // namespace

TextLine layoutLine(const Fonts& fonts, const RichText& text, double sizePt, bool strong)
{
    LineBuilder line(fonts, sizePt, strong);
    for (const Piece& piece : piecesOf(text))
        line.add(piece);
    return line.take();
}

std::vector<TextLine> wrapText(const Fonts& fonts, const RichText& text, double sizePt, double widthPt, bool strong)
{
    std::vector<TextLine> lines;
    LineBuilder line(fonts, sizePt, strong);
    const auto breakLine = [&] {
        lines.push_back(line.take());
        line = LineBuilder(fonts, sizePt, strong);
    };
    const std::vector<Piece> pieces = piecesOf(text);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        Piece piece = pieces[i];
        if (piece.breakable && !line.empty()) {
            // A word may go on in another face ("(W," with an italic W): all of it must fit.
            LineBuilder trial = line;
            for (std::size_t j = i; j < pieces.size() && (j == i || !pieces[j].breakable); ++j)
                trial.add(pieces[j]);
            if (trial.take().width > widthPt)
                breakLine();
        }
        while (line.widthWith(piece) > widthPt && piece.text.size() > 1) {
            const qsizetype fits = fittingLength(line, piece, widthPt);
            Piece head = piece;
            head.text = piece.text.left(fits);
            line.add(head);
            breakLine();
            piece.text = piece.text.mid(fits);
            piece.breakable = false;
        }
        line.add(piece);
    }
    if (!line.empty())
        lines.push_back(line.take());
    return lines;
}

QPainterPath outline(const Fonts& fonts, const TextLine& line)
{
    QPainterPath path;
    path.setFillRule(Qt::WindingFill);
    for (const GlyphRun& run : line.runs) {
        const QRawFont& font = fonts.raw(run.face);
        const Glyphs glyphs = glyphsOf(font, run.text);
        const double scale = run.sizePt / Fonts::emUnits;
        double x = run.origin.x();
        for (qsizetype i = 0; i < glyphs.indexes.size(); ++i) {
            const QTransform place(scale, 0, 0, scale, x, run.origin.y());
            path.addPath(place.map(font.pathForGlyph(glyphs.indexes[i])));
            x += glyphs.advances[i].x() * scale;
        }
    }
    return path;
}

} // namespace nc::scene

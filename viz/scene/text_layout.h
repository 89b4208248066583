#pragma once

#include <vector>

#include <QPainterPath>
#include <QPointF>
#include <QString>

#include "viz/scene/fonts.h"
#include "viz/scene/rich_text.h"

namespace nc::scene
{

/// Characters of one face and size on one baseline; x runs from the start of the line, y down from its baseline.
/// Points.
struct GlyphRun {
    QString text;
    FontFace face = FontFace::Upright;
    double sizePt = 0;
    QPointF origin;
    double width = 0;
};

/// A laid-out line.
struct TextLine {
    std::vector<GlyphRun> runs;
    double width = 0;
    double ascent = 0;  ///< of capitals and ascenders above the baseline
    double descent = 0; ///< below, subscripts included

    [[nodiscard]] double height() const { return ascent + descent; }
};

/// One line, whatever its length. `strong`: upright text in the face for titles.
[[nodiscard]] TextLine layoutLine(const Fonts& fonts, const RichText& text, double sizePt, bool strong = false);

/// Lines no wider than `widthPt`, broken at spaces; a word that is wider alone is broken inside.
[[nodiscard]] std::vector<TextLine> wrapText(const Fonts& fonts, const RichText& text, double sizePt, double widthPt,
                                             bool strong = false);

/// Outline of a line with its start on the baseline at the origin, y down, in points.
[[nodiscard]] QPainterPath outline(const Fonts& fonts, const TextLine& line);

} // namespace nc::scene

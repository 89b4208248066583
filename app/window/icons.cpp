#include "app/window/icons.h"

#include <array>
#include <string_view>

#include <QIconEngine>
#include <QPainter>
#include <QPainterPath>

#include "app/text.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

/// Strokes in words: M x y, L x y, C three points, Z; O x y r a circle; A x y r from sweep an arc (degrees, counter-
/// clockwise from three o'clock); R x y w h r a box; F: what follows is filled, S: stroked again; D: dashed.
constexpr std::array<std::string_view, iconCount> shapes = {
    /* First */ "M 17 6 L 11 12 L 17 18 M 7 6 L 7 18",
    /* Previous */ "M 15 6 L 9 12 L 15 18",
    /* Play */ "F M 8 5 L 19 12 L 8 19 Z",
    /* Pause */ "F R 7 5.5 3.4 13 1 R 13.6 5.5 3.4 13 1",
    /* Next */ "M 9 6 L 15 12 L 9 18",
    /* Last */ "M 7 6 L 13 12 L 7 18 M 17 6 L 17 18",
    /* Loop */
    "M 17 3 L 20 6 L 17 9 M 4 11 L 4 9 C 4 7.3 5.3 6 7 6 L 20 6 M 7 21 L 4 18 L 7 15 M 20 13 L 20 15 "
    "C 20 16.7 18.7 18 17 18 L 4 18",
    /* Follow */ "F O 12 12 2.6 S A 12 12 8.6 135 90 A 12 12 8.6 -45 90",
    /* ChevronDown */ "M 6 9 L 12 15 L 18 9",
    /* ChevronRight */ "M 9 6 L 15 12 L 9 18",
    /* Search */ "O 11 11 6.5 M 16 16 L 20.5 20.5",
    /* Plus */ "M 12 5 L 12 19 M 5 12 L 19 12",
    /* Check */ "M 5 12.5 L 9.5 17 L 19 7.5",
    /* Close */ "M 6 6 L 18 18 M 18 6 L 6 18",
    /* More */ "F O 5 12 1.9 O 12 12 1.9 O 19 12 1.9",
    /* Pin */ "M 9 4 L 15 4 L 14 10 L 17 13 L 7 13 L 10 10 Z M 12 13 L 12 20",
    /* Link */
    "M 10 14 C 11.6 15.7 14.3 15.7 16 14 L 19 11 C 22.6 7.2 17 1.4 13 5 L 12 6 M 14 10 "
    "C 12.4 8.3 9.7 8.3 8 10 L 5 13 C 1.4 16.8 7 22.6 11 19 L 12 18",
    /* Unlink */
    "M 16 14 L 19 11 C 22.6 7.2 17 1.4 13 5 L 12 6 M 8 10 L 5 13 C 1.4 16.8 7 22.6 11 19 L 12 18 "
    "M 4 4 L 20 20",
    /* Camera */ "M 4 8 L 7 8 L 9 5 L 15 5 L 17 8 L 20 8 L 20 19 L 4 19 Z O 12 13 3.5",
    /* Clock */ "O 12 12 8.5 M 12 7 L 12 12 L 15.5 14",
    /* Select */ "M 4 8 L 4 4 L 8 4 M 16 4 L 20 4 L 20 8 M 20 16 L 20 20 L 16 20 M 8 20 L 4 20 L 4 16 F O 12 12 1.7",
    /* Basis */ "M 5 19 L 5 5 M 5 19 L 19 19 M 5 19 L 14 10 M 2.8 7 L 5 4.6 L 7.2 7 M 17 16.8 L 19.4 19 L 17 21.2",
    /* Plane */ "M 12 4 L 21 19 L 3 19 Z",
    /* Cube */ "M 12 3 L 20 7.5 L 20 16.5 L 12 21 L 4 16.5 L 4 7.5 Z M 4 7.5 L 12 12 L 20 7.5 M 12 12 L 12 21",
    /* KGon */ "M 12 3 L 20.6 9.2 L 17.3 19.2 L 6.7 19.2 L 3.4 9.2 Z",
    /* Box */ "D R 4 5 16 14 1",
    /* Lasso */
    "M 12 4 C 17 4 21 6.4 21 9.5 C 21 12.6 17 15 12 15 C 7 15 3 12.6 3 9.5 C 3 6.4 7 4 12 4 Z M 7 14 "
    "C 5 15 5 17.5 7 18 C 8.6 18.5 8.6 20.4 6.5 21",
    /* Reset */ "A 12 13 7.5 180 270 M 12 5.5 L 6 5.5 M 9 2.5 L 6 5.5 L 9 8.5",
    /* SplitRight */ "R 3.5 5 17 14 1.5 M 12 5 L 12 19",
    /* SplitDown */ "R 3.5 5 17 14 1.5 M 3.5 12 L 20.5 12",
    /* Export */ "M 12 15 L 12 4 M 8 8 L 12 4 L 16 8 M 5 14 L 5 19 L 19 19 L 19 14",
    /* Film */ "R 3.5 5 17 14 1.5 M 8 5 L 8 19 M 16 5 L 16 19 M 3.5 12 L 20.5 12",
    /* Present */ "R 3 4.5 18 12 1.5 M 12 16.5 L 12 20 M 8 20 L 16 20",
    /* Lambda */ "M 6 4 L 8.5 4 L 17 20 M 11.8 10.5 L 6.5 20",
    /* Eye */
    "M 2.5 12 C 5 7.6 8.2 5.5 12 5.5 C 15.8 5.5 19 7.6 21.5 12 C 19 16.4 15.8 18.5 12 18.5 "
    "C 8.2 18.5 5 16.4 2.5 12 Z O 12 12 2.8",
    /* Warn */ "M 12 4 L 21 20 L 3 20 Z M 12 10 L 12 14.5 F O 12 17.3 0.9",
    /* Info */ "O 12 12 8.5 M 12 11 L 12 16.5 F O 12 7.8 0.9",
    /* Broken */ "O 12 12 8.5 M 9 9 L 15 15 M 15 9 L 9 15",
    /* Done */ "O 12 12 8.5 M 8 12.3 L 10.8 15.1 L 16 9.5",
    /* Running */ "O 12 12 8.5 F M 12 3.5 A 12 12 8.5 90 -180 Z",
    /* Stopped */ "O 12 12 8.5 F R 9 9 6 6 0.5",
    /* Document */ "M 6 3 L 14 3 L 18 7 L 18 21 L 6 21 Z M 14 3 L 14 7 L 18 7",
    /* Stop */ "F R 6.5 6.5 11 11 1",
    /* Save */ "M 12 4 L 12 15 M 8 11 L 12 15 L 16 11 M 5 15 L 5 19 L 19 19 L 19 15",
    /* Folder */ "M 3.5 6.5 L 9.5 6.5 L 11.5 9 L 20.5 9 L 20.5 18.5 L 3.5 18.5 Z",
    /* Chip */
    "R 6 6 12 12 1.5 M 9 6 L 9 3 M 15 6 L 15 3 M 9 21 L 9 18 M 15 21 L 15 18 M 6 9 L 3 9 M 6 15 L 3 15 "
    "M 21 9 L 18 9 M 21 15 L 18 15",
    /* Flask */
    "M 9 3 L 15 3 M 10 3 L 10 9 L 5 19 C 4.6 20 5.2 21 6.3 21 L 17.7 21 C 18.8 21 19.4 20 19 19 L 14 9 "
    "L 14 3 M 7.5 15 L 16.5 15",
    /* Undo */ "M 8 5 L 4 9 L 8 13 M 4 9 L 14 9 C 17.3 9 20 11.7 20 15 C 20 18.3 17.3 21 14 21 L 11 21",
    /* Redo */ "M 16 5 L 20 9 L 16 13 M 20 9 L 10 9 C 6.7 9 4 11.7 4 15 C 4 18.3 6.7 21 10 21 L 13 21",
    /* Laser */ "F O 12 12 2.8 S M 12 3 L 12 6 M 12 18 L 12 21 M 3 12 L 6 12 M 18 12 L 21 12",
    /* Freeze */ "M 12 3 L 12 21 M 4.2 7.5 L 19.8 16.5 M 19.8 7.5 L 4.2 16.5",
    /* Tune */ "M 4 7 L 14 7 M 18 7 L 20 7 M 4 17 L 6 17 M 10 17 L 20 17 O 16 7 2 O 8 17 2",
    /* Copy */ "R 8.5 8.5 11 11 1.5 M 15.5 5 L 6 5 C 5.4 5 5 5.4 5 6 L 5 15.5",
    /* Keys */ "R 3 6.5 18 11 1.5 M 8 14 L 16 14 F O 7 10 0.9 O 12 10 0.9 O 17 10 0.9",
    /* NextMark */ "M 2.5 12 L 12 12 M 8.5 8.5 L 12 12 L 8.5 15.5 F M 14.5 8.5 L 22 8.5 L 18.25 15.5 Z",
};

struct Strokes {
    QPainterPath lines, dashed, filled;
};

/// Reads a shape; the words above are all that it understands.
Strokes strokesOf(std::string_view words)
{
    Strokes strokes;
    QPainterPath* path = &strokes.lines;
    const std::vector<std::string> parts = app::splitText(words, ' ');
    std::size_t at = 0;
    const auto next = [&] { return at < parts.size() ? app::parseNumber(parts[at++]).value_or(0) : 0; };
    const auto point = [&] {
        const double x = next();
        return QPointF(x, next());
    };
    while (at < parts.size()) {
        const std::string word = parts[at++];
        switch (word.empty() ? ' ' : word[0]) {
        case 'M':
            path->moveTo(point());
            break;
        case 'L':
            path->lineTo(point());
            break;
        case 'C': {
            const QPointF a = point(), b = point();
            path->cubicTo(a, b, point());
            break;
        }
        case 'Z':
            path->closeSubpath();
            break;
        case 'O': {
            const QPointF centre = point();
            const double r = next();
            path->addEllipse(centre, r, r);
            break;
        }
        case 'A': {
            const QPointF centre = point();
            const double r = next(), from = next();
            const QRectF box(centre.x() - r, centre.y() - r, 2 * r, 2 * r);
            path->arcMoveTo(box, from);
            path->arcTo(box, from, next());
            break;
        }
        case 'R': {
            const QPointF corner = point(), size = point();
            const double r = next();
            path->addRoundedRect(QRectF(corner, QSizeF(size.x(), size.y())), r, r);
            break;
        }
        case 'F':
            path = &strokes.filled;
            break;
        case 'S':
            path = &strokes.lines;
            break;
        case 'D':
            path = &strokes.dashed;
            break;
        default:
            break;
        }
    }
    return strokes;
}

class ShapeEngine : public QIconEngine
{
public:
    ShapeEngine(Icon shape, IconTone tone)
        : m_shape(shape)
        , m_tone(tone)
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const QColor ink = colour(mode, state);
        const Strokes strokes = strokesOf(shapes[static_cast<std::size_t>(m_shape)]);
        const double side = std::min(rect.width(), rect.height());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(QRectF(rect).center() - QPointF(side / 2, side / 2));
        painter->scale(side / 24, side / 24);
        QPen pen(ink, 1.9, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin); // 1.6 px at 20 px
        painter->setPen(pen);
        painter->drawPath(strokes.lines);
        pen.setDashPattern({1.8, 1.6});
        pen.setCapStyle(Qt::FlatCap);
        painter->setPen(pen);
        painter->drawPath(strokes.dashed);
        painter->fillPath(strokes.filled, ink);
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap picture(size);
        picture.fill(Qt::transparent);
        QPainter painter(&picture);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return picture;
    }
    QIconEngine* clone() const override { return new ShapeEngine(*this); }

private:
    [[nodiscard]] QColor colour(QIcon::Mode mode, QIcon::State state) const
    {
        const scene::Theme& theme = currentTheme();
        if (mode == QIcon::Disabled)
            return toQColor(theme.text3);
        switch (m_tone) {
        case IconTone::OnFill:
            return Qt::white;
        case IconTone::Accent:
            return toQColor(theme.accent);
        case IconTone::Warn:
            return toQColor(theme.warn);
        case IconTone::Error:
            return toQColor(theme.err);
        case IconTone::Ok:
            return toQColor(theme.ok);
        case IconTone::Text:
            return toQColor(theme.text);
        case IconTone::Control:
            break;
        }
        return toQColor(state == QIcon::On ? theme.accent : theme.text2);
    }

    Icon m_shape;
    IconTone m_tone;
};

} // namespace

QIcon icon(Icon shape, IconTone tone)
{
    return QIcon(new ShapeEngine(shape, tone));
}

} // namespace nc::window

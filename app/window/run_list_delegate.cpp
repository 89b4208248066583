#include "app/window/run_list_delegate.h"

#include <QPainter>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int rowHeight = 44, margin = 12, glyphSide = 14;

QColor colourOf(RunMark mark)
{
    const scene::Theme& theme = currentTheme();
    switch (mark) {
    case RunMark::Running:
        return toQColor(theme.accent);
    case RunMark::Crashed:
        return toQColor(theme.err);
    case RunMark::Damaged:
        return toQColor(theme.warn);
    default:
        return toQColor(theme.text2);
    }
}

/// One line: text from the left, value from the right; the text gives way.
void paintLine(QPainter& painter, const QRect& line, const QFont& font, const QColor& colour, const QString& text,
               const QString& value, const QString& shorter = {})
{
    painter.setFont(font);
    painter.setPen(colour);
    const QFontMetrics metrics(font);
    const int valueWidth = value.isEmpty() ? 0 : metrics.horizontalAdvance(value) + 8;
    painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, value);
    const int room = line.width() - valueWidth;
    const bool fits = shorter.isEmpty() || metrics.horizontalAdvance(text) <= room;
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(fits ? text : shorter, Qt::ElideRight, room));
}

} // namespace

void paintRunMark(QPainter& painter, const QRectF& box, RunMark mark)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor colour = colourOf(mark);
    const double unit = box.width() / 14;
    painter.setPen(QPen(colour, 1.2 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QRectF disc = box.adjusted(unit, unit, -unit, -unit);
    const QPointF middle = box.center();
    const auto at = [&](double x, double y) { return middle + QPointF(x, y) * unit; };
    painter.drawEllipse(disc);
    switch (mark) {
    case RunMark::Opening:
        painter.drawLine(at(0, -3), at(0, 0));
        painter.drawLine(at(0, 0), at(2.2, 1.2));
        break;
    case RunMark::Recorded:
        painter.drawPolyline(QPolygonF{at(-2.6, 0.2), at(-0.7, 2.1), at(2.8, -1.9)});
        break;
    case RunMark::Running:
        painter.setBrush(colour);
        painter.drawPie(disc, 90 * 16, 180 * 16);
        break;
    case RunMark::Stopped:
        painter.setBrush(colour);
        painter.drawRect(QRectF(at(-1.6, -1.6), at(1.6, 1.6)));
        break;
    case RunMark::Crashed:
        painter.drawLine(at(0, -2.8), at(0, 0.6));
        painter.drawLine(at(0, 2.7), at(0, 2.8));
        break;
    case RunMark::Damaged:
        painter.drawLine(at(-2.2, -2.2), at(2.2, 2.2));
        painter.drawLine(at(-2.2, 2.2), at(2.2, -2.2));
        break;
    }
    painter.restore();
}

void RunListDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const scene::Theme& theme = currentTheme();
    const QRect row = option.rect;
    painter->save();
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    if (selected)
        painter->fillRect(row, toQColor(theme.tint));
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(row, toQColor(theme.control));
    if (selected)
        painter->fillRect(QRect(row.left(), row.top(), 2, row.height()), toQColor(theme.accent));
    if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange)) {
        painter->setPen(QPen(toQColor(theme.accent), 1));
        painter->drawRect(row.adjusted(0, 0, -1, -1));
    }
    const auto mark = static_cast<RunMark>(index.data(MarkRole).toInt());
    paintRunMark(*painter, QRectF(row.left() + margin, row.top() + 7, glyphSide, glyphSide), mark);
    const QRect text = row.adjusted(margin + glyphSide + 8, 5, -margin, -5);
    paintLine(*painter, QRect(text.left(), text.top(), text.width(), 17), uiFont(12, QFont::Medium),
              toQColor(theme.text), index.data(Qt::DisplayRole).toString(), index.data(ValueRole).toString(),
              index.data(ShortNameRole).toString());
    paintLine(*painter, QRect(text.left(), text.top() + 17, text.width(), 17), uiFont(11), toQColor(theme.text2),
              index.data(DetailRole).toString(), index.data(SecondValueRole).toString());
    painter->restore();
}

QSize RunListDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {160, rowHeight};
}

} // namespace nc::window

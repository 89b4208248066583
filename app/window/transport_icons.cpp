#include "app/window/transport_icons.h"

#include <QPainter>
#include <QPainterPath>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

QPainterPath chevron(double x, bool toRight)
{
    const double tip = toRight ? x + 5 : x - 5;
    QPainterPath path(QPointF(x, 6.5));
    path.lineTo(tip, 12);
    path.lineTo(x, 17.5);
    return path;
}

QPainterPath bar(double x)
{
    QPainterPath path(QPointF(x, 6.5));
    path.lineTo(x, 17.5);
    return path;
}

} // namespace

QIcon transportIcon(Transport shape)
{
    constexpr int side = 64; // drawn large, scaled down by QIcon where needed
    QPixmap pixmap(side, side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.scale(side / 24.0, side / 24.0);
    const bool filled = shape == Transport::Play || shape == Transport::Pause;
    const QColor colour = filled ? QColor(Qt::white) : toQColor(currentTheme().text2);
    painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    switch (shape) {
    case Transport::First:
        painter.drawPath(bar(7));
        painter.drawPath(chevron(16, false));
        break;
    case Transport::Previous:
        painter.drawPath(chevron(14.5, false));
        break;
    case Transport::Next:
        painter.drawPath(chevron(9.5, true));
        break;
    case Transport::Last:
        painter.drawPath(chevron(8, true));
        painter.drawPath(bar(17));
        break;
    case Transport::Play:
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF{{8, 6}, {18, 12}, {8, 18}});
        break;
    case Transport::Pause:
        painter.drawLine(QPointF(9, 6.5), QPointF(9, 17.5));
        painter.drawLine(QPointF(15, 6.5), QPointF(15, 17.5));
        break;
    case Transport::Loop:
        painter.drawArc(QRectF(5.5, 5.5, 13, 13), 60 * 16, 290 * 16);
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF{{14.2, 3.6}, {18.4, 6.4}, {13.8, 8.4}});
        break;
    }
    return QIcon(pixmap);
}

} // namespace nc::window

#include "app/window/flat_style.h"

#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>

#include "app/window/icons.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

void drawBox(QPainter* painter, const QRectF& box, double radius, scene::Rgb fill, scene::Rgb edge)
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(toQColor(edge), 1));
    painter->setBrush(toQColor(fill));
    painter->drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    painter->restore();
}

void drawCheck(const QStyleOption* option, QPainter* painter)
{
    const scene::Theme& theme = currentTheme();
    const bool on = option->state & QStyle::State_On, enabled = option->state & QStyle::State_Enabled;
    const bool focus = option->state & QStyle::State_HasFocus;
    const double side = std::min({option->rect.width(), option->rect.height(), 14});
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(option->rect).center());
    const scene::Rgb fill = on ? (enabled ? theme.fill : theme.border) : theme.canvas;
    drawBox(painter, box, 3, fill, focus ? theme.accent : on ? fill : theme.text3);
    if (on)
        icon(Icon::Check, IconTone::OnFill).paint(painter, box.toRect().adjusted(1, 1, -1, -1));
}

void drawComboBox(const QStyleOptionComboBox* option, QPainter* painter)
{
    const scene::Theme& theme = currentTheme();
    const bool focus = option->state & QStyle::State_HasFocus, enabled = option->state & QStyle::State_Enabled;
    const bool hover = enabled && (option->state & QStyle::State_MouseOver);
    const scene::Rgb fill = option->editable ? theme.canvas : hover ? theme.hover : theme.control;
    drawBox(painter, option->rect, 4, fill, focus ? theme.accent : theme.border);
    const QRect arrow(option->rect.right() - 20, option->rect.center().y() - 7, 15, 15);
    icon(Icon::ChevronDown).paint(painter, arrow, Qt::AlignCenter, enabled ? QIcon::Normal : QIcon::Disabled);
}

} // namespace

FlatStyle::FlatStyle()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
{
}

void FlatStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const
{
    if (element == PE_IndicatorCheckBox)
        drawCheck(option, painter);
    else if (element == PE_IndicatorMenuCheckMark)
        icon(Icon::Check, IconTone::Text).paint(painter, option->rect);
    else
        QProxyStyle::drawPrimitive(element, option, painter, widget);
}

void FlatStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                   const QWidget* widget) const
{
    const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (control == CC_ComboBox && combo)
        drawComboBox(combo, painter);
    else
        QProxyStyle::drawComplexControl(control, option, painter, widget);
}

int FlatStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                         QStyleHintReturn* data) const
{
    if (hint == SH_UnderlineShortcut)
        return 0; // menus open by Alt all the same
    return QProxyStyle::styleHint(hint, option, widget, data);
}

} // namespace nc::window

#include "app/window/range_slider.h"

#include <algorithm>
#include <cmath>

#include <QFocusEvent>
#include <QMouseEvent>
#include <QPainter>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr double handleRadius = 6.5;
constexpr double step = 0.01;

} // namespace

RangeSlider::RangeSlider(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void RangeSlider::setRange(double low, double high)
{
    m_low = std::clamp(low, 0.0, 1.0);
    m_high = std::clamp(high, m_low, 1.0);
    describe();
    update();
}

QSize RangeSlider::sizeHint() const
{
    return {120, 24};
}

QPointF RangeSlider::handlePlace(bool upper) const
{
    const double reach = handleRadius + 1;
    return {reach + (width() - 2 * reach) * (upper ? m_high : m_low), height() / 2.0};
}

double RangeSlider::valueAt(double x) const
{
    const double reach = handleRadius + 1;
    return std::clamp((x - reach) / std::max(1.0, width() - 2 * reach), 0.0, 1.0);
}

/// The present handle, not past the other one.
void RangeSlider::move(double to)
{
    const double value = std::clamp(std::round(to / step) * step, m_upper ? m_low : 0.0, m_upper ? 1.0 : m_high);
    double& moved = m_upper ? m_high : m_low;
    if (value == moved)
        return;
    moved = value;
    describe();
    update();
    Q_EMIT rangeChanged(m_low, m_high);
}

void RangeSlider::describe()
{
    setAccessibleDescription(tr("%1 to %2").arg(m_low, 0, 'f', 2).arg(m_high, 0, 'f', 2));
}

void RangeSlider::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    const QPointF from = handlePlace(false), to = handlePlace(true);
    const auto groove = [&](double left, double right, scene::Rgb colour) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(toQColor(colour));
        painter.drawRoundedRect(QRectF(left, height() / 2.0 - 1.5, right - left, 3), 1.5, 1.5);
    };
    groove(handleRadius + 1, width() - handleRadius - 1, theme.hover);
    groove(from.x(), to.x(), isEnabled() ? theme.accent : theme.border);
    for (const bool upper : {!m_upper, m_upper}) { // the one that moves lies above
        const bool focus = hasFocus() && upper == m_upper;
        painter.setPen(QPen(toQColor(isEnabled() ? theme.accent : theme.border), focus ? 2.5 : 1));
        painter.setBrush(isEnabled() ? QColor(Qt::white) : toQColor(theme.hover));
        painter.drawEllipse(handlePlace(upper), handleRadius, handleRadius);
    }
}

void RangeSlider::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const double x = event->position().x(), low = handlePlace(false).x(), high = handlePlace(true).x();
    m_upper = std::abs(x - high) < std::abs(x - low) || (low == high && x > high);
    update();
    move(valueAt(x));
}

void RangeSlider::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        move(valueAt(event->position().x()));
}

void RangeSlider::mouseReleaseEvent(QMouseEvent*)
{
    Q_EMIT released();
}

void RangeSlider::keyPressEvent(QKeyEvent* event)
{
    const double value = m_upper ? m_high : m_low;
    const double by = event->modifiers() & Qt::ShiftModifier ? 10 * step : step;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Down:
        move(value - by);
        break;
    case Qt::Key_Right:
    case Qt::Key_Up:
        move(value + by);
        break;
    case Qt::Key_PageDown:
        move(value - 10 * step);
        break;
    case Qt::Key_PageUp:
        move(value + 10 * step);
        break;
    case Qt::Key_Home:
        move(0);
        break;
    case Qt::Key_End:
        move(1);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

bool RangeSlider::focusNextPrevChild(bool next)
{
    if (next != m_upper) {
        m_upper = next;
        update();
        Q_EMIT released();
        return true;
    }
    return QWidget::focusNextPrevChild(next);
}

void RangeSlider::focusInEvent(QFocusEvent* event)
{
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        m_upper = event->reason() == Qt::BacktabFocusReason;
    QWidget::focusInEvent(event);
    update();
}

} // namespace nc::window

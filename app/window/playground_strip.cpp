#include "app/window/playground_strip.h"

#include <algorithm>
#include <array>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "app/window/ui_theme.h"
#include "viz/scene/painter_items.h"
#include "viz/scene/text_layout.h"

namespace nc::window
{

namespace
{

constexpr int heightPx = 176;
constexpr double left = 66, right = 28;
constexpr double barsTop = 40, floorY = 118, lambdaRow = 134, deltaRow = 158;

} // namespace

DensityStrip::DensityStrip(QWidget* parent)
    : QWidget(parent)
{
    setFixedHeight(heightPx);
    setMinimumWidth(320);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Density along the arm"));
    setToolTip(tr("Drag, or press the arrow keys: λ moves by a hundredth"));
}

void DensityStrip::setDensity(app::PlaygroundDensity density, double lambda, const QString& words,
                              const scene::RichText& axis)
{
    m_density = std::move(density);
    m_lambda = lambda;
    m_words = words;
    m_axis = axis;
    setAccessibleDescription(QStringLiteral("λ = %1, %2").arg(lambda, 0, 'f', 3).arg(words));
    update();
}

double DensityStrip::xOf(double delta) const
{
    return left + (delta / m_density.reach + 1) / 2 * (width() - left - right);
}

double DensityStrip::deltaAt(double x) const
{
    return std::clamp(2 * (x - left) / (width() - left - right) - 1, -1.0, 1.0) * m_density.reach;
}

void DensityStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    painter.fillRect(rect(), toQColor(theme.panel));
    painter.fillRect(QRectF(0, 0, width(), 1), toQColor(hasFocus() ? theme.accent : theme.line));
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(toQColor(theme.text));
    const QString title = tr("Density along the arm");
    painter.drawText(QPointF(16, 22), title);
    const double after = 16 + painter.fontMetrics().horizontalAdvance(title) + 16;
    painter.setFont(uiFont(12));
    painter.setPen(toQColor(theme.text2));
    painter.drawText(QPointF(after, 22),
                     painter.fontMetrics().elidedText(m_words, Qt::ElideRight, qRound(width() - after - 12)));
    if (m_density.heights.empty())
        return;
    paintBars(painter);
    paintTicks(painter);
    paintPlayhead(painter);
}

void DensityStrip::paintBars(QPainter& painter) const
{
    const scene::Theme& theme = currentTheme();
    const double most = *std::max_element(m_density.heights.begin(), m_density.heights.end());
    const double count = static_cast<double>(m_density.heights.size());
    const double width = (xOf(m_density.reach) - xOf(-m_density.reach)) / count;
    QPolygonF outline;
    for (std::size_t k = 0; k < m_density.heights.size(); ++k) {
        const double x = xOf(-m_density.reach) + static_cast<double>(k) * width;
        const double top = floorY - m_density.heights[k] / most * (floorY - barsTop);
        painter.fillRect(QRectF(x + 0.5, top, width - 1, floorY - top),
                         toQColor(theme.lambda.at(m_density.lambdas[k])));
        outline << QPointF(x, top) << QPointF(x + width, top);
    }
    painter.setPen(QPen(toQColor(theme.ink), 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(outline);
    painter.drawLine(QPointF(xOf(-m_density.reach), floorY), QPointF(xOf(m_density.reach), floorY));
}

void DensityStrip::paintTicks(QPainter& painter) const
{
    const scene::Theme& theme = currentTheme();
    painter.setFont(uiFont(11));
    painter.setPen(toQColor(theme.text2));
    painter.drawText(QRectF(16, lambdaRow - 8, left - 20, 16), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("λ"));
    painter.save();
    scene::paintOutlines(painter, m_fonts,
                         scene::Text{scene::layoutLine(m_fonts, m_axis, 12), {16, deltaRow + 4}, theme.text2});
    painter.restore();
    const auto row = [&](const std::vector<app::PlaygroundDensity::Tick>& ticks, double y, bool marked) {
        // From the middle outward: what has no room is left out, the middle never.
        std::vector<const app::PlaygroundDensity::Tick*> order;
        for (const auto& tick : ticks)
            order.push_back(&tick);
        std::stable_sort(order.begin(), order.end(),
                         [](const auto* a, const auto* b) { return std::abs(a->delta) < std::abs(b->delta); });
        std::vector<QRectF> taken;
        for (const auto* tick : order) {
            const QString text = QString::fromStdString(tick->text);
            const double wide = painter.fontMetrics().horizontalAdvance(text) + 10;
            const QRectF place(xOf(tick->delta) - wide / 2, y - 8, wide, 16);
            if (std::any_of(taken.begin(), taken.end(), [&](const QRectF& other) { return other.intersects(place); }))
                continue;
            taken.push_back(place);
            painter.drawText(place, Qt::AlignCenter, text);
            if (marked)
                painter.drawLine(QPointF(xOf(tick->delta), floorY + 1), QPointF(xOf(tick->delta), floorY + 5));
        }
    };
    row(m_density.lambdaTicks, lambdaRow, true);
    row(m_density.deltaTicks, deltaRow, false);
}

void DensityStrip::paintPlayhead(QPainter& painter) const
{
    const scene::Theme& theme = currentTheme();
    const double x = xOf(m_density.playhead);
    painter.setPen(QPen(toQColor(theme.accent), 2));
    painter.drawLine(QPointF(x, barsTop), QPointF(x, floorY));
    painter.setBrush(toQColor(theme.canvas));
    painter.drawEllipse(QPointF(x, floorY), 5, 5);
    QRectF flag(x - 24, barsTop - 12, 48, 18);
    flag.moveLeft(std::clamp(flag.left(), 2.0, width() - flag.width() - 2));
    painter.setPen(Qt::NoPen);
    painter.setBrush(toQColor(theme.fill));
    painter.drawRoundedRect(flag, 3, 3);
    painter.setPen(Qt::white);
    painter.setFont(uiFont(11, QFont::DemiBold));
    painter.drawText(flag, Qt::AlignCenter, QString::number(m_lambda, 'f', 3));
}

void DensityStrip::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        Q_EMIT deltaChosen(deltaAt(event->position().x()));
}

void DensityStrip::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        Q_EMIT deltaChosen(deltaAt(event->position().x()));
}

void DensityStrip::mouseReleaseEvent(QMouseEvent*)
{
    Q_EMIT released();
}

void DensityStrip::keyPressEvent(QKeyEvent* event)
{
    const double step = event->modifiers() & Qt::ShiftModifier ? 0.1 : 0.01;
    if (event->key() == Qt::Key_Right)
        Q_EMIT stepped(std::min(1.0, m_lambda + step));
    else if (event->key() == Qt::Key_Left)
        Q_EMIT stepped(std::max(0.0, m_lambda - step));
    else
        QWidget::keyPressEvent(event);
}

} // namespace nc::window

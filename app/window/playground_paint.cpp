#include "app/window/playground_paint.h"

#include <algorithm>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "app/text.h"
#include "app/window/icons.h"
#include "app/window/ui_theme.h"
#include "viz/scene/painter_items.h"
#include "viz/scene/text_layout.h"

namespace nc::window
{

namespace
{

constexpr double formulaPx = 17;
constexpr int formulaPitchPx = 30, formulaIndentPx = 14, tickPx = 16;
constexpr int barPitchPx = 25, barHeightPx = 10, barNameWidth = 84, barValueWidth = 58;
constexpr int handlePx = 30;
constexpr double handleRadius = 8;

/// "x_i w_i" without its italics, for who cannot see it.
QString spoken(const std::vector<app::FormulaLine>& lines)
{
    QStringList words;
    for (const app::FormulaLine& line : lines)
        words << QString::fromStdString(line.text.plain()) +
                     (line.holds ? (*line.holds ? FormulaView::tr(", holds") : FormulaView::tr(", does not hold"))
                                 : QString());
    return words.join(QStringLiteral("; "));
}

} // namespace

FormulaView::FormulaView(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAccessibleName(tr("Formula with these numbers"));
    setToolTip(
        tr("h: the optimal feature; x: logit gaps to a third class; κ: scale of the classifier; docs/maths.md, 4"));
}

void FormulaView::setLines(std::vector<app::FormulaLine> lines)
{
    const bool resized = lines.size() != m_lines.size();
    m_lines = std::move(lines);
    setAccessibleDescription(spoken(m_lines));
    if (resized)
        updateGeometry();
    update();
}

QSize FormulaView::sizeHint() const
{
    return {240, static_cast<int>(m_lines.size()) * formulaPitchPx + 4};
}

double FormulaView::sizeThatFits() const
{
    double widest = 1;
    for (const app::FormulaLine& line : m_lines) {
        const double room = line.holds ? tickPx + 8 : 0;
        const double wanted = scene::layoutLine(m_fonts, line.text, formulaPx).width + room;
        widest = std::max(widest, wanted / (width() - (line.numbers ? formulaIndentPx : 0)));
    }
    return formulaPx / widest;
}

void FormulaView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    const double size = sizeThatFits();
    for (std::size_t k = 0; k < m_lines.size(); ++k) {
        const app::FormulaLine& line = m_lines[k];
        const scene::TextLine laid = scene::layoutLine(m_fonts, line.text, size);
        const double top = static_cast<double>(k) * formulaPitchPx;
        const QPointF baseline(line.numbers ? formulaIndentPx : 0, top + 0.68 * formulaPitchPx);
        painter.save();
        scene::paintOutlines(painter, m_fonts, scene::Text{laid, baseline, line.numbers ? theme.accent : theme.text});
        painter.restore();
        if (line.holds)
            icon(*line.holds ? Icon::Check : Icon::Warn, *line.holds ? IconTone::Accent : IconTone::Warn)
                .paint(&painter, QRect(qRound(baseline.x() + laid.width) + 6,
                                       qRound(top + (formulaPitchPx - tickPx) / 2.0), tickPx, tickPx));
    }
}

// --- shares

ShareBars::ShareBars(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ShareBars::setRows(std::vector<Row> rows)
{
    const bool resized = rows.size() != m_rows.size();
    m_rows = std::move(rows);
    QStringList words;
    for (const Row& row : m_rows)
        words << row.name + QLatin1Char(' ') + QString::fromStdString(app::fixedNumber(row.value, 3));
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    if (resized)
        updateGeometry();
    update();
}

QSize ShareBars::sizeHint() const
{
    return {240, static_cast<int>(m_rows.size()) * barPitchPx};
}

void ShareBars::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const scene::Theme& theme = currentTheme();
    const double room = width() - barNameWidth - barValueWidth;
    for (std::size_t k = 0; k < m_rows.size(); ++k) {
        const Row& row = m_rows[k];
        const double top = static_cast<double>(k) * barPitchPx;
        painter.setFont(uiFont(12));
        painter.setPen(toQColor(theme.text2));
        painter.drawText(QRectF(0, top, barNameWidth, barPitchPx), Qt::AlignLeft | Qt::AlignVCenter, row.name);
        const QRectF groove(barNameWidth, top + (barPitchPx - barHeightPx) / 2.0, room, barHeightPx);
        painter.fillRect(groove, toQColor(theme.control));
        const double filled = std::clamp(row.value, 0.0, 1.0) * room;
        painter.fillRect(QRectF(groove.topLeft(), QSizeF(std::max(filled, 1.0), barHeightPx)),
                         toQColor(row.classSlot < 0 ? theme.text3 : theme.classColour(row.classSlot)));
        painter.setFont(uiFont(12, QFont::Medium));
        painter.setPen(toQColor(theme.text));
        QString number = QString::fromStdString(app::fixedNumber(row.value, 3));
        painter.drawText(QRectF(width() - barValueWidth, top, barValueWidth, barPitchPx),
                         Qt::AlignRight | Qt::AlignVCenter, number.replace(QLatin1Char('-'), QChar(0x2212)));
    }
}

// --- the handle

CurveHandle::CurveHandle(QWidget* parent)
    : QWidget(parent)
{
    setFixedSize(handlePx, handlePx);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::OpenHandCursor);
    setAccessibleName(tr("Mix on the curve"));
    setToolTip(tr("Drag along the curve; arrow keys by a hundredth of λ"));
}

void CurveHandle::setLambda(double lambda)
{
    m_lambda = lambda;
    setAccessibleDescription(QStringLiteral("λ = %1").arg(lambda, 0, 'f', 3));
    update();
}

void CurveHandle::place(QPointF middle)
{
    move((middle - QPointF(handlePx / 2.0, handlePx / 2.0)).toPoint());
}

void CurveHandle::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    const QPointF middle(handlePx / 2.0, handlePx / 2.0);
    painter.setPen(QPen(toQColor(theme.accent), hasFocus() ? 3 : 2));
    painter.setBrush(toQColor(theme.canvas));
    painter.drawEllipse(middle, handleRadius + 3, handleRadius + 3);
    painter.setPen(Qt::NoPen);
    painter.setBrush(toQColor(theme.lambda.at(m_lambda)));
    painter.drawEllipse(middle, handleRadius - 2, handleRadius - 2);
}

void CurveHandle::mousePressEvent(QMouseEvent* event)
{
    m_grip = event->position() - QPointF(handlePx / 2.0, handlePx / 2.0);
    setCursor(Qt::ClosedHandCursor);
}

void CurveHandle::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        Q_EMIT draggedTo(mapToParent(QPoint()) + event->position() - m_grip);
}

void CurveHandle::mouseReleaseEvent(QMouseEvent*)
{
    setCursor(Qt::OpenHandCursor);
    Q_EMIT released();
}

void CurveHandle::keyPressEvent(QKeyEvent* event)
{
    const double step = event->modifiers() & Qt::ShiftModifier ? 0.1 : 0.01;
    switch (event->key()) {
    case Qt::Key_Right:
    case Qt::Key_Up:
        Q_EMIT stepped(std::min(1.0, m_lambda + step));
        break;
    case Qt::Key_Left:
    case Qt::Key_Down:
        Q_EMIT stepped(std::max(0.0, m_lambda - step));
        break;
    case Qt::Key_Home:
        Q_EMIT stepped(0);
        break;
    case Qt::Key_End:
        Q_EMIT stepped(1);
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace nc::window

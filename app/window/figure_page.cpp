#include "app/window/figure_page.h"

#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QScreen>
#include <QScrollBar>
#include <QTimerEvent>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr double rulerHeight = 30;
constexpr double around = 24;   // between sheet and viewport
constexpr double marginPt = 30; // of the sheet, beside the figure
constexpr int busyAfterMs = 300;
constexpr int textLineCount = 5;

} // namespace

FigurePage::FigurePage(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("The figure as it will be written"));
    viewport()->setAutoFillBackground(false);
}

double FigurePage::realScale() const
{
    // Screens that do not know their size say nonsense; the logical resolution is then what everything else uses.
    const double physical = screen() ? screen()->physicalDotsPerInch() : 0;
    const double dpi = physical > 60 && physical < 400 ? physical : logicalDpiX();
    return dpi / 72;
}

double FigurePage::scale() const
{
    if (m_zoom == Zoom::Fit) {
        const double across = (viewport()->width() - 2 * around) / (m_pagePt.width() + 2 * marginPt);
        const double lines = m_textLines ? 0.14 * m_pagePt.width() : 0;
        const double down =
            (viewport()->height() - rulerHeight - 2 * around) / (m_pagePt.height() + 2 * marginPt + lines);
        return std::max(0.1, std::min(across, down));
    }
    return realScale() * (m_zoom == Zoom::Double ? 2 : 1);
}

double FigurePage::wantedDpi(double pageWidthPt) const
{
    double unit = scale();
    if (m_zoom == Zoom::Fit)
        unit *= (m_pagePt.width() + 2 * marginPt) / (pageWidthPt + 2 * marginPt);
    // Posters: no more pixels than a wide screen shows.
    const double most = 4096 / pageWidthPt;
    return 72 * std::min(unit * devicePixelRatioF(), most);
}

QSizeF FigurePage::sheetSize() const
{
    const double lines = m_textLines ? 0.14 * m_pagePt.width() : 0;
    return QSizeF(m_pagePt.width() + 2 * marginPt, m_pagePt.height() + 2 * marginPt + lines) * scale();
}

QRectF FigurePage::figureRect() const
{
    const QSizeF sheet = sheetSize();
    const double left = std::max(around, (viewport()->width() - sheet.width()) / 2) - horizontalScrollBar()->value();
    const double top = rulerHeight + around - verticalScrollBar()->value();
    const double lines = m_textLines ? 0.14 * m_pagePt.width() : 0;
    return {QPointF(left + marginPt * scale(), top + (marginPt + lines) * scale()), m_pagePt * scale()};
}

void FigurePage::updateBars()
{
    const QSizeF whole = sheetSize() + QSizeF(2 * around, 2 * around + rulerHeight);
    horizontalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(whole.width())) - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(std::ceil(whole.height())) - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    viewport()->update();
}

void FigurePage::setPicture(const QImage& picture, QSizeF pagePt)
{
    m_picture = picture;
    m_pagePt = pagePt;
    m_message.clear();
    updateBars();
}

void FigurePage::setMessage(const QString& message)
{
    m_message = message;
    viewport()->update();
}

void FigurePage::setBusy(bool busy)
{
    if (busy == m_busy)
        return;
    m_busy = busy;
    if (m_busyTimer)
        killTimer(std::exchange(m_busyTimer, 0));
    if (busy)
        m_busyTimer = startTimer(busyAfterMs);
    else if (std::exchange(m_busySign, false))
        viewport()->update();
}

void FigurePage::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_busyTimer) {
        QAbstractScrollArea::timerEvent(event);
        return;
    }
    killTimer(std::exchange(m_busyTimer, 0));
    m_busySign = true;
    viewport()->update();
}

void FigurePage::setZoom(Zoom zoom)
{
    m_zoom = zoom;
    updateBars();
    Q_EMIT zoomChanged();
}

void FigurePage::setUnit(Unit unit)
{
    m_unit = unit;
    viewport()->update();
}

void FigurePage::setStandIn(bool textLines, bool checker)
{
    m_textLines = textLines;
    m_checker = checker;
    updateBars();
}

void FigurePage::resizeEvent(QResizeEvent*)
{
    updateBars();
    if (m_zoom == Zoom::Fit)
        Q_EMIT zoomChanged();
}

void FigurePage::scrollContentsBy(int, int)
{
    viewport()->update();
}

void FigurePage::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    const scene::Theme& theme = currentTheme();
    painter.fillRect(viewport()->rect(), toQColor(currentMode() == scene::ThemeMode::Light ? theme.bg : theme.canvas));
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    const QRectF figure = figureRect();
    const double unit = scale();
    const QRectF sheet(QPointF(figure.left() - marginPt * unit,
                               figure.top() - (marginPt + (m_textLines ? 0.14 * m_pagePt.width() : 0)) * unit),
                       sheetSize());
    const scene::Theme& paper = scene::theme(scene::ThemeMode::Light);
    painter.fillRect(m_textLines ? sheet : figure, toQColor(paper.canvas));
    if (m_textLines && currentMode() == scene::ThemeMode::Light) {
        painter.setPen(QPen(toQColor(theme.border), 0));
        painter.drawRect(sheet);
    }
    if (m_textLines) {
        const double line = 0.022 * m_pagePt.width() * unit;
        for (int k = 0; k < textLineCount; ++k)
            painter.fillRect(QRectF(figure.left(), sheet.top() + marginPt * unit / 2 + line * 1.25 * k,
                                    figure.width() * (k + 1 == textLineCount ? 0.55 : 1), line * 0.55),
                             toQColor(paper.line));
    }
    if (m_checker) {
        constexpr double square = 8;
        for (double y = figure.top(); y < figure.bottom(); y += square)
            for (double x = figure.left(); x < figure.right(); x += square)
                if ((std::lround((x - figure.left()) / square) + std::lround((y - figure.top()) / square)) % 2)
                    painter.fillRect(QRectF(x, y, square, square) & figure, toQColor(paper.line));
    }
    if (!m_message.isEmpty()) {
        painter.setFont(uiFont(13));
        painter.setPen(toQColor(paper.err));
        painter.drawText(figure.adjusted(16, 16, -16, -16), Qt::AlignCenter | Qt::TextWordWrap, m_message);
    } else if (!m_picture.isNull()) {
        painter.drawImage(figure, m_picture);
    }
    painter.setPen(QPen(toQColor(paper.accent), 1, Qt::DashLine));
    painter.drawRect(figure);
    if (m_busySign) {
        painter.setFont(uiFont(12));
        const QString text = tr("Painting the figure…");
        const QRectF card(viewport()->width() / 2.0 - 84, viewport()->height() - 44, 168, 28);
        painter.setPen(QPen(toQColor(theme.border), 1));
        painter.setBrush(toQColor(theme.raised));
        painter.drawRoundedRect(card, 6, 6);
        painter.setPen(toQColor(theme.text));
        painter.drawText(card, Qt::AlignCenter, text);
    }
    paintRuler(painter, figure);
}

void FigurePage::paintRuler(QPainter& painter, const QRectF& figure) const
{
    const scene::Theme& theme = currentTheme();
    painter.fillRect(QRectF(0, 0, viewport()->width(), rulerHeight), toQColor(theme.panel));
    painter.fillRect(QRectF(0, rulerHeight - 1, viewport()->width(), 1), toQColor(theme.line));
    painter.setFont(uiFont(11));
    const bool inches = m_unit == Unit::Inch;
    const double unitPt = inches ? 72 : 72 / 2.54;
    const QString name = inches ? tr("in") : tr("cm");
    const double whole = unitPt * scale(), end = m_pagePt.width() / unitPt;
    const QString last = QStringLiteral("%1 %2").arg(end, 0, 'f', 2).arg(name);
    const QFontMetricsF metrics(painter.font());
    const double room = metrics.horizontalAdvance(QStringLiteral("10 ") + name) + 12;
    const int every = std::max(1, static_cast<int>(std::ceil(room / whole)));
    const int parts = whole > 80 ? 10 : whole > 30 ? 5 : 1;
    for (int k = 0; k <= static_cast<int>(end * parts + 1e-9); ++k) {
        const double x = std::round(figure.left() + whole * k / parts) + 0.5;
        const bool major = k % parts == 0, half = parts > 1 && 2 * (k % parts) == parts;
        painter.setPen(QPen(toQColor(theme.text3), 1));
        painter.drawLine(QPointF(x, rulerHeight - (major ? 16 : half ? 8 : 5)), QPointF(x, rulerHeight - 2));
        const QString text = QStringLiteral("%1 %2").arg(k / parts).arg(name);
        const bool clear = x + 3 + metrics.horizontalAdvance(text) < figure.right() - 4;
        if (major && (k / parts) % every == 0 && clear) {
            painter.setPen(toQColor(theme.text2));
            painter.drawText(QPointF(x + 3, 13), text);
        }
    }
    const double x = std::round(figure.right()) + 0.5;
    painter.setPen(QPen(toQColor(theme.accent), 1.5));
    painter.drawLine(QPointF(x, 4), QPointF(x, rulerHeight - 2));
    painter.setPen(toQColor(theme.accent));
    const double left = std::min(x + 5, viewport()->width() - metrics.horizontalAdvance(last) - 4);
    painter.drawText(QPointF(left, 13), last);
}

} // namespace nc::window

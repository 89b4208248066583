#include "app/window/presentation.h"

#include <algorithm>
#include <array>
#include <functional>

#include <QKeyEvent>
#include <QLinearGradient>
#include <QPainter>
#include <QTimerEvent>

#include "app/window/ui_theme.h"
#include "viz/scene/point_colours.h"

namespace nc::window
{

namespace
{

constexpr int cursorRestMs = 2000;
constexpr double captionShare = 0.2; ///< of the height, at the bottom, is never the cloud's
constexpr double lineScale = 1.75, largerZoom = 1.15;

/// A red dot that lets every event through.
class LaserDot : public QWidget
{
public:
    using QWidget::QWidget;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        QColor red = toQColor(scene::theme(scene::ThemeMode::Dark).err);
        const QPointF centre = QRectF(rect()).center();
        painter.setPen(QPen(red, 1.5));
        painter.drawEllipse(centre, width() / 2.0 - 2, width() / 2.0 - 2);
        painter.setPen(Qt::NoPen);
        painter.setBrush(red);
        painter.drawEllipse(centre, width() / 5.0, width() / 5.0);
    }
};

/// Painted over the view; lets every event through.
class Overlay : public QWidget
{
public:
    Overlay(QWidget* parent, std::function<void(QPainter&)> paint)
        : QWidget(parent)
        , m_paint(std::move(paint))
    {
        setAttribute(Qt::WA_TransparentForMouseEvents);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        m_paint(painter);
    }

private:
    std::function<void(QPainter&)> m_paint;
};

} // namespace

Presentation::Presentation(QWidget* parent)
    : QWidget(parent, Qt::Window)
{
    setWindowTitle(tr("NCScope presentation"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    m_view = new SceneView(this);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->installEventFilter(this);
    m_overlay = new Overlay(m_view, [this](QPainter& painter) { paintScale(painter); });
    m_laser = new LaserDot(this);
    m_laser->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_laser->hide();
}

int Presentation::typeSizePx() const
{
    return std::max(10, qRound(0.025 * height()));
}

void Presentation::begin(const scene::ScreenView& view, const scene::ScreenStyle& style)
{
    m_style = style;
    m_style.lineScale = lineScale * style.lineScale;
    m_style.selected = -1;
    scene::ScreenView larger = view; // no legend and no badge that it must leave room for
    larger.camera.zoom *= largerZoom;
    m_view->setView(larger);
    place();
    showCursorForAWhile();
}

void Presentation::showPanel(std::shared_ptr<const app::PanelContent> panel,
                             const std::optional<scene::ScreenExtent>& extent, const PresentationText& text)
{
    m_text = text;
    if (panel != m_panel || extent != m_view->extent()) {
        const bool again = m_panel != nullptr;
        m_panel = std::move(panel);
        const std::shared_ptr<const scene::SceneModel> model =
            m_panel ? std::shared_ptr<const scene::SceneModel>(m_panel, &m_panel->scene) : nullptr;
        m_view->setScene(model, extent, again);
    }
    update();
    m_overlay->update();
}

void Presentation::place()
{
    const int bottom = qRound(height() * captionShare);
    m_view->setGeometry(0, 0, width(), height() - bottom);
    m_overlay->setGeometry(0, 0, width(), qRound(height() * 0.16));
    scene::ScreenStyle style = m_style;
    style.fontSizePx = std::max(10.0, 0.02 * height());
    m_view->setStyle(style);
    const int dot = std::max(16, typeSizePx());
    m_laser->resize(dot, dot);
}

void Presentation::resizeEvent(QResizeEvent*)
{
    place();
}

void Presentation::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const scene::Theme& theme = currentTheme();
    if (m_blank) {
        painter.fillRect(rect(), Qt::black);
        return;
    }
    painter.fillRect(rect(), toQColor(theme.canvas));
    const double h = height(), type = typeSizePx();
    const double top = h * (1 - captionShare);
    painter.setFont(uiFont(qRound(0.032 * h), QFont::DemiBold));
    painter.setPen(toQColor(theme.text));
    painter.drawText(QRectF(0, top + 0.006 * h, width(), 0.045 * h), Qt::AlignCenter, m_text.title);
    painter.setFont(uiFont(qRound(type)));
    painter.setPen(toQColor(theme.text2));
    const double side = std::max(0.04 * width(), (width() - 1.1 * h) / 2);
    painter.drawText(QRectF(side, top + 0.054 * h, width() - 2 * side, 0.075 * h),
                     Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap, m_text.caption);
    paintDots(painter);
}

/// Where among the epochs: dots, the present one long; and in numbers.
void Presentation::paintDots(QPainter& painter) const
{
    if (m_text.count < 1)
        return;
    const scene::Theme& theme = currentTheme();
    const double h = height(), y = h * 0.972, dot = 0.0085 * h, gap = 0.019 * h;
    const int most = std::min(m_text.count, std::max(1, static_cast<int>(0.6 * width() / gap) - 2));
    const int now = m_text.count == most ? m_text.place : m_text.place * (most - 1) / std::max(1, m_text.count - 1);
    double x = width() / 2.0 - ((most - 1) * gap + 2.4 * dot) / 2;
    painter.setPen(Qt::NoPen);
    for (int k = 0; k < most; ++k) {
        const double w = k == now ? 3.4 * dot : dot;
        painter.setBrush(toQColor(k == now ? theme.text : k < now ? theme.text3 : theme.border));
        painter.drawRoundedRect(QRectF(x, y - dot / 2, w, dot), dot / 2, dot / 2);
        x += w + gap - dot;
    }
    painter.setFont(uiFont(qRound(0.018 * h)));
    painter.setPen(toQColor(theme.text3));
    painter.drawText(QRectF(0, y - 0.02 * h, width() - 0.04 * width(), 0.04 * h), Qt::AlignRight | Qt::AlignVCenter,
                     tr("%1 / %2").arg(m_text.place + 1).arg(m_text.count));
}

/// What the colours of mixes mean, upper right; drawn over the view.
void Presentation::paintScale(QPainter& painter) const
{
    if (!m_panel)
        return;
    const scene::Theme& theme = currentTheme();
    const double h = height(), type = 0.02 * h, left = 0.04 * width();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(uiFont(typeSizePx(), QFont::DemiBold));
    painter.setPen(toQColor(theme.text));
    const double half = 0.45 * width();
    painter.drawText(QRectF(left, 0.045 * h, half, 0.04 * h), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_text.run, Qt::ElideRight, qRound(half)));
    painter.setFont(uiFont(qRound(type)));
    painter.setPen(toQColor(theme.text2));
    painter.drawText(QRectF(left, 0.083 * h, half, 0.03 * h), Qt::AlignLeft | Qt::AlignVCenter, m_text.epoch);
    const scene::ColorBy by = app::drawnColorBy(*m_panel, m_style.colorBy);
    const std::optional<scene::ColourScale> scale = scene::colourScale(by, theme);
    const bool byLambda = by == scene::ColorBy::ClassLambda, byRepro = by == scene::ColorBy::Repro;
    if (!scale && !byLambda && !byRepro && by != scene::ColorBy::KindLambda)
        return; // no bar tells classes, pairs or kinds
    const QRectF bar(width() - left - 0.26 * h, 0.085 * h, 0.26 * h, 0.011 * h);
    const scene::Ramp& ramp = scale      ? scale->ramp
                              : byLambda ? theme.lambda
                              : byRepro  ? theme.reproDifferent
                                         : theme.differentKind;
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (int k = 0; k <= 16; ++k)
        gradient.setColorAt(k / 16.0, toQColor(ramp.at(k / 16.0)));
    painter.fillRect(bar, gradient);
    const QRectF above(bar.left(), bar.top() - 0.034 * h, bar.width(), 0.03 * h);
    painter.drawText(above, Qt::AlignLeft | Qt::AlignVCenter,
                     scale      ? QString::fromStdString(scale->title.plain())
                     : byLambda ? tr("λ")
                                : tr("|2λ − 1|"));
    if (!scale)
        painter.drawText(above, Qt::AlignRight | Qt::AlignVCenter, tr("different class"));
    const std::array<std::string, 3> ticks = scale ? scale->ticks : std::array<std::string, 3>{"0", "0.5", "1"};
    const QRectF below(bar.left(), bar.bottom() + 0.004 * h, bar.width(), 0.03 * h);
    painter.drawText(below, Qt::AlignLeft | Qt::AlignVCenter, QString::fromStdString(ticks[0]));
    painter.drawText(below, Qt::AlignHCenter | Qt::AlignVCenter, QString::fromStdString(ticks[1]));
    painter.drawText(below, Qt::AlignRight | Qt::AlignVCenter, QString::fromStdString(ticks[2]));
}

void Presentation::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_PageDown:
    case Qt::Key_Right:
    case Qt::Key_Down:
    case Qt::Key_Return:
        Q_EMIT stepWanted(event->modifiers() & Qt::ShiftModifier ? 10 : 1);
        break;
    case Qt::Key_PageUp:
    case Qt::Key_Left:
    case Qt::Key_Up:
    case Qt::Key_Backspace:
        Q_EMIT stepWanted(event->modifiers() & Qt::ShiftModifier ? -10 : -1);
        break;
    case Qt::Key_Home:
        Q_EMIT firstWanted();
        break;
    case Qt::Key_End:
        Q_EMIT lastWanted();
        break;
    case Qt::Key_Space:
        Q_EMIT playWanted();
        break;
    case Qt::Key_B:
    case Qt::Key_Period:
        m_blank = !m_blank;
        m_view->setVisible(!m_blank);
        update();
        break;
    case Qt::Key_L:
        m_laser->setVisible(!m_laser->isVisible());
        m_laser->raise();
        showCursorForAWhile();
        break;
    case Qt::Key_F11:
    case Qt::Key_Escape:
        close();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void Presentation::showCursorForAWhile()
{
    const bool laser = m_laser->isVisible();
    m_view->setCursor(laser ? Qt::BlankCursor : Qt::ArrowCursor);
    setCursor(laser ? Qt::BlankCursor : Qt::ArrowCursor);
    m_cursorTimer.start(cursorRestMs, this);
}

void Presentation::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_cursorTimer.timerId())
        return;
    m_cursorTimer.stop();
    m_view->setCursor(Qt::BlankCursor);
    setCursor(Qt::BlankCursor);
}

bool Presentation::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::MouseMove) {
        const QPoint at = static_cast<QMouseEvent*>(event)->position().toPoint();
        m_laser->move(at - QPoint(m_laser->width() / 2, m_laser->height() / 2));
        showCursorForAWhile();
    }
    return QWidget::eventFilter(watched, event);
}

void Presentation::closeEvent(QCloseEvent*)
{
    m_view->setScene(nullptr);
    m_panel.reset();
    Q_EMIT closed();
}

} // namespace nc::window

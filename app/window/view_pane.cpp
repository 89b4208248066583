#include "app/window/view_pane.h"

#include <algorithm>

#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QTimerEvent>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/window/gizmo.h"
#include "app/window/hover_card.h"
#include "app/window/legend_card.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int overlayMargin = 12;
constexpr int cardGoneMs = 100;
constexpr int narrowBelow = 300; ///< the count takes two lines

QString grouped(Index n)
{
    return QString::fromStdString(app::groupedNumber(n));
}

} // namespace

ViewPane::ViewPane(QWidget* parent)
    : QWidget(parent)
{
    m_view = new SceneView(this);
    m_errorBar = new ErrorBar(this);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_errorBar);
    column->addWidget(m_view, 1);

    for (QLabel** label : {&m_badge, &m_factsLabel}) {
        *label = new QLabel(m_view);
        (*label)->setStyleSheet(QStringLiteral("QLabel { background: palette(light); color: palette(text); border: 1px "
                                               "solid palette(mid); border-radius: 6px; padding: 5px 9px; }"));
        (*label)->setAttribute(Qt::WA_TransparentForMouseEvents);
        (*label)->hide();
    }
    m_badge->setObjectName(QStringLiteral("badge"));
    m_factsLabel->setObjectName(QStringLiteral("facts"));
    m_factsLabel->setAlignment(Qt::AlignRight | Qt::AlignTop);
    m_factsLabel->setTextFormat(Qt::RichText);
    m_count = new QLabel(m_view);
    m_count->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_count->setObjectName(QStringLiteral("count"));
    m_count->setAlignment(Qt::AlignRight);
    m_waiting = new QLabel(m_view);
    m_waiting->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_waiting->setObjectName(QStringLiteral("waiting"));
    m_waiting->setProperty("role", "hint");
    m_waiting->setFont(uiFont(15));
    m_waiting->hide();
    m_legend = new LegendCard(m_view);
    connect(m_legend, &LegendCard::filterChosen, this, &ViewPane::filterChosen);
    m_gizmo = new Gizmo(m_view);
    connect(m_gizmo, &Gizmo::lookChosen, this, &ViewPane::lookChosen);
    connect(m_view, &SceneView::viewChanged, this, [this] { m_gizmo->setCamera(m_view->view().camera); });
    m_card = new HoverCard(m_view);
    connect(m_view, &SceneView::pointHovered, this, [this](qint64 point) {
        if (m_pinnedRow >= 0)
            return; // the pinned one is what the card is about
        if (point >= 0)
            showCard(point);
        else if (m_cardPoint >= 0)
            m_cardGone.start(cardGoneMs, this);
    });
    connect(m_view, &SceneView::pointClicked, this, [this](qint64 point) {
        const bool known = m_panel && point >= 0 && point < m_panel->scene.cloud.size();
        Q_EMIT pinChosen(known ? m_panel->scene.cloud.row[static_cast<std::size_t>(point)] : -1);
    });
    connect(m_view, &SceneView::viewChanged, this, [this] {
        if (m_pinnedRow < 0)
            hideCard();
    });
    connect(m_view, &SceneView::framePainted, this, &ViewPane::followPoint, Qt::QueuedConnection);
    m_view->installEventFilter(this);
    updateOverlays();
}

ViewPane::~ViewPane()
{
    m_view->removeEventFilter(this); // its own children go after this object is no pane any more
}

void ViewPane::setPanel(std::shared_ptr<const app::PanelContent> panel,
                        const std::optional<scene::ScreenExtent>& extent, bool sameView)
{
    m_panel = std::move(panel);
    m_view->setScene(m_panel ? std::shared_ptr<const scene::SceneModel>(m_panel, &m_panel->scene) : nullptr, extent,
                     sameView);
    m_gizmo->setScene(m_view->scene());
    m_gizmo->setCamera(m_view->view().camera);
    setPinnedRow(m_pinnedRow); // another place of the cloud, or none
    updateOverlays();
}

void ViewPane::setStyle(const scene::ScreenStyle& style)
{
    scene::ScreenStyle own = style;
    own.selected = pinnedPoint();
    own.covered = coveredRects();
    m_view->setStyle(own);
    updateOverlays();
}

// --- the sample

qint64 ViewPane::pinnedPoint() const
{
    if (!m_panel || m_pinnedRow < 0)
        return -1;
    const std::vector<std::int64_t>& rows = m_panel->scene.cloud.row; // ascending
    const auto found = std::lower_bound(rows.begin(), rows.end(), m_pinnedRow);
    return found != rows.end() && *found == m_pinnedRow ? found - rows.begin() : -1;
}

void ViewPane::setPinnedRow(std::int64_t row)
{
    m_pinnedRow = row;
    scene::ScreenStyle style = m_view->style();
    style.selected = pinnedPoint();
    m_view->setStyle(style);
    if (style.selected >= 0)
        showCard(style.selected);
    else
        hideCard();
}

void ViewPane::showCard(qint64 point)
{
    m_cardGone.stop();
    const bool same = m_cardPoint == point && m_card->isVisible();
    m_cardPoint = point;
    updateFacts();
    const QPoint place = m_view->body().frame().placeOf(static_cast<std::uint32_t>(point)).toPoint();
    if (m_pinnedRow >= 0 && !m_overlays.pinnedCard)
        m_card->hide(); // the inspector tells it
    else if (same && m_pinnedRow >= 0)
        m_card->setFacts(*m_facts, true, overlayRects()); // of another epoch: the point moves with the next frame
    else
        m_card->showAt(place, *m_facts, m_pinnedRow >= 0, overlayRects());
    const app::SampleRequest wanted{m_panel->epoch, m_panel->split, "penultimate",
                                    m_panel->scene.cloud.row[static_cast<std::size_t>(point)]};
    if (!m_detail || m_detail->of != wanted)
        Q_EMIT sampleWanted(wanted);
}

void ViewPane::hideCard()
{
    m_cardGone.stop();
    m_card->hide();
    m_cardPoint = -1;
    if (m_facts) {
        m_facts.reset();
        Q_EMIT factsChanged();
    }
}

void ViewPane::updateFacts()
{
    m_facts = sampleFacts(*m_panel, m_cardPoint, m_detail.get());
    Q_EMIT factsChanged();
}

void ViewPane::setSample(std::shared_ptr<const app::SampleDetail> detail)
{
    if (!m_panel || m_cardPoint < 0 || detail->of.split != m_panel->split ||
        detail->of.row != m_panel->scene.cloud.row[static_cast<std::size_t>(m_cardPoint)])
        return;
    m_detail = std::move(detail);
    updateFacts();
    m_card->setFacts(*m_facts, m_pinnedRow >= 0, overlayRects());
}

/// After a frame: the pinned point may stand elsewhere.
void ViewPane::followPoint()
{
    if (m_cardPoint >= 0 && m_card->isVisible() && m_panel && m_cardPoint < m_panel->scene.cloud.size())
        m_card->movePoint(m_view->body().frame().placeOf(static_cast<std::uint32_t>(m_cardPoint)).toPoint(),
                          overlayRects());
}

std::vector<QRectF> ViewPane::coveredRects() const
{
    const std::vector<QRect> rects = overlayRects();
    return {rects.begin(), rects.end()};
}

std::vector<QRect> ViewPane::overlayRects() const
{
    std::vector<QRect> rects;
    for (const QWidget* overlay : {static_cast<const QWidget*>(m_badge), static_cast<const QWidget*>(m_legend),
                                   static_cast<const QWidget*>(m_count), static_cast<const QWidget*>(m_gizmo),
                                   static_cast<const QWidget*>(m_factsLabel)})
        if (overlay->isVisible())
            rects.push_back(overlay->geometry());
    return rects;
}

void ViewPane::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Escape && m_pinnedRow >= 0)
        Q_EMIT pinChosen(-1);
    else
        QWidget::keyPressEvent(event);
}

void ViewPane::timerEvent(QTimerEvent* event)
{
    if (event->timerId() == m_cardGone.timerId()) {
        hideCard();
    } else if (event->timerId() == m_waitingTimer.timerId()) {
        m_waitingTimer.stop();
        m_waiting->show();
    } else {
        QWidget::timerEvent(event);
    }
}

// --- around the view

void ViewPane::setBadge(const QString& text)
{
    m_badge->setText(text);
    m_badge->setVisible(!text.isEmpty());
    placeOverlays();
}

void ViewPane::setOverlays(const Overlays& overlays)
{
    const bool otherCard = overlays.pinnedCard != m_overlays.pinnedCard;
    m_overlays = overlays;
    m_gizmo->setWanted(overlays.gizmo);
    m_view->setFocusLine(!overlays.small); // the header has one
    if (otherCard)
        setPinnedRow(m_pinnedRow);
    updateOverlays();
}

void ViewPane::setFacts(const QString& richText)
{
    if (richText == m_factsLabel->text() && m_factsLabel->isVisible() == !richText.isEmpty())
        return;
    m_factsLabel->setText(richText);
    m_factsLabel->setVisible(!richText.isEmpty());
    placeOverlays();
}

void ViewPane::setScaleNote(const QString& text)
{
    if (text == m_scaleNote)
        return;
    m_scaleNote = text;
    updateOverlays();
}

void ViewPane::setWaiting(const QString& text)
{
    m_waiting->setText(text);
    if (text.isEmpty()) {
        m_waitingTimer.stop();
        m_waiting->hide();
    } else if (!m_waiting->isVisible() && !m_waitingTimer.isActive()) {
        m_waitingTimer.start(m_noticedMs, this);
    }
    placeOverlays();
}

bool ViewPane::isWaiting() const
{
    return m_waiting->isVisible();
}

void ViewPane::showError(const Failure& failure)
{
    m_errorBar->showFailure(failure);
}

void ViewPane::hideError()
{
    m_errorBar->hide();
}

void ViewPane::updateOverlays()
{
    m_count->setVisible(m_panel != nullptr);
    showLegend();
    if (m_panel) {
        const bool narrow = m_overlays.small && m_view->width() < narrowBelow;
        m_count->setText(tr("shown %1 / %2").arg(grouped(m_legend->shownPoints()), grouped(m_panel->total)) +
                         (m_scaleNote.isEmpty()
                              ? QString()
                              : (narrow ? QStringLiteral("\n") : QStringLiteral("   ·   ")) + m_scaleNote));
    }
    placeOverlays();
}

/// Where there is little room, the λ alone, or nothing.
void ViewPane::showLegend()
{
    if (!m_panel) {
        m_legend->hide();
        return;
    }
    const auto tooLarge = [this] {
        return m_overlays.small &&
               (m_legend->height() > 0.3 * m_view->height() || m_legend->width() > 0.6 * m_view->width());
    };
    m_legend->setCompact(false);
    m_legend->show(m_panel->scene, m_panel->counts, m_view->style());
    if (tooLarge()) {
        m_legend->setCompact(true);
        m_legend->show(m_panel->scene, m_panel->counts, m_view->style());
    }
    m_legend->setVisible(m_overlays.legend && !tooLarge());
}

void ViewPane::placeOverlays()
{
    m_badge->adjustSize();
    m_badge->move(overlayMargin, overlayMargin);
    m_waiting->adjustSize();
    m_waiting->move((m_view->width() - m_waiting->width()) / 2, (m_view->height() - m_waiting->height()) / 2);
    m_count->adjustSize();
    m_count->move(m_view->width() - m_count->width() - overlayMargin,
                  m_view->height() - m_count->height() - overlayMargin);
    m_gizmo->move(m_view->width() - m_gizmo->width() - overlayMargin,
                  m_count->y() - m_gizmo->height() - overlayMargin / 2);
    m_factsLabel->adjustSize();
    m_factsLabel->move(m_view->width() - m_factsLabel->width() - overlayMargin, overlayMargin);
    m_legend->adjustSize();
    m_legend->move(overlayMargin, m_view->height() - m_legend->height() - overlayMargin);
    scene::ScreenStyle style = m_view->style();
    style.covered = coveredRects();
    if (style.covered != m_view->style().covered)
        m_view->setStyle(style);
}

bool ViewPane::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::Resize) {
        if (m_overlays.small)
            updateOverlays();
        else
            placeOverlays();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace nc::window

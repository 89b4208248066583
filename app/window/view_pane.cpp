#include "app/window/view_pane.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/window/legend_card.h"

namespace nc::window
{

namespace
{

constexpr int overlayMargin = 12;

QString grouped(Index n)
{
    return QString::fromStdString(app::groupedNumber(n));
}

} // namespace

ViewPane::ViewPane(QWidget* parent)
    : QWidget(parent)
{
    m_view = new RasterView(this);
    makeErrorBar();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_errorBar);
    column->addWidget(m_view, 1);

    m_badge = new QLabel(m_view);
    m_badge->setStyleSheet(QStringLiteral("QLabel { background: palette(light); color: palette(text); border: 1px "
                                          "solid palette(mid); border-radius: 6px; padding: 5px 9px; }"));
    m_badge->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_badge->setObjectName(QStringLiteral("badge"));
    m_badge->hide();
    m_count = new QLabel(m_view);
    m_count->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_count->setObjectName(QStringLiteral("count"));
    m_legend = new LegendCard(m_view);
    connect(m_legend, &LegendCard::filterChosen, this, &ViewPane::filterChosen);
    connect(m_view, &RasterView::pointHovered, this, &ViewPane::pointHovered);
    connect(m_view, &RasterView::pointClicked, this, &ViewPane::pointClicked);
    m_view->installEventFilter(this);
    updateOverlays();
}

ViewPane::~ViewPane()
{
    m_view->removeEventFilter(this); // its own children go after this object is no pane any more
}

void ViewPane::makeErrorBar()
{
    m_errorBar = new QFrame(this);
    m_errorBar->setObjectName(QStringLiteral("errorBar"));
    m_errorBar->setProperty("role", "error");
    auto* bar = new QHBoxLayout(m_errorBar);
    bar->setContentsMargins(12, 8, 8, 8);
    m_errorText = new QLabel(m_errorBar);
    m_errorText->setObjectName(QStringLiteral("errorText"));
    m_errorText->setWordWrap(true);
    m_errorText->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* copy = new QPushButton(tr("Copy"), m_errorBar);
    auto* close = new QPushButton(tr("Close"), m_errorBar);
    bar->addWidget(m_errorText, 1);
    bar->addWidget(copy);
    bar->addWidget(close);
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_errorText->text()); });
    connect(close, &QPushButton::clicked, m_errorBar, &QWidget::hide);
    m_errorBar->hide();
}

void ViewPane::setPanel(std::shared_ptr<const app::PanelContent> panel, bool keepPlace)
{
    m_panel = std::move(panel);
    m_view->setScene(m_panel ? std::shared_ptr<const scene::SceneModel>(m_panel, &m_panel->scene) : nullptr, keepPlace);
    updateOverlays();
}

void ViewPane::setStyle(const scene::ScreenStyle& style)
{
    m_view->setStyle(style);
    updateOverlays();
}

void ViewPane::setBadge(const QString& text)
{
    m_badge->setText(text);
    m_badge->setVisible(!text.isEmpty());
    placeOverlays();
}

void ViewPane::showError(const QString& message)
{
    m_errorText->setText(message);
    m_errorBar->show();
}

void ViewPane::hideError()
{
    m_errorBar->hide();
}

void ViewPane::updateOverlays()
{
    m_count->setVisible(m_panel != nullptr);
    m_legend->setVisible(m_panel != nullptr);
    if (m_panel) {
        m_legend->show(m_panel->scene, m_view->style());
        m_count->setText(tr("shown %1 / %2").arg(grouped(m_legend->shownPoints()), grouped(m_panel->total)));
    }
    placeOverlays();
}

void ViewPane::placeOverlays()
{
    m_badge->adjustSize();
    m_badge->move(overlayMargin, overlayMargin);
    m_count->adjustSize();
    m_count->move(m_view->width() - m_count->width() - overlayMargin,
                  m_view->height() - m_count->height() - overlayMargin);
    m_legend->adjustSize();
    m_legend->move(overlayMargin, m_view->height() - m_legend->height() - overlayMargin);
}

bool ViewPane::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::Resize)
        placeOverlays();
    return QWidget::eventFilter(watched, event);
}

} // namespace nc::window

#include "app/window/linked_view.h"

#include <algorithm>
#include <limits>

#include <QEvent>
#include <QFileInfo>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/window/follow_chip.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

LinkedView::LinkedView(QWidget* parent)
    : QWidget(parent)
{
    m_pane = new ViewPane(this);
    m_follow = new FollowChip(m_pane->view());
    m_header = new ViewHeader(this);
    m_header->hide();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_pane, 1);
    connect(m_header, &ViewHeader::pressed, this, [this] { view()->setFocus(); });
    view()->installEventFilter(this);
    connect(m_pane->errorBar(), &ErrorBar::retryWanted, this, [this] {
        if (!m_session)
            return;
        m_pane->hideError();
        m_session->retry(m_epoch);
        showEpoch();
    });
    connect(m_pane->errorBar(), &ErrorBar::skipWanted, this, [this] {
        if (const auto next = nextReadable())
            Q_EMIT epochWanted(*next, 1);
    });
    connect(m_follow, &QPushButton::clicked, this, [this] {
        if (m_session && !m_session->epochs().empty())
            Q_EMIT epochWanted(m_session->epochs().back(), 1);
    });
    connect(m_pane, &ViewPane::sampleWanted, this, [this](const app::SampleRequest& request) {
        if (m_session)
            m_session->askSample(request);
    });
}

/// What the user does in the view makes it the one that commands are about.
bool LinkedView::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == view() && (event->type() == QEvent::FocusIn || event->type() == QEvent::MouseButtonPress ||
                              event->type() == QEvent::Wheel))
        Q_EMIT activated();
    return QWidget::eventFilter(watched, event);
}

// --- beside others

void LinkedView::setPlace(int place)
{
    m_place = place;
}

void LinkedView::setBeside(bool others, bool current, int linePlace, const QString& name)
{
    m_alone = !others;
    m_name = name;
    m_header->setPlace(m_place, linePlace);
    m_header->setCurrent(current);
    m_header->setVisible(others);
    updateWords();
}

void LinkedView::setLinked(Link link, bool on)
{
    m_links[static_cast<std::size_t>(link)] = on;
    m_header->setLinked(link, on);
    updateWords();
}

void LinkedView::setWish(std::optional<std::int64_t> epoch)
{
    m_wish = epoch;
    updateWords();
}

std::int64_t LinkedView::atOrBefore(std::int64_t epoch) const
{
    if (!m_session || m_session->epochs().empty())
        return 0;
    const auto after = std::upper_bound(m_session->epochs().begin(), m_session->epochs().end(), epoch);
    return after == m_session->epochs().begin() ? *after : *std::prev(after);
}

std::optional<ViewScale> LinkedView::scale() const
{
    if (!m_session || !m_session->extent() || m_session->epochs().empty())
        return {};
    // One for all epochs, whichever is shown: that of the last that is read.
    const auto last = m_session->nearestLoaded(m_session->epochs().back());
    const auto panel = last ? m_session->panel(*last) : nullptr;
    if (!panel || !panel->scene.simplex || panel->scene.simplex->vertices.rows() == 0)
        return {};
    const scene::SceneModel& scene = panel->scene;
    const double length = scene.classifierLength * scene.simplex->vertices.rowwise().norm().maxCoeff();
    if (!(length > 0))
        return {};
    return ViewScale{scene.dims, scene.third.has_value(), length};
}

const std::optional<scene::ScreenExtent>& LinkedView::extent() const
{
    return m_sharedExtent ? m_sharedExtent : m_session->extent();
}

void LinkedView::setSharedExtent(const std::optional<scene::ScreenExtent>& extent, const QString& scaleNote)
{
    m_sharedExtent = extent;
    m_pane->setScaleNote(scaleNote);
    if (m_session && m_panel && this->extent() != m_pane->extent())
        showEpoch();
}

void LinkedView::setRemark(Link link, const QString& text)
{
    m_remarks[static_cast<std::size_t>(link)] = text;
    updateWords();
}

// --- the run

void LinkedView::setSession(app::RunSession* session)
{
    if (m_session) {
        m_session->disconnect(this);
        if (m_session->parent() == this)
            delete m_session;
    }
    m_session = session;
    m_follow->setRun({}, 0);
    showNothing();
    m_choice.pinnedRow = -1;
    m_pane->setPinnedRow(-1);
    updateWords();
    Q_EMIT wordsChanged();
    if (!session)
        return;
    connectSession();
    if (!session->summary())
        return;
    const std::int64_t last = session->epochs().empty() ? 0 : session->epochs().back();
    m_epoch = m_wish ? atOrBefore(*m_wish) : session->nearestLoaded(m_epoch).value_or(last);
    adopt();
}

void LinkedView::connectSession()
{
    connect(m_session, &app::RunSession::opened, this, [this] {
        m_epoch = atOrBefore(m_wish.value_or(std::numeric_limits<std::int64_t>::max()));
        adopt();
    });
    connect(m_session, &app::RunSession::epochsChanged, this, [this] {
        m_pane->hideError();
        Q_EMIT epochsChanged();
    });
    connect(m_session, &app::RunSession::lost, this, [this](const QString& message) {
        m_pane->showError({message, {}, false, {}});
    });
    connect(m_session, &app::RunSession::panelLoaded, this, [this](qint64 epoch) {
        Q_EMIT panelRead();
        if (epoch == m_epoch || m_shownEpoch != m_epoch || !m_panel || extent() != m_pane->extent())
            showEpoch();
        Q_EMIT timeChanged();
    });
    connect(m_session, &app::RunSession::epochFailed, this, [this](qint64 epoch, const QString& message) {
        if (epoch == m_epoch)
            showEpochFailure(message);
        Q_EMIT timeChanged();
    });
    connect(m_session, &app::RunSession::sampleRead, m_pane, &ViewPane::setSample);
    connect(m_session, &app::RunSession::metricsChanged, this, [this] {
        Q_EMIT timeChanged();
        showEpoch();
    });
}

/// The run is open: the choice gives up what it cannot serve, and sees it as the other runs were seen.
void LinkedView::adopt()
{
    m_follow->setRun(m_session->epochs(), m_epoch);
    m_session->setEpoch(m_epoch, 0);
    m_choice = m_choice.fittedTo(*m_session->summary());
    if (!m_choice.asks(m_session->request()))
        m_session->setRequest(m_choice.request());
    Q_EMIT adopted();
    showEpoch();
    Q_EMIT timeChanged();
}

void LinkedView::showNothing()
{
    m_panel.reset();
    m_keepPlace = false;
    m_pane->setPanel(nullptr);
    m_pane->hideError();
}

void LinkedView::reload()
{
    showNothing();
    updateWords();
    Q_EMIT wordsChanged();
    m_session->reload();
}

// --- what is seen

void LinkedView::setChoice(const ViewChoice& choice)
{
    const bool otherPanels = !choice.samePanels(m_choice);
    const bool samePlaces = choice.samePlaces(m_choice);
    m_choice = choice;
    if (!otherPanels) {
        m_pane->setStyle(choice.style); // else the panels to come bring it
    } else if (m_session) {
        m_session->setRequest(choice.request());
        m_keepPlace = samePlaces;
    }
    if (m_pane->pinnedRow() != choice.pinnedRow)
        m_pane->setPinnedRow(choice.pinnedRow);
}

void LinkedView::goTo(std::int64_t epoch, int direction)
{
    if (!m_session || m_session->epochs().empty())
        return;
    m_epoch = epoch;
    m_session->setEpoch(epoch, direction);
    m_follow->setPlace(m_session->epochs(), epoch);
    if (const auto failure = m_session->failure(epoch))
        showEpochFailure(*failure);
    else
        m_pane->hideError();
    showEpoch();
}

void LinkedView::showEpoch()
{
    if (!m_session || !m_session->summary())
        return;
    m_shownEpoch = m_session->isLoaded(m_epoch) ? m_epoch : m_session->nearestLoaded(m_epoch).value_or(m_epoch);
    const auto panel = m_session->panel(m_shownEpoch);
    bool otherClasses = false;
    if (panel && (panel != m_panel || extent() != m_pane->extent())) {
        otherClasses = !m_panel || m_panel->chosen.classes != panel->chosen.classes;
        m_panel = panel;
        m_pane->setStyle(m_choice.style);
        m_pane->setPanel(panel, extent(), m_keepPlace);
        m_keepPlace = true;
    }
    updateWords();
    Q_EMIT shown(otherClasses);
}

// --- words

void LinkedView::updateWords()
{
    m_pane->setBadge(m_alone ? badgeText() : QString());
    m_pane->setFacts(m_alone ? QString() : factsText());
    m_pane->setWaiting(waitingText());
    m_header->setText(runName(), m_panel ? QStringList{epochText(), rowsText(), basisText()}.join(QStringLiteral(" · "))
                                         : QString());
}

QString LinkedView::runName() const
{
    if (!m_session)
        return tr("No run: choose one in the list");
    if (!m_name.isEmpty())
        return m_name;
    const io::RunSummary* run = m_session->summary();
    return run && !run->title.empty() ? QString::fromStdString(run->title)
                                      : QFileInfo(m_session->path()).completeBaseName();
}

QString LinkedView::rowsText() const
{
    return QString::fromStdString(m_panel->origin).toUpper() + (m_panel->mixes ? tr(" mixes") : tr(" samples"));
}

QString LinkedView::epochText() const
{
    if (m_shownEpoch != m_epoch)
        return tr("epoch %1 for %2").arg(m_shownEpoch).arg(m_epoch);
    return tr("epoch %1").arg(m_epoch);
}

QString LinkedView::basisText() const
{
    const app::Basis basis = m_panel->basis.basis;
    return basis == app::Basis::Means   ? tr("basis class means")
           : basis == app::Basis::Probe ? tr("basis linear probe")
           : basis == app::Basis::Pca   ? tr("basis principal axes")
                                        : tr("basis W of %1").arg(m_panel->basis.epoch);
}

QString LinkedView::badgeText() const
{
    if (!m_session || !m_session->summary() || !m_panel)
        return {};
    const QStringList parts{runName(), rowsText(), tr("%1 mode").arg(QString::fromStdString(m_panel->mode)),
                            epochText(), basisText()};
    return parts.join(QStringLiteral("   ·   "));
}

/// Figures to compare, and what is not as in the linked views.
QString LinkedView::factsText() const
{
    if (!m_session || !m_panel)
        return {};
    const scene::Theme& theme = currentTheme();
    QStringList lines;
    const auto figure = [&](const QString& name, double value) {
        lines << QStringLiteral("<span style='color:%1'>%2</span>&nbsp; <b>%3</b>")
                     .arg(toQColor(theme.text2).name(), name,
                          QString::fromStdString(app::shortNumber(value)).toHtmlEscaped());
    };
    const auto measured = m_session->measured().find(m_shownEpoch);
    const MetricEntry* clean = measured == m_session->measured().end() ? nullptr : measured->second.clean.get();
    if (clean && (*clean)["nc1.pinv"].available())
        figure(tr("NC1"), (*clean)["nc1.pinv"].value);
    if (m_panel->theoryGap && m_panel->theoryInvalid.empty())
        figure(tr("theory gap"), *m_panel->theoryGap);
    const auto warn = [&](const QString& text) {
        lines << QStringLiteral("<span style='color:%1'>%2</span>")
                     .arg(toQColor(theme.warn).name(), text.toHtmlEscaped());
    };
    if (!isLinked(Link::Camera))
        warn(tr("camera cut: turns alone"));
    if (!isLinked(Link::Epoch))
        warn(tr("epoch cut: stays at %1").arg(m_epoch));
    if (!isLinked(Link::Selection))
        warn(tr("selection cut: own sample"));
    if (!isLinked(Link::Request))
        warn(tr("basis cut: own view"));
    if (m_wish && *m_wish != m_epoch)
        warn(tr("epoch %1: there is no %2").arg(m_epoch).arg(*m_wish));
    for (const QString& remark : m_remarks)
        if (!remark.isEmpty())
            warn(remark);
    return lines.join(QStringLiteral("<br>"));
}

/// What an empty view is empty for.
QString LinkedView::waitingText() const
{
    if (!m_session || m_panel)
        return {};
    if (!m_session->summary())
        return tr("Opening %1…").arg(QFileInfo(m_session->path()).completeBaseName());
    if (m_session->epochs().empty())
        return tr("No epoch is recorded yet");
    return m_session->failure(m_epoch) ? QString() : tr("Reading epoch %1…").arg(m_epoch);
}

std::optional<std::int64_t> LinkedView::nextReadable() const
{
    if (!m_session)
        return std::nullopt;
    for (std::int64_t epoch : m_session->epochs())
        if (epoch > m_epoch && !m_session->failure(epoch))
            return epoch;
    return std::nullopt;
}

void LinkedView::showEpochFailure(const QString& message)
{
    const auto shown = m_session->nearestLoaded(m_epoch);
    const auto next = nextReadable();
    m_pane->showError({message, shown ? tr("Shown is epoch %1, the nearest that can be read.").arg(*shown) : QString(),
                       true, next ? tr("Skip to %1").arg(*next) : QString()});
}

} // namespace nc::window

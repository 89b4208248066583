#include "app/window/linked_view.h"

#include <QFileInfo>
#include <QVBoxLayout>

#include "app/window/follow_chip.h"

namespace nc::window
{

LinkedView::LinkedView(QWidget* parent)
    : QWidget(parent)
{
    m_pane = new ViewPane(this);
    m_follow = new FollowChip(m_pane->view());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_pane, 1);
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
    m_epoch = session->nearestLoaded(m_epoch).value_or(session->epochs().empty() ? 0 : session->epochs().back());
    adopt();
}

void LinkedView::connectSession()
{
    connect(m_session, &app::RunSession::opened, this, [this] {
        m_epoch = m_session->epochs().empty() ? 0 : m_session->epochs().back();
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
        if (epoch == m_epoch || m_shownEpoch != m_epoch || !m_panel || m_session->extent() != m_pane->extent())
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
    const bool otherColours = choice.style.colorBy != m_choice.style.colorBy;
    m_choice = choice;
    if (!otherPanels) {
        m_pane->setStyle(choice.style); // else the panels to come bring it
    } else if (m_session) {
        m_session->setRequest(choice.request());
        m_keepPlace = otherColours; // the points stay where they are
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
    if (panel && (panel != m_panel || m_session->extent() != m_pane->extent())) {
        otherClasses = !m_panel || m_panel->chosen.classes != panel->chosen.classes;
        m_panel = panel;
        m_pane->setStyle(m_choice.style);
        m_pane->setPanel(panel, m_session->extent(), m_keepPlace);
        m_keepPlace = true;
    }
    updateWords();
    Q_EMIT shown(otherClasses);
}

// --- words

void LinkedView::updateWords()
{
    m_pane->setBadge(badgeText());
    m_pane->setWaiting(waitingText());
}

QString LinkedView::badgeText() const
{
    if (!m_session || !m_session->summary() || !m_panel)
        return {};
    const io::RunSummary& run = *m_session->summary();
    QStringList parts;
    parts << (run.title.empty() ? QFileInfo(m_session->path()).completeBaseName() : QString::fromStdString(run.title));
    parts << QString::fromStdString(m_panel->origin).toUpper() + (m_panel->mixes ? tr(" mixes") : tr(" samples"));
    parts << tr("%1 mode").arg(QString::fromStdString(m_panel->mode));
    parts << (m_shownEpoch == m_epoch ? tr("epoch %1").arg(m_epoch)
                                      : tr("epoch %1 for %2").arg(m_shownEpoch).arg(m_epoch));
    const app::Basis basis = m_panel->basis.basis;
    parts << (basis == app::Basis::Means   ? tr("basis class means")
              : basis == app::Basis::Probe ? tr("basis linear probe")
              : basis == app::Basis::Pca   ? tr("basis principal axes")
                                           : tr("basis W of %1").arg(m_panel->basis.epoch));
    return parts.join(QStringLiteral("   ·   "));
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

// The views: which there are, and what the window does with the one that is current.

#include <algorithm>

#include <QLabel>
#include <QStatusBar>

#include "app/window/main_window.h"
#include "app/window/run_stroke.h"

namespace nc::window
{

void MainWindow::makeViews()
{
    m_views = new LinkedViews(this);
    connect(m_views, &LinkedViews::added, this, &MainWindow::connectView);
    m_views->add();
    connect(m_views, &LinkedViews::currentChanged, this, &MainWindow::takeCurrent);
    connect(m_views, &LinkedViews::changed, this, &MainWindow::takeViews);
}

void MainWindow::connectView(LinkedView* view)
{
    ViewPane* pane = view->pane();
    connect(pane, &ViewPane::filterChosen, this, [this, view](const scene::CloudFilter& filter, bool insteadOfClick) {
        m_views->makeCurrent(view);
        ViewChoice choice = view->choice();
        choice.style.filter = filter;
        applyChoice(choice, insteadOfClick);
    });
    connect(pane, &ViewPane::pinChosen, this, [this, view](qint64 row) {
        m_views->makeCurrent(view);
        ViewChoice choice = view->choice();
        choice.pinnedRow = row;
        applyChoice(choice);
    });
    connect(pane, &ViewPane::lookChosen, this, [this, view](double azimuthDeg, double elevationDeg) {
        m_views->makeCurrent(view);
        lookAlong(azimuthDeg, elevationDeg);
    });
    connect(pane, &ViewPane::factsChanged, this, [this, view] {
        if (view == current())
            m_inspector->showSample(view->pane()->facts());
    });
    connect(pane->view(), &SceneView::framePainted, this, [this, view] {
        if (view != current())
            return;
        const ViewBody& body = view->view()->body();
        m_statusFrame->setText(tr("%1 ms a frame · %2").arg(body.lastFrameMs(), 0, 'f', 1).arg(body.name()));
        const int widest = m_statusFrame->fontMetrics().horizontalAdvance(tr("000.0 ms a frame · %1").arg(body.name()));
        m_statusFrame->setMinimumWidth(widest + 20); // numbers change, their place does not
    });
    connect(view->header(), &ViewHeader::closeChosen, this, [this, view] { closeView(view); });
    connect(view, &LinkedView::adopted, this, [this, view] {
        if (view == current())
            adoptRun();
    });
    connect(view, &LinkedView::shown, this, [this, view](bool otherClasses) {
        if (view == current())
            takeShown(otherClasses);
    });
    connect(view, &LinkedView::wordsChanged, this, [this, view] {
        if (view == current())
            updateStatus();
    });
    connect(view, &LinkedView::timeChanged, this, [this, view] {
        if (view == current())
            m_time->refresh();
        else
            m_time->refreshCompared();
    });
    connect(view, &LinkedView::epochWanted, this, [this, view](qint64 epoch, int direction) {
        m_views->makeCurrent(view);
        goTo(epoch, direction);
    });
    connect(view, &LinkedView::epochsChanged, this, [this, view] { takeNewEpochs(view); });
}

/// Another view is the one that list, inspector, timeline and commands are about.
void MainWindow::takeCurrent()
{
    const app::RunSession* shown = session();
    m_runs->mark(shown ? m_runs->find(shown->path()) : nullptr);
    m_inspector->setChoice(current()->choice());
    m_inspector->showSample(pane()->facts());
    m_time->setSession(shown, true);
    takeViews();
    if (shown && shown->summary()) {
        m_inspector->showRun(*shown->summary(), current()->panel().get());
        takeShown(false);
    }
    updateStatus();
}

/// Other views, or runs in them: whose curves stand in the timeline.
void MainWindow::takeViews()
{
    m_time->setSession(session(), true); // the one before may be gone
    QMap<QString, QString> letters;
    for (const LinkedView* view : m_views->views())
        if (m_views->areSeveral() && view->session())
            letters[view->session()->path()] += runLetter(view->place());
    m_runs->setLetters(letters);
    std::vector<TimePanel::Compared> others;
    QStringList paths{session() ? session()->path() : QString()};
    for (const LinkedView* view : m_views->views())
        if (view->session() && !paths.contains(view->session()->path())) {
            paths << view->session()->path();
            others.push_back({view->session(), m_views->linePlace(view)});
        }
    const int place = others.empty() ? -1 : m_views->linePlace(current());
    m_time->setCompared(std::move(others), place);
    updateActions();
}

// --- which views there are

/// A view of that run beside the current one; none: of the next open run that no view shows, else of the same.
void MainWindow::splitView(Qt::Orientation along, app::RunSession* session)
{
    if (!this->session() || static_cast<int>(m_views->views().size()) >= mostViews)
        return;
    if (!session)
        session = m_runs->find(this->session()->path());
    for (app::RunSession* each : m_runs->sessions())
        if (viewsOf(session).size() > 0 && viewsOf(each).empty())
            session = each;
    LinkedView* view = m_views->add(along);
    m_views->setRun(view, session);
    m_views->makeCurrent(view);
    view->view()->setFocus();
}

/// A grid of views of these runs, and of no other; one: a view beside what is shown.
void MainWindow::compareRuns(const std::vector<app::RunSession*>& sessions)
{
    if (sessions.size() < 2) {
        if (!sessions.empty())
            splitView(Qt::Horizontal, sessions.front());
        return;
    }
    const std::size_t count = std::min<std::size_t>(sessions.size(), mostViews);
    m_history->clear();
    m_views->makeCurrent(m_views->views().front());
    while (m_views->views().size() > count)
        m_views->remove(m_views->views().back());
    while (m_views->views().size() < count) // the first still shows what the others are linked with
        m_views->add();
    for (LinkedView* view : m_views->views()) // so that each is read by the session that the list knows
        m_views->setRun(view, nullptr);
    for (std::size_t k = 0; k < count; ++k)
        m_views->setRun(m_views->views()[k], sessions[k]);
    m_views->arrange();
    showPane();
    takeCurrent();
    if (sessions.size() > count)
        statusBar()->showMessage(tr("Shown are the first %1 of %2 runs").arg(count).arg(sessions.size()), 5000);
}

void MainWindow::closeView(LinkedView* view)
{
    m_history->clear(); // its steps could not be shown
    m_views->remove(view);
}

/// The next view, in the order of their letters.
void MainWindow::turnTo(int step)
{
    const std::vector<LinkedView*>& views = m_views->views();
    const auto at = std::find(views.begin(), views.end(), current()) - views.begin();
    const auto count = static_cast<std::ptrdiff_t>(views.size());
    LinkedView* next = views[static_cast<std::size_t>((at + step + count) % count)];
    m_views->makeCurrent(next);
    next->view()->setFocus();
}

// --- steps

/// Another choice of the current view, as a step of the history.
void MainWindow::applyChoice(const ViewChoice& choice, bool join)
{
    const ViewChoice before = current()->choice();
    const ViewState state = stateOf(before);
    m_views->setChoice(current(), choice);
    m_inspector->setChoice(choice);
    m_time->refresh();
    m_history->record(state, stateOf(choice), join);
}

void MainWindow::moveView(const std::function<void()>& move)
{
    const ViewState before = stateOf(current()->choice());
    move();
    m_history->record(before, stateOf(current()->choice()));
}

ViewState MainWindow::stateOf(const ViewChoice& choice) const
{
    return {choice, view()->target(), current()->place()};
}

void MainWindow::lookAlong(double azimuthDeg, double elevationDeg)
{
    if (current()->panel() && current()->panel()->scene.dims == 3)
        moveView([&] { view()->lookAlong(azimuthDeg, elevationDeg); });
}

void MainWindow::restoreView(const ViewState& state, bool moved)
{
    for (LinkedView* each : m_views->views())
        if (each->place() == state.place)
            m_views->makeCurrent(each);
    ViewChoice choice = state.choice;
    choice.style.theme = currentMode(); // no step of the view
    m_views->setChoice(current(), choice);
    m_inspector->setChoice(choice);
    m_time->refresh();
    if (moved)
        view()->setView(state.view, true);
}

// --- time

void MainWindow::goTo(std::int64_t epoch, int direction)
{
    m_views->goTo(current(), epoch, direction);
}

void MainWindow::takeShown(bool otherClasses)
{
    const app::PanelContent* panel = current()->panel().get();
    if (otherClasses)
        m_inspector->showRun(*session()->summary(), panel);
    const auto measured = session()->measured().find(current()->shownEpoch());
    m_inspector->showEpoch(current()->shownEpoch(), panel,
                           measured == session()->measured().end() ? nullptr : measured->second.clean.get());
    m_time->setEpoch(current()->epoch());
    updateStatus();
    showPresentedPanel();
}

} // namespace nc::window

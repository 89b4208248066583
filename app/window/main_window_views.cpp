// The views: what the window does with the one that is current.

#include <QLabel>
#include <QStatusBar>

#include "app/window/main_window.h"

namespace nc::window
{

LinkedView* MainWindow::makeView()
{
    auto* view = new LinkedView(this);
    ViewPane* pane = view->pane();
    connect(pane, &ViewPane::filterChosen, this, [this, view](const scene::CloudFilter& filter, bool insteadOfClick) {
        ViewChoice choice = view->choice();
        choice.style.filter = filter;
        applyChoice(choice, insteadOfClick);
    });
    connect(pane, &ViewPane::pinChosen, this, [this, view](qint64 row) {
        ViewChoice choice = view->choice();
        choice.pinnedRow = row;
        applyChoice(choice);
    });
    connect(pane, &ViewPane::lookChosen, this, &MainWindow::lookAlong);
    connect(pane, &ViewPane::factsChanged, this, [this, pane] { m_inspector->showSample(pane->facts()); });
    connect(pane->view(), &SceneView::framePainted, this, [this, pane] {
        const ViewBody& body = pane->view()->body();
        m_statusFrame->setText(tr("%1 ms a frame · %2").arg(body.lastFrameMs(), 0, 'f', 1).arg(body.name()));
        const int widest = m_statusFrame->fontMetrics().horizontalAdvance(tr("000.0 ms a frame · %1").arg(body.name()));
        m_statusFrame->setMinimumWidth(widest + 20); // numbers change, their place does not
    });
    connect(view, &LinkedView::adopted, this, &MainWindow::adoptRun);
    connect(view, &LinkedView::shown, this, &MainWindow::takeShown);
    connect(view, &LinkedView::wordsChanged, this, &MainWindow::updateStatus);
    connect(view, &LinkedView::timeChanged, this, [this] { m_time->refresh(); });
    connect(view, &LinkedView::epochWanted, this, &MainWindow::goTo);
    connect(view, &LinkedView::epochsChanged, this, [this, view] { takeNewEpochs(view); });
    return view;
}

// --- steps

/// Another choice of the current view, as a step of the history.
void MainWindow::applyChoice(const ViewChoice& choice, bool join)
{
    const ViewChoice before = m_current->choice();
    const scene::ScreenView place = view()->target();
    m_current->setChoice(choice);
    m_inspector->setChoice(choice);
    m_time->refresh();
    m_history->record({before, place}, {choice, place}, join);
}

void MainWindow::moveView(const std::function<void()>& move)
{
    const scene::ScreenView before = view()->target();
    move();
    m_history->record({m_current->choice(), before}, {m_current->choice(), view()->target()});
}

void MainWindow::lookAlong(double azimuthDeg, double elevationDeg)
{
    if (m_current->panel() && m_current->panel()->scene.dims == 3)
        moveView([&] { view()->lookAlong(azimuthDeg, elevationDeg); });
}

void MainWindow::restoreView(const ViewState& state, bool moved)
{
    ViewChoice choice = state.choice;
    choice.style.theme = currentMode(); // no step of the view
    m_current->setChoice(choice);
    m_inspector->setChoice(choice);
    m_time->refresh();
    if (moved)
        view()->setView(state.view, true);
}

// --- time

void MainWindow::goTo(std::int64_t epoch, int direction)
{
    m_current->goTo(epoch, direction);
}

void MainWindow::takeShown(bool otherClasses)
{
    const app::PanelContent* panel = m_current->panel().get();
    if (otherClasses)
        m_inspector->showRun(*session()->summary(), panel);
    const auto measured = session()->measured().find(m_current->shownEpoch());
    m_inspector->showEpoch(m_current->shownEpoch(), panel,
                           measured == session()->measured().end() ? nullptr : measured->second.clean.get());
    m_time->setEpoch(m_current->epoch());
    updateStatus();
    showPresentedPanel();
}

} // namespace nc::window

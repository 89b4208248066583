// Runs that grow: following them, and starting them.

#include <algorithm>

#include "app/window/empty_start.h"
#include "app/window/error_bar.h"
#include "app/window/follow_chip.h"
#include "app/window/main_window.h"
#include "app/window/new_run_dialog.h"
#include "app/window/training_cards.h"

namespace nc::window
{

void MainWindow::makeTraining()
{
    m_cards = new TrainingCards(m_runs);
    m_runs->addBelowList(m_cards);
    connect(m_runs, &RunsPanel::newRunAsked, this, &MainWindow::newRun);
    connect(m_cards, &TrainingCards::failed, this, &MainWindow::showTrainingFailure);
    connect(m_cards, &TrainingCards::runAppeared, this, [this](const QString& folder) { openRun(folder); });
}

void MainWindow::takeNewEpochs(LinkedView* view)
{
    const std::vector<std::int64_t>& epochs = view->session()->epochs();
    if (view == current() && !view->panel())
        m_inspector->showRun(*view->session()->summary(), nullptr);
    if (!epochs.empty()) {
        const bool isThere = std::binary_search(epochs.begin(), epochs.end(), view->epoch());
        const bool follow = view->follow()->takeEpochs(epochs, view->epoch(), m_time->isPlaying());
        if (view != current() && !m_views->linkedWith(view, Link::Epoch).empty())
            view->goTo(view->atOrBefore(m_views->linkedWith(view, Link::Epoch).front()->epoch()), 1);
        else if (follow || !isThere)
            m_views->goTo(view, epochs.back(), 1);
        else
            view->showEpoch();
    }
    m_time->refresh();
}

void MainWindow::showTrainingFailure(const QString& message)
{
    (session() ? pane()->errorBar() : m_start->errorBar())->showFailure({message, {}, false, {}});
}

void MainWindow::newRun()
{
    auto* dialog = new NewRunDialog(this);
    connect(dialog, &NewRunDialog::startAsked, this,
            [this](const QString& folder, const std::vector<std::string>& words) {
                restoreDocks();
                if (const Result<void> started = m_cards->launch(folder.toStdString(), words); !started)
                    showTrainingFailure(QString::fromStdString(started.error().message));
            });
    dialog->open();
}

} // namespace nc::window

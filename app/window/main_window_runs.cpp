// Runs: opening, showing and closing them, and which were open before.

#include <algorithm>

#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>
#include <QStackedWidget>

#include "app/program_files.h"
#include "app/remembered_mapping.h"
#include "app/window/empty_start.h"
#include "app/window/main_window.h"
#include "app/window/training_cards.h"

namespace nc::window
{

namespace
{

constexpr int mostRecent = 10;

} // namespace

void MainWindow::openRun(const QString& path, bool select, const std::optional<io::ForeignMapping>& mapping)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    app::RunSession* session = m_runs->find(absolute);
    if (session) {
        m_runs->choose(session);
        return;
    }
    restoreDocks();
    session =
        new app::RunSession(absolute, this, {mapping ? mapping : app::rememberedMapping(absolute), m_memoryLimit});
    connectSession(session);
    if (mapping)
        connect(session, &app::RunSession::opened, this, [=] { app::rememberMapping(absolute, *mapping); });
    m_runs->add(session);
    m_cards->follow(session);
    if (select)
        m_runs->choose(session);
    updateActions();
}

void MainWindow::connectSession(app::RunSession* session)
{
    connect(session, &app::RunSession::opened, this, [this, session] {
        rememberRecent(session->path());
        session->setRequest(current()->choice().fittedTo(*session->summary()).request());
    });
    connect(session, &app::RunSession::failedToOpen, this, [this, session](const QString& message) {
        const std::vector<LinkedView*> views = viewsOf(session);
        const bool inItsView = m_views->areSeveral() && !views.empty();
        if (inItsView) {
            for (LinkedView* view : views) {
                m_views->setRun(view, nullptr);
                view->pane()->showError({message, {}, false, {}});
            }
            takeCurrent();
        }
        m_runs->remove(session);
        session->deleteLater();
        if (!inItsView)
            showOpenFailure(session->path(), message);
        updateActions();
    });
}

/// In the current view.
void MainWindow::selectSession(app::RunSession* session)
{
    if (session ? current()->session() && current()->session()->path() == session->path() : !current()->session())
        return;
    m_time->setSession(session);
    m_history->clear();
    if (session) {
        showPane();
    } else if (!m_views->areSeveral()) {
        m_pages->setCurrentWidget(m_start);
        hideDocks();
    }
    m_views->setRun(current(), session);
    m_time->setSession(this->session()); // it may have got one of its own
    m_inspector->setChoice(current()->choice());
}

std::vector<LinkedView*> MainWindow::viewsOf(const app::RunSession* session) const
{
    std::vector<LinkedView*> list;
    for (LinkedView* view : m_views->views())
        if (view->session() && view->session()->path() == session->path())
            list.push_back(view);
    return list;
}

void MainWindow::adoptRun()
{
    m_inspector->setChoice(current()->choice());
    m_inspector->showRun(*session()->summary(), nullptr);
    showPane();
}

void MainWindow::showPane()
{
    if (m_pages->currentWidget() == m_views)
        return;
    const QWidget* focus = QApplication::focusWidget();
    const bool lost = !focus || m_start->isAncestorOf(focus);
    m_pages->setCurrentWidget(m_views);
    if (lost) // not whatever happens to come next after the start page
        view()->setFocus();
}

/// Files stay as they are. Its views go too; where there are no others, one stays and shows the run next to it.
void MainWindow::closeSession(app::RunSession* session)
{
    for (LinkedView* view : viewsOf(session))
        if (m_views->areSeveral())
            closeView(view);
    m_runs->remove(session);
    delete session;
    updateActions();
}

void MainWindow::reloadSession(app::RunSession* session)
{
    const std::vector<LinkedView*> views = viewsOf(session);
    for (LinkedView* view : views)
        view->reload();
    if (std::none_of(views.begin(), views.end(), [&](const LinkedView* view) { return view->session() == session; }))
        session->reload();
}

void MainWindow::openDemo()
{
    // The bundled file is a run like any other; nothing is unpacked, nothing written.
    openRun(QString::fromStdString(app::sharedFile("demo-run.h5").string()));
}

void MainWindow::chooseFolder()
{
    const QString path = QFileDialog::getExistingDirectory(this, tr("Open a run folder"));
    if (!path.isEmpty())
        openRun(path);
}

void MainWindow::chooseFile()
{
    const QString path = QFileDialog::getOpenFileName(this, tr("Open a run file"), {}, tr("Runs (*.h5 *.hdf5)"));
    if (!path.isEmpty())
        openRun(path);
}

void MainWindow::rememberRecent(const QString& path)
{
    QSettings settings;
    QStringList recent = settings.value(QStringLiteral("recent")).toStringList();
    recent.removeAll(path);
    recent.prepend(path);
    settings.setValue(QStringLiteral("recent"), recent.mid(0, mostRecent));
    m_start->setRecent(recent.mid(0, mostRecent));
}

/// Nothing in place of it: it is forgotten.
void MainWindow::replaceRecent(const QString& path, const QString& by)
{
    QSettings settings;
    QStringList recent = settings.value(QStringLiteral("recent")).toStringList();
    recent.removeAll(by);
    const qsizetype at = recent.indexOf(path);
    if (at >= 0 && by.isEmpty())
        recent.removeAt(at);
    else if (at >= 0)
        recent[at] = by;
    settings.setValue(QStringLiteral("recent"), recent);
    m_start->setRecent(recent);
}

/// Asks where a run is now that is not where it was.
void MainWindow::locateRecent(const QString& path)
{
    const QFileInfo before(path);
    const bool file = before.suffix() == QLatin1String("h5") || before.suffix() == QLatin1String("hdf5");
    QFileInfo place(before.path()); // the nearest folder that is still there
    while (!place.exists() && !place.isRoot())
        place = QFileInfo(place.path());
    const QString title = tr("Where is %1 now?").arg(before.fileName());
    const QString found = file ? QFileDialog::getOpenFileName(this, title, place.filePath(), tr("Runs (*.h5 *.hdf5)"))
                               : QFileDialog::getExistingDirectory(this, title, place.filePath());
    if (found.isEmpty())
        return;
    replaceRecent(path, found);
    openRun(found);
}

} // namespace nc::window

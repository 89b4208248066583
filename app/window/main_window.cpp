#include "app/window/main_window.h"

#include <algorithm>
#include <cmath>

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAction>
#include <QActionGroup>
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QComboBox>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QStackedWidget>
#include <QStandardPaths>
#include <QStatusBar>
#include <QStyle>
#include <QStyleHints>
#include <QUrl>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/version.h"
#include "app/window/dock_title.h"
#include "app/window/empty_start.h"
#include "app/window/follow_chip.h"
#include "app/window/range_slider.h"
#include "app/window/training_cards.h"

namespace nc::window
{

namespace
{

QString percent(double share)
{
    return QStringLiteral("%1 %").arg(share * 100, 0, 'f', 0);
}

/// Whether a key means something to the widget that has the focus. Fields of text see to themselves.
bool focusTakes(const QWidget* focus, int key, Qt::KeyboardModifiers modifiers)
{
    if (!focus || (modifiers & ~(Qt::ShiftModifier | Qt::KeypadModifier)))
        return false;
    const bool upOrDown = key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp ||
                          key == Qt::Key_PageDown || key == Qt::Key_Home || key == Qt::Key_End;
    if (qobject_cast<const QAbstractButton*>(focus))
        return key == Qt::Key_Space;
    if (qobject_cast<const QAbstractSlider*>(focus) || qobject_cast<const RangeSlider*>(focus))
        return upOrDown || key == Qt::Key_Left || key == Qt::Key_Right;
    if (qobject_cast<const QComboBox*>(focus))
        return upOrDown || key == Qt::Key_Space;
    return upOrDown && qobject_cast<const QAbstractItemView*>(focus);
}

} // namespace

MainWindow::MainWindow(QWidget* parent)
    : QMainWindow(parent)
{
    setWindowTitle(QStringLiteral("NCScope"));
    setAcceptDrops(true);
    setDockNestingEnabled(true);
    m_pages = new QStackedWidget(this);
    makeEmptyStart();
    m_pages->addWidget(m_start);
    makePane();
    m_pages->addWidget(m_pane);
    setCentralWidget(m_pages);
    makeRunsPanel();
    makeTraining();
    makeInspectorDock();
    makeTimelineDock();
    makeStatusBar();
    makeActions();
    connect(m_start, &EmptyStart::trainingChosen, this, &MainWindow::newRun);
    resize(1440, 900);
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    restoreState(settings.value(QStringLiteral("window/state")).toByteArray());
    hideDocks();
    updateStatus();
}

MainWindow::~MainWindow()
{
    m_runs->disconnect(this);
}

void MainWindow::setRendererNote(const QString& note)
{
    m_statusFrame->setToolTip(note);
}

// --- parts

void MainWindow::makePane()
{
    m_pane = new ViewPane(this);
    connect(m_pane->errorBar(), &ErrorBar::retryWanted, this, [this] {
        if (!m_session)
            return;
        m_pane->hideError();
        m_session->retry(m_epoch);
        showEpoch();
    });
    connect(m_pane->errorBar(), &ErrorBar::skipWanted, this, &MainWindow::skipFailedEpoch);
    connect(m_pane, &ViewPane::filterChosen, this, [this](const scene::CloudFilter& filter, bool insteadOfClick) {
        ViewChoice choice = m_inspector->choice();
        choice.style.filter = filter;
        m_inspector->setChoice(choice);
        m_pane->setStyle(choice.style);
        recordChoice(insteadOfClick);
    });
    connect(m_pane, &ViewPane::pinChosen, this, [this](qint64 row) {
        ViewChoice choice = m_inspector->choice();
        choice.pinnedRow = row;
        m_inspector->setChoice(choice);
        m_pane->setPinnedRow(row);
        recordChoice();
    });
    connect(m_pane, &ViewPane::lookChosen, this, &MainWindow::lookAlong);
    connect(m_pane, &ViewPane::sampleWanted, this, [this](const app::SampleRequest& request) {
        if (m_session)
            m_session->askSample(request);
    });
    connect(m_pane, &ViewPane::factsChanged, this, [this] { m_inspector->showSample(m_pane->facts()); });
    connect(view(), &SceneView::framePainted, this, [this] {
        const ViewBody& body = view()->body();
        m_statusFrame->setText(tr("%1 ms a frame · %2").arg(body.lastFrameMs(), 0, 'f', 1).arg(body.name()));
        const int widest = m_statusFrame->fontMetrics().horizontalAdvance(tr("000.0 ms a frame · %1").arg(body.name()));
        m_statusFrame->setMinimumWidth(widest + 20); // numbers change, their place does not
    });
}

void MainWindow::makeEmptyStart()
{
    m_start = new EmptyStart(this);
    m_start->setRecent(QSettings().value(QStringLiteral("recent")).toStringList());
    connect(m_start, &EmptyStart::demoChosen, this, &MainWindow::openDemo);
    connect(m_start, &EmptyStart::folderChosen, this, &MainWindow::chooseFolder);
    connect(m_start, &EmptyStart::fileChosen, this, &MainWindow::chooseFile);
    connect(m_start, &EmptyStart::recentChosen, this, [this](const QString& path) { openRun(path); });
    connect(m_start, &EmptyStart::locateAsked, this, &MainWindow::locateRecent);
    connect(m_start, &EmptyStart::removeAsked, this, [this](const QString& path) { replaceRecent(path, {}); });
    connect(m_start, &EmptyStart::keysChosen, this, &MainWindow::showCheatSheet);
    connect(m_start->errorBar(), &ErrorBar::retryWanted, this, [this] {
        m_start->errorBar()->hide();
        openRun(m_failedPath);
    });
}

void MainWindow::makeRunsPanel()
{
    m_runs = new RunsPanel(this);
    addDockWidget(Qt::LeftDockWidgetArea, m_runs);
    connect(m_runs, &RunsPanel::runChosen, this, &MainWindow::selectSession);
    connect(m_runs, &RunsPanel::closeAsked, this, &MainWindow::closeSession);
    connect(m_runs, &RunsPanel::reloadAsked, this, &MainWindow::reloadSession);
    connect(m_runs, &RunsPanel::folderAsked, this, &MainWindow::chooseFolder);
    connect(m_runs, &RunsPanel::fileAsked, this, &MainWindow::chooseFile);
}

void MainWindow::makeInspectorDock()
{
    auto* dock = new QDockWidget(tr("Inspector"), this);
    dock->setObjectName(QStringLiteral("inspector"));
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
    dock->setTitleBarWidget(new DockTitle(dock));
    auto* scroll = new QScrollArea(dock);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_inspector = new Inspector(scroll);
    scroll->setWidget(m_inspector);
    scroll->setMinimumWidth(300);
    dock->setWidget(scroll);
    addDockWidget(Qt::RightDockWidgetArea, dock);
    connect(m_inspector, &Inspector::requestChanged, this, [this] {
        const bool otherColours = m_inspector->choice().style.colorBy != m_seen.style.colorBy;
        applyRequest();
        m_keepPlace = otherColours; // the points stay where they are
        recordChoice();
    });
    connect(m_inspector, &Inspector::styleChanged, this, [this] {
        m_pane->setStyle(m_inspector->choice().style);
        recordChoice();
    });
    m_history = new ViewHistory(this);
    m_seen = m_inspector->choice();
    connect(m_inspector, &Inspector::sliderReleased, m_history, &ViewHistory::seal);
    connect(m_history, &ViewHistory::restored, this, &MainWindow::restoreView);
}

void MainWindow::makeTimelineDock()
{
    auto* dock = new QDockWidget(tr("Time"), this);
    dock->setObjectName(QStringLiteral("time"));
    dock->setTitleBarWidget(new QWidget(dock));
    m_time = new TimePanel(dock);
    dock->setWidget(m_time);
    addDockWidget(Qt::BottomDockWidgetArea, dock);
    setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
    m_time->setChoice(readTimeChoice());
    connect(m_time, &TimePanel::choiceChanged, this, [this] { writeTimeChoice(m_time->choice()); });
    connect(m_time, &TimePanel::epochChosen, this, &MainWindow::goTo);
}

void MainWindow::makeStatusBar()
{
    statusBar()->setSizeGripEnabled(false);
    for (QLabel** label : {&m_statusFit, &m_statusView, &m_statusTheory}) {
        *label = new QLabel(this);
        (*label)->setMinimumWidth(1); // other numbers are no reason to lay out the window anew
        statusBar()->addWidget(*label);
    }
    m_statusFrame = new QLabel(this);
    m_statusFrame->setObjectName(QStringLiteral("frameTime"));
    m_statusFrame->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_statusMemory = new QLabel(this);
    m_statusMemory->setObjectName(QStringLiteral("memory"));
    m_statusMemory->setMinimumWidth(m_statusMemory->fontMetrics().horizontalAdvance(QStringLiteral("000.0 MB")) + 20);
    m_statusMemory->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_statusMemory->setToolTip(tr("Epochs of this run that are kept in memory, ready to be shown"));
    statusBar()->addPermanentWidget(m_statusMemory);
    statusBar()->addPermanentWidget(m_statusFrame);
}

// --- steps

void MainWindow::applyRequest()
{
    if (!m_session)
        return;
    m_session->setRequest(m_inspector->choice().request());
    m_keepPlace = false;
    m_time->refresh();
}

/// What the inspector holds now is a step from what it held before.
void MainWindow::recordChoice(bool join)
{
    const scene::ScreenView place = view()->target();
    m_history->record({m_seen, place}, {m_inspector->choice(), place}, join);
    m_seen = m_inspector->choice();
}

void MainWindow::moveView(const std::function<void()>& move)
{
    const scene::ScreenView before = view()->target();
    move();
    m_history->record({m_seen, before}, {m_seen, view()->target()});
}

void MainWindow::lookAlong(double azimuthDeg, double elevationDeg)
{
    if (m_panel && m_panel->scene.dims == 3)
        moveView([&] { view()->lookAlong(azimuthDeg, elevationDeg); });
}

void MainWindow::restoreView(const ViewState& state, bool moved)
{
    ViewChoice choice = state.choice;
    choice.style.theme = currentMode(); // no step of the view
    const bool otherPanels = !choice.samePanels(m_inspector->choice());
    m_seen = choice;
    m_inspector->setChoice(choice);
    m_pane->setStyle(choice.style);
    m_pane->setPinnedRow(choice.pinnedRow);
    if (otherPanels)
        applyRequest();
    if (moved)
        view()->setView(state.view, true);
}

// --- time

void MainWindow::goTo(std::int64_t epoch, int direction)
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

void MainWindow::showEpoch()
{
    if (!m_session || !m_session->summary())
        return;
    m_shownEpoch = m_session->isLoaded(m_epoch) ? m_epoch : m_session->nearestLoaded(m_epoch).value_or(m_epoch);
    const auto panel = m_session->panel(m_shownEpoch);
    if (panel && (panel != m_panel || m_session->extent() != m_pane->extent())) {
        const bool otherClasses = !m_panel || m_panel->chosen.classes != panel->chosen.classes;
        m_panel = panel;
        m_pane->setStyle(m_inspector->choice().style);
        m_pane->setPanel(panel, m_session->extent(), m_keepPlace);
        m_keepPlace = true;
        if (otherClasses)
            m_inspector->showRun(*m_session->summary(), panel.get());
    }
    const auto measured = m_session->measured().find(m_shownEpoch);
    m_inspector->showEpoch(m_shownEpoch, m_panel.get(),
                           measured == m_session->measured().end() ? nullptr : measured->second.clean.get());
    m_time->setEpoch(m_epoch);
    updateStatus();
    showPresentedPanel();
}

// --- words

QString MainWindow::badgeText() const
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
QString MainWindow::waitingText() const
{
    if (!m_session || m_panel)
        return {};
    if (!m_session->summary())
        return tr("Opening %1…").arg(QFileInfo(m_session->path()).completeBaseName());
    if (m_session->epochs().empty())
        return tr("No epoch is recorded yet");
    return m_session->failure(m_epoch) ? QString() : tr("Reading epoch %1…").arg(m_epoch);
}

void MainWindow::updateStatus()
{
    updateActions();
    m_pane->setBadge(badgeText());
    m_pane->setWaiting(waitingText());
    if (!m_panel) {
        for (QLabel* label : {m_statusFit, m_statusView, m_statusTheory, m_statusMemory, m_statusFrame})
            label->clear();
        if (!m_session)
            m_statusFit->setText(tr("No run open"));
        return;
    }
    m_statusMemory->setText(QString::fromStdString(app::byteSize(m_session->bytes())));
    const auto& fit = m_panel->basis.projection.fitError;
    m_statusFit->setText(fit ? tr("Basis fit %1").arg(*fit, 0, 'f', 3) : QString());
    m_statusView->setText(tr("In view %1 of |h − m|²%2")
                              .arg(percent(m_panel->inView), m_panel->inViewIdeal
                                                                 ? tr(" (ideal %1)").arg(percent(*m_panel->inViewIdeal))
                                                                 : QString()));
    m_statusTheory->setText(m_panel->beta && m_panel->theoryInvalid.empty()
                                ? tr("Effective β %1").arg(QString::fromStdString(app::shortNumber(*m_panel->beta)))
                                : QString());
}

void MainWindow::hideDocks()
{
    if (!m_dockState.isEmpty() || !m_cards->cards().empty())
        return;
    m_dockState = saveState();
    for (QDockWidget* dock : findChildren<QDockWidget*>())
        dock->hide();
}

void MainWindow::restoreDocks()
{
    if (!m_dockState.isEmpty())
        restoreState(std::exchange(m_dockState, QByteArray()));
}

void MainWindow::showOpenFailure(const QString& path, const QString& message)
{
    m_failedPath = path;
    ErrorBar* bar = m_session ? m_pane->errorBar() : m_start->errorBar();
    if (!m_session) {
        m_pages->setCurrentWidget(m_start);
        hideDocks();
    }
    bar->showFailure({message, {}, !m_session, {}});
}

std::optional<std::int64_t> MainWindow::nextReadable() const
{
    for (std::int64_t epoch : m_session->epochs())
        if (epoch > m_epoch && !m_session->failure(epoch))
            return epoch;
    return std::nullopt;
}

void MainWindow::showEpochFailure(const QString& message)
{
    const auto shown = m_session->nearestLoaded(m_epoch);
    const auto next = nextReadable();
    m_pane->showError({message, shown ? tr("Shown is epoch %1, the nearest that can be read.").arg(*shown) : QString(),
                       true, next ? tr("Skip to %1").arg(*next) : QString()});
}

void MainWindow::skipFailedEpoch()
{
    if (!m_session)
        return;
    if (const auto next = nextReadable())
        goTo(*next, 1);
}

void MainWindow::setTheme(ThemeChoice choice)
{
    QSettings().setValue(QStringLiteral("theme"), static_cast<int>(choice));
    for (QAction* action : m_themes->actions())
        action->setChecked(action->data().toInt() == static_cast<int>(choice));
    const bool light = choice == ThemeChoice::Light ||
                       (choice == ThemeChoice::System &&
                        QApplication::style()->standardPalette().color(QPalette::Window).lightness() > 128);
    applyTheme(*qApp, light ? scene::ThemeMode::Light : scene::ThemeMode::Dark);
    ViewChoice seen = m_inspector->choice();
    seen.style.theme = currentMode();
    m_inspector->setChoice(seen);
    m_pane->setStyle(seen.style);
    m_seen = seen;
    m_time->update();
    m_time->timeline()->update();
    updateStatus();
}

/// Keys without Ctrl or Alt belong to what has the focus where that can use them, before they are anybody's shortcut.
bool MainWindow::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        const auto& key = static_cast<const QKeyEvent&>(*event);
        if (focusTakes(QApplication::focusWidget(), key.key(), key.modifiers())) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::event(event);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    settings.setValue(QStringLiteral("window/state"), m_dockState.isEmpty() ? saveState() : m_dockState);
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            openRun(url.toLocalFile());
}

} // namespace nc::window

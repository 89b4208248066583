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
    makeViews();
    m_pages->addWidget(m_views);
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
    connect(m_start, &EmptyStart::playgroundChosen, this, &MainWindow::togglePlayground);
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
    connect(m_runs, &RunsPanel::compareAsked, this, &MainWindow::compareRuns);
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
    for (const auto signal : {&Inspector::requestChanged, &Inspector::styleChanged})
        connect(m_inspector, signal, this, [this] { applyChoice(m_inspector->choice()); });
    current()->setChoice(m_inspector->choice());
    m_history = new ViewHistory(this);
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
    m_statusMemory->setToolTip(tr("Epochs of what is shown that are kept in memory, ready to be shown"));
    statusBar()->addPermanentWidget(m_statusMemory);
    statusBar()->addPermanentWidget(m_statusFrame);
}

void MainWindow::updateStatus()
{
    updateActions();
    const app::PanelContent* panel = current()->panel().get();
    if (!panel) {
        for (QLabel* label : {m_statusFit, m_statusView, m_statusTheory, m_statusMemory, m_statusFrame})
            label->clear();
        if (!session())
            m_statusFit->setText(tr("No run open"));
        return;
    }
    std::size_t bytes = 0;
    for (const LinkedView* each : m_views->views())
        bytes += each->session() ? each->session()->bytes() : 0;
    m_statusMemory->setText(QString::fromStdString(app::byteSize(bytes)));
    const auto& fit = panel->basis.projection.fitError;
    m_statusFit->setText(fit ? tr("Basis fit %1").arg(*fit, 0, 'f', 3) : QString());
    m_statusView->setText(tr("In view %1 of |h − m|²%2")
                              .arg(percent(panel->inView), panel->inViewIdeal
                                                               ? tr(" (ideal %1)").arg(percent(*panel->inViewIdeal))
                                                               : QString()));
    m_statusTheory->setText(panel->beta && panel->theoryInvalid.empty()
                                ? tr("Effective β %1").arg(QString::fromStdString(app::shortNumber(*panel->beta)))
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
    ErrorBar* bar = session() ? pane()->errorBar() : m_start->errorBar();
    if (!session()) {
        m_pages->setCurrentWidget(m_start);
        hideDocks();
    }
    bar->showFailure({message, {}, !session(), {}});
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
    for (LinkedView* each : m_views->views()) {
        ViewChoice seen = each->choice();
        seen.style.theme = currentMode();
        each->setChoice(seen);
        each->updateWords();
    }
    m_inspector->setChoice(current()->choice());
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
    leavePlayground();
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
    for (LinkedView* each : m_views->views())
        if (each->rect().contains(each->mapFrom(this, event->position().toPoint())))
            m_views->makeCurrent(each);
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            openRun(url.toLocalFile());
}

} // namespace nc::window

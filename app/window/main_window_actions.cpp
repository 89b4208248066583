// Every command of the window, with its key and its tip. The cheat sheet and the palette are made from the menus.

#include <algorithm>

#include <QActionGroup>
#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QDockWidget>
#include <QGridLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QSettings>
#include <QToolButton>
#include <QUndoStack>

#include "app/version.h"
#include "app/window/command_palette.h"
#include "app/window/icons.h"
#include "app/window/main_window.h"
#include "app/window/run_stroke.h"

namespace nc::window
{

/// What it does, and what it needs before it can do it.
QAction* MainWindow::addCommand(QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip,
                                const std::function<void()>& run, std::optional<Need> need)
{
    QAction* action = menu->addAction(text);
    action->setShortcut(keys);
    action->setToolTip(tip);
    action->setStatusTip(tip);
    connect(action, &QAction::triggered, this, run);
    if (need)
        m_needy.emplace_back(action, *need);
    return action;
}

void MainWindow::makeActions()
{
    makeFileMenu(menuBar()->addMenu(tr("&File")));
    makeEditMenu(menuBar()->addMenu(tr("&Edit")));
    QMenu* view = menuBar()->addMenu(tr("&View"));
    makeLookActions(view);
    makeThemeActions(view);
    makePanelActions(view);
    makeTimeMenu(menuBar()->addMenu(tr("&Time")));
    makeCompareMenu(menuBar()->addMenu(tr("&Compare")));
    makeTeachMenu(menuBar()->addMenu(tr("Te&ach")));
    makeHelpMenu(menuBar()->addMenu(tr("&Help")));
}

void MainWindow::makeFileMenu(QMenu* menu)
{
    addCommand(menu, tr("New run…"), QKeySequence::New, tr("Train a network and watch it"), [this] { newRun(); });
    addCommand(menu, tr("Open run folder…"), QKeySequence::Open, tr("A folder with run.h5"), [this] {
        chooseFolder();
    })->setIcon(icon(Icon::Folder));
    addCommand(menu, tr("Open run file…"), QKeySequence(QStringLiteral("Ctrl+Shift+O")), tr("One .h5 file"), [this] {
        chooseFile();
    })->setIcon(icon(Icon::Document));
    QMenu* recent = menu->addMenu(tr("Open recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        for (const QString& path : QSettings().value(QStringLiteral("recent")).toStringList())
            recent->addAction(QDir::toNativeSeparators(path), this, [this, path] { openRun(path); });
        if (recent->isEmpty())
            recent->addAction(tr("Nothing opened yet"))->setEnabled(false);
    });
    addCommand(menu, tr("Open the demo"), QKeySequence(QStringLiteral("Ctrl+D")),
               tr("The bundled training on FashionMNIST"), [this] { openDemo(); })
        ->setIcon(icon(Icon::Flask));
    menu->addSeparator();
    addCommand(
        menu, tr("Export figure…"), QKeySequence(QStringLiteral("Ctrl+E")), tr("This view as PDF, SVG or PNG"),
        [this] { exportFigure(); }, Need::Panel)
        ->setIcon(icon(Icon::Export));
    addCommand(
        menu, tr("Copy picture"), QKeySequence(QStringLiteral("Ctrl+Shift+C")),
        tr("The view as it is, to the clipboard"), [this] { copyPicture(); }, Need::Panel)
        ->setIcon(icon(Icon::Copy));
    addCommand(
        menu, tr("Save picture"), QKeySequence(QStringLiteral("F12")),
        tr("The view as it is, as a PNG in the folder of pictures"), [this] { savePicture(); }, Need::Panel);
    menu->addSeparator();
    addCommand(menu, tr("Quit"), QKeySequence(QStringLiteral("Ctrl+Q")), tr("Close the window"), [this] { close(); });
}

void MainWindow::makeEditMenu(QMenu* menu)
{
    QUndoStack* stack = m_history->stack();
    QAction* undo = stack->createUndoAction(this, tr("Undo"));
    QAction* redo = stack->createRedoAction(this, tr("Redo"));
    undo->setShortcut(QKeySequence(QStringLiteral("Ctrl+Z")));
    redo->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+Z")));
    undo->setToolTip(tr("Take back the last change of the view"));
    redo->setToolTip(tr("Make the change again that was taken back"));
    const auto explain = [](QAction* action, bool can, const QString& whyNot) {
        action->setToolTip(can ? action->statusTip() : whyNot);
    };
    for (QAction* action : {undo, redo}) {
        action->setStatusTip(action->toolTip());
        menu->addAction(action);
    }
    const QString nothingUndone = tr("Nothing was taken back"), nothingDone = tr("Nothing was changed in the view");
    explain(undo, false, nothingDone);
    explain(redo, false, nothingUndone);
    connect(stack, &QUndoStack::canUndoChanged, undo, [=](bool can) { explain(undo, can, nothingDone); });
    connect(stack, &QUndoStack::canRedoChanged, redo, [=](bool can) { explain(redo, can, nothingUndone); });
}

/// From where the view is seen.
void MainWindow::makeLookActions(QMenu* menu)
{
    addCommand(menu, tr("Filter runs"), QKeySequence::Find, tr("Type a part of a name, a state or a path"),
               [this] { m_runs->focusFilter(); });
    addCommand(
        menu, tr("Reset view"), QKeySequence(QStringLiteral("R")), tr("Everything fits"),
        [this] { moveView([this] { view()->resetView(); }); }, Need::Panel)
        ->setIcon(icon(Icon::Reset));
    struct Move {
        const char *text, *key, *tip;
        double zoom, azimuth, elevation;
    };
    const Move moves[] = {{QT_TR_NOOP("Zoom in"), "+", QT_TR_NOOP("Or the wheel, to the cursor"), 1.25, 0, 0},
                          {QT_TR_NOOP("Zoom out"), "-", QT_TR_NOOP("Or the wheel"), 0.8, 0, 0},
                          {QT_TR_NOOP("Turn left"), "Alt+Left", QT_TR_NOOP("Or drag; by 15°"), 1, -15, 0},
                          {QT_TR_NOOP("Turn right"), "Alt+Right", QT_TR_NOOP("Or drag; by 15°"), 1, 15, 0},
                          {QT_TR_NOOP("Turn up"), "Alt+Up", QT_TR_NOOP("Or drag; by 15°"), 1, 0, 15},
                          {QT_TR_NOOP("Turn down"), "Alt+Down", QT_TR_NOOP("Or drag; by 15°"), 1, 0, -15}};
    for (const Move& move : moves) {
        const auto run = [this, move] {
            moveView([&] {
                if (move.zoom != 1)
                    view()->zoomBy(move.zoom);
                else
                    view()->turnBy(move.azimuth, move.elevation);
            });
        };
        addCommand(menu, tr(move.text), QKeySequence(QLatin1String(move.key)), tr(move.tip), run,
                   move.zoom != 1 ? Need::Panel : Need::Space);
    }
    menu->addSeparator();
    struct Look {
        const char *text, *key, *tip;
        double azimuth, elevation;
    };
    const Look looks[] = {{QT_TR_NOOP("From the front"), "1", QT_TR_NOOP("Along the y axis"), -90, 0},
                          {QT_TR_NOOP("From the side"), "2", QT_TR_NOOP("Along the x axis"), 0, 0},
                          {QT_TR_NOOP("From above"), "3", QT_TR_NOOP("Along the z axis"), -90, 90},
                          {QT_TR_NOOP("From behind"), "4", QT_TR_NOOP("Against the y axis"), 90, 0},
                          {QT_TR_NOOP("From the other side"), "5", QT_TR_NOOP("Against the x axis"), 180, 0},
                          {QT_TR_NOOP("From below"), "6", QT_TR_NOOP("Against the z axis"), -90, -90}};
    for (const Look& look : looks)
        addCommand(
            menu, tr(look.text), QKeySequence(QLatin1String(look.key)), tr(look.tip),
            [this, look] { lookAlong(look.azimuth, look.elevation); }, Need::Space);
    menu->addSeparator();
}

void MainWindow::makeThemeActions(QMenu* menu)
{
    m_themes = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("Theme of the system")},
                                                       {ThemeChoice::Light, tr("Light")},
                                                       {ThemeChoice::Dark, tr("Dark")}};
    for (const auto& [choice, text] : choices) {
        QAction* action = menu->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(choice));
        m_themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, c = choice] { setTheme(c); });
    }
    QAction* motion = menu->addAction(tr("Reduce motion"));
    motion->setCheckable(true);
    motion->setChecked(reducedMotion());
    motion->setToolTip(tr("Views jump where they would glide"));
    connect(motion, &QAction::toggled, this, [](bool on) { setReducedMotion(on); });
    menu->addSeparator();
}

void MainWindow::makePanelActions(QMenu* menu)
{
    for (QDockWidget* dock : findChildren<QDockWidget*>())
        if (dock->objectName() != QLatin1String("time"))
            menu->addAction(dock->toggleViewAction());
    addCommand(menu, tr("Hide all panels"), QKeySequence(QStringLiteral("Ctrl+\\")), tr("Only the picture, and back"),
               [this] {
                   const auto docks = findChildren<QDockWidget*>();
                   const bool any =
                       std::any_of(docks.begin(), docks.end(), [](const QDockWidget* d) { return d->isVisible(); });
                   for (QDockWidget* dock : docks)
                       dock->setVisible(!any);
               });
    addCommand(menu, tr("Full screen"), QKeySequence(QStringLiteral("F11")), tr("Whole screen, and back"),
               [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    addCommand(
        menu, tr("Presentation"), QKeySequence(QStringLiteral("Shift+F11")),
        tr("Only the picture and its caption, on the whole screen; Esc leaves"), [this] { present(); }, Need::Panel)
        ->setIcon(icon(Icon::Present));
}

void MainWindow::makeTimeMenu(QMenu* menu)
{
    const auto add = [&](const QString& text, const QKeySequence& keys, const QString& tip, auto run) {
        return addCommand(menu, text, keys, tip, run, Need::Epochs);
    };
    add(tr("Play"), QKeySequence(Qt::Key_Space), tr("Play the epochs, and stop"), [this] {
        m_time->togglePlay();
    })->setIcon(icon(Icon::Play));
    add(tr("Next epoch"), QKeySequence(Qt::Key_Right), tr("One recorded epoch on"), [this] {
        m_time->step(1);
    })->setIcon(icon(Icon::Next));
    add(tr("Previous epoch"), QKeySequence(Qt::Key_Left), tr("One recorded epoch back"), [this] {
        m_time->step(-1);
    })->setIcon(icon(Icon::Previous));
    add(tr("Ten on"), QKeySequence(Qt::SHIFT | Qt::Key_Right), tr("Ten recorded epochs on"),
        [this] { m_time->step(10); });
    add(tr("Ten back"), QKeySequence(Qt::SHIFT | Qt::Key_Left), tr("Ten recorded epochs back"),
        [this] { m_time->step(-10); });
    add(tr("First epoch"), QKeySequence(Qt::Key_Home), tr("The start"), [this] {
        m_time->goFirst();
    })->setIcon(icon(Icon::First));
    add(tr("Last epoch"), QKeySequence(Qt::Key_End), tr("The end"), [this] {
        m_time->goLast();
    })->setIcon(icon(Icon::Last));
    add(tr("Next mark"), QKeySequence(Qt::CTRL | Qt::Key_Right),
        tr("Learning-rate drop, zero training error or unreadable epoch"), [this] { m_time->goToMark(1); })
        ->setIcon(icon(Icon::NextMark));
    add(tr("Previous mark"), QKeySequence(Qt::CTRL | Qt::Key_Left), tr("The mark before"),
        [this] { m_time->goToMark(-1); });
}

void MainWindow::makeHelpMenu(QMenu* menu)
{
    QAction* commands =
        addCommand(menu, tr("Commands…"), QKeySequence(QStringLiteral("Ctrl+Shift+P")),
                   tr("Find any command by its name; a number goes to that epoch"), [this] { togglePalette(); });
    commands->setIcon(icon(Icon::Search));
    auto* corner = new QToolButton(menuBar());
    corner->setObjectName(QStringLiteral("commands"));
    corner->setDefaultAction(commands);
    corner->setText(tr("Commands"));
    corner->setToolTip(
        QStringLiteral("%1 (%2)").arg(commands->toolTip(), commands->shortcut().toString(QKeySequence::NativeText)));
    corner->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    corner->setFocusPolicy(Qt::NoFocus);
    menuBar()->setCornerWidget(corner);
    QAction* keys = addCommand(menu, tr("Keys"), QKeySequence(QStringLiteral("?")),
                               tr("Every command and its key; also H"), [this] { showCheatSheet(); });
    keys->setIcon(icon(Icon::Keys));
    keys->setShortcuts({QKeySequence(QStringLiteral("?")), QKeySequence(QStringLiteral("H"))});
    addCommand(menu, tr("About"), QKeySequence(), tr("Versions"), [this] { showAbout(); })->setIcon(icon(Icon::Info));
}

void MainWindow::makeCompareMenu(QMenu* menu)
{
    addCommand(
        menu, tr("Split right"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Right),
        tr("A view beside this one: of the next run that none shows, else of the same"),
        [this] { splitView(Qt::Horizontal); }, Need::Room)
        ->setIcon(icon(Icon::SplitRight));
    addCommand(
        menu, tr("Split below"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Down),
        tr("A view below this one: of the next run that none shows, else of the same"),
        [this] { splitView(Qt::Vertical); }, Need::Room)
        ->setIcon(icon(Icon::SplitDown));
    addCommand(
        menu, tr("Compare the marked runs"), QKeySequence(QStringLiteral("Ctrl+Shift+M")),
        tr("A view for each run that is marked in the list with Ctrl or Shift"),
        [this] { compareRuns(m_runs->selected()); }, Need::Runs);
    addCommand(
        menu, tr("Compare all open runs"), QKeySequence(QStringLiteral("Ctrl+Shift+A")),
        tr("A view for each, up to nine"), [this] { compareRuns(m_runs->sessions()); }, Need::Runs);
    addCommand(
        menu, tr("Arrange in a grid"), QKeySequence(QStringLiteral("Ctrl+Shift+G")), tr("All views of one size"),
        [this] { m_views->arrange(); }, Need::Others);
    menu->addSeparator();
    addCommand(
        menu, tr("Next view"), QKeySequence(QStringLiteral("F6")), tr("The view with the next letter"),
        [this] { turnTo(1); }, Need::Others);
    addCommand(
        menu, tr("Previous view"), QKeySequence(QStringLiteral("Shift+F6")), tr("The view with the letter before"),
        [this] { turnTo(-1); }, Need::Others);
    addCommand(
        menu, tr("Close view"), QKeySequence(QStringLiteral("Ctrl+W")),
        tr("Its run stays open; steps before it cannot be undone"), [this] { closeView(current()); }, Need::Others)
        ->setIcon(icon(Icon::Close));
    addCommand(
        menu, tr("Only this view"), QKeySequence(QStringLiteral("Ctrl+Shift+W")),
        tr("Closes the others; steps before it cannot be undone"),
        [this] {
            for (LinkedView* view : std::vector(m_views->views()))
                if (view != current())
                    closeView(view);
        },
        Need::Others);
    menu->addSeparator();
    for (const Link link : allLinks) {
        QAction* action = addCommand(
            menu, tr("Link %1").arg(linkName(link)), {}, tr("As in the other linked views"), [] {}, Need::Others);
        action->setCheckable(true);
        action->setChecked(true);
        connect(action, &QAction::triggered, this, [this, link](bool on) { m_views->setLinked(current(), link, on); });
        m_linkActions.emplace_back(action, link);
    }
}

/// Greys what would do nothing now; its tip says why.
void MainWindow::updateActions()
{
    const app::PanelContent* panel = current()->panel().get();
    const bool epochs = session() && !session()->epochs().empty();
    for (const auto& [action, link] : m_linkActions)
        action->setChecked(current()->isLinked(link));
    const QString noRun = tr("Needs a run: open one first");
    for (const auto& [action, need] : m_needy) {
        QString reason;
        if (need == Need::Runs)
            reason = m_runs->sessions().size() > 1 ? QString() : tr("Needs two open runs");
        else if (!session())
            reason = noRun;
        else if (need == Need::Room)
            reason = static_cast<int>(m_views->views().size()) < mostViews
                         ? QString()
                         : tr("Needs room: there are %1 views").arg(mostViews);
        else if (need == Need::Others)
            reason = m_views->areSeveral() ? QString() : tr("Needs other views: split this one first");
        else if (need == Need::Epochs ? !epochs : !panel)
            reason = tr("Needs an epoch: none has been read yet");
        else if (need == Need::Space && panel->scene.dims != 3)
            reason = tr("Needs a view in space: this one is flat");
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason.isEmpty() ? action->statusTip() : reason);
    }
}

void MainWindow::togglePalette()
{
    if (!m_palette)
        m_palette = new CommandPalette(this);
    if (m_palette->isVisible())
        m_palette->closeList();
    else
        m_palette->open(commandsOf(*menuBar()), [this](qint64 epoch) { return goToCommand(epoch); });
}

Command MainWindow::goToCommand(std::int64_t epoch)
{
    Command command;
    const auto nearest = m_time->nearestEpoch(epoch);
    command.name = !nearest || nearest == epoch ? tr("Go to epoch %1").arg(epoch)
                                                : tr("Go to epoch %1, the nearest to %2").arg(*nearest).arg(epoch);
    command.place = tr("Time");
    command.icon = icon(Icon::Clock);
    command.enabled = nearest.has_value();
    command.tip = nearest ? tr("Shows that epoch") : tr("Needs a run: open one first");
    command.run = [this, epoch] { m_time->chooseNearest(epoch); };
    return command;
}

void MainWindow::showCheatSheet()
{
    auto* dialog = new QDialog(this);
    dialog->setObjectName(QStringLiteral("cheatSheet"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Keys"));
    auto* grid = new QGridLayout(dialog);
    grid->setContentsMargins(20, 20, 20, 20);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(8);
    std::vector<Command> listed = commandsOf(*menuBar());
    std::erase_if(listed, [](const Command& command) { return command.keys.isEmpty(); });
    const int rows = static_cast<int>(listed.size() + 1) / 2;
    for (int k = 0; k < static_cast<int>(listed.size()); ++k) {
        const Command& command = listed[static_cast<std::size_t>(k)];
        auto* keys = new QLabel(command.keys, dialog);
        keys->setProperty("role", "keys");
        auto* name = new QLabel(QString(command.name).remove(QStringLiteral("…")), dialog);
        name->setProperty("role", "value");
        auto* what = new QLabel(command.what, dialog);
        what->setProperty("role", "hint");
        const int column = k < rows ? 0 : 4;
        grid->addWidget(keys, k % rows, column, Qt::AlignLeft);
        grid->addWidget(name, k % rows, column + 1);
        grid->addWidget(what, k % rows, column + 2);
    }
    grid->setColumnMinimumWidth(3, 24);
    dialog->open();
}

void MainWindow::showAbout()
{
    auto* about = new QMessageBox(QMessageBox::NoIcon, tr("About NCScope"), QString::fromStdString(app::versionText()),
                                  QMessageBox::Close, this);
    about->setAttribute(Qt::WA_DeleteOnClose);
    about->open();
}

} // namespace nc::window

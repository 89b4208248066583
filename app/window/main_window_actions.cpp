// Every command of the window, with its key and its tip; the cheat sheet is made from the same list.

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
#include <QUndoStack>

#include "app/version.h"
#include "app/window/icons.h"
#include "app/window/main_window.h"

namespace nc::window
{

void MainWindow::makeActions()
{
    const auto add = [this](QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip, auto slot) {
        auto* action = menu->addAction(text);
        action->setShortcut(keys);
        action->setToolTip(tip);
        action->setStatusTip(tip);
        connect(action, &QAction::triggered, this, slot);
        m_listedActions.push_back(action);
        return action;
    };
    QMenu* file = menuBar()->addMenu(tr("&File"));
    add(file, tr("New run…"), QKeySequence::New, tr("Train a network and watch it"), [this] { newRun(); });
    add(file, tr("Open run folder…"), QKeySequence::Open, tr("A folder with run.h5"), [this] {
        chooseFolder();
    })->setIcon(icon(Icon::Folder));
    add(file, tr("Open run file…"), QKeySequence(QStringLiteral("Ctrl+Shift+O")), tr("One .h5 file"), [this] {
        chooseFile();
    })->setIcon(icon(Icon::Document));
    QMenu* recent = file->addMenu(tr("Open recent"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] {
        recent->clear();
        for (const QString& path : QSettings().value(QStringLiteral("recent")).toStringList())
            recent->addAction(QDir::toNativeSeparators(path), this, [this, path] { openRun(path); });
        if (recent->isEmpty())
            recent->addAction(tr("Nothing opened yet"))->setEnabled(false);
    });
    add(file, tr("Open the demo"), QKeySequence(QStringLiteral("Ctrl+D")), tr("The bundled training on FashionMNIST"),
        [this] { openDemo(); })
        ->setIcon(icon(Icon::Flask));
    file->addSeparator();
    add(file, tr("Export figure…"), QKeySequence(QStringLiteral("Ctrl+E")), tr("This view as PDF, SVG or PNG"), [this] {
        exportFigure();
    })->setIcon(icon(Icon::Export));
    add(file, tr("Copy picture"), QKeySequence(QStringLiteral("Ctrl+Shift+C")),
        tr("The view as it is, to the clipboard"), [this] { copyPicture(); })
        ->setIcon(icon(Icon::Copy));
    add(file, tr("Save picture"), QKeySequence(QStringLiteral("F12")),
        tr("The view as it is, as a PNG in the folder of pictures"), [this] { savePicture(); });
    file->addSeparator();
    add(file, tr("Quit"), QKeySequence(QStringLiteral("Ctrl+Q")), tr("Close the window"), [this] { close(); });

    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    const std::tuple<QAction*, QKeySequence, QString> steps[] = {
        {m_history->stack()->createUndoAction(this, tr("Undo")), QKeySequence(QStringLiteral("Ctrl+Z")),
         tr("Take back the last change of the view")},
        {m_history->stack()->createRedoAction(this, tr("Redo")), QKeySequence(QStringLiteral("Ctrl+Shift+Z")),
         tr("Make the change again that was taken back")},
    };
    for (const auto& [action, keys, tip] : steps) {
        action->setShortcut(keys);
        action->setToolTip(tip);
        action->setStatusTip(tip);
        edit->addAction(action);
        m_listedActions.push_back(action);
    }

    QMenu* viewMenu = menuBar()->addMenu(tr("&View"));
    add(viewMenu, tr("Filter runs"), QKeySequence::Find, tr("Type a part of a name, a state or a path"),
        [this] { m_runs->focusFilter(); });
    add(viewMenu, tr("Reset view"), QKeySequence(QStringLiteral("R")), tr("Everything fits"), [this] {
        moveView([this] { view()->resetView(); });
    })->setIcon(icon(Icon::Reset));
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
    for (const Move& move : moves)
        add(viewMenu, tr(move.text), QKeySequence(QLatin1String(move.key)), tr(move.tip), [this, move] {
            moveView([&] {
                if (move.zoom != 1)
                    view()->zoomBy(move.zoom);
                else
                    view()->turnBy(move.azimuth, move.elevation);
            });
        });
    viewMenu->addSeparator();
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
        add(viewMenu, tr(look.text), QKeySequence(QLatin1String(look.key)), tr(look.tip),
            [this, look] { lookAlong(look.azimuth, look.elevation); });
    viewMenu->addSeparator();
    m_themes = new QActionGroup(this);
    const std::pair<ThemeChoice, QString> choices[] = {{ThemeChoice::System, tr("Theme of the system")},
                                                       {ThemeChoice::Light, tr("Light")},
                                                       {ThemeChoice::Dark, tr("Dark")}};
    for (const auto& [choice, text] : choices) {
        QAction* action = viewMenu->addAction(text);
        action->setCheckable(true);
        action->setData(static_cast<int>(choice));
        m_themes->addAction(action);
        connect(action, &QAction::triggered, this, [this, c = choice] { setTheme(c); });
    }
    QAction* motion = viewMenu->addAction(tr("Reduce motion"));
    motion->setCheckable(true);
    motion->setChecked(reducedMotion());
    motion->setToolTip(tr("Views jump where they would glide"));
    connect(motion, &QAction::toggled, this, [](bool on) { setReducedMotion(on); });
    viewMenu->addSeparator();
    for (QDockWidget* dock : findChildren<QDockWidget*>())
        if (dock->objectName() != QLatin1String("time"))
            viewMenu->addAction(dock->toggleViewAction());
    add(viewMenu, tr("Hide all panels"), QKeySequence(QStringLiteral("Ctrl+\\")), tr("Only the picture, and back"),
        [this] {
            const auto docks = findChildren<QDockWidget*>();
            const bool any =
                std::any_of(docks.begin(), docks.end(), [](const QDockWidget* d) { return d->isVisible(); });
            for (QDockWidget* dock : docks)
                dock->setVisible(!any);
        });
    add(viewMenu, tr("Full screen"), QKeySequence(QStringLiteral("F11")), tr("Whole screen, and back"),
        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });

    add(viewMenu, tr("Presentation"), QKeySequence(QStringLiteral("Shift+F11")),
        tr("Only the picture and its caption, on the whole screen; Esc leaves"), [this] { present(); })
        ->setIcon(icon(Icon::Present));

    QMenu* time = menuBar()->addMenu(tr("&Time"));
    add(time, tr("Play"), QKeySequence(Qt::Key_Space), tr("Play the epochs, and stop"), [this] {
        m_time->togglePlay();
    })->setIcon(icon(Icon::Play));
    add(time, tr("Next epoch"), QKeySequence(Qt::Key_Right), tr("One recorded epoch on"), [this] {
        m_time->step(1);
    })->setIcon(icon(Icon::Next));
    add(time, tr("Previous epoch"), QKeySequence(Qt::Key_Left), tr("One recorded epoch back"), [this] {
        m_time->step(-1);
    })->setIcon(icon(Icon::Previous));
    add(time, tr("Ten on"), QKeySequence(Qt::SHIFT | Qt::Key_Right), tr("Ten recorded epochs on"),
        [this] { m_time->step(10); });
    add(time, tr("Ten back"), QKeySequence(Qt::SHIFT | Qt::Key_Left), tr("Ten recorded epochs back"),
        [this] { m_time->step(-10); });
    add(time, tr("First epoch"), QKeySequence(Qt::Key_Home), tr("The start"), [this] {
        m_time->goFirst();
    })->setIcon(icon(Icon::First));
    add(time, tr("Last epoch"), QKeySequence(Qt::Key_End), tr("The end"), [this] {
        m_time->goLast();
    })->setIcon(icon(Icon::Last));
    add(time, tr("Next mark"), QKeySequence(Qt::CTRL | Qt::Key_Right),
        tr("Learning-rate drop, zero training error or unreadable epoch"), [this] { m_time->goToMark(1); })
        ->setIcon(icon(Icon::NextMark));
    add(time, tr("Previous mark"), QKeySequence(Qt::CTRL | Qt::Key_Left), tr("The mark before"),
        [this] { m_time->goToMark(-1); });

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    QAction* keys = add(help, tr("Keys"), QKeySequence(QStringLiteral("?")), tr("Every command and its key; also H"),
                        [this] { showCheatSheet(); });
    keys->setIcon(icon(Icon::Keys));
    keys->setShortcuts({QKeySequence(QStringLiteral("?")), QKeySequence(QStringLiteral("H"))});
    add(help, tr("About"), QKeySequence(), tr("Versions"), [this] { showAbout(); })->setIcon(icon(Icon::Info));
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
    std::vector<const QAction*> listed;
    for (const QAction* action : m_listedActions)
        if (!action->shortcut().isEmpty())
            listed.push_back(action);
    const int rows = static_cast<int>(listed.size() + 1) / 2;
    for (int k = 0; k < static_cast<int>(listed.size()); ++k) {
        const QAction* action = listed[static_cast<std::size_t>(k)];
        auto* keys = new QLabel(action->shortcut().toString(QKeySequence::NativeText), dialog);
        keys->setProperty("role", "keys");
        auto* name = new QLabel(QString(action->text()).remove('&').remove(QStringLiteral("…")), dialog);
        name->setProperty("role", "value");
        auto* what = new QLabel(action->toolTip(), dialog);
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

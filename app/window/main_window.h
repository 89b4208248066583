#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <QMainWindow>

#include "app/run_session.h"
#include "app/window/inspector.h"
#include "app/window/linked_views.h"
#include "app/window/runs_panel.h"
#include "app/window/time_panel.h"
#include "app/window/ui_theme.h"
#include "app/window/view_history.h"

class QActionGroup;
class QLabel;
class QMenu;
class QStackedWidget;

namespace nc::window
{

class CommandPalette;
struct Command;
class EmptyStart;
class PlaygroundPage;
class Presentation;
class TrainingCards;

/// Puts the parts together: runs on the left, the view, the inspector on the right, time below.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    /// A run that is open already is shown. `mapping` is that of a foreign dump.
    void openRun(const QString& path, bool select = true, const std::optional<io::ForeignMapping>& mapping = {});
    void setMemoryLimit(std::size_t bytes) { m_memoryLimit = bytes; } ///< of each run that is opened from now on
    [[nodiscard]] LinkedViews* views() const { return m_views; }
    // Of the current view, as everything that the window does.
    [[nodiscard]] ViewPane* pane() const { return current()->pane(); }
    [[nodiscard]] SceneView* view() const { return current()->view(); }
    [[nodiscard]] const app::RunSession* session() const { return current()->session(); }
    [[nodiscard]] QString badgeText() const { return current()->badgeText(); }
    void goTo(std::int64_t epoch, int direction = 0);

    [[nodiscard]] TimelineWidget* timeline() const { return m_time->timeline(); }
    [[nodiscard]] TimePanel* time() const { return m_time; }
    [[nodiscard]] Inspector* inspector() const { return m_inspector; }
    void setTheme(ThemeChoice choice);
    /// Draws what is shown from now on beside the first view: other views, the presentation.
    void setBodyMaker(LinkedViews::BodyMaker maker) { m_views->setBodyMaker(std::move(maker)); }
    void setRendererNote(const QString& note); ///< why the CPU draws the view; beside who draws

protected:
    bool event(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    /// What a command needs before it can do anything.
    enum class Need { Panel, Space, Epochs, Room, Others, Runs };
    QAction* addCommand(QMenu* menu, const QString& text, const QKeySequence& keys, const QString& tip,
                        const std::function<void()>& run, std::optional<Need> need = {});
    void makeActions();
    void makeFileMenu(QMenu* menu);
    void makeEditMenu(QMenu* menu);
    void makeLookActions(QMenu* menu);
    void makeThemeActions(QMenu* menu);
    void makePanelActions(QMenu* menu);
    void makeTimeMenu(QMenu* menu);
    void makeCompareMenu(QMenu* menu);
    void makeTeachMenu(QMenu* menu);
    void makeHelpMenu(QMenu* menu);
    void makeRunsPanel();
    void makeTraining();
    void makeInspectorDock();
    void makeTimelineDock();
    void makeViews();
    void connectView(LinkedView* view);
    void makeEmptyStart();
    void makeStatusBar();

    [[nodiscard]] LinkedView* current() const { return m_views->current(); }
    void takeCurrent();
    void takeViews();
    void splitView(Qt::Orientation along, app::RunSession* session = nullptr);
    void compareRuns(const std::vector<app::RunSession*>& sessions);
    void closeView(LinkedView* view);
    void turnTo(int step);
    [[nodiscard]] std::vector<LinkedView*> viewsOf(const app::RunSession* session) const;
    [[nodiscard]] ViewState stateOf(const ViewChoice& choice) const;

    void adoptRun();
    void showPane();
    void applyChoice(const ViewChoice& choice, bool join = false);
    void lookAlong(double azimuthDeg, double elevationDeg);
    void moveView(const std::function<void()>& move);
    void restoreView(const ViewState& state, bool moved);
    void selectSession(app::RunSession* session);
    void closeSession(app::RunSession* session);
    void reloadSession(app::RunSession* session);
    void connectSession(app::RunSession* session);
    void takeNewEpochs(LinkedView* view);
    void newRun();
    void showTrainingFailure(const QString& message);
    void takeShown(bool otherClasses);
    void updateStatus();
    void showOpenFailure(const QString& path, const QString& message);
    void showAbout();
    void hideDocks(); ///< while there is nothing that they could be about
    void restoreDocks();
    void showCheatSheet();
    void togglePalette();
    [[nodiscard]] Command goToCommand(std::int64_t epoch);
    void updateActions();
    void openDemo();
    void chooseFolder();
    void chooseFile();
    void exportFigure();
    void copyPicture();
    void savePicture();
    void present();
    void showPresentedPanel();
    void togglePlayground();
    void makePlayground();
    void leavePlayground();
    [[nodiscard]] app::FigureRequest figureRequest() const;
    void rememberRecent(const QString& path);
    void replaceRecent(const QString& path, const QString& by);
    void locateRecent(const QString& path);

    QStackedWidget* m_pages = nullptr;
    EmptyStart* m_start = nullptr;
    LinkedViews* m_views = nullptr;
    QByteArray m_dockState; ///< of the docks while they are hidden; empty: they are not
    QString m_failedPath;   ///< could not be opened; tried again by the start page's button
    Inspector* m_inspector = nullptr;
    TimePanel* m_time = nullptr;
    ViewHistory* m_history = nullptr;
    RunsPanel* m_runs = nullptr;
    TrainingCards* m_cards = nullptr;
    QLabel* m_statusFit = nullptr;
    QLabel* m_statusView = nullptr;
    QLabel* m_statusTheory = nullptr;
    QLabel* m_statusMemory = nullptr;
    QLabel* m_statusFrame = nullptr;
    QActionGroup* m_themes = nullptr;
    CommandPalette* m_palette = nullptr; ///< null until it was wanted
    std::vector<std::pair<QAction*, Need>> m_needy;
    std::vector<std::pair<QAction*, Link>> m_linkActions;

    PlaygroundPage* m_playground = nullptr; ///< null until it was wanted
    QWidget* m_beforePlayground = nullptr;  ///< the page it leads back to
    QByteArray m_docksBeforePlayground;     ///< of the docks that it hides; empty: it hides none
    Presentation* m_presentation = nullptr; ///< null: none is shown
    std::size_t m_memoryLimit = io::ReadOptions().memoryLimit;
};

} // namespace nc::window

#pragma once

#include <vector>

#include <QDockWidget>
#include <QMap>

#include "app/run_session.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QListWidgetItem;
class QVBoxLayout;

namespace nc::window
{

/// How a run stands, told by shape first: ticked disc, half disc, square, exclamation
/// mark, cross in a disc.
enum class RunMark { Opening, Recorded, Running, Stopped, Crashed, Damaged };
[[nodiscard]] RunMark markOf(const app::RunSession& session);
/// "recorded", "running" …: the word beside the shape.
[[nodiscard]] QString markText(RunMark mark);

/// The open runs: filter, list, and the ways to open more. Lists sessions, owns none; closing never touches a file.
class RunsPanel : public QDockWidget
{
    Q_OBJECT

public:
    explicit RunsPanel(QWidget* parent = nullptr);

    void add(app::RunSession* session); ///< at the end, not chosen; follows the session's signals from now on
    void remove(app::RunSession* session);
    void choose(app::RunSession* session);
    /// Marks it as the one that is shown, without a signal; null: none.
    void mark(app::RunSession* session);
    [[nodiscard]] app::RunSession* chosen() const; ///< null where none is
    /// Which views show them: letters by path.
    void setLetters(const QMap<QString, QString>& letters);
    /// Those that are marked with Ctrl or Shift, as listed.
    [[nodiscard]] std::vector<app::RunSession*> selected() const;
    [[nodiscard]] app::RunSession* find(const QString& absolutePath) const;
    [[nodiscard]] std::vector<app::RunSession*> sessions() const; ///< as listed, filtered ones too
    [[nodiscard]] int shownCount() const;                         ///< that pass the filter
    void focusFilter();

    /// Puts a widget between the list and the buttons.
    void addBelowList(QWidget* widget);

Q_SIGNALS:
    void runChosen(nc::app::RunSession* session);
    void compareAsked(const std::vector<nc::app::RunSession*>& sessions); ///< one: with what is shown
    void closeAsked(nc::app::RunSession* session);
    void reloadAsked(nc::app::RunSession* session);
    void folderAsked();
    void fileAsked();
    void newRunAsked();

private:
    QWidget* makeButtons(QWidget* parent);
    void makeList(QWidget* parent);
    void showMenu(const QPoint& at);
    void takeCurrent(app::RunSession* session);
    void update(app::RunSession* session);
    void shortenNames();
    void applyFilter();
    [[nodiscard]] QListWidgetItem* itemOf(const app::RunSession* session) const;

    app::RunSession* m_chosen = nullptr;
    QMap<QString, QString> m_letters;
    QLabel* m_count = nullptr;
    QLineEdit* m_filter = nullptr;
    QListWidget* m_list = nullptr;
    QVBoxLayout* m_column = nullptr;
};

} // namespace nc::window

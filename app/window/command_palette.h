#pragma once

#include <functional>

#include <QFrame>
#include <QPointer>

#include "app/window/command_list.h"

class QLabel;
class QLineEdit;
class QListView;
class QStandardItemModel;

namespace nc::window
{

/// Every command in one list over the window, searched by typing: Up, Down and Enter choose, Esc or the focus elsewhere
/// closes. What is chosen runs after it has closed and the focus is back where it was.
class CommandPalette : public QFrame
{
    Q_OBJECT

public:
    /// What a number means that was typed, above the commands; nothing where it means nothing.
    using NumberCommand = std::function<std::optional<Command>(qint64)>;

    explicit CommandPalette(QWidget* window);

    void open(std::vector<Command> commands, NumberCommand ofNumber);
    void closeList();
    /// What is listed now, best match first.
    [[nodiscard]] const std::vector<Command>& listed() const { return m_listed; }
    [[nodiscard]] int currentRow() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showMatches();
    void showTip();
    void place();
    void move(int rows, bool around);
    void run(int row);
    [[nodiscard]] bool takeKey(int key);

    std::vector<Command> m_commands, m_listed;
    NumberCommand m_ofNumber;
    QLineEdit* m_search = nullptr;
    QListView* m_list = nullptr;
    QStandardItemModel* m_model = nullptr;
    QLabel* m_tip = nullptr; ///< of the current command
    QPointer<QWidget> m_focusBefore;
};

} // namespace nc::window

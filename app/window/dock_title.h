#pragma once

#include <QWidget>

class QDockWidget;
class QLabel;

namespace nc::window
{

/// The title of a dock: its name, a note beside it, and a button that closes it (the View menu brings it back).
class DockTitle : public QWidget
{
    Q_OBJECT

public:
    explicit DockTitle(QDockWidget* dock);
    [[nodiscard]] QLabel* note() const { return m_note; }

private:
    QLabel* m_note = nullptr;
};

} // namespace nc::window

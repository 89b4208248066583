#pragma once

#include <QFrame>

class QLabel;
class QPushButton;
class QToolButton;

namespace nc::window
{

/// One failure as it is told to the user.
struct Failure {
    QString message; ///< what: why: where, one sentence as the program's errors are
    QString instead; ///< what is shown meanwhile; may be empty
    bool retry = false;
    QString skip; ///< text of the button that goes on without it; empty: none
};

/// A bar above the view it concerns: what, where, why, and the next step. Pushes the view down, never covers it.
class ErrorBar : public QFrame
{
    Q_OBJECT

public:
    explicit ErrorBar(QWidget* parent = nullptr);

    void showFailure(const Failure& failure);
    [[nodiscard]] const Failure& failure() const { return m_failure; }

Q_SIGNALS:
    void retryWanted();
    void skipWanted();

private:
    Failure m_failure;
    QLabel *m_sign = nullptr, *m_title = nullptr, *m_text = nullptr;
    QPushButton *m_retry = nullptr, *m_skip = nullptr;
};

} // namespace nc::window

#pragma once

#include <QFrame>
#include <QPointer>

#include "app/run_session.h"
#include "app/training.h"

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace nc::window
{

/// "47 min", "1 h 20 min", "35 s": a time to wait, rounded to what one can believe.
[[nodiscard]] QString waitText(double seconds);

/// "5 120 img/s"; without pictures (an unconstrained features model) "5 120 rows/s".
[[nodiscard]] QString speedText(const QString& count, bool hasPictures);

/// One training: how far, how fast, what it says; how it ended and what can be done then.
class RunCard : public QFrame
{
    Q_OBJECT

public:
    explicit RunCard(app::Training* training, QWidget* parent = nullptr); ///< takes the training over

    /// The open run of the same folder: says what the log does not.
    void setSession(app::RunSession* session);
    [[nodiscard]] app::Training* training() const { return m_training; }

Q_SIGNALS:
    void dismissed();
    void failed(const QString& message);

protected:
    void changeEvent(QEvent* event) override;

private:
    void update();
    void showRunning();
    void showEnded();
    void showButtons();
    QPushButton* addButton(QHBoxLayout* row, const QString& text, const QString& tip);
    void showLog();
    [[nodiscard]] QString title() const;

    app::Training* m_training;
    QPointer<app::RunSession> m_session;
    std::int64_t m_epochs = 0, m_batchSize = 0; ///< of the run's configuration; 0: not known
    bool m_hasPictures = true;
    QWidget* m_glyph = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_share = nullptr;
    QProgressBar* m_bar = nullptr;
    QLabel *m_epoch = nullptr, *m_wait = nullptr, *m_loss = nullptr, *m_speed = nullptr;
    QLabel *m_how = nullptr, *m_why = nullptr, *m_lines = nullptr;
    QPushButton *m_stop = nullptr, *m_snapshot = nullptr, *m_resume = nullptr, *m_log = nullptr, *m_folder = nullptr;
    QToolButton* m_dismiss = nullptr;
    std::int64_t m_snapshotAsked = -1; ///< in which epoch; -1: not
};

} // namespace nc::window

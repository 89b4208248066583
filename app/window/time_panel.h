#pragma once

#include <QBasicTimer>
#include <QWidget>

#include "app/run_session.h"
#include "app/window/timeline_widget.h"

class QHBoxLayout;
class QLabel;
class QSpinBox;
class QToolButton;

namespace nc::window
{

/// Time of the shown run: transport, playing, and the timeline below it. Says where the user wants to be; who owns the
/// panel goes there and answers with setEpoch().
class TimePanel : public QWidget
{
    Q_OBJECT

public:
    explicit TimePanel(QWidget* parent = nullptr);

    /// Whose time is shown; null: nobody's. Stops playing.
    void setSession(const app::RunSession* session);
    /// Epochs, curves, marks and what is in memory, read off the session anew.
    void refresh();
    void setEpoch(std::int64_t epoch); ///< no signal

    void step(int count); ///< recorded epochs on or back, stops at the ends
    void goFirst();
    void goLast();
    void togglePlay();
    [[nodiscard]] bool isPlaying() const { return m_playTimer.isActive(); }
    [[nodiscard]] TimelineWidget* timeline() const { return m_timeline; }

Q_SIGNALS:
    /// `direction`: -1, 0 or 1, the way of travel.
    void epochChosen(qint64 epoch, int direction);

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    void makeTransport(QHBoxLayout* row);
    [[nodiscard]] bool hasEpochs() const { return m_session && !m_session->epochs().empty(); }
    void chooseNearest(std::int64_t epoch);

    const app::RunSession* m_session = nullptr;
    std::int64_t m_epoch = 0;
    bool m_loop = true;
    QBasicTimer m_playTimer;
    QToolButton* m_play = nullptr;
    QSpinBox* m_epochBox = nullptr;
    QLabel* m_lastEpoch = nullptr;
    TimelineWidget* m_timeline = nullptr;
};

} // namespace nc::window

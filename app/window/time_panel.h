#pragma once

#include <QBasicTimer>
#include <QWidget>

#include "app/run_session.h"
#include "app/window/time_choice.h"

class QAction;
class QButtonGroup;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QMenu;
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

    /// Whose time is shown; null: nobody's. Another's: playing stops, or goes on there.
    void setSession(const app::RunSession* session, bool playsOn = false);
    /// Runs whose curves stand in the same lanes, with the place of their line. `place`: that of the shown run, -1
    /// where there are no others.
    struct Compared {
        const app::RunSession* session = nullptr;
        int place = 0;
    };
    void setCompared(std::vector<Compared> others, int place);
    void refreshCompared(); ///< soon; their curves grow
    /// Epochs, curves, marks and what is in memory, read off the session anew.
    void refresh();
    void setEpoch(std::int64_t epoch); ///< no signal

    [[nodiscard]] const TimeChoice& choice() const { return m_choice; }
    void setChoice(const TimeChoice& choice);

    void step(int count);                   ///< recorded epochs on or back, stops at the ends
    void chooseNearest(std::int64_t epoch); ///< the recorded epoch nearest to it, if there is one
    [[nodiscard]] std::optional<std::int64_t> nearestEpoch(std::int64_t epoch) const;
    void goFirst();
    void goLast();
    void goToMark(int direction); ///< the next mark that way, if there is one
    void togglePlay();
    [[nodiscard]] bool isPlaying() const { return m_playTimer.isActive(); }
    [[nodiscard]] double epochsPerSecond() const;
    /// "reading epoch 5, shown is 3" while the wanted epoch is not there; else empty.
    [[nodiscard]] QString waitingText() const;
    [[nodiscard]] TimelineWidget* timeline() const { return m_timeline; }

Q_SIGNALS:
    /// `direction`: -1, 0 or 1, the way of travel.
    void epochChosen(qint64 epoch, int direction);
    void choiceChanged(); ///< by the user

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    void makeTransport(QHBoxLayout* row);
    void makeChoices(QHBoxLayout* row);
    void makeSpeeds(QHBoxLayout* row);
    [[nodiscard]] bool hasEpochs() const { return m_session && !m_session->epochs().empty(); }
    [[nodiscard]] bool isWaiting() const;
    void fillCurveMenu();
    void showLanes();
    void updateState();
    void restartTimer();
    void readOthers();

    const app::RunSession* m_session = nullptr;
    std::int64_t m_epoch = 0;
    TimeChoice m_choice;
    std::vector<Compared> m_others;
    std::vector<std::int64_t> m_otherEpochs; ///< of all of them, ascending
    std::vector<std::vector<TimelineWidget::Lane>> m_otherLanes;
    QBasicTimer m_otherTimer;
    std::vector<TimelineWidget::Lane> m_lanes; ///< all there are; the timeline shows the chosen ones
    QBasicTimer m_playTimer;
    QToolButton *m_play = nullptr, *m_loop = nullptr, *m_curves = nullptr;
    QComboBox* m_speed = nullptr;
    QButtonGroup* m_axis = nullptr;
    QMenu* m_curveMenu = nullptr;
    QSpinBox* m_epochBox = nullptr;
    QLabel *m_lastEpoch = nullptr, *m_state = nullptr;
    TimelineWidget* m_timeline = nullptr;
};

} // namespace nc::window

#pragma once

#include <functional>
#include <vector>

#include <QWidget>

#include "app/playground.h"

class QButtonGroup;
class QCheckBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace nc::window
{

class ValueSlider;

/// The playground's left side: sliders, loss, pair, what is shown, steps to try.
class PlaygroundControls : public QWidget
{
    Q_OBJECT

public:
    explicit PlaygroundControls(QWidget* parent = nullptr);
    void setState(const app::PlaygroundState& state);
    void setSweeping(bool on);
    void setRunNote(const QString& words); ///< what reading beta off a run came to
    [[nodiscard]] ValueSlider* lambda() const { return m_lambda; }

Q_SIGNALS:
    /// By the user. `slider`: a number, of which a drag makes many steps that are one; 0: none.
    void stateChosen(const nc::app::PlaygroundState& state, int slider);
    void released();
    void sweepWanted();
    void runBetaWanted();

private:
    void addHead(QVBoxLayout* column);
    void addSliders(QVBoxLayout* column);
    void addSegments(QVBoxLayout* column);
    void addShow(QVBoxLayout* column);
    void addSteps(QVBoxLayout* column);
    [[nodiscard]] QWidget* makeFoot();
    void choose(const std::function<void(app::PlaygroundState&)>& change, int slider = 0);
    void updateChecks();

    app::PlaygroundState m_state;
    ValueSlider *m_lambda = nullptr, *m_classes = nullptr, *m_beta = nullptr, *m_alpha = nullptr,
                *m_smoothing = nullptr;
    QButtonGroup *m_loss = nullptr, *m_pair = nullptr;
    struct Shown {
        QCheckBox* check;
        bool app::PlaygroundState::*flag;
        std::string (*absent)(const app::PlaygroundState&); ///< null: always there
        QString tip;
    };
    std::vector<Shown> m_shown;
    std::vector<QPushButton*> m_steps;
    QPushButton* m_sweep = nullptr;
    QLabel* m_runNote = nullptr;
};

} // namespace nc::window

#pragma once

#include <memory>
#include <vector>

#include <QWidget>

#include "app/run_session.h"
#include "app/window/sample_sheet.h"
#include "app/window/view_choice.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QGridLayout;
class QLabel;
class QSlider;
class QSpinBox;
class QToolButton;
class QVBoxLayout;

namespace nc::window
{

class RangeSlider;

/// The right-hand panel: every control changes the picture at once.
class Inspector : public QWidget
{
    Q_OBJECT

public:
    explicit Inspector(QWidget* parent = nullptr);

    /// Which classes there are and which are seen; gives up what the run cannot serve, disables it and says why.
    void showRun(const io::RunSummary& summary, const app::PanelContent* panel);
    /// "What am I seeing": the figures of the epoch.
    void showEpoch(std::int64_t epoch, const app::PanelContent* panel, const MetricEntry* clean);
    /// The hovered or pinned sample; none: how to get one.
    void showSample(const std::optional<SampleFacts>& facts);

    [[nodiscard]] const ViewChoice& choice() const { return m_choice; }
    void setChoice(const ViewChoice& choice);

Q_SIGNALS:
    void requestChanged(); ///< other rows or another basis: the panels are made anew
    void styleChanged();   ///< the same panels, drawn otherwise
    void sliderReleased(); ///< what changes from here on is another step

private:
    QVBoxLayout* addSection(const QString& title);
    void addViewSection();
    void addColourSection();
    void addLambdaRange(QVBoxLayout* section);
    void addPointSize(QVBoxLayout* section);
    void addShowSection();
    void addSeeingSection();
    void addSampleSection();
    void updateControls();
    void dropThird();
    void updateThird();
    void toggleClass(Index index, bool on);
    QWidget* makeBasisEpochControls();
    void chooseFixedEpoch(std::int64_t epoch);
    void updateReasons(const app::PanelContent* panel);

    ViewChoice m_choice;
    std::optional<io::RunSummary> m_run;
    std::int64_t m_epoch = 0; ///< that is shown
    std::vector<QString> m_classNames;
    std::vector<Index> m_seenClasses; ///< what the panel shows, whoever chose it
    QVBoxLayout* m_sections = nullptr;
    QButtonGroup* m_shapes = nullptr;
    QButtonGroup* m_basisEpochs = nullptr;
    QSpinBox* m_fixedEpoch = nullptr;
    QComboBox* m_basis = nullptr;
    QComboBox* m_third = nullptr;
    QLabel* m_basisNote = nullptr;
    QComboBox* m_colorBy = nullptr;
    QLabel* m_colourNote = nullptr;
    RangeSlider* m_lambda = nullptr;
    QLabel* m_lambdaText = nullptr;
    QSlider* m_pointSize = nullptr;
    QLabel* m_pointSizeText = nullptr;
    QToolButton* m_pointSizeAuto = nullptr;
    QWidget* m_classBox = nullptr;
    QGridLayout* m_classGrid = nullptr;
    std::vector<QCheckBox*> m_classChecks;
    std::vector<std::pair<scene::Layer, QCheckBox*>> m_layers;
    QLabel* m_layersNote = nullptr;
    QLabel* m_seeingNote = nullptr;
    struct FigureRow {
        const char *head, *metric; ///< metric: dotted name
        QLabel *headLabel, *what, *value;
    };
    std::vector<FigureRow> m_figures;
    QLabel* m_seeingText = nullptr;
    QLabel* m_noSample = nullptr;
    SampleSheet* m_sample = nullptr;
};

} // namespace nc::window

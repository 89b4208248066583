#pragma once

#include <string>
#include <vector>

#include <QDialog>

#include "core/config/train_config.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace nc::window
{

class ConfigForm;
class TrialTime;

/// The form that starts a training: a preset, what it may be changed to, and what will happen.
class NewRunDialog : public QDialog
{
    Q_OBJECT

public:
    explicit NewRunDialog(QWidget* parent = nullptr);

    [[nodiscard]] ConfigForm* form() const { return m_form; }
    void choosePreset(const QString& name);
    [[nodiscard]] QString folder() const;
    void setFolder(const QString& folder);
    /// Words after `ncscope train` and `ncscope-train` alike: the preset, every field that differs, the folder.
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] QString command() const; ///< the same as one types it in a shell
    /// Why it cannot be started, in words; empty where it can.
    [[nodiscard]] QString obstacle() const;

Q_SIGNALS:
    /// Start was pressed; the dialog closes itself.
    void startAsked(const QString& folder, const std::vector<std::string>& words);

private:
    QWidget* makePresets();
    QWidget* makePlace();
    QWidget* makeEstimate();
    QWidget* makeFooter();
    void update();
    void updateEstimate();
    void lookIntoFile();
    void noteData();
    [[nodiscard]] QString placeProblem() const;
    [[nodiscard]] std::vector<std::string> trainingWords() const; ///< without the place
    [[nodiscard]] QString configObstacle() const;                 ///< without the place

    QComboBox* m_presets = nullptr;
    QLabel* m_presetSummary = nullptr;
    std::string m_preset;
    ConfigForm* m_form = nullptr;
    QLineEdit* m_folder = nullptr;
    QLabel* m_placeNote = nullptr;
    std::string m_looked;     ///< the file of pictures that was looked into last
    QString m_lookFailed;     ///< why it cannot be trained on
    bool m_ownFolder = false; ///< typed by the user: another preset does not rename it
    QWidget* m_density = nullptr;
    std::vector<std::pair<QLabel*, QLabel*>> m_estimate; ///< value and its second line
    TrialTime* m_trial = nullptr;
    QLabel* m_obstacle = nullptr;
    QPushButton* m_start = nullptr;
};

} // namespace nc::window

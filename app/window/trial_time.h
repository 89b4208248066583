#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QWidget>

class QLabel;
class QProcess;
class QProgressBar;
class QPushButton;

namespace nc::window
{

/// How long a training will take: asks the trainer to take some steps of it (`--dry-run`), in a process of its own,
/// when the user wants to know. Says that it is at it, and can be told to leave it.
class TrialTime : public QWidget
{
    Q_OBJECT

public:
    explicit TrialTime(QWidget* parent = nullptr);
    ~TrialTime() override;

    /// The training as words for the trainer, and its epochs. What was measured of another one is forgotten. An
    /// `obstacle` says why it cannot be tried; empty where it can.
    void setTraining(const std::vector<std::string>& words, std::int64_t epochs, const QString& obstacle);
    [[nodiscard]] bool isMeasuring() const { return m_process != nullptr; }

private:
    void measure();
    void cancel();
    void end();
    void take(const std::string& answer, const QString& said);
    void show(const QString& value, const QString& second);
    void update();

    std::vector<std::string> m_words;
    std::int64_t m_epochs = 0;
    QString m_obstacle;
    std::unique_ptr<QProcess> m_process; ///< null: nothing is being measured
    QLabel *m_value = nullptr, *m_second = nullptr;
    QProgressBar* m_bar = nullptr;
    QPushButton* m_button = nullptr;
};

} // namespace nc::window

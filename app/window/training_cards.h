#pragma once

#include <vector>

#include <QWidget>

#include "app/window/run_card.h"

class QVBoxLayout;

namespace nc::window
{

/// The trainings that this window knows of, a card each: those it started, and those it finds in open runs.
class TrainingCards : public QWidget
{
    Q_OBJECT

public:
    explicit TrainingCards(QWidget* parent = nullptr);

    /// Shows a card while a training writes to the run, or when it ended badly. Whoever started it.
    void follow(app::RunSession* session);
    /// Starts ncscope-train; the words are those after the program's name.
    [[nodiscard]] Result<void> launch(const std::filesystem::path& folder, const std::vector<std::string>& words);
    [[nodiscard]] RunCard* cardOf(const std::filesystem::path& folder) const; ///< null where there is none
    [[nodiscard]] const std::vector<RunCard*>& cards() const { return m_cards; }

Q_SIGNALS:
    void runAppeared(const QString& folder); ///< a started training made its run: it can be opened
    void failed(const QString& message);

private:
    RunCard* add(app::Training* training);
    void removeCard(RunCard* card);
    void lookAt(app::RunSession* session);

    QVBoxLayout* m_column;
    std::vector<RunCard*> m_cards;
};

} // namespace nc::window

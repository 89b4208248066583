#include "app/window/training_cards.h"

#include <algorithm>

#include <QVBoxLayout>

#include "app/program_files.h"

namespace nc::window
{

TrainingCards::TrainingCards(QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(8, 0, 8, 0);
    m_column->setSpacing(8);
    hide();
}

RunCard* TrainingCards::cardOf(const std::filesystem::path& folder) const
{
    const auto found = std::find_if(m_cards.begin(), m_cards.end(), [&](const RunCard* card) {
        return card->training()->folder() == folder.lexically_normal();
    });
    return found == m_cards.end() ? nullptr : *found;
}

void TrainingCards::follow(app::RunSession* session)
{
    connect(session, &app::RunSession::opened, this, [this, session] { lookAt(session); });
    connect(session, &app::RunSession::epochsChanged, this, [this, session] { lookAt(session); });
}

void TrainingCards::lookAt(app::RunSession* session)
{
    const std::filesystem::path folder = session->path().toStdString();
    RunCard* card = cardOf(folder);
    if (card) {
        card->setSession(session);
        return;
    }
    if (!session->summary() || session->summary()->state == "finished")
        return;
    auto* training = new app::Training(folder, this);
    if (training->isActive() || training->phase() == app::Training::Phase::Crashed)
        add(training)->setSession(session);
    else
        delete training;
}

Result<void> TrainingCards::launch(const std::filesystem::path& folder, const std::vector<std::string>& words)
{
    auto* training = new app::Training(folder, this);
    std::vector<std::string> all{app::trainerProgram().string()};
    all.insert(all.end(), words.begin(), words.end());
    if (Result<void> started = training->start(all); !started) {
        delete training;
        return started;
    }
    if (RunCard* before = cardOf(folder))
        removeCard(before);
    add(training);
    connect(training, &app::Training::changed, this, [this, training, told = false]() mutable {
        if (told || training->phase() == app::Training::Phase::Starting)
            return;
        std::error_code code;
        told = std::filesystem::exists(training->folder() / "run.h5", code);
        if (told)
            Q_EMIT runAppeared(QString::fromStdString(training->folder().string()));
    });
    return {};
}

RunCard* TrainingCards::add(app::Training* training)
{
    auto* card = new RunCard(training, this);
    m_cards.push_back(card);
    m_column->addWidget(card);
    connect(card, &RunCard::failed, this, &TrainingCards::failed);
    connect(card, &RunCard::dismissed, this, [this, card] { removeCard(card); });
    show();
    return card;
}

void TrainingCards::removeCard(RunCard* card)
{
    std::erase(m_cards, card);
    card->hide();
    card->deleteLater();
    setVisible(!m_cards.empty());
}

} // namespace nc::window

#include "app/window/trial_time.h"

#include <cmath>

#include <QDateTime>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QProcess>
#include <QProgressBar>
#include <QPushButton>

#include <nlohmann/json.hpp>

#include "app/program_files.h"
#include "app/text.h"
#include "app/window/run_card.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

using Json = nlohmann::json;

/// "today at 17:10", "on 3 May".
QString whenText(const QDateTime& time)
{
    const qint64 days = QDate::currentDate().daysTo(time.date());
    const QString clock = time.time().toString(QStringLiteral("HH:mm"));
    if (days == 0)
        return TrialTime::tr("today at %1").arg(clock);
    if (days == 1)
        return TrialTime::tr("tomorrow at %1").arg(clock);
    return TrialTime::tr("on %1").arg(QLocale::c().toString(time.date(), QStringLiteral("d MMMM")));
}

/// "\nof which recording 14 %: …" of the answer's `recording`; empty where it has none.
QString recordingText(const Json& recording)
{
    if (!recording.is_object())
        return {};
    const double share = recording.value("share", 0.0);
    if (share == 0 && recording.value("beside", false))
        return TrialTime::tr("\nrecording beside it, on idle cores");
    QString text = TrialTime::tr("\nof which recording %1 %").arg(std::lround(100 * share));
    if (recording.contains("advice") && recording["advice"].is_string())
        text += QStringLiteral(": ") + QString::fromStdString(recording["advice"].get<std::string>());
    return text;
}

} // namespace

TrialTime::TrialTime(QWidget* parent)
    : QWidget(parent)
{
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(4);
    m_value = new QLabel(this);
    m_value->setObjectName(QStringLiteral("trialTime"));
    m_value->setProperty("role", "value");
    m_second = new QLabel(this);
    m_second->setObjectName(QStringLiteral("trialHint"));
    m_second->setProperty("role", "hint");
    m_second->setFont(uiFont(11));
    m_second->setWordWrap(true);
    m_second->setAlignment(Qt::AlignRight);
    m_bar = new QProgressBar(this);
    m_bar->setRange(0, 0);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(4);
    m_bar->setAccessibleName(tr("Taking trial steps"));
    m_button = new QPushButton(this);
    m_button->setObjectName(QStringLiteral("measure"));
    m_button->setProperty("role", "small");
    m_button->setAutoDefault(false);
    grid->addWidget(new QLabel(tr("Time"), this), 0, 0);
    grid->addWidget(m_value, 0, 1, Qt::AlignRight);
    grid->addWidget(m_button, 0, 2);
    grid->setColumnStretch(1, 1);
    grid->addWidget(m_second, 1, 0, 1, 3);
    grid->addWidget(m_bar, 2, 0, 1, 3);
    connect(m_button, &QPushButton::clicked, this, [this] { isMeasuring() ? cancel() : measure(); });
    show(QStringLiteral("—"), {});
    update();
}

TrialTime::~TrialTime()
{
    cancel();
}

void TrialTime::setTraining(const std::vector<std::string>& words, std::int64_t epochs, const QString& obstacle)
{
    const bool other = words != m_words;
    m_words = words;
    m_epochs = epochs;
    m_obstacle = obstacle;
    if (other || !obstacle.isEmpty()) {
        cancel();
        show(QStringLiteral("—"), {});
    }
    update();
}

void TrialTime::measure()
{
    m_process = std::make_unique<QProcess>();
    QStringList words;
    for (const std::string& word : m_words)
        words << QString::fromStdString(word);
    words << QStringLiteral("--dry-run") << QStringLiteral("--json");
    connect(m_process.get(), &QProcess::finished, this, &TrialTime::end);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            end();
    });
    show(tr("measuring…"), tr("a few steps of this training"));
    m_process->start(QString::fromStdString(app::trainerProgram().string()), words, QIODevice::ReadOnly);
    update();
}

void TrialTime::cancel()
{
    if (!m_process)
        return;
    m_process->disconnect(this);
    m_process->kill();
    m_process->waitForFinished(1000); // killed: at once
    m_process.reset();
    show(QStringLiteral("—"), {});
    update();
}

void TrialTime::end()
{
    take(m_process->readAllStandardOutput().toStdString(), QString::fromUtf8(m_process->readAllStandardError()));
    m_process.release()->deleteLater(); // this is its own signal
    update();
}

void TrialTime::take(const std::string& answer, const QString& said)
{
    const Json document = Json::parse(answer, nullptr, false);
    if (!document.is_object() || !document.contains("seconds_per_epoch")) {
        show(tr("unknown"), said.trimmed().section('\n', -1));
        return;
    }
    if (!document["seconds_per_epoch"].is_number()) {
        const Json why = document.value("unavailable", Json::object());
        show(tr("unknown"), QString::fromStdString(why.value("seconds_per_epoch", "")));
        return;
    }
    const double perEpoch = document["seconds_per_epoch"].get<double>();
    const Json recording = document.value("recording", Json());
    const double share = recording.is_object() ? recording.value("share", 0.0) : 0;
    const double all = perEpoch * static_cast<double>(m_epochs) / (1 - share);
    const Json trial = document.value("trial", Json::object());
    const std::string perSecond = trial.contains("images_per_second") && trial["images_per_second"].is_number()
                                      ? app::groupedNumber(std::lround(trial["images_per_second"].get<double>()))
                                      : "?";
    const Json kind = document.value("/config/network/kind"_json_pointer, Json());
    const QString speed = speedText(QString::fromStdString(perSecond), kind != "ufm");
    show(tr("about %1").arg(waitText(all)),
         tr("%1 an epoch · %2 on %3%4\ndone %5")
             .arg(waitText(perEpoch), speed, QString::fromStdString(trial.value("device", std::string("?"))),
                  recordingText(recording), whenText(QDateTime::currentDateTime().addSecs(std::lround(all)))));
}

void TrialTime::show(const QString& value, const QString& second)
{
    m_value->setText(value);
    m_second->setText(second);
    m_second->setVisible(!second.isEmpty());
}

void TrialTime::update()
{
    m_bar->setVisible(isMeasuring());
    m_button->setText(isMeasuring() ? tr("Cancel") : tr("Measure"));
    m_button->setEnabled(m_obstacle.isEmpty());
    m_button->setToolTip(!m_obstacle.isEmpty() ? m_obstacle
                         : isMeasuring()       ? tr("Leaves it")
                                               : tr("Takes some steps of this training, for a few seconds"));
}

} // namespace nc::window

#include "app/window/run_card.h"

#include <cmath>

#include <QClipboard>
#include <QDesktopServices>
#include <QDialog>
#include <QEvent>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>
#include <QUrl>

#include "app/text.h"
#include "app/window/icons.h"
#include "app/window/run_list_delegate.h"
#include "app/window/ui_theme.h"
#include "core/config/train_config.h"

namespace nc::window
{

namespace
{

using Phase = app::Training::Phase;

constexpr int barSteps = 1000, shownLines = 2;

RunMark markOf(Phase phase)
{
    switch (phase) {
    case Phase::Starting:
        return RunMark::Opening;
    case Phase::Running:
    case Phase::Stopping:
        return RunMark::Running;
    case Phase::Stopped:
        return RunMark::Stopped;
    case Phase::Finished:
        return RunMark::Recorded;
    case Phase::Crashed:
        break;
    }
    return RunMark::Crashed;
}

class MarkGlyph : public QWidget
{
public:
    MarkGlyph(const app::Training* training, QWidget* parent)
        : QWidget(parent)
        , m_training(training)
    {
        setFixedSize(14, 14);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        paintRunMark(painter, QRectF(rect()), markOf(m_training->phase()));
    }

private:
    const app::Training* m_training;
};

/// A label that gives way instead of widening the dock, with the whole text as its tip.
class ElidedLabel : public QLabel
{
public:
    using QLabel::QLabel;
    [[nodiscard]] QSize minimumSizeHint() const override { return {20, QLabel::minimumSizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        if (property("role") == QLatin1String("log")) {
            painter.setPen(toQColor(currentTheme().line));
            painter.setBrush(toQColor(currentTheme().canvas));
            painter.drawRoundedRect(rect().adjusted(0, 0, -1, -1), 3, 3);
        }
        painter.setPen(palette().color(foregroundRole()));
        const QStringList lines = text().split('\n');
        const int height = fontMetrics().lineSpacing();
        const QRect inside = contentsRect();
        for (qsizetype k = 0; k < lines.size(); ++k)
            painter.drawText(QRect(inside.left(), inside.top() + static_cast<int>(k) * height, inside.width(), height),
                             Qt::AlignLeft | Qt::AlignVCenter,
                             fontMetrics().elidedText(lines[k], Qt::ElideRight, inside.width()));
    }
};

QLabel* valueLabel(QWidget* parent, Qt::Alignment alignment)
{
    auto* label = new QLabel(parent);
    label->setAlignment(alignment);
    label->setTextFormat(Qt::RichText);
    return label;
}

QString strong(const QString& text)
{
    return QStringLiteral("<span style='font-weight:500'>%1</span>").arg(text.toHtmlEscaped());
}

} // namespace

QString speedText(const QString& count, bool hasPictures)
{
    return (hasPictures ? RunCard::tr("%1 img/s") : RunCard::tr("%1 rows/s")).arg(count);
}

QString waitText(double seconds)
{
    if (seconds < 90)
        return RunCard::tr("%1 s").arg(std::lround(seconds));
    const long minutes = std::lround(seconds / 60);
    if (minutes < 90)
        return RunCard::tr("%1 min").arg(minutes);
    return RunCard::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

RunCard::RunCard(app::Training* training, QWidget* parent)
    : QFrame(parent)
    , m_training(training)
{
    training->setParent(this);
    setProperty("role", "card");
    setObjectName(QStringLiteral("runCard"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(10, 8, 10, 8);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(4);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    m_glyph = new MarkGlyph(training, this);
    m_title = new ElidedLabel(this);
    m_title->setProperty("role", "value");
    m_share = valueLabel(this, Qt::AlignRight);
    m_dismiss = new QToolButton(this);
    m_dismiss->setObjectName(QStringLiteral("dismiss"));
    m_dismiss->setIcon(icon(Icon::Close));
    m_dismiss->setToolTip(tr("Puts the card away; the run stays as it is"));
    m_dismiss->setAccessibleName(tr("Close"));
    head->addWidget(m_glyph);
    head->addWidget(m_title, 1);
    head->addWidget(m_share);
    head->addWidget(m_dismiss);
    grid->addLayout(head, 0, 0, 1, 2);
    m_bar = new QProgressBar(this);
    m_bar->setRange(0, barSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(4);
    grid->addWidget(m_bar, 1, 0, 1, 2);
    m_epoch = valueLabel(this, Qt::AlignLeft);
    m_wait = valueLabel(this, Qt::AlignRight);
    m_loss = valueLabel(this, Qt::AlignLeft);
    m_speed = valueLabel(this, Qt::AlignRight);
    grid->addWidget(m_epoch, 2, 0);
    grid->addWidget(m_wait, 2, 1);
    grid->addWidget(m_loss, 3, 0);
    grid->addWidget(m_speed, 3, 1);
    m_how = new QLabel(this);
    m_how->setObjectName(QStringLiteral("howItEnded"));
    m_how->setWordWrap(true);
    m_why = new QLabel(this);
    m_why->setObjectName(QStringLiteral("whyItEnded"));
    m_why->setProperty("role", "hint");
    m_why->setWordWrap(true);
    m_why->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QLabel* label : {m_how, m_why}) { // the width is the dock's to say
        QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
        policy.setHeightForWidth(true);
        label->setSizePolicy(policy);
    }
    m_lines = new ElidedLabel(this);
    m_lines->setProperty("role", "log");
    m_lines->setFont(uiFont(11));
    m_lines->setContentsMargins(8, 5, 8, 5);
    grid->addWidget(m_how, 4, 0, 1, 2);
    grid->addWidget(m_why, 5, 0, 1, 2);
    grid->addWidget(m_lines, 6, 0, 1, 2);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    m_stop = addButton(row, tr("Stop"), {});
    m_snapshot = addButton(row, tr("Snapshot now"), {});
    m_resume = addButton(row, tr("Resume"), tr("Goes on from the last checkpoint"));
    m_log = addButton(row, tr("Log"), tr("What the training said"));
    m_folder = addButton(row, tr("Folder"), tr("Opens the run's folder"));
    row->addStretch(1);
    grid->addLayout(row, 7, 0, 1, 2);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (!m_training->stop())
            Q_EMIT failed(tr("Cannot stop the training: its process is not on this machine: %1")
                              .arg(QString::fromStdString(m_training->folder().string())));
    });
    connect(m_snapshot, &QPushButton::clicked, this, [this] {
        if (m_training->snapshot())
            m_snapshotAsked = m_training->progress().epoch;
        update();
    });
    connect(m_resume, &QPushButton::clicked, this, [this] {
        if (const Result<void> done = m_training->resume(); !done)
            Q_EMIT failed(QString::fromStdString(done.error().message));
    });
    connect(m_log, &QPushButton::clicked, this, &RunCard::showLog);
    connect(m_folder, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(m_training->folder().string())));
    });
    connect(m_dismiss, &QToolButton::clicked, this, &RunCard::dismissed);
    connect(training, &app::Training::changed, this, &RunCard::update);
    update();
}

QPushButton* RunCard::addButton(QHBoxLayout* row, const QString& text, const QString& tip)
{
    auto* button = new QPushButton(text, this);
    button->setProperty("role", "small");
    button->setToolTip(tip);
    row->addWidget(button);
    return button;
}

void RunCard::setSession(app::RunSession* session)
{
    if (session == m_session)
        return;
    m_session = session;
    if (session->summary() && !session->summary()->configuration.empty())
        if (const Result<TrainConfig> config = parseTrainConfig(session->summary()->configuration)) {
            m_epochs = config->epochs;
            m_batchSize = config->optimiser.batchSize;
            m_hasPictures = !config->isFree();
        }
    connect(session, &app::RunSession::epochsChanged, this, [this] {
        m_training->look();
        update();
    });
    connect(session, &app::RunSession::metricsChanged, this, &RunCard::update);
    update();
}

QString RunCard::title() const
{
    if (m_session && m_session->summary() && !m_session->summary()->title.empty())
        return QString::fromStdString(m_session->summary()->title);
    return QString::fromStdString(m_training->folder().filename().string());
}

void RunCard::update()
{
    m_title->setText(title());
    m_title->setToolTip(QString::fromStdString(m_training->folder().string()));
    m_glyph->update();
    const bool crashed = m_training->phase() == Phase::Crashed;
    showRunning();
    showEnded();
    const auto& said = m_training->progress().lines;
    QStringList lines;
    for (std::size_t k = said.size() - std::min<std::size_t>(shownLines, said.size()); k < said.size(); ++k)
        lines << QString::fromStdString(said[k]);
    m_lines->setText(lines.join('\n'));
    m_lines->setToolTip(lines.join('\n'));
    m_lines->setVisible(!lines.isEmpty() && !crashed);
    showButtons();
    setAccessibleName(title() + QStringLiteral(", ") + m_epoch->text().remove(QRegularExpression("<[^>]*>")));
}

void RunCard::showButtons()
{
    const bool active = m_training->isActive(), reached = m_training->canStop();
    const QString elsewhere = tr("Its process is not on this machine, or is no ncscope-train");
    m_stop->setVisible(active);
    m_stop->setEnabled(reached);
    m_stop->setText(m_training->phase() == Phase::Stopping ? tr("Stopping…") : tr("Stop"));
    m_stop->setToolTip(reached ? tr("Finishes the batch and writes a checkpoint; it can be resumed") : elsewhere);
    if (m_training->progress().epoch != m_snapshotAsked)
        m_snapshotAsked = -1;
    const bool takes = reached && m_training->takesSnapshots();
    m_snapshot->setVisible(active);
    m_snapshot->setEnabled(takes && m_snapshotAsked < 0);
    m_snapshot->setToolTip(!takes                ? (reached ? tr("This trainer takes no snapshots") : elsewhere)
                           : m_snapshotAsked < 0 ? tr("Records the epoch under way too, as soon as it is through")
                                                 : tr("The epoch under way will be recorded"));
    m_resume->setVisible(m_training->canResume());
    m_log->setVisible(!m_training->progress().lines.empty() && !active);
    m_dismiss->setVisible(!active);
    std::error_code code;
    m_folder->setVisible(!active && std::filesystem::exists(m_training->folder(), code));
}

void RunCard::showRunning()
{
    const app::TrainingProgress& progress = m_training->progress();
    const std::int64_t epochs = progress.epochs > 0 ? progress.epochs : m_epochs;
    const std::int64_t recorded = m_session && !m_session->epochs().empty() ? m_session->epochs().back() : 0;
    const std::int64_t epoch = progress.epoch > 0 ? progress.epoch : recorded;
    double share = progress.share();
    if (progress.epoch == 0 && epochs > 0) // no log to read: the last recorded epoch is all that is known
        share = static_cast<double>(recorded) / static_cast<double>(epochs);
    m_bar->setValue(static_cast<int>(share * barSteps));
    m_share->setText(epochs > 0 ? strong(QStringLiteral("%1 %").arg(static_cast<int>(share * 100))) : QString());
    if (m_training->phase() == Phase::Starting)
        m_epoch->setText(tr("starting…"));
    else
        m_epoch->setText(
            tr("epoch %1")
                .arg(strong(epochs > 0 ? QStringLiteral("%1 / %2").arg(epoch).arg(epochs) : QString::number(epoch))));
    const auto left = m_training->isActive() ? progress.secondsLeft(m_batchSize) : std::nullopt;
    m_wait->setText(left ? tr("ETA %1").arg(strong(waitText(*left))) : QString());
    double loss = progress.loss;
    if (!std::isfinite(loss) && m_session && m_session->measured().contains(recorded)) {
        const auto& scalars = m_session->measured().at(recorded).scalars;
        if (const auto found = scalars.find("train_loss"); found != scalars.end())
            loss = found->second;
    }
    m_loss->setText(std::isfinite(loss) ? tr("loss %1").arg(strong(QString::number(loss, 'f', 3))) : QString());
    m_speed->setText(
        m_training->isActive() && progress.imagesPerSecond > 0
            ? speedText(strong(QString::fromStdString(app::groupedNumber(std::lround(progress.imagesPerSecond)))),
                        m_hasPictures)
            : QString());
    m_loss->setVisible(!m_loss->text().isEmpty());
    m_speed->setVisible(!m_speed->text().isEmpty());
}

void RunCard::showEnded()
{
    const bool crashed = m_training->phase() == Phase::Crashed;
    m_how->setVisible(!m_training->isActive());
    m_why->setVisible(crashed);
    if (crashed) {
        m_how->setStyleSheet(QStringLiteral("color: %1").arg(toQColor(currentTheme().err).name()));
        m_how->setText(tr("Crashed. %1").arg(m_training->howItEnded()));
        m_why->setText(m_training->whyItEnded() + '\n' +
                       (m_training->canResume() ? tr("Resume goes on from the last checkpoint.")
                                                : tr("There is no checkpoint to go on from.")));
    } else if (!m_training->isActive()) {
        m_how->setStyleSheet({});
        m_how->setText(m_training->phase() == Phase::Finished ? tr("Finished.")
                                                              : tr("Stopped; every recorded epoch is there."));
    }
}

/// Another theme: its colour for errors.
void RunCard::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && m_dismiss)
        showEnded();
    QFrame::changeEvent(event);
}

void RunCard::showLog()
{
    auto* dialog = new QDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Log of %1").arg(title()));
    dialog->resize(720, 420);
    auto* column = new QVBoxLayout(dialog);
    column->setContentsMargins(20, 20, 20, 20);
    auto* place = new QLabel(QString::fromStdString(m_training->log().string()), dialog);
    place->setProperty("role", "hint");
    place->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* text = new QPlainTextEdit(dialog);
    text->setReadOnly(true);
    text->setAccessibleName(tr("Log"));
    QStringList lines;
    for (const std::string& line : m_training->progress().lines)
        lines << QString::fromStdString(line);
    text->setPlainText(lines.join('\n'));
    text->moveCursor(QTextCursor::End);
    auto* copy = new QPushButton(tr("Copy"), dialog);
    connect(copy, &QPushButton::clicked, text, [text] { QGuiApplication::clipboard()->setText(text->toPlainText()); });
    column->addWidget(place);
    column->addWidget(text, 1);
    column->addWidget(copy, 0, Qt::AlignLeft);
    dialog->show();
}

} // namespace nc::window

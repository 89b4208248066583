#include "app/window/time_panel.h"

#include <algorithm>

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QTimerEvent>
#include <QToolButton>

#include "app/window/timeline_curves.h"
#include "app/window/transport_icons.h"

namespace nc::window
{

namespace
{

constexpr int playIntervalMs = 250;

} // namespace

TimePanel::TimePanel(QWidget* parent)
    : QWidget(parent)
{
    setProperty("role", "panel");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* transport = new QHBoxLayout;
    transport->setContentsMargins(12, 6, 12, 6);
    transport->setSpacing(4);
    makeTransport(transport);
    column->addLayout(transport);
    m_timeline = new TimelineWidget(this);
    column->addWidget(m_timeline);
    connect(m_timeline, &TimelineWidget::epochChosen, this, [this](qint64 epoch) { Q_EMIT epochChosen(epoch, 0); });
}

void TimePanel::makeTransport(QHBoxLayout* row)
{
    const auto button = [&](Transport shape, const QString& tip, auto slot) {
        auto* b = new QToolButton(this);
        b->setIcon(transportIcon(shape));
        b->setIconSize(QSize(16, 16));
        b->setProperty("transport", static_cast<int>(shape));
        b->setToolTip(tip);
        b->setAccessibleName(tip);
        b->setMinimumSize(28, 26);
        connect(b, &QToolButton::clicked, this, slot);
        row->addWidget(b);
        return b;
    };
    button(Transport::First, tr("First epoch (Home)"), [this] { goFirst(); });
    button(Transport::Previous, tr("Previous epoch (←)"), [this] { step(-1); });
    m_play = button(Transport::Play, tr("Play (Space)"), [this] { togglePlay(); });
    m_play->setProperty("role", "main");
    button(Transport::Next, tr("Next epoch (→)"), [this] { step(1); });
    button(Transport::Last, tr("Last epoch (End)"), [this] { goLast(); });
    auto* loop = button(Transport::Loop, tr("Loop"), [] {});
    loop->setCheckable(true);
    loop->setChecked(true);
    connect(loop, &QToolButton::toggled, this, [this](bool on) { m_loop = on; });
    row->addSpacing(16);
    const auto hint = [&](const QString& text) {
        auto* label = new QLabel(text, this);
        label->setProperty("role", "hint");
        row->addWidget(label);
        return label;
    };
    hint(tr("Epoch"));
    m_epochBox = new QSpinBox(this);
    m_epochBox->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_epochBox->setFixedWidth(64);
    m_epochBox->setAlignment(Qt::AlignRight);
    m_epochBox->setKeyboardTracking(false);
    m_epochBox->setAccessibleName(tr("Epoch"));
    row->addWidget(m_epochBox);
    m_lastEpoch = hint(QString());
    connect(m_epochBox, &QSpinBox::valueChanged, this, [this](int value) { chooseNearest(value); });
    row->addStretch(1);
    hint(tr("Axis"));
    auto* axis = new QComboBox(this);
    axis->addItems({tr("Linear"), tr("Log"), tr("Recorded")});
    axis->setCurrentIndex(1);
    axis->setAccessibleName(tr("Axis"));
    row->addWidget(axis);
    connect(axis, &QComboBox::activated, this,
            [this](int id) { m_timeline->setAxis(static_cast<TimelineWidget::Axis>(id)); });
}

void TimePanel::setSession(const app::RunSession* session)
{
    if (isPlaying())
        togglePlay();
    m_session = session;
    refresh();
}

void TimePanel::refresh()
{
    if (!m_session)
        return;
    m_timeline->setEpochs(m_session->epochs());
    m_timeline->setLanes(lanesOf(*m_session));
    m_timeline->setMarks(marksOf(*m_session));
    std::vector<bool> loaded;
    for (std::int64_t epoch : m_session->epochs())
        loaded.push_back(m_session->isLoaded(epoch));
    m_timeline->setLoaded(std::move(loaded));
}

void TimePanel::setEpoch(std::int64_t epoch)
{
    m_epoch = epoch;
    m_timeline->setCurrent(epoch);
    const QSignalBlocker quiet(m_epochBox);
    if (hasEpochs())
        m_epochBox->setRange(static_cast<int>(m_session->epochs().front()),
                             static_cast<int>(m_session->epochs().back()));
    m_epochBox->setValue(static_cast<int>(epoch));
    m_lastEpoch->setText(hasEpochs() ? tr("/ %1").arg(m_session->epochs().back()) : QString());
}

void TimePanel::chooseNearest(std::int64_t epoch)
{
    if (!hasEpochs())
        return;
    const auto& epochs = m_session->epochs();
    const auto nearest = std::min_element(
        epochs.begin(), epochs.end(), [epoch](auto a, auto b) { return std::abs(a - epoch) < std::abs(b - epoch); });
    Q_EMIT epochChosen(*nearest, 0);
}

void TimePanel::goFirst()
{
    if (hasEpochs())
        Q_EMIT epochChosen(m_session->epochs().front(), -1);
}

void TimePanel::goLast()
{
    if (hasEpochs())
        Q_EMIT epochChosen(m_session->epochs().back(), 1);
}

void TimePanel::step(int count)
{
    if (!hasEpochs())
        return;
    const auto& epochs = m_session->epochs();
    const auto at = std::lower_bound(epochs.begin(), epochs.end(), m_epoch) - epochs.begin();
    const auto last = static_cast<std::ptrdiff_t>(epochs.size()) - 1;
    Q_EMIT epochChosen(epochs[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at + count, 0, last))],
                       count < 0 ? -1 : 1);
}

void TimePanel::togglePlay()
{
    if (m_playTimer.isActive()) {
        m_playTimer.stop();
    } else if (hasEpochs()) {
        if (m_epoch == m_session->epochs().back())
            Q_EMIT epochChosen(m_session->epochs().front(), 1);
        m_playTimer.start(playIntervalMs, this);
    }
    m_play->setIcon(transportIcon(isPlaying() ? Transport::Pause : Transport::Play));
}

void TimePanel::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_playTimer.timerId()) {
        QWidget::timerEvent(event);
        return;
    }
    if (hasEpochs() && m_epoch != m_session->epochs().back())
        step(1);
    else if (hasEpochs() && m_loop)
        Q_EMIT epochChosen(m_session->epochs().front(), 1);
    else
        togglePlay();
}

} // namespace nc::window

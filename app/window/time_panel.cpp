#include "app/window/time_panel.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSpinBox>
#include <QTimerEvent>
#include <QToolButton>
#include <QWidgetAction>

#include "app/window/icons.h"
#include "app/window/timeline_curves.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr double usualEpochsPerSecond = 4;
constexpr double speeds[] = {0.25, 0.5, 1, 2, 4, 8};

} // namespace

TimePanel::TimePanel(QWidget* parent)
    : QWidget(parent)
{
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* transport = new QHBoxLayout;
    transport->setContentsMargins(12, 6, 12, 6);
    transport->setSpacing(4);
    makeTransport(transport);
    makeChoices(transport);
    column->addLayout(transport);
    m_timeline = new TimelineWidget(this);
    column->addWidget(m_timeline);
    connect(m_timeline, &TimelineWidget::epochChosen, this, [this](qint64 epoch) { Q_EMIT epochChosen(epoch, 0); });
    setChoice(m_choice);
}

// --- parts

void TimePanel::makeTransport(QHBoxLayout* row)
{
    const auto button = [&](Icon shape, const QString& tip, auto slot) {
        auto* b = new QToolButton(this);
        b->setIcon(icon(shape));
        b->setIconSize(QSize(iconSizePx, iconSizePx));
        b->setToolTip(tip);
        b->setAccessibleName(tip);
        b->setFixedSize(30, 28);
        connect(b, &QToolButton::clicked, this, slot);
        row->addWidget(b);
        return b;
    };
    button(Icon::First, tr("First epoch (Home)"), [this] { goFirst(); });
    button(Icon::Previous, tr("Previous epoch (←)"), [this] { step(-1); });
    m_play = button(Icon::Play, tr("Play (Space)"), [this] { togglePlay(); });
    m_play->setProperty("role", "main");
    m_play->setIcon(icon(Icon::Play, IconTone::OnFill));
    button(Icon::Next, tr("Next epoch (→)"), [this] { step(1); });
    button(Icon::Last, tr("Last epoch (End)"), [this] { goLast(); });
    row->addSpacing(12);
    m_loop = button(Icon::Loop, tr("Loop: play begins again at the end"), [] {});
    m_loop->setCheckable(true);
    connect(m_loop, &QToolButton::clicked, this, [this](bool on) {
        m_choice.loop = on;
        Q_EMIT choiceChanged();
    });
    makeSpeeds(row);
    row->addSpacing(12);
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
    m_epochBox->setToolTip(tr("Goes to the nearest recorded epoch"));
    row->addWidget(m_epochBox);
    connect(m_epochBox->findChild<QLineEdit*>(), &QLineEdit::returnPressed, m_epochBox,
            &QWidget::clearFocus); // the keys are the epochs' again
    m_lastEpoch = hint(QString());
    connect(m_epochBox, &QSpinBox::valueChanged, this, [this](int value) { chooseNearest(value); });
    row->addSpacing(8);
    button(Icon::NextMark, tr("Next mark (Ctrl+→)"), [this] { goToMark(1); });
    m_state = hint(QString());
    m_state->setObjectName(QStringLiteral("timeState"));
    m_state->setMinimumWidth(1); // what it says is no reason to lay out the window anew
}

void TimePanel::makeSpeeds(QHBoxLayout* row)
{
    m_speed = new QComboBox(this);
    for (double speed : speeds) {
        const double pace = speed * usualEpochsPerSecond;
        m_speed->addItem(tr("%1× · %2").arg(speed).arg(pace == 1 ? tr("1 epoch/s") : tr("%1 epochs/s").arg(pace)),
                         speed);
    }
    m_speed->setToolTip(tr("How fast the epochs are played"));
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setFocusPolicy(Qt::TabFocus);
    row->addWidget(m_speed);
    connect(m_speed, &QComboBox::activated, this, [this] {
        m_choice.speed = m_speed->currentData().toDouble();
        restartTimer();
        Q_EMIT choiceChanged();
    });
}

void TimePanel::makeChoices(QHBoxLayout* row)
{
    row->addStretch(1);
    auto* name = new QLabel(tr("Axis"), this);
    name->setProperty("role", "hint");
    row->addWidget(name);
    auto* box = new QFrame(this);
    box->setProperty("role", "segments");
    auto* segments = new QHBoxLayout(box);
    segments->setContentsMargins(2, 2, 2, 2);
    segments->setSpacing(0);
    m_axis = new QButtonGroup(this);
    const std::pair<QString, QString> axes[] = {{tr("Linear"), tr("Epochs at their number")},
                                                {tr("Log"), tr("Epochs at the logarithm of their number")},
                                                {tr("Recorded"), tr("Recorded epochs evenly spaced")}};
    for (const auto& [text, tip] : axes) {
        auto* segment = new QToolButton(box);
        segment->setText(text);
        segment->setToolTip(tip);
        segment->setProperty("role", "segment");
        segment->setCheckable(true);
        segments->addWidget(segment);
        m_axis->addButton(segment, m_axis->buttons().size());
    }
    row->addWidget(box);
    connect(m_axis, &QButtonGroup::idClicked, this, [this](int id) {
        m_choice.axis = static_cast<TimelineWidget::Axis>(id);
        m_timeline->setAxis(m_choice.axis);
        Q_EMIT choiceChanged();
    });
    row->addSpacing(12);
    m_curves = new QToolButton(this);
    m_curves->setObjectName(QStringLiteral("curves"));
    m_curves->setIcon(icon(Icon::Tune));
    m_curves->setIconSize(QSize(iconSizePx, iconSizePx));
    m_curves->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_curves->setToolTip(tr("Which curves are shown"));
    m_curves->setProperty("role", "menu");
    m_curveMenu = new QMenu(this);
    m_curves->setMenu(m_curveMenu);
    m_curves->setPopupMode(QToolButton::InstantPopup);
    connect(m_curveMenu, &QMenu::aboutToShow, this, &TimePanel::fillCurveMenu);
    row->addWidget(m_curves);
}

/// Checks stay open while several are clicked.
void TimePanel::fillCurveMenu()
{
    m_curveMenu->clear();
    for (const TimelineWidget::Lane& lane : m_lanes) {
        auto* check = new QCheckBox(lane.name + QStringLiteral("   ") + lane.tip, m_curveMenu);
        check->setObjectName(QStringLiteral("curve.") + lane.id);
        check->setChecked(m_choice.curves.contains(lane.id));
        connect(check, &QCheckBox::toggled, this, [this, id = lane.id](bool on) {
            m_choice.curves.removeAll(id);
            if (on)
                m_choice.curves << id;
            showLanes();
            Q_EMIT choiceChanged();
        });
        auto* entry = new QWidgetAction(m_curveMenu);
        entry->setDefaultWidget(check);
        m_curveMenu->addAction(entry);
    }
    if (m_lanes.empty())
        m_curveMenu->addAction(tr("Nothing measured yet"))->setEnabled(false);
}

// --- state

void TimePanel::setChoice(const TimeChoice& choice)
{
    m_choice = choice;
    m_loop->setChecked(choice.loop);
    m_speed->setCurrentIndex(std::max(0, m_speed->findData(choice.speed)));
    m_axis->button(static_cast<int>(choice.axis))->setChecked(true);
    m_timeline->setAxis(choice.axis);
    showLanes();
    restartTimer();
}

void TimePanel::setSession(const app::RunSession* session, bool playsOn)
{
    if (session == m_session)
        return;
    if (isPlaying() && !(playsOn && session && !session->epochs().empty()))
        togglePlay();
    m_session = session;
    refresh();
}

void TimePanel::setCompared(std::vector<Compared> others, int place)
{
    m_others = std::move(others);
    m_timeline->setPlace(place);
    readOthers();
}

void TimePanel::refreshCompared()
{
    constexpr int soonMs = 100; // each of their epochs is an answer of its own
    if (!m_others.empty() && !m_otherTimer.isActive())
        m_otherTimer.start(soonMs, this);
}

void TimePanel::readOthers()
{
    m_otherTimer.stop();
    m_otherLanes.clear();
    m_otherEpochs.clear();
    for (const Compared& other : m_others) {
        m_otherLanes.push_back(lanesOf(*other.session));
        const std::vector<std::int64_t> before = std::exchange(m_otherEpochs, {});
        std::set_union(before.begin(), before.end(), other.session->epochs().begin(), other.session->epochs().end(),
                       std::back_inserter(m_otherEpochs));
    }
    refresh();
}

void TimePanel::refresh()
{
    if (m_session) {
        m_timeline->setEpochs(m_session->epochs(), m_otherEpochs);
        m_lanes = lanesOf(*m_session);
        m_timeline->setMarks(marksOf(*m_session));
        std::vector<bool> loaded;
        for (std::int64_t epoch : m_session->epochs())
            loaded.push_back(m_session->isLoaded(epoch));
        m_timeline->setLoaded(std::move(loaded));
    }
    showLanes();
    updateState();
}

void TimePanel::showLanes()
{
    std::vector<TimelineWidget::Lane> shown;
    for (const TimelineWidget::Lane& lane : m_lanes)
        if (m_choice.curves.contains(lane.id))
            shown.push_back(lane);
    for (TimelineWidget::Lane& lane : shown)
        for (std::size_t k = 0; k < m_others.size(); ++k)
            for (const TimelineWidget::Lane& other : m_otherLanes[k])
                if (other.id == lane.id)
                    lane.others.push_back({m_others[k].place, m_others[k].session->epochs(), other.values});
    m_curves->setText(m_lanes.empty() ? tr("Curves") : tr("Curves %1 / %2").arg(shown.size()).arg(m_lanes.size()));
    m_timeline->setLanes(std::move(shown));
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
    updateState();
}

bool TimePanel::isWaiting() const
{
    return hasEpochs() && !m_session->isLoaded(m_epoch) && !m_session->failure(m_epoch);
}

QString TimePanel::waitingText() const
{
    if (!isWaiting())
        return {};
    const auto shown = m_session->nearestLoaded(m_epoch);
    return shown ? tr("reading epoch %1, shown is %2").arg(m_epoch).arg(*shown) : tr("reading epoch %1").arg(m_epoch);
}

void TimePanel::updateState()
{
    m_state->setText(waitingText());
}

double TimePanel::epochsPerSecond() const
{
    return usualEpochsPerSecond * m_choice.speed;
}

// --- going

std::optional<std::int64_t> TimePanel::nearestEpoch(std::int64_t epoch) const
{
    if (!hasEpochs())
        return {};
    const auto& epochs = m_session->epochs();
    return *std::min_element(epochs.begin(), epochs.end(),
                             [epoch](auto a, auto b) { return std::abs(a - epoch) < std::abs(b - epoch); });
}

void TimePanel::chooseNearest(std::int64_t epoch)
{
    if (const auto nearest = nearestEpoch(epoch))
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

void TimePanel::goToMark(int direction)
{
    std::optional<std::int64_t> best;
    for (const TimelineWidget::Mark& mark : m_timeline->marks()) {
        const bool ahead = direction > 0 ? mark.epoch > m_epoch : mark.epoch < m_epoch;
        if (ahead && (!best || std::abs(mark.epoch - m_epoch) < std::abs(*best - m_epoch)))
            best = mark.epoch;
    }
    if (best)
        Q_EMIT epochChosen(*best, direction);
}

void TimePanel::togglePlay()
{
    if (m_playTimer.isActive()) {
        m_playTimer.stop();
    } else if (hasEpochs()) {
        if (m_epoch == m_session->epochs().back())
            Q_EMIT epochChosen(m_session->epochs().front(), 1);
        m_playTimer.start(qRound(1000 / epochsPerSecond()), this);
    }
    m_play->setIcon(icon(isPlaying() ? Icon::Pause : Icon::Play, IconTone::OnFill));
    m_play->setToolTip(isPlaying() ? tr("Pause (Space)") : tr("Play (Space)"));
}

void TimePanel::restartTimer()
{
    if (isPlaying())
        m_playTimer.start(qRound(1000 / epochsPerSecond()), this);
}

/// No epoch is left before it was seen: where reading is slower than the chosen speed, playing waits and says so.
void TimePanel::timerEvent(QTimerEvent* event)
{
    if (event->timerId() == m_otherTimer.timerId()) {
        readOthers();
        return;
    }
    if (event->timerId() != m_playTimer.timerId()) {
        QWidget::timerEvent(event);
        return;
    }
    if (isWaiting())
        updateState();
    else if (hasEpochs() && m_epoch != m_session->epochs().back())
        step(1);
    else if (hasEpochs() && m_choice.loop)
        Q_EMIT epochChosen(m_session->epochs().front(), 1);
    else
        togglePlay();
}

} // namespace nc::window

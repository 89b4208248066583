#include "app/window/playground_controls.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/window/icons.h"
#include "app/window/panel_parts.h"
#include "app/window/value_slider.h"

namespace nc::window
{

namespace
{

using Limits = app::PlaygroundLimits;
using Scale = ValueSlider::Scale;

QString number(double value)
{
    return QString::fromStdString(app::shortNumber(value));
}

} // namespace

PlaygroundControls::PlaygroundControls(QWidget* parent)
    : QWidget(parent)
{
    QVBoxLayout* column = makeScrollingPanel(this, {12, 6, 12, 8});
    addHead(column);
    addSliders(column);
    addSegments(column);
    addShow(column);
    addSteps(column);
    column->addStretch(1);
    layout()->addWidget(makeFoot());
    for (QAbstractButton* button : findChildren<QAbstractButton*>()) // a click leaves the keys where they are
        button->setFocusPolicy(Qt::TabFocus);
    setState(m_state);
}

void PlaygroundControls::addHead(QVBoxLayout* column)
{
    auto* row = new QHBoxLayout;
    row->addWidget(makeLabel(tr("Playground"), "title", this), 1);
    auto* reset = new QToolButton(this);
    reset->setObjectName(QStringLiteral("resetState"));
    reset->setIcon(icon(Icon::Undo));
    reset->setToolTip(tr("All as at the start: λ 0.62, C 10, β 88.9, α 1, cross-entropy"));
    reset->setAccessibleName(tr("Reset the playground"));
    connect(reset, &QToolButton::clicked, this, [this] { choose([](auto& state) { state = {}; }); });
    row->addWidget(reset);
    column->addLayout(row);
}

void PlaygroundControls::addSliders(QVBoxLayout* column)
{
    int number = 0;
    const auto add = [&](const QString& symbol, const QString& name, const ValueSlider::Range& range,
                         const QString& object, const auto& set) {
        auto* slider = new ValueSlider(symbol, name, range, this);
        slider->setObjectName(object);
        const int id = ++number;
        connect(slider, &ValueSlider::valueChosen, this,
                [this, set, id](double value) { choose([&](auto& state) { set(state, value); }, id); });
        connect(slider, &ValueSlider::released, this, &PlaygroundControls::released);
        column->addSpacing(6);
        column->addWidget(slider);
        return slider;
    };
    using State = app::PlaygroundState;
    m_lambda = add(QStringLiteral("λ"), tr("share of class i"), {0, 1, Scale::Linear, 3}, QStringLiteral("lambda"),
                   [](State& state, double value) { state.lambda = value; });
    m_lambda->setTip(tr("Share of the first class in the mix, 0 to 1; or drag the point on the curve"));
    m_classes = add(
        QStringLiteral("C"), tr("classes"), {double(Limits::leastClasses), double(Limits::mostClasses), Scale::Log, 0},
        QStringLiteral("classes"), [](State& state, double value) { state.classes = static_cast<Index>(value); });
    m_classes->setTip(tr("Number of classes, 2 to 100, on a logarithmic scale; the plane shows three of them"));
    m_beta = add(QStringLiteral("β"), tr("κ / μ, log"), {Limits::leastBeta, Limits::mostBeta, Scale::Log, 2},
                 QStringLiteral("beta"), [](State& state, double value) { state.beta = value; });
    m_alpha = add(QStringLiteral("α"), tr("Beta(α, α), log"), {Limits::leastAlpha, Limits::mostAlpha, Scale::Log, 2},
                  QStringLiteral("alpha"), [](State& state, double value) { state.alpha = value; });
    m_alpha->setTip(
        tr("λ is drawn from Beta(α, α), 0.05 to 20: 1 is uniform, less prefers pure images, more half mixes"));
    m_smoothing = add(QStringLiteral("ε"), tr("label smoothing"), {0, Limits::mostSmoothing, Scale::Linear, 2},
                      QStringLiteral("smoothing"), [](State& state, double value) { state.smoothing = value; });
    m_smoothing->setTip(tr("Share of every label that is spread over all classes, 0 to 0.5"));
}

void PlaygroundControls::addSegments(QVBoxLayout* column)
{
    auto* grid = new QGridLayout;
    grid->setContentsMargins(0, 12, 0, 8);
    grid->setHorizontalSpacing(10);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    const auto add = [&](int row, const QString& name, const QStringList& words, const QString& tip) {
        QWidget* box = nullptr;
        QButtonGroup* group = makeSegments(words, box, this);
        for (QAbstractButton* button : group->buttons()) {
            button->setToolTip(tip);
            button->setAccessibleName(name + QLatin1Char(' ') + button->text());
        }
        grid->addWidget(makeLabel(name, "hint", this), row, 0);
        grid->addWidget(box, row, 1);
        return group;
    };
    m_loss = add(0, tr("Loss"), {tr("Cross-entropy"), tr("MSE")}, tr("Of the mix's label; MSE is squared error"));
    m_pair = add(1, tr("Pair"), {QStringLiteral("1 – 2"), QStringLiteral("1 – 3"), QStringLiteral("2 – 3")},
                 tr("The two classes that are mixed; i is the first"));
    connect(m_loss, &QButtonGroup::idClicked, this, [this](int id) {
        choose([id](auto& state) { state.loss = id == 0 ? ufm::Loss::CrossEntropy : ufm::Loss::SquaredError; });
    });
    connect(m_pair, &QButtonGroup::idClicked, this, [this](int id) { choose([id](auto& state) { state.pair = id; }); });
    column->addLayout(grid);
    auto* line = new QFrame(this);
    line->setProperty("role", "line");
    column->addWidget(line);
}

void PlaygroundControls::addShow(QVBoxLayout* column)
{
    QVBoxLayout* section = addFoldSection(column, tr("Show"), this);
    auto* box = new QWidget(this);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(6);
    using State = app::PlaygroundState;
    const auto add = [&](const QString& name, bool State::*flag, std::string (*absent)(const State&),
                         const QString& tip) {
        auto* check = new QCheckBox(name, box);
        const int place = static_cast<int>(m_shown.size());
        grid->addWidget(check, place / 2, place % 2);
        m_shown.push_back({check, flag, absent, tip});
        connect(check, &QCheckBox::toggled, this,
                [this, flag](bool on) { choose([=](State& state) { state.*flag = on; }); });
    };
    add(tr("Regions"), &State::regions, app::regionsAbsent,
        tr("Softmax of the shown classes as background, and their boundaries"));
    add(tr("Both arms"), &State::bothArms, nullptr,
        tr("The whole curve; off: only the side of the class with the larger share"));
    add(tr("Chord (MSE)"), &State::chord, app::chordAbsent,
        tr("The straight line between both ends, as under squared error"));
    add(tr("All pairs"), &State::allPairs, app::otherPairsAbsent, tr("The curves of the other two pairs"));
    add(tr("β family"), &State::family, app::familyAbsent, tr("The same curve at β = 10 and β = 1000"));
    add(tr("Samples"), &State::samples, nullptr, tr("300 mixes with λ drawn from Beta(α, α)"));
    section->addWidget(box);
}

void PlaygroundControls::addSteps(QVBoxLayout* column)
{
    QVBoxLayout* section = addFoldSection(column, tr("Steps to try"), this);
    section->setSpacing(2);
    const std::size_t count = app::playgroundSteps(m_state).size();
    for (std::size_t place = 0; place < count; ++place) {
        auto* button = new QPushButton(this);
        button->setProperty("role", "step");
        button->setToolTip(tr("Does it"));
        connect(button, &QPushButton::clicked, this,
                [this, place] { choose([place](auto& state) { state = app::playgroundSteps(state)[place].after; }); });
        m_steps.push_back(button);
        section->addWidget(button);
    }
}

QWidget* PlaygroundControls::makeFoot()
{
    auto* foot = new QFrame(this);
    foot->setProperty("role", "footer");
    auto* column = new QVBoxLayout(foot);
    column->setContentsMargins(12, 8, 12, 8);
    m_runNote = makeLabel({}, "hint", foot);
    m_runNote->setObjectName(QStringLiteral("runNote"));
    m_runNote->setWordWrap(true);
    m_runNote->hide();
    column->addWidget(m_runNote);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_sweep = new QPushButton(foot);
    m_sweep->setProperty("role", "main");
    m_sweep->setObjectName(QStringLiteral("sweep"));
    m_sweep->setToolTip(tr("λ walks from end to end (Space)"));
    connect(m_sweep, &QPushButton::clicked, this, &PlaygroundControls::sweepWanted);
    row->addWidget(m_sweep);
    auto* read = new QPushButton(tr("Read β off a run…"), foot);
    read->setObjectName(QStringLiteral("readBeta"));
    read->setToolTip(tr("Takes the effective β and the number of classes of the run that is shown"));
    connect(read, &QPushButton::clicked, this, &PlaygroundControls::runBetaWanted);
    row->addWidget(read);
    row->addStretch(1);
    column->addLayout(row);
    setSweeping(false);
    return foot;
}

void PlaygroundControls::setSweeping(bool on)
{
    m_sweep->setText(on ? tr("Stop") : tr("Sweep λ"));
    m_sweep->setIcon(icon(on ? Icon::Pause : Icon::Play, IconTone::OnFill));
    m_sweep->setFixedWidth(m_sweep->fontMetrics().horizontalAdvance(tr("Sweep λ")) + 52);
}

void PlaygroundControls::setRunNote(const QString& words)
{
    m_runNote->setText(words);
    m_runNote->setVisible(!words.isEmpty());
}

void PlaygroundControls::choose(const std::function<void(app::PlaygroundState&)>& change, int slider)
{
    app::PlaygroundState state = m_state;
    change(state);
    Q_EMIT stateChosen(app::soundPlayground(state), slider);
}

void PlaygroundControls::updateChecks()
{
    for (const Shown& shown : m_shown) {
        const QSignalBlocker quiet(shown.check);
        const QString reason = shown.absent ? QString::fromStdString(shown.absent(m_state)) : QString();
        shown.check->setChecked(m_state.*shown.flag && reason.isEmpty());
        shown.check->setEnabled(reason.isEmpty());
        shown.check->setToolTip(reason.isEmpty() ? shown.tip : tr("Not here: %1").arg(reason));
    }
}

void PlaygroundControls::setState(const app::PlaygroundState& state)
{
    m_state = state;
    m_lambda->setValue(state.lambda);
    m_classes->setValue(static_cast<double>(state.classes));
    m_beta->setValue(state.beta);
    m_alpha->setValue(state.alpha);
    m_smoothing->setValue(state.smoothing);
    m_beta->setTip(
        tr("β = κ/μ, 1 to 10,000. Classifier rows of length %1 have κ = %2, so the feature penalty is μ = %3")
            .arg(QString::number(state.rowLength()), number(state.kappa()), number(state.kappa() / state.beta)));
    m_loss->button(state.loss == ufm::Loss::CrossEntropy ? 0 : 1)->setChecked(true);
    m_pair->button(state.pair)->setChecked(true);
    for (int pair = 1; pair < 3; ++pair) {
        m_pair->button(pair)->setEnabled(state.classes > 2);
        m_pair->button(pair)->setToolTip(state.classes > 2 ? tr("The two classes that are mixed; i is the first")
                                                           : tr("Not here: two classes are one pair"));
    }
    updateChecks();
    const std::vector<app::PlaygroundStep> steps = app::playgroundSteps(state);
    for (std::size_t k = 0; k < steps.size(); ++k)
        m_steps[k]->setText(QStringLiteral("%1   %2").arg(k + 1).arg(QString::fromStdString(steps[k].words)));
}

} // namespace nc::window

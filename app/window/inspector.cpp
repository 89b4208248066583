#include "app/window/inspector.h"

#include <algorithm>
#include <cmath>

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int labelWidth = 84;

QLabel* makeLabel(const QString& text, const char* role, QWidget* parent)
{
    auto* label = new QLabel(text, parent);
    label->setProperty("role", QLatin1String(role));
    return label;
}

QString number(double value)
{
    return QString::fromStdString(app::shortNumber(value));
}

QString metricText(const Metric& metric)
{
    return metric.available() ? number(metric.value) : QStringLiteral("—");
}

} // namespace

app::FigureRequest ViewChoice::request() const
{
    app::FigureRequest request;
    request.shape = shape;
    request.view.basis = basis;
    request.view.classes = classes;
    request.basisEpochWords = basisEpoch;
    return request;
}

bool ViewChoice::samePanels(const ViewChoice& other) const
{
    return shape == other.shape && basis == other.basis && basisEpoch == other.basisEpoch && classes == other.classes;
}

Inspector::Inspector(QWidget* parent)
    : QWidget(parent)
{
    setProperty("role", "panel");
    setMinimumWidth(280);
    m_sections = new QVBoxLayout(this);
    m_sections->setContentsMargins(12, 4, 12, 12);
    m_sections->setSpacing(0);
    m_choice.style.colorBy = scene::ColorBy::ClassLambda;
    addViewSection();
    addColourSection();
    addShowSection();
    addSeeingSection();
    addSampleSection();
    m_sections->addStretch(1);
    updateControls();
}

QVBoxLayout* Inspector::addSection(const QString& title)
{
    auto* fold = new QToolButton(this);
    fold->setText(title);
    fold->setCheckable(true);
    fold->setChecked(true);
    fold->setArrowType(Qt::DownArrow);
    fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    fold->setStyleSheet(QStringLiteral("QToolButton, QToolButton:checked { font-weight: 600; background: transparent; "
                                       "color: palette(text); padding: 6px 0; }"));
    auto* body = new QWidget(this);
    body->setProperty("role", "panel");
    auto* layout = new QVBoxLayout(body);
    layout->setContentsMargins(0, 0, 0, 8);
    layout->setSpacing(6);
    connect(fold, &QToolButton::toggled, body, [fold, body](bool open) {
        body->setVisible(open);
        fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
    m_sections->addWidget(fold);
    m_sections->addWidget(body);
    auto* line = new QFrame(this);
    line->setProperty("role", "line");
    m_sections->addWidget(line);
    return layout;
}

namespace
{

/// A label of fixed width with its control.
void addRow(QVBoxLayout* section, const QString& name, QWidget* control, const QString& tip)
{
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    QLabel* label = makeLabel(name, "hint", control->parentWidget());
    label->setFixedWidth(labelWidth);
    label->setBuddy(control);
    control->setToolTip(tip);
    control->setAccessibleName(name);
    row->addWidget(label);
    row->addWidget(control, 1);
    section->addLayout(row);
}

/// A row of segments of which one is chosen.
QButtonGroup* makeSegments(const QStringList& names, QWidget*& box, QWidget* parent)
{
    box = new QWidget(parent);
    auto* layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(1);
    auto* group = new QButtonGroup(box);
    for (qsizetype k = 0; k < names.size(); ++k) {
        auto* button = new QToolButton(box);
        button->setText(names[k]);
        button->setCheckable(true);
        button->setProperty("role", "segment");
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        group->addButton(button, static_cast<int>(k));
        layout->addWidget(button);
    }
    return group;
}

} // namespace

void Inspector::addViewSection()
{
    QVBoxLayout* section = addSection(tr("View"));
    QWidget* box = nullptr;
    m_shapes = makeSegments({tr("Plane"), tr("Tetra"), tr("K-gon")}, box, this);
    addRow(section, tr("Shape"), box,
           tr("Three classes in their plane, four in their tetrahedron, any number on a polygon"));
    connect(m_shapes, &QButtonGroup::idClicked, this, [this](int id) {
        m_choice.shape = id == 0 ? app::ViewShape::Plane : id == 1 ? app::ViewShape::Tetrahedron : app::ViewShape::KGon;
        const std::size_t wanted = id == 0 ? 3 : id == 1 ? 4 : 0;
        if (wanted > 0 && m_seenClasses.size() != wanted) { // as many classes as the shape shows: keep, drop or add
            m_choice.classes = m_seenClasses;
            for (Index k = 0; k < static_cast<Index>(m_classNames.size()) && m_choice.classes.size() < wanted; ++k)
                if (std::find(m_choice.classes.begin(), m_choice.classes.end(), k) == m_choice.classes.end())
                    m_choice.classes.push_back(k);
            m_choice.classes.resize(std::min(wanted, m_choice.classes.size()));
        }
        Q_EMIT requestChanged();
    });
    m_basis = new QComboBox(this);
    m_basis->addItems({tr("Classifier W"), tr("Class means"), tr("Ideal ETF")});
    addRow(section, tr("Basis"), m_basis, tr("Whose frame the features are projected onto"));
    connect(m_basis, &QComboBox::activated, this, [this](int id) {
        m_choice.basis = id == 0   ? std::optional<app::Basis>()
                         : id == 1 ? std::optional(app::Basis::Means)
                                   : std::optional(app::Basis::Etf);
        Q_EMIT requestChanged();
    });
    m_basisEpochs = makeSegments({tr("Each"), tr("Last")}, box, this);
    addRow(section, tr("Basis epoch"), box,
           tr("One basis for all epochs keeps the view still; each epoch's own follows the classifier"));
    connect(m_basisEpochs, &QButtonGroup::idClicked, this, [this](int id) {
        m_choice.basisEpoch = id == 0 ? "same" : "last";
        Q_EMIT requestChanged();
    });
    section->addWidget(makeLabel(tr("Classes"), "hint", this));
    m_classBox = new QWidget(this);
    m_classGrid = new QGridLayout(m_classBox);
    m_classGrid->setContentsMargins(0, 0, 0, 0);
    m_classGrid->setVerticalSpacing(4);
    section->addWidget(m_classBox);
}

void Inspector::addColourSection()
{
    QVBoxLayout* section = addSection(tr("Colour"));
    m_colorBy = new QComboBox(this);
    m_colorBy->addItems({tr("Class and λ"), tr("Kind, shade = λ"), tr("Class"), tr("As the reproduction")});
    addRow(section, tr("Colour by"), m_colorBy,
           tr("Same-class mixes in class colours and others by λ, or hue by kind of mix"));
    connect(m_colorBy, &QComboBox::activated, this, [this](int id) {
        constexpr scene::ColorBy modes[] = {scene::ColorBy::ClassLambda, scene::ColorBy::KindLambda,
                                            scene::ColorBy::Class, scene::ColorBy::Repro};
        m_choice.style.colorBy = modes[id];
        Q_EMIT styleChanged();
    });
    auto* sizeBox = new QWidget(this);
    auto* sizeRow = new QHBoxLayout(sizeBox);
    sizeRow->setContentsMargins(0, 0, 0, 0);
    m_pointSize = new QSlider(Qt::Horizontal, sizeBox);
    m_pointSize->setRange(0, 24); // half pixels, 0: from the density
    m_pointSizeText = makeLabel({}, "value", sizeBox);
    m_pointSizeText->setFixedWidth(44);
    m_pointSizeText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    sizeRow->addWidget(m_pointSize, 1);
    sizeRow->addWidget(m_pointSizeText);
    addRow(section, tr("Point size"), sizeBox, tr("Diameter in pixels; far left: from the number of points"));
    connect(m_pointSize, &QSlider::sliderReleased, this, &Inspector::sliderReleased);
    connect(m_pointSize, &QSlider::valueChanged, this, [this](int value) {
        m_choice.style.pointDiameterPx = value / 2.0;
        m_pointSizeText->setText(value == 0 ? tr("auto") : tr("%1 px").arg(value / 2.0, 0, 'f', 1));
        Q_EMIT styleChanged();
    });
}

void Inspector::addShowSection()
{
    QVBoxLayout* section = addSection(tr("Show"));
    auto* box = new QWidget(this);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(6);
    const std::pair<scene::Layer, QString> layers[] = {
        {scene::Layer::Classifiers, tr("Classifiers")}, {scene::Layer::Simplex, tr("Simplex ETF")},
        {scene::Layer::Theory, tr("Theory curves")},    {scene::Layer::Regions, tr("Regions")},
        {scene::Layer::Boundaries, tr("Boundaries")},   {scene::Layer::Names, tr("Names")},
    };
    int place = 0;
    for (const auto& [layer, name] : layers) {
        auto* check = new QCheckBox(name, box);
        grid->addWidget(check, place / 2, place % 2);
        ++place;
        m_layers.emplace_back(layer, check);
        connect(check, &QCheckBox::toggled, this, [this, which = layer](bool on) {
            m_choice.style.layers.set(which, on);
            Q_EMIT styleChanged();
        });
    }
    section->addWidget(box);
}

void Inspector::addSeeingSection()
{
    QVBoxLayout* section = addSection(tr("What am I seeing"));
    m_seeingNote = makeLabel({}, "hint", this);
    section->addWidget(m_seeingNote);
    auto* box = new QWidget(this);
    auto* grid = new QGridLayout(box);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    struct Row {
        const char *head, *what, *metric;
    };
    const Row rows[] = {
        {"NC1", QT_TR_NOOP("tr(Σ_W Σ_B⁺)/C"), "nc1.pinv"},
        {"NC2", QT_TR_NOOP("class means against the ETF"), "nc2.means_etf_error"},
        {"NC3", QT_TR_NOOP("W against the class means"), "nc3.duality"},
        {"NC4", QT_TR_NOOP("nearest mean ≠ arg max"), "nc4.mismatch"},
    };
    int at = 0;
    for (const Row& row : rows) {
        grid->addWidget(makeLabel(QLatin1String(row.head), "value", box), at, 0);
        grid->addWidget(makeLabel(tr(row.what), "hint", box), at, 1);
        QLabel* value = makeLabel(QStringLiteral("—"), "value", box);
        value->setAlignment(Qt::AlignRight);
        grid->addWidget(value, at, 2);
        m_figures.emplace_back(row.metric, value);
        ++at;
    }
    section->addWidget(box);
    m_seeingText = makeLabel({}, "hint", this);
    m_seeingText->setWordWrap(true);
    section->addWidget(m_seeingText);
}

void Inspector::addSampleSection()
{
    QVBoxLayout* section = addSection(tr("Sample"));
    m_noSample = makeLabel(tr("Rest the cursor on a point, or click it."), "hint", this);
    m_noSample->setWordWrap(true);
    section->addWidget(m_noSample);
    m_sample = new SampleSheet(this);
    m_sample->hide();
    section->addWidget(m_sample);
}

void Inspector::showRun(const io::RunSummary& summary, const app::PanelContent* panel)
{
    m_seenClasses = panel ? panel->chosen.classes : m_choice.classes;
    const bool same = m_classNames.size() == summary.classNames.size();
    m_classNames.clear();
    for (const std::string& name : summary.classNames)
        m_classNames.push_back(QString::fromStdString(name));
    if (!same) {
        for (QCheckBox* check : m_classChecks)
            check->deleteLater();
        m_classChecks.clear();
        for (std::size_t k = 0; k < std::min<std::size_t>(m_classNames.size(), 100); ++k) {
            auto* check = new QCheckBox(m_classNames[k], m_classBox);
            m_classGrid->addWidget(check, static_cast<int>(k) / 2, static_cast<int>(k) % 2);
            m_classChecks.push_back(check);
            connect(check, &QCheckBox::toggled, this, [this, k](bool on) { toggleClass(static_cast<Index>(k), on); });
        }
    }
    for (std::size_t k = 0; k < m_classChecks.size(); ++k) {
        const QSignalBlocker quiet(m_classChecks[k]);
        m_classChecks[k]->setText(m_classNames[k]);
        m_classChecks[k]->setChecked(std::find(m_seenClasses.begin(), m_seenClasses.end(), static_cast<Index>(k)) !=
                                     m_seenClasses.end());
    }
    const bool classifier = summary.hasClassifier;
    m_basis->setToolTip(classifier ? tr("Whose frame the features are projected onto")
                                   : tr("No classifier recorded: class means serve as basis"));
    m_basis->setEnabled(classifier);
    for (const auto& [layer, check] : m_layers) {
        const bool needsClassifier = layer != scene::Layer::Simplex && layer != scene::Layer::Names;
        check->setEnabled(classifier || !needsClassifier);
        check->setToolTip(check->isEnabled() ? QString() : tr("No classifier recorded in this run"));
    }
    updateControls();
}

void Inspector::toggleClass(Index index, bool on)
{
    std::vector<Index> classes = m_seenClasses;
    if (on)
        classes.push_back(index);
    else
        std::erase(classes, index);
    if (classes.size() < 3) {
        updateControls();
        const QSignalBlocker quiet(m_classChecks[static_cast<std::size_t>(index)]);
        m_classChecks[static_cast<std::size_t>(index)]->setChecked(!on); // fewer than three make no view
        return;
    }
    m_choice.classes = classes;
    m_choice.shape = classes.size() == 3   ? app::ViewShape::Plane
                     : classes.size() == 4 ? app::ViewShape::Tetrahedron
                                           : app::ViewShape::KGon;
    m_seenClasses = classes;
    updateControls();
    Q_EMIT requestChanged();
}

void Inspector::showEpoch(std::int64_t epoch, const app::PanelContent* panel, const MetricEntry* clean)
{
    m_seeingNote->setText(
        clean ? tr("epoch %1 · split %2, without mixing").arg(epoch).arg(QString::fromStdString(clean->split))
              : tr("epoch %1 · no clean split measured").arg(epoch));
    for (const auto& [name, value] : m_figures) {
        value->setText(clean ? metricText((*clean)[name]) : QStringLiteral("—"));
        value->setToolTip(clean && !(*clean)[name].available() ? QString::fromStdString((*clean)[name].unavailable)
                                                               : QString());
    }
    QString text;
    if (panel && panel->mixes) {
        text = tr("Same-class mixes lie on the classifier directions; each pair of classes has one channel along its "
                  "boundary.");
        if (!panel->theoryInvalid.empty())
            text = tr("The theory does not apply here: %1.").arg(QString::fromStdString(panel->theoryInvalid));
        else if (panel->beta)
            text += tr(" The curve is the optimum for effective β = %1.").arg(number(*panel->beta));
    }
    m_seeingText->setText(text);
}

void Inspector::showSample(const std::optional<SampleFacts>& facts)
{
    m_noSample->setVisible(!facts);
    m_sample->setVisible(facts.has_value());
    if (facts)
        m_sample->setFacts(*facts);
}

void Inspector::setChoice(const ViewChoice& choice)
{
    m_choice = choice;
    updateControls();
}

void Inspector::updateControls()
{
    const int shape = m_choice.shape == app::ViewShape::KGon          ? 2
                      : m_choice.shape == app::ViewShape::Tetrahedron ? 1
                      : m_choice.shape == app::ViewShape::Plane       ? 0
                      : m_seenClasses.size() == 4                     ? 1
                                                                      : 0;
    m_shapes->button(shape)->setChecked(true);
    m_basis->setCurrentIndex(!m_choice.basis ? 0 : *m_choice.basis == app::Basis::Means ? 1 : 2);
    m_basisEpochs->button(m_choice.basisEpoch == "same" ? 0 : 1)->setChecked(true);
    constexpr int places[] = {1, 0, 3, 2}; // ColorBy -> entry of the box
    m_colorBy->setCurrentIndex(places[static_cast<int>(m_choice.style.colorBy)]);
    const QSignalBlocker quiet(m_pointSize);
    m_pointSize->setValue(qRound(m_choice.style.pointDiameterPx * 2));
    m_pointSizeText->setText(m_pointSize->value() == 0 ? tr("auto")
                                                       : tr("%1 px").arg(m_choice.style.pointDiameterPx, 0, 'f', 1));
    for (const auto& [layer, check] : m_layers) {
        const QSignalBlocker still(check);
        check->setChecked(m_choice.style.layers.has(layer));
    }
}

} // namespace nc::window

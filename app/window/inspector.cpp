#include "app/window/inspector.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/text.h"
#include "app/view_reasons.h"
#include "app/window/colouring_box.h"
#include "app/window/panel_parts.h"
#include "app/window/range_slider.h"
#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

constexpr int labelWidth = 84;
/// In the order of the list.
constexpr std::array listedBases{app::Basis::Classifier, app::Basis::Means, app::Basis::Etf, app::Basis::Probe,
                                 app::Basis::Pca};

QString number(double value)
{
    return QString::fromStdString(app::shortNumber(value));
}

QString metricText(const Metric& metric)
{
    return metric.available() ? number(metric.value) : QStringLiteral("—");
}

} // namespace

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
    for (QWidget* control : findChildren<QWidget*>()) // a click leaves the keys to the view; Tab reaches all
        if (qobject_cast<QAbstractButton*>(control) || qobject_cast<QComboBox*>(control))
            control->setFocusPolicy(Qt::TabFocus);
    updateControls();
}

QVBoxLayout* Inspector::addSection(const QString& title)
{
    return addFoldSection(m_sections, title, this);
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
        if (id != 0)
            dropThird();
        Q_EMIT requestChanged();
    });
    m_third = new QComboBox(this);
    m_third->setObjectName(QStringLiteral("third"));
    m_third->addItems({tr("None"), tr("λ"), tr("Off-view norm"), tr("Residual to theory"), tr("Loss")});
    addRow(section, tr("Third axis"), m_third, tr("What stands upright on the plane of three classes"));
    connect(m_third, &QComboBox::activated, this, [this](int id) {
        m_choice.third.reset();
        if (id > 0)
            m_choice.third = static_cast<scene::ThirdQuantity>(id - 1);
        m_choice.style.layers.set(scene::Layer::Axes, id > 0);
        Q_EMIT requestChanged();
    });
    m_basis = new QComboBox(this);
    m_basis->setObjectName(QStringLiteral("basis"));
    m_basis->addItems(
        {tr("Classifier W"), tr("Class means"), tr("Ideal ETF"), tr("Linear probe"), tr("Principal axes")});
    addRow(section, tr("Basis"), m_basis, tr("Whose frame the features are projected onto"));
    connect(m_basis, &QComboBox::activated, this, [this](int id) {
        m_choice.basis = id == 0 ? std::nullopt : std::optional(listedBases[static_cast<std::size_t>(id)]);
        Q_EMIT requestChanged();
    });
    m_basisNote = makeLabel({}, "hint", this);
    m_basisNote->setWordWrap(true);
    section->addWidget(m_basisNote);
    addRow(section, tr("Basis epoch"), makeBasisEpochControls(),
           tr("One basis for all epochs keeps the view still; each epoch's own follows the classifier"));
    section->addWidget(makeLabel(tr("Classes"), "hint", this));
    m_classBox = new QWidget(this);
    m_classBox->setObjectName(QStringLiteral("classes"));
    m_classGrid = new QGridLayout(m_classBox);
    m_classGrid->setContentsMargins(0, 0, 0, 0);
    m_classGrid->setVerticalSpacing(4);
    section->addWidget(m_classBox);
}

QWidget* Inspector::makeBasisEpochControls()
{
    auto* both = new QWidget(this);
    auto* row = new QVBoxLayout(both);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    QWidget* box = nullptr;
    m_basisEpochs = makeSegments({tr("Each"), tr("Last"), tr("Fixed")}, box, both);
    row->addWidget(box);
    m_basisEpochs->button(2)->setObjectName(QStringLiteral("basisFixed"));
    m_fixedEpoch = new QSpinBox(both);
    m_fixedEpoch->setObjectName(QStringLiteral("fixedEpoch"));
    m_fixedEpoch->setPrefix(tr("epoch "));
    m_fixedEpoch->setKeyboardTracking(false);
    m_fixedEpoch->setAccessibleName(tr("Epoch of the basis"));
    m_fixedEpoch->setToolTip(tr("A recorded epoch; another number goes to the nearest"));
    row->addWidget(m_fixedEpoch);
    connect(m_basisEpochs, &QButtonGroup::idClicked, this, [this](int id) {
        if (id == 2) {
            chooseFixedEpoch(m_epoch);
            return;
        }
        m_choice.basisEpoch = id == 0 ? "same" : "last";
        updateControls();
        Q_EMIT requestChanged();
    });
    connect(m_fixedEpoch, &QSpinBox::valueChanged, this, [this](int value) { chooseFixedEpoch(value); });
    return both;
}

/// The recorded epoch nearest to a number; one step up or down from a recorded one goes to its neighbour.
void Inspector::chooseFixedEpoch(std::int64_t epoch)
{
    if (!m_run || m_run->epochs.empty())
        return;
    const std::vector<std::int64_t>& epochs = m_run->epochs;
    const std::int64_t before = app::parseInteger(m_choice.basisEpoch).value_or(epoch);
    const auto at = std::lower_bound(epochs.begin(), epochs.end(), epoch);
    std::int64_t chosen = at == epochs.end() ? epochs.back() : *at;
    if (chosen != epoch && at != epochs.begin()) {
        const std::int64_t below = *std::prev(at);
        const bool oneStep = std::abs(epoch - before) == 1;
        if (oneStep ? epoch < before : epoch - below <= chosen - epoch)
            chosen = below;
    }
    const bool changed = m_choice.basisEpoch != std::to_string(chosen);
    m_choice.basisEpoch = std::to_string(chosen);
    updateControls();
    if (changed)
        Q_EMIT requestChanged();
}

void Inspector::addColourSection()
{
    QVBoxLayout* section = addSection(tr("Colour"));
    m_colorBy = new QComboBox(this);
    m_colorBy->setObjectName(QStringLiteral("colorBy"));
    fillColourings(*m_colorBy);
    addRow(section, tr("Colour by"), m_colorBy, tr("What the points' colours mean; the legend says it too"));
    connect(m_colorBy, &QComboBox::activated, this, [this](int row) {
        const ViewChoice before = m_choice;
        m_choice.style.colorBy = colouringAt(*m_colorBy, row);
        if (m_choice.samePanels(before))
            Q_EMIT styleChanged();
        else // the samples' values are read first
            Q_EMIT requestChanged();
    });
    m_colourNote = makeLabel({}, "hint", this);
    m_colourNote->setWordWrap(true);
    m_colourNote->hide();
    section->addWidget(m_colourNote);
    addLambdaRange(section);
    addPointSize(section);
}

void Inspector::addLambdaRange(QVBoxLayout* section)
{
    auto* box = new QWidget(this);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    m_lambda = new RangeSlider(box);
    m_lambda->setObjectName(QStringLiteral("lambdaRange"));
    m_lambda->setAccessibleName(tr("Range of λ"));
    m_lambdaText = makeLabel({}, "value", box);
    m_lambdaText->setFixedWidth(76);
    m_lambdaText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_lambda, 1);
    row->addWidget(m_lambdaText);
    addRow(section, tr("λ range"), box, {});
    connect(m_lambda, &RangeSlider::released, this, &Inspector::sliderReleased);
    connect(m_lambda, &RangeSlider::rangeChanged, this, [this](double low, double high) {
        m_choice.style.filter.lambdaLow = static_cast<float>(low);
        m_choice.style.filter.lambdaHigh = static_cast<float>(high);
        updateControls();
        Q_EMIT styleChanged();
    });
}

void Inspector::addPointSize(QVBoxLayout* section)
{
    auto* sizeBox = new QWidget(this);
    auto* sizeRow = new QHBoxLayout(sizeBox);
    sizeRow->setContentsMargins(0, 0, 0, 0);
    m_pointSize = new QSlider(Qt::Horizontal, sizeBox);
    m_pointSize->setRange(2, 24); // half pixels
    m_pointSizeText = makeLabel({}, "value", sizeBox);
    m_pointSizeText->setFixedWidth(44);
    m_pointSizeText->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_pointSizeAuto = new QToolButton(sizeBox);
    m_pointSizeAuto->setObjectName(QStringLiteral("pointSizeAuto"));
    m_pointSizeAuto->setText(tr("Auto"));
    m_pointSizeAuto->setCheckable(true);
    m_pointSizeAuto->setProperty("role", "segment");
    m_pointSizeAuto->setToolTip(tr("As the number of points and the size of the view ask for"));
    sizeRow->addWidget(m_pointSize, 1);
    sizeRow->addWidget(m_pointSizeText);
    sizeRow->addWidget(m_pointSizeAuto);
    addRow(section, tr("Point size"), sizeBox, tr("Diameter in pixels"));
    connect(m_pointSize, &QSlider::sliderReleased, this, &Inspector::sliderReleased);
    connect(m_pointSize, &QSlider::valueChanged, this, [this](int value) {
        m_choice.style.pointDiameterPx = value / 2.0;
        updateControls();
        Q_EMIT styleChanged();
    });
    connect(m_pointSizeAuto, &QToolButton::clicked, this, [this](bool on) {
        m_choice.style.pointDiameterPx = on ? 0 : m_pointSize->value() / 2.0;
        updateControls();
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
        {scene::Layer::Channels, tr("Channels")},       {scene::Layer::Means, tr("Class means")},
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
    m_layersNote = makeLabel({}, "hint", this);
    m_layersNote->setWordWrap(true);
    m_layersNote->hide();
    section->addWidget(m_layersNote);
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
        {"NC1", QT_TR_NOOP("tr(Σ<sub>W</sub> Σ<sub>B</sub><sup>+</sup>)/C"), "nc1.pinv"},
        {"NC2", QT_TR_NOOP("class means against the ETF"), "nc2.means_etf_error"},
        {"NC3", QT_TR_NOOP("W against the class means"), "nc3.duality"},
        {"NC4", QT_TR_NOOP("nearest mean ≠ arg max"), "nc4.mismatch"},
    };
    int at = 0;
    for (const Row& row : rows) {
        QLabel* head = makeLabel(QLatin1String(row.head), "value", box);
        QLabel* what = makeLabel(tr(row.what), "hint", box);
        grid->addWidget(head, at, 0);
        grid->addWidget(what, at, 1);
        QLabel* value = makeLabel(QStringLiteral("—"), "value", box);
        value->setObjectName(QLatin1String(row.head) + QStringLiteral("-value"));
        value->setAlignment(Qt::AlignRight);
        grid->addWidget(value, at, 2);
        m_figures.push_back({row.head, row.metric, head, what, value});
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
    m_seenClasses = panel ? panel->chosen.classes : app::expectedClasses(summary, m_choice.fittedTo(summary).request());
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
            check->setFocusPolicy(Qt::TabFocus);
            m_classGrid->addWidget(check, static_cast<int>(k) / 2, static_cast<int>(k) % 2);
            m_classChecks.push_back(check);
            connect(check, &QCheckBox::toggled, this, [this, k](bool on) { toggleClass(static_cast<Index>(k), on); });
        }
    }
    m_classBox->setEnabled(!m_seenClasses.empty()); // which they are is not known yet
    for (std::size_t k = 0; k < m_classChecks.size(); ++k) {
        const QSignalBlocker quiet(m_classChecks[k]);
        m_classChecks[k]->setText(m_classNames[k]);
        m_classChecks[k]->setChecked(std::find(m_seenClasses.begin(), m_seenClasses.end(), static_cast<Index>(k)) !=
                                     m_seenClasses.end());
    }
    m_run = summary;
    m_choice = m_choice.fittedTo(summary);
    auto& entries = dynamic_cast<QStandardItemModel&>(*m_basis->model());
    QStringList lacking;
    for (int place = 0; place < static_cast<int>(listedBases.size()); ++place) {
        const app::Basis basis = listedBases[static_cast<std::size_t>(place)];
        const QString reason = QString::fromStdString(app::basisAbsent(summary, basis));
        entries.item(place)->setEnabled(reason.isEmpty());
        entries.item(place)->setToolTip(reason);
        if (!reason.isEmpty() && !lacking.contains(reason))
            lacking << reason;
    }
    m_basisNote->setText(summary.hasClassifier || lacking.isEmpty()
                             ? QString()
                             : tr("Class means serve as basis: %1.").arg(lacking.front()));
    m_basisNote->setVisible(!m_basisNote->text().isEmpty());
    const QString oneEpoch = QString::fromStdString(app::fixedBasisEpochAbsent(summary));
    m_basisEpochs->button(2)->setEnabled(oneEpoch.isEmpty());
    m_basisEpochs->button(2)->setToolTip(oneEpoch.isEmpty() ? tr("The basis of one epoch of your choice") : oneEpoch);
    updateReasons(panel);
    updateControls();
}

/// Greys what the panel cannot show, with the reason in the tip; what concerns the whole run stands below as well.
void Inspector::updateReasons(const app::PanelContent* panel)
{
    if (!m_run || !panel)
        return;
    QStringList names;
    QString common;
    for (const auto& [layer, check] : m_layers) {
        const QString reason = QString::fromStdString(app::layerAbsent(*m_run, *panel, layer));
        check->setEnabled(reason.isEmpty());
        check->setToolTip(reason);
        const bool ofTheRun = !m_run->hasClassifier || layer == scene::Layer::Theory;
        if (!reason.isEmpty() && ofTheRun && (common.isEmpty() || common == reason)) {
            common = reason;
            names << check->text();
        }
    }
    const auto colourReason = [&](scene::ColorBy colorBy) {
        return QString::fromStdString(app::colourAbsent(&*m_run, *panel, colorBy));
    };
    greyColourings(*m_colorBy, colourReason);
    QString lacking = colourReason(m_choice.style.colorBy);
    if (lacking.isEmpty() && scene::needsValues(m_choice.style.colorBy))
        lacking = QString::fromStdString(panel->colourAbsent);
    const bool told = lacking.isEmpty() || m_choice.style.colorBy == scene::ColorBy::ClassLambda;
    m_colourNote->setText(told ? QString() : tr("Coloured by class: %1.").arg(lacking));
    m_colourNote->setVisible(!told);
    m_layersNote->setText(names.isEmpty() ? QString() : tr("Not here: %1 (%2).").arg(names.join(", "), common));
    m_layersNote->setVisible(!names.isEmpty());
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
    if (classes.size() != 3)
        dropThird();
    updateControls();
    Q_EMIT requestChanged();
}

void Inspector::dropThird()
{
    if (m_choice.third)
        m_choice.style.layers.set(scene::Layer::Axes, false);
    m_choice.third.reset();
}

/// What this run and shape cannot have is greyed and says why.
void Inspector::updateThird()
{
    if (!m_run)
        return;
    const io::RunSummary& summary = *m_run;
    const bool plane =
        m_seenClasses.size() == 3 && m_choice.shape.value_or(app::ViewShape::Plane) != app::ViewShape::KGon;
    const bool mixes = summary.firstSplit(SplitKind::Mix) != nullptr;
    const auto grey = [this](int row, bool on, const QString& reason) {
        auto* model = qobject_cast<QStandardItemModel*>(m_third->model());
        model->item(row)->setEnabled(on);
        model->item(row)->setToolTip(on ? QString() : reason);
    };
    const QString noMixes = tr("No mixes recorded in this run");
    grey(1, mixes, noMixes);
    grey(3, mixes && summary.hasClassifier, mixes ? tr("No classifier recorded in this run") : noMixes);
    grey(4, summary.hasClassifier || summary.hasLogits, tr("Neither classifier nor logits recorded in this run"));
    m_third->setCurrentIndex(m_choice.third ? static_cast<int>(*m_choice.third) + 1 : 0);
    m_third->setEnabled(plane);
    m_third->setToolTip(plane ? tr("What stands upright on the plane of three classes")
                              : tr("A third axis stands on the plane of three classes: choose three"));
}

void Inspector::showEpoch(std::int64_t epoch, const app::PanelContent* panel, const MetricEntry* clean)
{
    m_seeingNote->setText(
        clean ? tr("epoch %1 · split %2, without mixing").arg(epoch).arg(QString::fromStdString(clean->split))
              : tr("epoch %1 · no clean split measured").arg(epoch));
    m_epoch = epoch;
    updateReasons(panel);
    QStringList absent;
    QString whyAbsent;
    for (const FigureRow& row : m_figures) {
        const Metric* metric = clean ? &(*clean)[row.metric] : nullptr;
        const bool missing = metric && !metric->available();
        const QString reason = missing ? QString::fromStdString(metric->unavailable) : QString();
        row.value->setText(metric ? metricText(*metric) : QStringLiteral("—"));
        for (QLabel* label : {row.headLabel, row.what, row.value}) {
            label->setEnabled(!missing);
            label->setToolTip(reason);
        }
        if (missing) {
            absent << QLatin1String(row.head);
            whyAbsent = reason;
        }
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
    if (!absent.isEmpty())
        text = tr("No %1: %2. ").arg(absent.join(tr(" and ")), whyAbsent) + text;
    m_seeingText->setText(text);
    m_seeingText->setVisible(!text.isEmpty());
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
    updateThird();
    const app::Basis fallback = m_run && !m_run->hasClassifier ? app::Basis::Means : app::Basis::Classifier;
    const auto* listed = std::find(listedBases.begin(), listedBases.end(), m_choice.basis.value_or(fallback));
    m_basis->setCurrentIndex(static_cast<int>(listed - listedBases.begin()));
    const auto fixed = app::parseInteger(m_choice.basisEpoch);
    m_basisEpochs->button(m_choice.basisEpoch == "same" ? 0 : fixed ? 2 : 1)->setChecked(true);
    m_fixedEpoch->setVisible(fixed.has_value());
    if (fixed && m_run && !m_run->epochs.empty()) {
        const QSignalBlocker still(m_fixedEpoch);
        m_fixedEpoch->setRange(static_cast<int>(m_run->epochs.front()), static_cast<int>(m_run->epochs.back()));
        m_fixedEpoch->setValue(static_cast<int>(*fixed));
    }
    chooseColouring(*m_colorBy, m_choice.style.colorBy);
    const scene::CloudFilter& filter = m_choice.style.filter;
    const bool mixes = !m_run || m_run->firstSplit(SplitKind::Mix);
    m_lambda->setRange(static_cast<double>(filter.lambdaLow), static_cast<double>(filter.lambdaHigh));
    m_lambda->setEnabled(mixes);
    m_lambda->setToolTip(mixes
                             ? tr("Only mixes with a λ in this range are shown; of two classes it is the λ of the one "
                                  "that comes first")
                             : tr("No mixes recorded in this run"));
    m_lambdaText->setText(tr("%1 – %2").arg(m_lambda->low(), 0, 'g', 2).arg(m_lambda->high(), 0, 'g', 2));
    m_lambdaText->setEnabled(mixes);
    const QSignalBlocker quiet(m_pointSize);
    const bool automatic = m_choice.style.pointDiameterPx <= 0;
    if (!automatic)
        m_pointSize->setValue(qRound(m_choice.style.pointDiameterPx * 2));
    m_pointSizeAuto->setChecked(automatic);
    m_pointSizeText->setText(automatic ? QString() : tr("%1 px").arg(m_choice.style.pointDiameterPx, 0, 'f', 1));
    for (const auto& [layer, check] : m_layers) {
        const QSignalBlocker still(check);
        check->setChecked(m_choice.style.layers.has(layer));
    }
}

} // namespace nc::window

#include "app/window/new_run_dialog.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QStorageInfo>
#include <QThreadPool>
#include <QVBoxLayout>

#include <nlohmann/json.hpp>

#include "app/picture_facts.h"
#include "app/program_files.h"
#include "app/text.h"
#include "app/window/config_form.h"
#include "app/window/trial_time.h"
#include "app/window/ui_theme.h"
#include "core/config/data_folder.h"
#include "core/config/data_sets.h"
#include "core/config/train_plan.h"

namespace nc::window
{

namespace
{

using Json = nlohmann::ordered_json;

enum EstimateLine { Steps, Records, Disk, Memory, Parameters, EstimateLines };

QString number(std::int64_t value)
{
    return QString::fromStdString(app::groupedNumber(value));
}
QString byteText(std::int64_t bytes)
{
    return QString::fromStdString(app::byteSize(static_cast<std::uintmax_t>(std::max<std::int64_t>(0, bytes))));
}

/// The presets that are no twin of another ("demo" has demo-erm, demo-mse, demo-etf: fields of the form).
std::vector<std::string> basePresets()
{
    std::vector<std::string> names = presetNames();
    std::erase_if(names, [](const std::string& name) {
        return name.ends_with("-erm") || name.ends_with("-mse") || name.ends_with("-etf") ||
               name.ends_with("-protocol");
    });
    return names;
}

QString presetText(const std::string& name)
{
    const Result<TrainConfig> config = presetConfig(name);
    if (!config)
        return {};
    const DataSetFacts& facts = dataSetFacts(config->data.name);
    return NewRunDialog::tr("%1, %2 classes\n%3 epochs, %4 α = %5")
        .arg(QString::fromUtf8(facts.title.data(), static_cast<qsizetype>(facts.title.size())))
        .arg(trainedLabels(*config).size())
        .arg(config->epochs)
        .arg(QString::fromStdString(config->mixing.kind))
        .arg(config->mixing.alpha);
}

/// runs/ beside the user where there is one, else the user's data folder.
QString defaultParent()
{
    const QFileInfo here(QDir::current().filePath(QStringLiteral("runs")));
    if (here.isDir() && here.isWritable())
        return here.absoluteFilePath();
    return QString::fromStdString((userDataFolder() / "runs").string());
}

QString freeName(const QString& parent, const QString& name)
{
    QString path = parent + '/' + name;
    for (int k = 2; QFileInfo::exists(path) || QFileInfo::exists(path + QStringLiteral(".log")); ++k)
        path = parent + '/' + name + '-' + QString::number(k);
    return path;
}

QString quoted(const std::string& word)
{
    const QString text = QString::fromStdString(word);
    const bool plain = !text.isEmpty() && std::all_of(text.begin(), text.end(), [](QChar c) {
        return c.isLetterOrNumber() || QStringLiteral("-_./=:,+@").contains(c);
    });
    return plain ? text : '\'' + QString(text).replace('\'', QStringLiteral("'\\''")) + '\'';
}

/// The density of λ ~ Beta(α, α), up to its height.
class LambdaDensity : public QWidget
{
public:
    explicit LambdaDensity(QWidget* parent)
        : QWidget(parent)
    {
        setFixedHeight(56);
        setAccessibleName(NewRunDialog::tr("Density of lambda"));
    }
    double alpha = 1;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const scene::Theme& theme = currentTheme();
        const double base = height() - 16.0, top = 6;
        std::vector<double> density;
        for (int x = 0; x < width(); ++x) {
            const double lambda = std::clamp((x + 0.5) / width(), 0.005, 0.995);
            density.push_back(std::pow(lambda * (1 - lambda), alpha - 1));
        }
        const double most = *std::max_element(density.begin(), density.end());
        QPolygonF line;
        for (int x = 0; x < width(); ++x)
            line << QPointF(x, base - (base - top) * density[static_cast<std::size_t>(x)] / most);
        QPolygonF area = line;
        area << QPointF(width(), base) << QPointF(0, base);
        painter.setPen(Qt::NoPen);
        painter.setBrush(toQColor(theme.tint));
        painter.drawPolygon(area);
        painter.setPen(QPen(toQColor(theme.text2), 1.5));
        painter.drawPolyline(line);
        painter.setFont(uiFont(11));
        const QRectF words(0, base, width(), 16);
        painter.drawText(words, Qt::AlignLeft | Qt::AlignBottom, QStringLiteral("0"));
        painter.drawText(words, Qt::AlignRight | Qt::AlignBottom, QStringLiteral("1"));
        painter.drawText(words, Qt::AlignHCenter | Qt::AlignBottom, QStringLiteral("Beta(%1, %1)").arg(alpha));
    }
};

} // namespace

NewRunDialog::NewRunDialog(QWidget* parent)
    : QDialog(parent)
{
    setWindowTitle(tr("New run"));
    setObjectName(QStringLiteral("newRunDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* left = new QWidget(this);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(8);
    m_form = new ConfigForm(left);
    column->addWidget(makePresets());
    column->addWidget(m_form, 1);
    m_form->addRow(tr("Write to"), makePlace());
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    left->setProperty("role", "panel");
    scroll->setWidget(left);
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(0);
    grid->addWidget(scroll, 0, 0);
    grid->addWidget(makeEstimate(), 0, 1);
    grid->addWidget(makeFooter(), 1, 0, 1, 2);
    grid->setColumnStretch(0, 1);
    connect(m_form, &ConfigForm::changed, this, &NewRunDialog::update);
    choosePreset(QString::fromStdString(basePresets().front()));
    resize(1080, 780);
}

/// The first of each kind as a card, every one in the list.
QWidget* NewRunDialog::makePresets()
{
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    m_presets = new QComboBox(box);
    m_presets->setAccessibleName(tr("Preset"));
    for (const std::string& name : basePresets())
        m_presets->addItem(QString::fromStdString(name));
    for (const char* name : {"quick", "demo", "repro-wrn-fashion", "repro-vit-fashion"}) {
        auto* card = new QPushButton(QString::fromLatin1(name) + '\n' + presetText(name), box);
        card->setObjectName(QStringLiteral("preset:") + name);
        card->setCheckable(true);
        card->setAutoDefault(false);
        card->setProperty("role", "preset");
        card->setToolTip(QString::fromStdString(presetSummary(name)));
        card->setMinimumWidth(120);
        card->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        row->addWidget(card);
        connect(card, &QPushButton::clicked, this, [this, name] { choosePreset(QString::fromLatin1(name)); });
    }
    m_presetSummary = new QLabel(box);
    m_presetSummary->setProperty("role", "hint");
    m_presetSummary->setWordWrap(true);
    auto* all = new QHBoxLayout;
    all->setSpacing(12);
    all->addWidget(m_presets);
    all->addWidget(m_presetSummary, 1);
    column->addLayout(row);
    column->addLayout(all);
    connect(m_presets, &QComboBox::textActivated, this, &NewRunDialog::choosePreset);
    return box;
}

QWidget* NewRunDialog::makePlace()
{
    auto* box = new QWidget(this);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_folder = new QLineEdit(box);
    m_folder->setObjectName(QStringLiteral("folder"));
    m_folder->setAccessibleName(tr("Folder of the run"));
    m_folder->setMinimumWidth(260);
    auto* browse = new QPushButton(tr("Choose…"), box);
    m_placeNote = new QLabel(box);
    m_placeNote->setProperty("role", "hint");
    row->addWidget(m_folder, 1);
    row->addWidget(browse);
    row->addWidget(m_placeNote);
    connect(m_folder, &QLineEdit::textEdited, this, [this] { m_ownFolder = true; });
    connect(m_folder, &QLineEdit::textChanged, this, &NewRunDialog::update);
    connect(browse, &QPushButton::clicked, this, [this] {
        const QString parent = QFileDialog::getExistingDirectory(this, tr("Folder in which the run is made"));
        if (!parent.isEmpty())
            setFolder(freeName(parent, QString::fromStdString(m_preset)));
    });
    return box;
}

QWidget* NewRunDialog::makeEstimate()
{
    auto* panel = new QWidget(this);
    panel->setProperty("role", "ground");
    panel->setAttribute(Qt::WA_StyledBackground);
    panel->setFixedWidth(272);
    auto* grid = new QGridLayout(panel);
    grid->setContentsMargins(20, 16, 20, 16);
    grid->setVerticalSpacing(4);
    auto* title = new QLabel(tr("What will happen"), panel);
    title->setProperty("role", "title");
    grid->addWidget(title, 0, 0, 1, 2);
    const QString names[EstimateLines] = {tr("Steps"), tr("Records"), tr("Disk"), tr("Memory"), tr("Parameters")};
    int row = 1;
    for (const QString& name : names) {
        auto* rule = new QFrame(panel);
        rule->setProperty("role", "line");
        grid->addWidget(rule, row++, 0, 1, 2);
        auto* value = new QLabel(panel);
        value->setProperty("role", "value");
        auto* second = new QLabel(panel);
        second->setProperty("role", "hint");
        second->setFont(uiFont(11));
        second->setWordWrap(true);
        second->setAlignment(Qt::AlignRight);
        grid->addWidget(new QLabel(name, panel), row, 0);
        grid->addWidget(value, row++, 1, Qt::AlignRight);
        grid->addWidget(second, row++, 0, 1, 2);
        m_estimate.emplace_back(value, second);
        if (m_estimate.size() == Steps + 1) {
            auto* below = new QFrame(panel);
            below->setProperty("role", "line");
            grid->addWidget(below, row++, 0, 1, 2);
            m_trial = new TrialTime(panel);
            grid->addWidget(m_trial, row++, 0, 1, 2);
        }
    }
    auto* rule = new QFrame(panel);
    rule->setProperty("role", "line");
    grid->addWidget(rule, row++, 0, 1, 2);
    grid->addWidget(new QLabel(tr("λ of the mixes"), panel), row++, 0, 1, 2);
    m_density = new LambdaDensity(panel);
    grid->addWidget(m_density, row++, 0, 1, 2);
    grid->setRowStretch(row, 1);
    return panel;
}

QWidget* NewRunDialog::makeFooter()
{
    auto* bar = new QFrame(this);
    bar->setProperty("role", "footer");
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(20, 12, 20, 12);
    row->setSpacing(8);
    auto* copy = new QPushButton(tr("Copy command"), bar);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setToolTip(tr("The same training for a shell"));
    copy->setAutoDefault(false);
    m_obstacle = new QLabel(bar);
    m_obstacle->setObjectName(QStringLiteral("obstacle"));
    m_obstacle->setWordWrap(true);
    m_obstacle->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* cancel = new QPushButton(tr("Cancel"), bar);
    cancel->setAutoDefault(false);
    m_start = new QPushButton(tr("Start"), bar);
    m_start->setObjectName(QStringLiteral("start"));
    m_start->setProperty("role", "main");
    m_start->setDefault(true);
    row->addWidget(copy);
    row->addWidget(m_obstacle, 1);
    row->addWidget(cancel);
    row->addWidget(m_start);
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(command()); });
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_start, &QPushButton::clicked, this, [this] {
        Q_EMIT startAsked(folder(), words());
        accept();
    });
    return bar;
}

void NewRunDialog::choosePreset(const QString& name)
{
    const Result<TrainConfig> config = presetConfig(name.toStdString());
    if (!config)
        return;
    m_preset = name.toStdString();
    for (QPushButton* card : findChildren<QPushButton*>(QRegularExpression(QStringLiteral("^preset:"))))
        card->setChecked(card->objectName() == QStringLiteral("preset:") + name);
    m_presets->setCurrentText(name);
    m_presetSummary->setText(QString::fromStdString(presetSummary(m_preset)));
    if (!m_ownFolder)
        m_folder->setText(freeName(defaultParent(), name));
    m_form->setConfig(*config);
}

QString NewRunDialog::folder() const
{
    const QString text = m_folder->text().trimmed();
    return text.isEmpty() ? QString() : QDir::cleanPath(QDir::current().absoluteFilePath(text));
}

void NewRunDialog::setFolder(const QString& folder)
{
    m_ownFolder = true;
    m_folder->setText(folder);
}

std::vector<std::string> NewRunDialog::words() const
{
    std::vector<std::string> words = trainingWords();
    words.emplace_back("-o");
    words.push_back(folder().toStdString());
    return words;
}

std::vector<std::string> NewRunDialog::trainingWords() const
{
    std::vector<std::string> words{"--preset", m_preset};
    const Json tree = Json::parse(toJson(m_form->config())), presetTree = Json::parse(toJson(*presetConfig(m_preset)));
    for (const ConfigField& field : configFields()) {
        std::string pointer = "/" + std::string(field.key);
        std::replace(pointer.begin(), pointer.end(), '.', '/');
        const Json& value = tree.at(Json::json_pointer(pointer));
        if (value == presetTree.at(Json::json_pointer(pointer)))
            continue;
        words.emplace_back("--set");
        words.push_back(std::string(field.key) + "=" + (value.is_string() ? value.get<std::string>() : value.dump()));
    }
    return words;
}

QString NewRunDialog::command() const
{
    QString line = QStringLiteral("ncscope train");
    for (const std::string& word : words())
        line += ' ' + quoted(word);
    return line;
}

QString NewRunDialog::placeProblem() const
{
    const QFileInfo place(folder());
    if (folder().isEmpty())
        return tr("name a folder to write to");
    if (place.exists() && (!place.isDir() || !QDir(place.filePath()).isEmpty()))
        return tr("the folder is not empty");
    QFileInfo parent(place.path());
    while (!parent.exists() && !parent.isRoot())
        parent = QFileInfo(parent.path());
    return parent.isDir() && parent.isWritable() ? QString() : tr("%1 cannot be written to").arg(parent.filePath());
}

QString NewRunDialog::obstacle() const
{
    const QString config = configObstacle();
    if (!config.isEmpty())
        return config;
    const QString place = placeProblem();
    return place.isEmpty() ? QString() : tr("Write to: %1").arg(place);
}

QString NewRunDialog::configObstacle() const
{
    const QFileInfo trainer(QString::fromStdString(app::trainerProgram().string()));
    if (!trainer.isExecutable())
        return tr("ncscope-train is not installed; ./bootstrap build makes it where LibTorch is. Looked for %1")
            .arg(trainer.filePath());
    const TrainConfig::Data& chosen = m_form->config().data;
    if (!findDataSet(chosen.name))
        return tr("The data set is missing");
    if (namesPictureFile(chosen.name) && !chosen.file)
        return m_lookFailed.isEmpty() ? tr("Looking into the file of pictures") : m_lookFailed;
    const auto& problems = m_form->problems();
    QStringList keys;
    for (const ConfigProblem& problem : problems)
        keys << QString::fromStdString(problem.key);
    if (!problems.empty())
        return (keys.size() == 1 ? tr("1 field") : tr("%1 fields").arg(keys.size())) +
               tr(" to correct: %1").arg(keys.join(QStringLiteral(", ")));
    return {};
}

/// A file of pictures is opened on another thread, once for each name.
void NewRunDialog::lookIntoFile()
{
    const std::string name = m_form->config().data.name;
    if (!namesPictureFile(name) || name == m_looked)
        return;
    const Result<std::filesystem::path> file = findDataSet(name);
    if (!file)
        return;
    m_looked = name;
    m_lookFailed.clear();
    QThreadPool::globalInstance()->start([name, path = *file, dialog = QPointer(this)] {
        const Result<DataSetFacts> facts = app::pictureFacts(path);
        QMetaObject::invokeMethod(qApp, [name, facts, dialog] {
            if (!dialog || dialog->m_looked != name)
                return;
            dialog->m_lookFailed = facts ? QString() : QString::fromStdString(facts.error().message);
            if (facts)
                dialog->m_form->setPictureFile(*facts);
            else
                dialog->update();
        });
    });
}

/// Where the pictures are, or what is in the file.
void NewRunDialog::noteData()
{
    const TrainConfig& config = m_form->config();
    const DataSetFacts facts = dataSetFacts(config);
    const QString key = QStringLiteral("data.name");
    const Result<std::filesystem::path> found = findDataSet(config.data.name);
    if (!found)
        return m_form->setNote(key, tr("⚠ not found: %1").arg(QString::fromStdString(facts.whereFrom)), true);
    if (!namesPictureFile(config.data.name))
        return m_form->setNote(key, tr("✓ found in %1").arg(QString::fromStdString(found->string())));
    if (!config.data.file)
        return m_form->setNote(key,
                               m_lookFailed.isEmpty() ? tr("looking into it…") : QStringLiteral("⚠ ") + m_lookFailed,
                               !m_lookFailed.isEmpty());
    const auto classes = static_cast<std::int64_t>(facts.classNames.size());
    m_form->setNote(key, tr("✓ %1 + %2 pictures of %3 × %3, %4 classes")
                             .arg(number(facts.trainImages * classes), number(facts.testImages * classes))
                             .arg(facts.side)
                             .arg(classes));
}

void NewRunDialog::update()
{
    lookIntoFile();
    noteData();
    const TrainConfig& config = m_form->config();
    const std::int64_t images = trainingImages(config); // 0: a file that is not yet looked into
    m_form->setNote(QStringLiteral("data.classes"), images > 0 ? tr("of %1").arg(number(images)) : QString());
    m_form->setNote(QStringLiteral("probe_samples"), tr("%1 mixes in all").arg(number(probeRows(config))));
    if (m_form->problems().empty())
        m_form->setNote(QStringLiteral("network.kind"),
                        tr("features: %1").arg(QString::fromStdString(featureLayerText(config))));
    const QString place = placeProblem();
    m_placeNote->setText(place.isEmpty() ? tr("new folder") : QStringLiteral("⚠ ") + place);
    m_placeNote->setStyleSheet(place.isEmpty() ? QString()
                                               : QStringLiteral("color: %1").arg(toQColor(currentTheme().err).name()));
    const QString why = obstacle();
    m_obstacle->setText(why.isEmpty() ? QString() : QStringLiteral("⚠ ") + why);
    m_obstacle->setStyleSheet(QStringLiteral("color: %1").arg(toQColor(currentTheme().err).name()));
    m_start->setEnabled(why.isEmpty());
    m_trial->setTraining(trainingWords(), m_form->config().epochs, configObstacle());
    updateEstimate();
}

void NewRunDialog::updateEstimate()
{
    if (!m_form->problems().empty() || trainingImages(m_form->config()) == 0) {
        for (auto& [value, second] : m_estimate) {
            value->setText(QStringLiteral("—"));
            second->clear();
        }
        return;
    }
    const TrainConfig& config = m_form->config();
    const MemoryEstimate need = estimateMemory(config);
    const auto set = [this](EstimateLine line, const QString& value, const QString& second) {
        m_estimate[line].first->setText(value);
        m_estimate[line].second->setText(second);
    };
    const std::int64_t steps = stepsPerEpoch(config);
    set(Steps, number(steps * config.epochs), tr("%1 an epoch × %2 epochs").arg(number(steps)).arg(config.epochs));
    const auto records = static_cast<std::int64_t>(recordedEpochs(config).size());
    const QString which =
        config.recording.epochs.empty() ? tr("0 to 10 each, then wider") : tr("as listed, 0 and the last");
    const bool whole = config.recording.wholeTrain && !config.isFree();
    set(Records, records == 1 ? tr("1 epoch") : tr("%1 epochs").arg(records),
        whole ? tr("%1; a pass over all pictures each").arg(which) : which);
    QString parent = QFileInfo(folder()).path();
    while (!QFileInfo::exists(parent) && !QFileInfo(parent).isRoot())
        parent = QFileInfo(parent).path();
    set(Disk, byteText(need.runBytes), tr("%1 free").arg(byteText(QStorageInfo(parent).bytesAvailable())));
    set(Memory, tr("about %1").arg(byteText(need.memoryBytes())), tr("beside LibTorch itself"));
    set(Parameters, number(need.parameters), tr("trainable"));
    static_cast<LambdaDensity*>(m_density)->alpha = config.mixing.alpha;
    m_density->setVisible(config.mixes());
    m_density->update();
}

} // namespace nc::window

#include "app/window/config_form.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>

#include <nlohmann/json.hpp>

#include "app/window/ui_theme.h"

namespace nc::window
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr int labelWidth = 104, shortField = 64, longField = 152, choiceWidth = 148;

/// The value of a dotted key as one types it: "0.05", "0, 1, 7", "mixup".
QString valueText(const Json& root, const std::string& key)
{
    std::string pointer = "/" + key;
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    const Json& value = root.at(Json::json_pointer(pointer));
    if (value.is_string())
        return QString::fromStdString(value.get<std::string>());
    if (!value.is_array())
        return QString::fromStdString(value.dump());
    QStringList parts;
    for (const Json& entry : value)
        parts << QString::fromStdString(entry.dump());
    return parts.join(QStringLiteral(", "));
}

const ConfigField& fieldOf(const QString& key)
{
    const auto fields = configFields();
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [name = key.toStdString()](const ConfigField& f) { return f.key == name; });
    Q_ASSERT(found != fields.end());
    return *found;
}

bool isList(FieldKind kind)
{
    return kind == FieldKind::Integers || kind == FieldKind::Reals;
}

/// "Bad setting: mixing.alpha is 500, but takes …" -> "is 500, but takes …": the field stands beside it.
QString besideField(const std::string& message, const QString& key)
{
    QString text = QString::fromStdString(message);
    text.remove(QStringLiteral("Bad setting: "));
    return text.startsWith(key + ' ') ? text.mid(key.size() + 1) : text;
}

} // namespace

ConfigForm::ConfigForm(QWidget* parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(8);
    addGroup(tr("Data"));
    addFieldRow(tr("Data set"), {{"", "data.name"}, {tr("augment"), "data.augment"}});
    addFieldRow(tr("Classes"), {{"", "data.classes"}, {tr("images"), "train_samples"}});
    addGroup(tr("Model"));
    addFieldRow(tr("Network"), {{"", "network.kind"}, {tr("d"), "network.feature_dim"}});
    addFieldRow(tr("Classifier"), {{"", "network.classifier"}, {"", "network.classifier_bias"}});
    addGroup(tr("Mixing and loss"));
    addFieldRow(tr("Mixing"), {{"", "mixing.kind"}, {tr("α"), "mixing.alpha"}, {tr("λ per"), "mixing.lambda_per"}});
    addFieldRow(
        tr("Loss"),
        {{"", "loss.kind"}, {tr("smoothing"), "loss.label_smoothing"}, {tr("penalty μ"), "loss.feature_penalty"}});
    addGroup(tr("Optimiser"));
    addFieldRow(
        tr("Optimiser"),
        {{"", "optimiser.kind"}, {tr("momentum"), "optimiser.momentum"}, {tr("decay"), "optimiser.weight_decay"}});
    addFieldRow(tr("Learning rate"), {{"", "optimiser.schedule"},
                                      {tr("from"), "optimiser.learning_rate"},
                                      {tr("drops"), "optimiser.drops"},
                                      {tr("×"), "optimiser.drop_factor"}});
    addFieldRow(tr("Epochs"), {{"", "epochs"}, {tr("batch"), "optimiser.batch_size"}, {tr("seed"), "seed"}});
    addGroup(tr("Recording and place"));
    addFieldRow(tr("Probe"), {{"", "probe_samples"}, {tr("(0: by rule)  shown classes"), "recording.view_classes"}});
    addFieldRow(tr("Device"), {{"", "device"}});
    m_lastGroup = m_grid;
    addFolded();
    m_column->addStretch(1);
}

void ConfigForm::addGroup(const QString& title)
{
    auto* label = new QLabel(title, this);
    label->setProperty("role", "title");
    m_column->addSpacing(4);
    m_column->addWidget(label);
    auto* box = new QWidget(this);
    m_grid = new QGridLayout(box);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnMinimumWidth(0, labelWidth);
    m_grid->setColumnStretch(1, 1);
    m_column->addWidget(box);
}

void ConfigForm::addRow(const QString& label, QWidget* field)
{
    const int row = m_lastGroup->rowCount();
    auto* name = new QLabel(label, this);
    name->setProperty("role", "hint");
    name->setBuddy(field);
    m_lastGroup->addWidget(name, row, 0, Qt::AlignRight | Qt::AlignVCenter);
    m_lastGroup->addWidget(field, row, 1);
}

void ConfigForm::addFieldRow(const QString& label, const std::vector<std::pair<QString, QString>>& keys)
{
    const int at = m_grid->rowCount();
    auto* name = new QLabel(label, this);
    name->setProperty("role", "hint");
    m_grid->addWidget(name, at, 0, Qt::AlignRight | Qt::AlignVCenter);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    Row row;
    for (const auto& [before, key] : keys) {
        if (!before.isEmpty()) {
            auto* word = new QLabel(before, this);
            word->setProperty("role", "hint");
            line->addWidget(word);
        }
        QWidget* field = makeEditor(fieldOf(key));
        line->addWidget(field);
        row.keys.push_back(key);
    }
    row.note = new QLabel(this);
    row.note->setProperty("role", "hint");
    row.note->setWordWrap(true);
    row.note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row.error = new QLabel(this);
    row.error->setWordWrap(true);
    row.error->setObjectName(QStringLiteral("error:") + row.keys.front());
    line->addWidget(row.note, 1);
    line->addWidget(row.error, 1);
    row.error->hide();
    row.note->hide();
    line->addStretch(0);
    auto* box = new QWidget(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setAlignment(Qt::AlignLeft);
    box->setLayout(line);
    m_grid->addWidget(box, at, 1);
    m_rows.push_back(std::move(row));
}

/// Whatever the table has and no group shows, folded away.
void ConfigForm::addFolded()
{
    auto* fold = new QToolButton(this);
    fold->setObjectName(QStringLiteral("more"));
    fold->setText(tr("More"));
    fold->setCheckable(true);
    fold->setArrowType(Qt::RightArrow);
    fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_column->addWidget(fold);
    auto* box = new QWidget(this);
    m_grid = new QGridLayout(box);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(6);
    m_grid->setColumnMinimumWidth(0, labelWidth);
    m_grid->setColumnStretch(1, 1);
    for (const ConfigField& field : configFields()) {
        const QString key = QString::fromUtf8(field.key.data(), static_cast<qsizetype>(field.key.size()));
        if (!m_editors.contains(key))
            addFieldRow(key, {{"", key}});
    }
    m_column->addWidget(box);
    box->hide();
    connect(fold, &QToolButton::toggled, this, [fold, box](bool open) {
        fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        box->setVisible(open);
    });
}

QWidget* ConfigForm::makeEditor(const ConfigField& field)
{
    const QString key = QString::fromUtf8(field.key.data(), static_cast<qsizetype>(field.key.size()));
    QWidget* made = nullptr;
    if (!field.choices.empty()) {
        auto* box = new QComboBox(this);
        for (const std::string_view choice : field.choices)
            box->addItem(QString::fromUtf8(choice.data(), static_cast<qsizetype>(choice.size())));
        box->setEditable(field.kind != FieldKind::Choice); // the usual texts, and others
        box->setFixedWidth(field.choices.size() == 2 && key.endsWith(QLatin1String("_per")) ? 96 : choiceWidth);
        connect(box, &QComboBox::currentTextChanged, this, &ConfigForm::readFields);
        made = box;
    } else if (field.kind == FieldKind::Boolean) {
        auto* box = new QCheckBox(key.section('.', -1).replace('_', ' '), this);
        connect(box, &QCheckBox::toggled, this, &ConfigForm::readFields);
        made = box;
    } else {
        auto* line = new QLineEdit(this);
        line->setFixedWidth(isList(field.kind) || field.kind == FieldKind::Text ? longField : shortField);
        if (isList(field.kind) && key != QLatin1String("network.widths"))
            line->setPlaceholderText(key == QLatin1String("data.classes") ? tr("all") : tr("by rule"));
        connect(line, &QLineEdit::textChanged, this, &ConfigForm::readFields);
        made = line;
    }
    made->setAccessibleName(key);
    made->setObjectName(key);
    m_editors[key] = made;
    return made;
}

QWidget* ConfigForm::editor(const QString& key) const
{
    return m_editors.at(key);
}

QString ConfigForm::textOf(const QString& key) const
{
    QWidget* made = editor(key);
    if (const auto* box = qobject_cast<QComboBox*>(made))
        return box->currentText();
    if (const auto* box = qobject_cast<QCheckBox*>(made))
        return box->isChecked() ? QStringLiteral("true") : QStringLiteral("false");
    return static_cast<QLineEdit*>(made)->text().trimmed();
}

void ConfigForm::setText(const QString& key, const QString& text)
{
    QWidget* made = editor(key);
    if (auto* combo = qobject_cast<QComboBox*>(made))
        combo->setCurrentText(text);
    else if (auto* check = qobject_cast<QCheckBox*>(made))
        check->setChecked(text == QLatin1String("true"));
    else
        static_cast<QLineEdit*>(made)->setText(text);
}

void ConfigForm::setConfig(const TrainConfig& config)
{
    m_filling = true;
    m_config = config;
    m_config.data.file.reset();
    const Json root = Json::parse(toJson(config));
    for (const auto& [key, made] : m_editors)
        setText(key, valueText(root, key.toStdString()));
    m_filling = false;
    readFields();
}

void ConfigForm::setPictureFile(const DataSetFacts& facts)
{
    m_config.data.file = facts;
    m_fileName = m_config.data.name;
    readFields();
}

ConfigForm::Row* ConfigForm::rowOf(const QString& key)
{
    for (Row& row : m_rows)
        if (std::find(row.keys.begin(), row.keys.end(), key) != row.keys.end())
            return &row;
    return nullptr;
}

void ConfigForm::setNote(const QString& key, const QString& note, bool bad)
{
    Row* row = rowOf(key);
    row->note->setText(note);
    row->note->setStyleSheet(bad ? QStringLiteral("color: %1").arg(toQColor(currentTheme().err).name()) : QString());
    row->note->setVisible(!note.isEmpty() && row->error->text().isEmpty());
}

/// A field that has no effect is not to be typed into, and says why; one with an error stays open to be corrected.
void ConfigForm::showUse(const ConfigField& field, bool wrong)
{
    const QString key = QString::fromUtf8(field.key.data(), static_cast<qsizetype>(field.key.size()));
    const QString help = QString::fromUtf8(field.help.data(), static_cast<qsizetype>(field.help.size()));
    const QString why = QString::fromStdString(unusedBecause(m_config, field));
    QWidget* made = editor(key);
    made->setEnabled(why.isEmpty() || wrong);
    made->setToolTip(QStringLiteral("<p>%1</p><p>%2</p>")
                         .arg(help.toHtmlEscaped(), why.isEmpty() ? key : key + QStringLiteral(": ") + why));
}

void ConfigForm::readFields()
{
    if (m_filling)
        return;
    m_problems.clear();
    for (const Row& row : m_rows)
        for (const QString& key : row.keys) {
            const QString text = textOf(key);
            const std::string value = isList(fieldOf(key).kind) ? "[" + text.toStdString() + "]" : text.toStdString();
            if (const Result<void> done = applySetting(m_config, key.toStdString() + "=" + value); !done)
                m_problems.push_back({key.toStdString(), done.error().message});
        }
    if (m_config.data.name != m_fileName)
        m_config.data.file.reset();
    if (m_problems.empty())
        m_problems = configProblems(m_config);
    for (Row& row : m_rows) {
        QStringList sentences;
        for (const QString& key : row.keys) {
            const auto found = std::find_if(m_problems.begin(), m_problems.end(),
                                            [name = key.toStdString()](const auto& p) { return p.key == name; });
            const bool wrong = found != m_problems.end();
            if (wrong)
                sentences << (row.keys.size() > 1 ? key.section('.', -1).replace('_', ' ') + ' ' : QString()) +
                                 besideField(found->message, key);
            QWidget* made = editor(key);
            made->setStyleSheet(
                wrong ? QStringLiteral("QLineEdit { border: 1px solid %1 }").arg(toQColor(currentTheme().err).name())
                      : QString());
            showUse(fieldOf(key), wrong);
        }
        row.error->setText(sentences.isEmpty() ? QString()
                                               : QStringLiteral("⚠ ") + sentences.join(QStringLiteral("; ")));
        row.error->setStyleSheet(QStringLiteral("color: %1").arg(toQColor(currentTheme().err).name()));
        row.error->setVisible(!sentences.isEmpty());
        row.note->setVisible(sentences.isEmpty() && !row.note->text().isEmpty());
    }
    Q_EMIT changed();
}

} // namespace nc::window

#pragma once

#include <map>
#include <vector>

#include <QWidget>

#include "core/config/train_config.h"

class QGridLayout;
class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace nc::window
{

/// A training configuration as fields, made from the table behind configFields(): each kind of field has its editor,
/// each range its sentence beside the field. Keys that no group names come under "More".
class ConfigForm : public QWidget
{
    Q_OBJECT

public:
    explicit ConfigForm(QWidget* parent = nullptr);

    /// Fills the fields; no signal.
    void setConfig(const TrainConfig& config);
    /// What the fields say; of a field with an error, what it held before.
    [[nodiscard]] const TrainConfig& config() const { return m_config; }
    /// Every wrong field with its sentence, in the order of the form; the sentences stand beside the fields too.
    [[nodiscard]] const std::vector<ConfigProblem>& problems() const { return m_problems; }
    /// What is in the file that data.name names, once that was looked at; forgotten with the name.
    void setPictureFile(const DataSetFacts& facts);
    /// Types into a field, as a user would. For tests and for what else fills the form.
    void setText(const QString& key, const QString& text);

    /// A line after the field of a key, in words: "found in …", "55,800 parameters".
    void setNote(const QString& key, const QString& note, bool bad = false);
    /// Another row at the end of the last group.
    void addRow(const QString& label, QWidget* field);
    [[nodiscard]] QWidget* editor(const QString& key) const;

Q_SIGNALS:
    void changed();

private:
    struct Row {
        std::vector<QString> keys;
        QLabel* error = nullptr;
        QLabel* note = nullptr;
    };
    void addGroup(const QString& title);
    void addFieldRow(const QString& label, const std::vector<std::pair<QString, QString>>& keys);
    void addFolded();
    QWidget* makeEditor(const ConfigField& field);
    void readFields();
    void showUse(const ConfigField& field, bool wrong);
    [[nodiscard]] Row* rowOf(const QString& key);
    [[nodiscard]] QString textOf(const QString& key) const;

    QVBoxLayout* m_column;
    QGridLayout* m_grid = nullptr; ///< of the group that is being filled
    QGridLayout* m_lastGroup = nullptr;
    std::map<QString, QWidget*> m_editors;
    std::vector<Row> m_rows;
    TrainConfig m_config;
    std::vector<ConfigProblem> m_problems;
    bool m_filling = false;
    std::string m_fileName; ///< data.name that m_config.data.file is about
};

} // namespace nc::window

#pragma once

#include <QDialog>

#include "app/window/export_choice.h"
#include "app/window/figure_page.h"
#include "app/window/figure_worker.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QVBoxLayout;

namespace nc::window
{

/// What is exported: the view as it stands, or what an opened recipe draws.
struct ExportSource {
    std::shared_ptr<const app::PanelContent> panel; ///< null: `words` draw a grid, a matrix or a plot
    std::int64_t epoch = 0;
    app::FigureRequest request; ///< view, basis, camera; the dialog adds page and looks
    QString run;                ///< absolute path
    QString name;               ///< of the run, for the file's name
    bool filtered = false;      ///< the view hides points that the figure will show
    /// Of a recipe: the command, the runs and the options that the dialog does not have.
    std::vector<std::string> words{};
    bool plot = false; ///< axes and curves, without layers and colours
};

/// The figure as it will be written, at its real size, while its options change. Never blocks: painting and writing
/// happen on another thread.
class ExportDialog : public QDialog
{
    Q_OBJECT

public:
    ExportDialog(ExportSource source, const ExportChoice& choice, QWidget* parent = nullptr);

    [[nodiscard]] const ExportChoice& choice() const { return m_choice; }
    /// The command line that writes the same file.
    [[nodiscard]] QString command() const;
    [[nodiscard]] QString path() const;
    void setPath(const QString& path);
    /// Shows another choice, as if it had been clicked.
    void setChoice(const ExportChoice& choice);
    /// Shows what a recipe draws in place of the view, with its options; says in the dialog where it cannot.
    void openRecipe(const QString& file);
    [[nodiscard]] QString recipePath() const; ///< where the recipe goes: beside the figure, ending .json
    [[nodiscard]] QString latex() const;      ///< a figure environment whose caption says what is shown
    void save();                              ///< writes as soon as the file is painted; accepts when it is written

    [[nodiscard]] FigurePage* page() const { return m_page; }
    [[nodiscard]] const std::optional<FigureFile>& file() const { return m_file; } ///< empty while it is painted

Q_SIGNALS:
    void fileReady();
    void saved(const QString& path);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override; ///< takes a recipe
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* makeOptions();
    QWidget* makeFooter();
    void addFormRows(QVBoxLayout* column);
    void addShowRows(QVBoxLayout* column);
    void addRecipeRows(QVBoxLayout* column);
    void addFacts(QVBoxLayout* column);
    QWidget* makeSegments(const QStringList& texts, const QString& name, const std::function<void(int)>& chosen);
    void connectWorker();

    void change(); ///< after every change of m_choice: controls, preview, command
    void updateControls();
    void updateFacts();
    void repaint();
    void setEnding();
    void showFailure(const QString& message);
    void say(const QString& message);
    void write(const QString& path);
    void takeRecipe(const app::OpenedRecipe& recipe);
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] QString colourReason(scene::ColorBy colorBy) const;
    [[nodiscard]] QString layerReason(scene::Layer layer) const;
    [[nodiscard]] app::FigureRequest request() const;
    [[nodiscard]] std::string caption() const;

    ExportSource m_source;
    ExportChoice m_choice;
    FigurePage* m_page = nullptr;
    FigureWorker* m_worker = nullptr;
    std::optional<FigureFile> m_file;
    std::string m_shownCaption; ///< of the picture that is shown
    Index m_shownPoints = 0;
    QString m_savePath; ///< waits for the file; empty: nothing is to be saved
    QString m_title;
    bool m_filling = false; ///< controls are being set, not used

    QComboBox *m_preset = nullptr, *m_unit = nullptr, *m_colorBy = nullptr;
    std::vector<QWidget*> m_segments; ///< format, points, theme, zoom
    QDoubleSpinBox *m_width = nullptr, *m_fontSize = nullptr, *m_pointSize = nullptr;
    QSpinBox* m_dpi = nullptr;
    QLabel *m_height = nullptr, *m_pointsNote = nullptr, *m_sizeName = nullptr, *m_size = nullptr,
           *m_otherName = nullptr, *m_other = nullptr, *m_fonts = nullptr, *m_timing = nullptr, *m_state = nullptr;
    std::vector<std::pair<scene::Layer, QCheckBox*>> m_layers;
    QCheckBox *m_caption = nullptr, *m_transparent = nullptr, *m_recipe = nullptr;
    QLabel *m_recipeNote = nullptr, *m_kept = nullptr;
    QLineEdit *m_titleEdit = nullptr, *m_pathEdit = nullptr;
    QPushButton* m_save = nullptr;
    QTimer* m_delay = nullptr;
};

} // namespace nc::window

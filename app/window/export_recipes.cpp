// The export dialog's recipes: written beside the figure, opened and dropped; and the figure as LaTeX has it.

#include <QCheckBox>
#include <QDir>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "app/figure_recipe.h"
#include "app/window/colouring_box.h"
#include "app/window/export_dialog.h"

namespace nc::window
{

void ExportDialog::addRecipeRows(QVBoxLayout* column)
{
    column->addSpacing(6);
    m_recipe = new QCheckBox(tr("Write the recipe beside it"), this);
    connect(m_recipe, &QCheckBox::toggled, this, [this](bool on) {
        m_choice.recipe = on;
        updateFacts();
    });
    column->addWidget(m_recipe);
    m_recipeNote = new QLabel(this);
    m_recipeNote->setProperty("role", "hint");
    m_recipeNote->setWordWrap(true);
    m_recipeNote->setContentsMargins(26, 0, 0, 0);
    column->addWidget(m_recipeNote);
    m_kept = new QLabel(this);
    m_kept->setObjectName(QStringLiteral("keptOptions"));
    m_kept->setProperty("role", "hint");
    m_kept->setWordWrap(true);
    m_kept->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_kept->hide();
    auto* open = new QPushButton(tr("Open a recipe…"), this);
    open->setObjectName(QStringLiteral("openRecipe"));
    open->setAutoDefault(false);
    open->setToolTip(tr("Show the figure that a recipe draws, with its options; or drop the file here"));
    connect(open, &QPushButton::clicked, this, [this] {
        const QString chosen = QFileDialog::getOpenFileName(this, tr("Open a recipe"), QFileInfo(path()).absolutePath(),
                                                            tr("Recipes (*.json)"));
        if (!chosen.isEmpty())
            openRecipe(chosen);
    });
    column->addWidget(open, 0, Qt::AlignLeft);
    column->addWidget(m_kept);
}

QString ExportDialog::latex() const
{
    return QString::fromStdString(app::latexSnippet(path().toStdString(), caption()));
}

QString ExportDialog::recipePath() const
{
    const QFileInfo figure(path());
    return figure.dir().filePath(figure.completeBaseName() + QStringLiteral(".json"));
}

void ExportDialog::openRecipe(const QString& file)
{
    say(tr("Reading %1…").arg(QDir::toNativeSeparators(file)));
    m_worker->openRecipe(file);
}

void ExportDialog::takeRecipe(const app::OpenedRecipe& recipe)
{
    m_source.panel = recipe.panel;
    m_source.epoch = recipe.epoch;
    m_source.request = recipe.request;
    m_source.words = recipe.words;
    m_source.plot = recipe.plot;
    m_source.filtered = false;
    greyColourings(*m_colorBy, [this](scene::ColorBy colorBy) { return colourReason(colorBy); });
    QStringList kept;
    for (const std::string& option : recipe.kept)
        kept << QString::fromStdString(option);
    m_kept->setText(tr("Kept from the recipe:\n%1").arg(kept.join(QLatin1Char('\n'))));
    m_kept->setVisible(!kept.isEmpty());
    ExportChoice choice = m_choice;
    choice.preset = recipe.preset;
    choice.page = recipe.request.page;
    choice.colorBy = recipe.request.colorBy;
    choice.layers = recipe.request.layers;
    choice.caption = recipe.request.caption;
    if (const auto format = app::figureFormatOf(recipe.output))
        choice.format = *format;
    {
        const QSignalBlocker quiet(m_titleEdit);
        m_titleEdit->setText(QString::fromStdString(recipe.request.title));
        m_title = m_titleEdit->text();
    }
    m_pathEdit->setText(QDir::toNativeSeparators(QString::fromStdString(recipe.output)));
    setChoice(choice);
    say(tr("%1, as the recipe has it. %2")
            .arg(QString::fromStdString(recipe.title), QString::fromStdString(recipe.changed)));
}

void ExportDialog::dragEnterEvent(QDragEnterEvent* event)
{
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls[0].isLocalFile() && urls[0].fileName().endsWith(QLatin1String(".json")))
        event->acceptProposedAction();
}

void ExportDialog::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    openRecipe(event->mimeData()->urls()[0].toLocalFile());
}

/// The painted file, and its recipe.
void ExportDialog::write(const QString& path)
{
    std::optional<RecipeWish> recipe;
    if (m_choice.recipe)
        recipe = RecipeWish{words(), recipePath(), caption()};
    m_worker->save(path, m_file->bytes, recipe);
}

} // namespace nc::window

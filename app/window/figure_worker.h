#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include <QImage>
#include <QObject>
#include <QSizeF>
#include <QThreadPool>

#include "app/figure_output.h"
#include "app/recipe_files.h"

namespace nc::window
{

/// A figure as it is asked for, by value, so that it can be painted on another thread.
struct FigureWish {
    std::shared_ptr<const app::PanelContent> panel; ///< of one view; null: `words` draw the figure
    std::int64_t epoch = 0;
    app::FigureRequest request; ///< of the view
    app::FigureFormat format = app::FigureFormat::Pdf;
    double previewDpi = 96;           ///< of the picture on the screen
    std::vector<std::string> words{}; ///< of a command: grids, matrices and plots
};

/// The figure on the screen: the exporter's own layout, as pixels.
struct FigurePreview {
    QImage picture;
    QSizeF pagePt;
    double seconds = 0;
    std::string caption; ///< shown or not
    Index points = 0;    ///< of all its panels
};

/// The file itself.
struct FigureFile {
    QByteArray bytes;
    app::FigureFormat format = app::FigureFormat::Pdf;
    bool vectorPoints = false;             ///< points are vectors, not one picture
    std::optional<qint64> otherWayBytes{}; ///< how large it would be with the points drawn the other way
};

/// The recipe that is to stand beside a figure.
struct RecipeWish {
    std::vector<std::string> words; ///< of the command line that draws the figure
    QString path;
    std::string caption;
};

/// Paints figures away from the GUI thread: one at a time, the latest wish wins, older answers are dropped.
class FigureWorker : public QObject
{
    Q_OBJECT

public:
    explicit FigureWorker(QObject* parent = nullptr);
    ~FigureWorker() override; ///< waits for the step under way

    void want(FigureWish wish);
    void forget(); ///< what was wanted is out of date: no more answers to it
    [[nodiscard]] bool isBusy() const { return m_running; }
    /// Writes whole files only; answers with saved() or failedToSave().
    void save(const QString& path, const QByteArray& bytes, const std::optional<RecipeWish>& recipe = {});
    /// Reads a recipe and the view that it draws; answers with recipeOpened() or failedToOpen().
    void openRecipe(const QString& path);

Q_SIGNALS:
    void previewed(const nc::window::FigurePreview& preview);
    void painted(const nc::window::FigureFile& file);
    void failed(const QString& message); ///< of the latest wish
    void saved(const QString& path);
    void failedToSave(const QString& message);
    void recipeOpened(const nc::app::OpenedRecipe& recipe);
    void failedToOpen(const QString& message);

private:
    void start(FigureWish wish);
    void finish(std::uint64_t number);

    std::shared_ptr<std::atomic<std::uint64_t>> m_latest = std::make_shared<std::atomic<std::uint64_t>>(0);
    std::optional<FigureWish> m_waiting;
    bool m_running = false;
    QThreadPool m_pool; ///< last: its jobs end before the rest goes
};

} // namespace nc::window

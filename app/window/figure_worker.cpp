#include "app/window/figure_worker.h"

#include <functional>

#include <QElapsedTimer>

#include "app/atomic_file.h"
#include "viz/scene/figure_painter.h"

namespace nc::window
{

namespace
{

bool drawsVectors(const scene::Figure& figure)
{
    const scene::Page& page = figure.page;
    return page.vector == scene::VectorMode::Always ||
           (page.vector == scene::VectorMode::Auto && app::pointsOf(figure) <= page.vectorLimit);
}

QString words(const Error& error)
{
    return QString::fromStdString(error.message);
}

struct Answers {
    std::function<bool()> stale; ///< nobody waits for this wish any more
    std::function<void(const FigurePreview&)> previewed;
    std::function<void(const FigureFile&)> painted;
    std::function<void(const Error&)> failed;
};

Result<FigurePreview> paintPreview(scene::Figure figure, double dpi)
{
    QElapsedTimer clock;
    clock.start();
    const Result<QSizeF> size = scene::pageSize(figure);
    if (!size)
        return size.error();
    figure.page.dpi = dpi;
    const Result<QByteArray> png = scene::paintPng(figure);
    if (!png)
        return png.error();
    return FigurePreview{QImage::fromData(*png, "PNG"), *size, static_cast<double>(clock.elapsed()) / 1000,
                         figure.caption.plain(), app::pointsOf(figure)};
}

/// Picture for the screen, then the file, then how large it would be the other way.
void paintWish(const FigureWish& wish, const Answers& answers)
{
    Result<scene::Figure> made =
        wish.panel ? app::composeFigure(*wish.panel, wish.epoch, wish.request) : app::figureOfWords(wish.words);
    if (!made) {
        answers.failed(made.error());
        return;
    }
    scene::Figure& figure = *made;
    const Result<FigurePreview> preview = paintPreview(figure, wish.previewDpi);
    if (!preview) {
        answers.failed(preview.error());
        return;
    }
    answers.previewed(*preview);
    if (answers.stale())
        return;
    const Result<QByteArray> bytes = app::paintFigure(figure, wish.format);
    if (!bytes) {
        answers.failed(bytes.error());
        return;
    }
    FigureFile file{*bytes, wish.format, drawsVectors(figure)};
    answers.painted(file);
    if (wish.format == app::FigureFormat::Png || answers.stale())
        return;
    figure.page.vector = file.vectorPoints ? scene::VectorMode::Never : scene::VectorMode::Always;
    if (const Result<QByteArray> other = app::paintFigure(figure, wish.format)) {
        file.otherWayBytes = other->size();
        answers.painted(file);
    }
}

} // namespace

FigureWorker::FigureWorker(QObject* parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

FigureWorker::~FigureWorker()
{
    ++*m_latest; // what is under way is out of date
    m_pool.waitForDone();
}

void FigureWorker::want(FigureWish wish)
{
    ++*m_latest;
    if (m_running)
        m_waiting = std::move(wish);
    else
        start(std::move(wish));
}

void FigureWorker::forget()
{
    ++*m_latest;
    m_waiting.reset();
}

void FigureWorker::start(FigureWish wish)
{
    m_running = true;
    m_pool.start([this, wish = std::move(wish), latest = m_latest, number = m_latest->load()] {
        // Answers are handed over to this object's thread; the destructor waits, and drops those that come after it.
        Answers answers;
        answers.stale = [latest, number] { return number != *latest; };
        answers.previewed = [this, stale = answers.stale](const FigurePreview& preview) {
            QMetaObject::invokeMethod(this, [=, this] { stale() ? void() : previewed(preview); });
        };
        answers.painted = [this, stale = answers.stale](const FigureFile& file) {
            QMetaObject::invokeMethod(this, [=, this] { stale() ? void() : painted(file); });
        };
        answers.failed = [this, stale = answers.stale](const Error& error) {
            QMetaObject::invokeMethod(this, [=, this] { stale() ? void() : failed(words(error)); });
        };
        paintWish(wish, answers);
        QMetaObject::invokeMethod(this, [this, number] { finish(number); });
    });
}

void FigureWorker::finish(std::uint64_t number)
{
    m_running = false;
    if (number != *m_latest && m_waiting)
        start(*std::exchange(m_waiting, std::nullopt));
}

void FigureWorker::save(const QString& path, const QByteArray& bytes, const std::optional<RecipeWish>& recipe)
{
    m_pool.start([this, path, bytes, recipe] {
        Result<void> written = app::writeFileAtomically(
            path.toStdString(), std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
        if (written && recipe)
            written = app::writeRecipeOf(recipe->words, recipe->path.toStdString(), recipe->caption);
        QMetaObject::invokeMethod(this, [this, path, message = written ? QString() : words(written.error())] {
            if (message.isEmpty())
                Q_EMIT saved(path);
            else
                Q_EMIT failedToSave(message);
        });
    });
}

void FigureWorker::openRecipe(const QString& path)
{
    m_pool.start([this, path] {
        const Result<app::OpenedRecipe> recipe = app::openRecipe(path.toStdString());
        if (recipe)
            QMetaObject::invokeMethod(this, [this, opened = *recipe] { Q_EMIT recipeOpened(opened); });
        else
            QMetaObject::invokeMethod(this, [this, why = words(recipe.error())] { Q_EMIT failedToOpen(why); });
    });
}

} // namespace nc::window

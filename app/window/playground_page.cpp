#include "app/window/playground_page.h"

#include <cmath>

#include <QAbstractSpinBox>
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QSlider>
#include <QTimerEvent>
#include <QVBoxLayout>

#include "app/atomic_file.h"
#include "app/figure_output.h"
#include "app/text.h"
#include "app/window/playground_controls.h"
#include "app/window/playground_notes.h"
#include "app/window/playground_paint.h"
#include "app/window/playground_strip.h"
#include "app/window/scene_view.h"
#include "app/window/ui_theme.h"
#include "app/window/value_slider.h"

namespace nc::window
{

namespace
{

constexpr int controlsWidth = 288, notesWidth = 336, narrowNotesWidth = 300, narrowPage = 1440;
constexpr int lambdaSlider = 1; ///< as PlaygroundControls numbers them
constexpr int sweepMs = 3000;   ///< from end to end
constexpr std::size_t mostSteps = 200;
constexpr double samplePx = 9;
constexpr double curveReachPx = 10, endRoomPx = 9;

QString densityWords(const app::PlaygroundState& state)
{
    const QString law =
        PlaygroundPage::tr("λ ~ Beta(%1, %1)").arg(QString::fromStdString(app::exactNumber(state.alpha)));
    if (state.loss == ufm::Loss::SquaredError)
        return PlaygroundPage::tr("%1; the difference of the logits is linear in λ").arg(law);
    if (state.alpha == 1)
        return PlaygroundPage::tr("%1 gives a density close to logistic, but bounded").arg(law);
    return PlaygroundPage::tr("%1, seen in the difference of the logits").arg(law);
}

} // namespace

PlaygroundPage::PlaygroundPage(QWidget* parent)
    : QWidget(parent)
{
    m_controls = new PlaygroundControls(this);
    m_controls->setFixedWidth(controlsWidth);
    m_notes = new PlaygroundNotes(this);
    m_view = new SceneView(this);
    m_view->setAccessibleName(tr("Plane of the optimal features"));
    m_strip = new DensityStrip(this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(1);
    row->addWidget(m_controls);
    auto* middle = new QVBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(m_view, 1);
    middle->addWidget(m_strip);
    row->addLayout(middle, 1);
    row->addWidget(m_notes);

    m_badge = new QLabel(m_view);
    m_badge->setProperty("role", "card");
    m_badge->setContentsMargins(8, 4, 8, 4);
    m_badge->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_badge->setObjectName(QStringLiteral("playgroundBadge"));
    m_handle = new CurveHandle(m_view);
    m_view->installEventFilter(this);

    connect(m_controls, &PlaygroundControls::stateChosen, this, [this](const app::PlaygroundState& state, int slider) {
        sweep(false);
        choose(state, slider);
    });
    connect(m_controls, &PlaygroundControls::released, this, [this] { m_openSlider = 0; });
    connect(m_controls, &PlaygroundControls::sweepWanted, this, [this] { sweep(!isSweeping()); });
    connect(m_controls, &PlaygroundControls::runBetaWanted, this, &PlaygroundPage::runBetaWanted);
    connect(m_notes, &PlaygroundNotes::copyWanted, this, &PlaygroundPage::copyNumbers);
    connect(m_notes, &PlaygroundNotes::figureWanted, this, &PlaygroundPage::exportFigure);
    connect(m_handle, &CurveHandle::draggedTo, this, [this](QPointF place) { chooseLambda(nearestLambda(place)); });
    connect(m_handle, &CurveHandle::stepped, this, &PlaygroundPage::chooseLambda);
    connect(m_handle, &CurveHandle::released, this, [this] { m_openSlider = 0; });
    connect(m_strip, &DensityStrip::deltaChosen, this,
            [this](double delta) { chooseLambda(app::lambdaAt(m_state, delta)); });
    connect(m_strip, &DensityStrip::stepped, this, &PlaygroundPage::chooseLambda);
    connect(m_strip, &DensityStrip::released, this, [this] { m_openSlider = 0; });
    connect(m_view, &SceneView::pointClicked, this, [this](qint64, QPoint at) {
        const double lambda = nearestLambda(at);
        const QPointF off = placeOf(lambda) - at;
        if (std::hypot(off.x(), off.y()) > curveReachPx)
            return;
        chooseLambda(lambda);
        m_openSlider = 0;
    });
    connect(m_view, &SceneView::framePainted, this, &PlaygroundPage::placeOverlays, Qt::QueuedConnection);
    updateStyle();
    showState(m_state);
}

// --- the state

void PlaygroundPage::choose(const app::PlaygroundState& state, int slider)
{
    if (state == m_state)
        return;
    if (slider == 0 || slider != m_openSlider) {
        m_past.push_back(m_state);
        if (m_past.size() > mostSteps)
            m_past.erase(m_past.begin());
    }
    m_openSlider = slider;
    m_future.clear();
    m_controls->setRunNote({});
    showState(state);
}

void PlaygroundPage::chooseLambda(double lambda)
{
    sweep(false);
    app::PlaygroundState state = m_state;
    state.lambda = lambda;
    choose(state, lambdaSlider);
}

void PlaygroundPage::undo()
{
    sweep(false);
    if (m_past.empty())
        return;
    m_future.push_back(m_state);
    const app::PlaygroundState before = m_past.back();
    m_past.pop_back();
    m_openSlider = 0;
    showState(before);
}

void PlaygroundPage::redo()
{
    sweep(false);
    if (m_future.empty())
        return;
    m_past.push_back(m_state);
    const app::PlaygroundState after = m_future.back();
    m_future.pop_back();
    m_openSlider = 0;
    showState(after);
}

/// Everything anew.
void PlaygroundPage::showState(const app::PlaygroundState& state)
{
    QElapsedTimer watch;
    watch.start();
    m_state = app::soundPlayground(state);
    const app::PlaygroundNumbers numbers = app::playgroundNumbers(m_state);
    auto model = std::make_shared<const scene::SceneModel>(app::playgroundScene(m_state));
    app::PlaygroundDensity density = app::playgroundDensity(m_state);
    const scene::ScreenExtent extent = app::playgroundExtent(m_state);
    const double ms = static_cast<double>(watch.nsecsElapsed()) / 1e6;

    m_view->setScene(std::move(model), extent, true);
    updateStyle();
    scene::RichText axis;
    if (m_state.classes == 2)
        axis.italic("y");
    else
        axis.italic("x").subscript("i").text(" − ").italic("x").subscript("j");
    m_strip->setDensity(std::move(density), m_state.lambda, densityWords(m_state), axis);
    m_controls->setState(m_state);
    m_notes->setState(m_state, numbers);
    m_badge->setText(tr("<b>UFM optimum</b> &nbsp;·&nbsp; C %1 &nbsp;·&nbsp; β %2 &nbsp;·&nbsp; %3")
                         .arg(m_state.classes)
                         .arg(QString::fromStdString(app::shortNumber(m_state.beta)),
                              m_state.classes == 2 ? tr("line of classes 1, 2") : tr("plane of classes 1, 2, 3")));
    m_handle->setLambda(m_state.lambda);
    placeOverlays();
    m_status = tr("Theory only, no data   ·   equations hold to %1   ·   recomputed in %2 ms")
                   .arg(numbers.residual, 0, 'e', 0)
                   .arg(ms, 0, 'f', 1);
    Q_EMIT statusChanged(m_status);
}

void PlaygroundPage::takeRunBeta(const app::RunBeta& read)
{
    if (read.beta) {
        app::PlaygroundState state = m_state;
        state.beta = *read.beta;
        state.classes = read.classes;
        choose(app::soundPlayground(state));
    }
    m_controls->setRunNote(QString::fromStdString(read.words));
}

// --- the picture

void PlaygroundPage::updateStyle()
{
    scene::ScreenStyle style;
    style.theme = currentMode();
    style.colorBy = scene::ColorBy::Lambda;
    style.pointDiameterPx = samplePx;
    if (const scene::SceneModel* scene = m_view->scene())
        style.layers = scene->layers;
    style.covered = {QRectF(m_badge->geometry()), QRectF(m_handle->geometry())};
    if (m_view->scene() && m_view->body().frame().pixelsPerUnit() > 0)
        for (const QPointF& end : curveEnds()) // an arrow's name would lie over them
            style.covered.emplace_back(end - QPointF(endRoomPx, endRoomPx), QSizeF(2 * endRoomPx, 2 * endRoomPx));
    if (style != m_view->style())
        m_view->setStyle(style);
}

QPointF PlaygroundPage::placeOf(double lambda) const
{
    return m_view->body().frame().placeOf(app::playgroundPlace(m_state, lambda));
}

/// Pure images of the shown classes, in the view.
std::vector<QPointF> PlaygroundPage::curveEnds() const
{
    app::PlaygroundState third = m_state;
    third.pair = 2;
    app::PlaygroundState first = m_state;
    first.pair = 0;
    std::vector<Vector> places{app::playgroundPlace(first, 1), app::playgroundPlace(first, 0)};
    if (m_state.classes > 2)
        places.push_back(app::playgroundPlace(third, 0));
    std::vector<QPointF> ends;
    for (const Vector& place : places)
        ends.push_back(m_view->body().frame().placeOf(place));
    return ends;
}

double PlaygroundPage::nearestLambda(QPointF place) const
{
    return app::lambdaNear(m_state, m_view->body().frame().scenePointAt(place).head<2>());
}

/// The badge in its corner, and the handle where the last frame has the optimum.
void PlaygroundPage::placeOverlays()
{
    m_badge->adjustSize();
    m_badge->move(12, 12);
    if (m_view->body().frame().pixelsPerUnit() > 0)
        m_handle->place(placeOf(m_state.lambda));
    updateStyle(); // names keep off both
}

bool PlaygroundPage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_view && event->type() == QEvent::Resize)
        m_notes->setFixedWidth(width() < narrowPage ? narrowNotesWidth : notesWidth);
    return QWidget::eventFilter(watched, event);
}

void PlaygroundPage::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::StyleChange || event->type() == QEvent::PaletteChange)
        updateStyle();
    QWidget::changeEvent(event);
}

// --- sweeping

void PlaygroundPage::sweep(bool on)
{
    if (on == isSweeping())
        return;
    m_controls->setSweeping(on);
    if (!on) {
        m_sweepTimer.stop();
        m_openSlider = 0;
        return;
    }
    m_openSlider = 0;
    m_sweepFrom = m_state.lambda;
    m_sweepTime.start();
    m_sweepTimer.start(16, this);
}

/// From where λ was up to 1, down to 0, and so on.
void PlaygroundPage::timerEvent(QTimerEvent* event)
{
    if (event->timerId() != m_sweepTimer.timerId()) {
        QWidget::timerEvent(event);
        return;
    }
    const double walked = m_sweepFrom + static_cast<double>(m_sweepTime.elapsed()) / sweepMs;
    app::PlaygroundState state = m_state;
    state.lambda = 1 - std::abs(std::fmod(walked, 2) - 1);
    choose(state, lambdaSlider);
}

void PlaygroundPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_controls->lambda()->slider()->setFocus();
    Q_EMIT statusChanged(m_status);
}

void PlaygroundPage::hideEvent(QHideEvent* event)
{
    sweep(false);
    QWidget::hideEvent(event);
}

// --- keys

/// Keys that mean something here, before they are a command of the window.
bool PlaygroundPage::takesKey(const QKeyEvent& key) const
{
    if (key.matches(QKeySequence::Copy))
        return true;
    if (key.modifiers() & Qt::ControlModifier)
        return key.key() == Qt::Key_Z || key.key() == Qt::Key_E;
    if (key.modifiers() & (Qt::AltModifier | Qt::MetaModifier))
        return false;
    switch (key.key()) {
    case Qt::Key_Space:
    case Qt::Key_Escape:
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_Home:
    case Qt::Key_End:
    case Qt::Key_R:
    case Qt::Key_Plus:
    case Qt::Key_Minus:
        return true;
    default:
        return false;
    }
}

bool PlaygroundPage::event(QEvent* event)
{
    if (event->type() == QEvent::ShortcutOverride && takesKey(static_cast<const QKeyEvent&>(*event))) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void PlaygroundPage::keyPressEvent(QKeyEvent* event)
{
    const bool control = event->modifiers() & Qt::ControlModifier;
    if (event->matches(QKeySequence::Copy))
        copyNumbers();
    else if (control && event->key() == Qt::Key_Z)
        event->modifiers() & Qt::ShiftModifier ? redo() : undo();
    else if (control && event->key() == Qt::Key_E)
        exportFigure();
    else if (event->key() == Qt::Key_Space)
        sweep(!isSweeping());
    else if (event->key() == Qt::Key_Escape)
        Q_EMIT leaveWanted();
    else if (event->key() == Qt::Key_R)
        m_view->resetView();
    else if (event->key() == Qt::Key_Plus || event->key() == Qt::Key_Minus)
        m_view->zoomBy(event->key() == Qt::Key_Plus ? 1.25 : 0.8);
    else
        QWidget::keyPressEvent(event);
}

// --- out of the window

void PlaygroundPage::copyNumbers()
{
    QApplication::clipboard()->setText(QString::fromStdString(app::playgroundText(m_state)));
    Q_EMIT messageWanted(tr("Copied every number, a line each: name, tab, value"));
}

Result<void> PlaygroundPage::writeFigure(const QString& path) const
{
    const std::string file = path.toStdString();
    const auto format = app::figureFormatOf(file);
    if (!format)
        return usageError("A figure's name ends in .pdf, .svg or .png: " + file);
    const Result<QByteArray> bytes = app::paintFigure(app::playgroundPage(m_state), *format);
    if (!bytes)
        return bytes.error();
    return app::writeFileAtomically(file,
                                    std::string_view(bytes->constData(), static_cast<std::size_t>(bytes->size())));
}

void PlaygroundPage::exportFigure()
{
    sweep(false);
    const QString path = QFileDialog::getSaveFileName(this, tr("Export the plane"), QStringLiteral("playground.pdf"),
                                                      tr("Figures (*.pdf *.svg *.png)"));
    if (path.isEmpty())
        return;
    const Result<void> written = writeFigure(path);
    Q_EMIT messageWanted(written ? tr("Wrote %1").arg(path) : QString::fromStdString(written.error().message));
}

} // namespace nc::window

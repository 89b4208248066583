// What leaves the window: figures, pictures, and the presentation on the whole screen.

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileInfo>
#include <QMimeData>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QStatusBar>

#include "app/text.h"
#include "app/window/export_dialog.h"
#include "app/window/main_window.h"
#include "app/window/presentation.h"

namespace nc::window
{

namespace
{

QString runName(const app::RunSession& session)
{
    const std::string& title = session.summary()->title;
    return title.empty() ? QFileInfo(session.path()).completeBaseName() : QString::fromStdString(title);
}

} // namespace

/// The view as a figure: the same rows, basis and direction of view.
app::FigureRequest MainWindow::figureRequest() const
{
    app::FigureRequest request = current()->choice().request();
    if (current()->panel()->scene.dims == 3) {
        request.camera = view()->view().camera;
        request.camera->zoom = 1;
    }
    return request;
}

void MainWindow::exportFigure()
{
    if (!current()->panel())
        return;
    ExportSource source;
    source.panel = current()->panel();
    source.epoch = current()->shownEpoch();
    source.request = figureRequest();
    source.run = session()->path();
    source.name = runName(*session());
    source.filtered = current()->choice().style.filter != scene::CloudFilter();
    auto* dialog = new ExportDialog(std::move(source), readExportChoice(), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ExportDialog::saved, this,
            [this](const QString& path) { statusBar()->showMessage(tr("Wrote %1").arg(path), 5000); });
    connect(dialog, &QDialog::finished, this, [dialog] { writeExportChoice(dialog->choice()); });
    dialog->open();
}

/// The view as it is, at the screen's resolution, at once; as vectors too as soon as they are painted.
void MainWindow::copyPicture()
{
    if (!current()->panel())
        return;
    const QImage picture = pane()->grab().toImage();
    QApplication::clipboard()->setImage(picture);
    statusBar()->showMessage(tr("Copied the picture, %1 × %2 pixels").arg(picture.width()).arg(picture.height()), 5000);
    app::FigureRequest request = figureRequest();
    request.colorBy = current()->choice().style.colorBy;
    request.layers = current()->choice().style.layers;
    request.page.theme = currentMode();
    request.caption = false;
    auto* worker = new FigureWorker(this);
    connect(worker, &FigureWorker::failed, worker, &QObject::deleteLater);
    connect(worker, &FigureWorker::painted, this, [worker, picture](const FigureFile& file) {
        worker->deleteLater();
        if (!QApplication::clipboard()->ownsClipboard())
            return; // something else was copied meanwhile
        auto* mime = new QMimeData;
        mime->setImageData(picture);
        mime->setData(QStringLiteral("image/svg+xml"), file.bytes);
        QApplication::clipboard()->setMimeData(mime);
    });
    worker->want({current()->panel(), current()->shownEpoch(), std::move(request), app::FigureFormat::Svg, 36});
}

/// The view as it is, where the user keeps pictures, under a name that is free.
void MainWindow::savePicture()
{
    if (!current()->panel())
        return;
    QString folder = QStandardPaths::writableLocation(QStandardPaths::PicturesLocation);
    if (folder.isEmpty())
        folder = QDir::currentPath();
    static const QRegularExpression odd(QStringLiteral("[^\\w-]+"));
    const QString stem =
        folder + QStringLiteral("/%1-epoch%2").arg(runName(*session()).replace(odd, "-")).arg(current()->shownEpoch());
    QString path = stem + QStringLiteral(".png");
    for (int k = 2; QFileInfo::exists(path); ++k)
        path = stem + QStringLiteral("-%1.png").arg(k);
    const bool saved = QDir().mkpath(folder) && pane()->grab().save(path);
    if (saved)
        statusBar()->showMessage(tr("Wrote %1").arg(path), 5000);
    else
        pane()->showError({tr("Cannot write the picture: %1").arg(path), {}, false, {}});
}

// --- presentation

void MainWindow::present()
{
    if (!current()->panel() || m_presentation)
        return;
    m_presentation = new Presentation(this);
    m_presentation->setAttribute(Qt::WA_DeleteOnClose);
    if (m_views->bodyMaker())
        if (Result<std::unique_ptr<ViewBody>> body = m_views->bodyMaker()())
            m_presentation->view()->setBody(std::move(*body));
    connect(m_presentation, &Presentation::stepWanted, m_time, &TimePanel::step);
    connect(m_presentation, &Presentation::firstWanted, m_time, &TimePanel::goFirst);
    connect(m_presentation, &Presentation::lastWanted, m_time, &TimePanel::goLast);
    connect(m_presentation, &Presentation::playWanted, m_time, &TimePanel::togglePlay);
    connect(m_presentation, &Presentation::closed, this, [this] { m_presentation = nullptr; });
    m_presentation->setGeometry(geometry());
    m_presentation->showFullScreen();
    showPresentedPanel();
    m_presentation->begin(view()->target(), current()->choice().style);
    m_presentation->setFocus();
}

void MainWindow::showPresentedPanel()
{
    if (!m_presentation || !current()->panel())
        return;
    const app::PanelContent& panel = *current()->panel();
    const std::int64_t epoch = current()->epoch(), shownEpoch = current()->shownEpoch();
    const auto& epochs = session()->epochs();
    PresentationText text;
    text.run = runName(*session());
    text.epoch =
        shownEpoch == epoch ? tr("epoch %1").arg(epoch) : tr("epoch %1, %2 is being read").arg(shownEpoch).arg(epoch);
    text.title = tr("Epoch %1").arg(shownEpoch);
    text.place = static_cast<int>(std::lower_bound(epochs.begin(), epochs.end(), epoch) - epochs.begin());
    text.count = static_cast<int>(epochs.size());
    text.caption =
        panel.mixes ? tr("Same-class mixes lie on the classifier directions, mixes of two classes along the boundary "
                         "between them.")
                    : tr("Features of each class, without mixing, in the basis of the classifier.");
    if (panel.scene.theory && panel.beta)
        text.caption +=
            tr(" Curves: the optimum for effective β = %1.").arg(QString::fromStdString(app::shortNumber(*panel.beta)));
    m_presentation->showPanel(current()->panel(), pane()->extent(), text);
}

} // namespace nc::window

// What leaves the window: figures and pictures.

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QStatusBar>

#include "app/atomic_file.h"
#include "app/window/main_window.h"
#include "viz/scene/figure_painter.h"

namespace nc::window
{

void MainWindow::exportFigure()
{
    if (!m_panel)
        return;
    const QString path = QFileDialog::getSaveFileName(this, tr("Export figure"), QStringLiteral("figure.pdf"),
                                                      tr("PDF (*.pdf);;SVG (*.svg);;PNG (*.png)"));
    if (path.isEmpty())
        return;
    scene::Figure figure;
    figure.panels.push_back({m_panel->scene, {}});
    figure.panels[0].scene.layers = m_inspector->choice().style.layers;
    figure.panels[0].scene.colorBy = m_panel->mixes ? m_inspector->choice().style.colorBy : scene::ColorBy::Class;
    figure.panels[0].scene.camera = view()->view().camera;
    figure.panels[0].scene.camera.zoom = 1;
    const Result<QByteArray> bytes = path.endsWith(QLatin1String(".svg"))   ? scene::paintSvg(figure)
                                     : path.endsWith(QLatin1String(".png")) ? scene::paintPng(figure)
                                                                            : scene::paintPdf(figure);
    if (!bytes) {
        showError(QString::fromStdString(bytes.error().message));
        return;
    }
    const Result<void> written = app::writeFileAtomically(
        path.toStdString(), std::string_view(bytes->constData(), static_cast<std::size_t>(bytes->size())));
    if (!written)
        showError(QString::fromStdString(written.error().message));
    else
        statusBar()->showMessage(tr("Wrote %1").arg(path), 5000);
}

void MainWindow::copyPicture()
{
    if (m_panel)
        QApplication::clipboard()->setImage(view()->grab().toImage());
}

} // namespace nc::window

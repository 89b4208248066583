#include "app/window/window_main.h"

#include <iostream>

#include <QApplication>
#include <QHashSeed>
#include <QLoggingCategory>
#include <QSettings>

#include "app/version.h"
#include "app/window/main_window.h"
#include "app/window/renderer.h"

namespace
{
/// QT_LOGGING_RULES=ncscope.start.debug=true: says when the first frame of a run is on the screen.
Q_LOGGING_CATEGORY(start, "ncscope.start", QtWarningMsg)
} // namespace

extern "C" __attribute__((visibility("default"))) int ncscopeWindowMain(int argc, char** argv,
                                                                        const nc::app::WindowOptions& options)
{
    const nc::app::Renderer renderer = options.renderer;
    nc::window::RendererChoice choice = nc::window::chooseRenderer(renderer);
    QHashSeed::setDeterministicGlobalSeed(); // exported figures are the same bytes as from the command line
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("ncscope"));
    QCoreApplication::setOrganizationName(QStringLiteral("ncscope"));
    QCoreApplication::setApplicationVersion(QString::fromStdString(nc::app::programVersion()));
    nc::window::applyTheme(application, nc::scene::ThemeMode::Dark);
    nc::window::MainWindow window;
    window.setTheme(static_cast<nc::window::ThemeChoice>(
        QSettings().value(QStringLiteral("theme"), static_cast<int>(nc::window::ThemeChoice::Dark)).toInt()));
    if (choice.gpu) {
        if (nc::Result<std::unique_ptr<nc::window::ViewBody>> body = nc::window::makeGpuBody(); body) {
            window.view()->setBody(std::move(*body));
            window.setBodyMaker(&nc::window::makeGpuBody);
        } else {
            choice.reason =
                nc::window::MainWindow::tr("the CPU draws: %1").arg(QString::fromStdString(body.error().message));
        }
    }
    window.setRendererNote(choice.reason);
    if (renderer == nc::app::Renderer::Gpu && !choice.reason.isEmpty())
        std::cerr << "ncscope: note: " << choice.reason.toStdString() << std::endl;
    QObject::connect(
        window.view(), &nc::window::SceneView::framePainted, &window, [] { qCDebug(start, "first frame"); },
        Qt::SingleShotConnection);
    window.show();
    const QStringList paths = QCoreApplication::arguments().mid(1);
    window.setMemoryLimit(options.read.memoryLimit);
    for (const QString& path : paths)
        window.openRun(path, path == paths.front(), options.read.mapping);
    return QApplication::exec();
}

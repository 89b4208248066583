#include "app/window/window_main.h"

#include <QApplication>
#include <QHashSeed>
#include <QSettings>

#include "app/version.h"
#include "app/window/main_window.h"

extern "C" __attribute__((visibility("default"))) int ncscopeWindowMain(int argc, char** argv)
{
    QHashSeed::setDeterministicGlobalSeed(); // exported figures are the same bytes as from the command line
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("ncscope"));
    QCoreApplication::setOrganizationName(QStringLiteral("ncscope"));
    QCoreApplication::setApplicationVersion(QString::fromStdString(nc::app::programVersion()));
    nc::window::applyTheme(application, nc::scene::ThemeMode::Dark);
    nc::window::MainWindow window;
    window.setTheme(static_cast<nc::window::ThemeChoice>(
        QSettings().value(QStringLiteral("theme"), static_cast<int>(nc::window::ThemeChoice::Dark)).toInt()));
    window.show();
    const QStringList paths = QCoreApplication::arguments().mid(1);
    for (const QString& path : paths)
        window.openRun(path, path == paths.front());
    return QApplication::exec();
}

#include "app/offscreen.h"

#include <cstdio>
#include <filesystem>

#include <QGuiApplication>
#include <QHashSeed>

#include "app/program_files.h"

namespace nc::app
{

namespace
{

int argumentCount = 1;
char programName[] = "ncscope";
char* argumentList[] = {programName, nullptr};

/// stderr belongs to our own sentences: Qt's remarks about the desktop it does not find are none of a script's
/// business.
void showOnlyFailures(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    if (type == QtCriticalMsg || type == QtFatalMsg)
        std::fprintf(stderr, "ncscope: %s\n", qPrintable(message));
}

} // namespace

OffscreenGraphics::OffscreenGraphics()
{
    QHashSeed::setDeterministicGlobalSeed(); // Qt's PDF engine writes its fonts in the order of a hash
    qInstallMessageHandler(showOnlyFailures);
    qputenv("QT_QPA_PLATFORM", "offscreen");
    const std::filesystem::path fonts = sharedFile("fonts.conf");
    std::error_code ignored;
    if (std::filesystem::exists(fonts, ignored))
        qputenv("FONTCONFIG_FILE", QByteArray::fromStdString(fonts.string()));
    m_application = std::make_unique<QGuiApplication>(argumentCount, argumentList);
}

OffscreenGraphics::~OffscreenGraphics() = default;

} // namespace nc::app

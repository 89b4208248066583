#include "app/offscreen.h"

#include <QGuiApplication>

namespace nc::app {

namespace {

int argumentCount = 1;
char programName[] = "ncscope";
char* argumentList[] = {programName, nullptr};

} // namespace

OffscreenGraphics::OffscreenGraphics()
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("FONTCONFIG_FILE", "");
    m_application = std::make_unique<QGuiApplication>(argumentCount, argumentList);
}

OffscreenGraphics::~OffscreenGraphics() = default;

} // namespace nc::app

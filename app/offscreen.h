#pragma once

#include <memory>

class QGuiApplication;

namespace nc::app
{

/// Qt's graphics without a display: what painting a figure needs. One at a time, on the main thread, for as long as
/// figures are painted. Looks at no system fonts, so that text is the same on every machine.
class OffscreenGraphics
{
public:
    OffscreenGraphics();
    OffscreenGraphics(const OffscreenGraphics&) = delete;
    OffscreenGraphics& operator=(const OffscreenGraphics&) = delete;
    ~OffscreenGraphics();

private:
    std::unique_ptr<QGuiApplication> m_application;
};

} // namespace nc::app

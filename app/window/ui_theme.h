#pragma once

#include <QColor>
#include <QFont>

#include "viz/scene/theme.h"

class QApplication;

namespace nc::window
{

[[nodiscard]] inline QColor toQColor(scene::Rgb colour)
{
    return {colour.r, colour.g, colour.b};
}

enum class ThemeChoice { System, Light, Dark };

/// Palette, style sheet and fonts of the whole program, all from resources/theme.json.
void applyTheme(QApplication& application, scene::ThemeMode mode);

/// The mode that is in force: painted widgets read their colours from scene::theme(currentMode()).
[[nodiscard]] scene::ThemeMode currentMode();
[[nodiscard]] inline const scene::Theme& currentTheme()
{
    return scene::theme(currentMode());
}

/// Nothing moves by itself: views jump where they would glide. Remembered.
[[nodiscard]] bool reducedMotion();
void setReducedMotion(bool on);

/// The interface's face at a size in pixels.
[[nodiscard]] QFont uiFont(int pixels, QFont::Weight weight = QFont::Normal);

} // namespace nc::window

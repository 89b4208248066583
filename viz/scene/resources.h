#pragma once

namespace nc::scene
{

/// Makes the files compiled into this library (":/nc/…": theme, fonts) readable. Cheap to call again.
void initResources();

/// Once for the whole program: the bundled faces become known to QFont. Before any other application font: PDF writes
/// its fonts in the order of a hash of their names, which Qt numbers as they come. Needs a QGuiApplication.
void registerFonts();

} // namespace nc::scene

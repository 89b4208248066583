#pragma once

#include <QIcon>

namespace nc::window
{

/// The one set of icons: strokes on a 24-unit box, drawn at whatever size is asked for, in the colours of the theme
/// that is in force when they are painted. Shown at 20 px.
enum class Icon {
    First,
    Previous,
    Play,
    Pause,
    Next,
    Last,
    Loop,
    Follow,
    ChevronDown,
    ChevronRight,
    Search,
    Plus,
    Check,
    Close,
    More,
    Pin,
    Link,
    Unlink,
    Camera,
    Clock,
    Select,
    Basis,
    Plane,
    Cube,
    KGon,
    Box,
    Lasso,
    Reset,
    SplitRight,
    SplitDown,
    Export,
    Film,
    Present,
    Lambda,
    Eye,
    Warn,
    Info,
    Broken,
    Done,
    Running,
    Stopped,
    Document,
    Stop,
    Save,
    Folder,
    Chip,
    Flask,
    Undo,
    Redo,
    Laser,
    Freeze,
    Tune,
    Copy,
    Keys,
    NextMark,
};
inline constexpr int iconCount = static_cast<int>(Icon::NextMark) + 1;
inline constexpr int iconSizePx = 20;

/// Second text colour, accent where checked, hint colour where disabled; the other tones keep one colour.
enum class IconTone { Control, OnFill, Accent, Warn, Error, Ok, Text };

[[nodiscard]] QIcon icon(Icon shape, IconTone tone = IconTone::Control);

} // namespace nc::window

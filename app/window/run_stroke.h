#pragma once

#include <QPen>
#include <QString>

namespace nc::window
{

inline constexpr int mostViews = 9;

/// "A", "B", …: the letter of the view at a place.
[[nodiscard]] QString runLetter(int place);
/// The line that tells the run at a place from others: a colour of the theme and a dash; round caps for dots.
[[nodiscard]] QPen runPen(int place, double widthPx);

} // namespace nc::window

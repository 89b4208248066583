#pragma once

#include <QMargins>
#include <QStringList>

class QButtonGroup;
class QLabel;
class QVBoxLayout;
class QWidget;

/// What panels beside a picture are put together from.
namespace nc::window
{

/// `role`: "hint", "title" or "value", as the style sheet has them.
[[nodiscard]] QLabel* makeLabel(const QString& text, const char* role, QWidget* parent);

/// Makes `panel` one whose column scrolls where it is too low; what must not scroll is added to its layout below.
[[nodiscard]] QVBoxLayout* makeScrollingPanel(QWidget* panel, const QMargins& margins);

/// A title that folds what stands under it, and a line below; the layout of what stands there.
[[nodiscard]] QVBoxLayout* addFoldSection(QVBoxLayout* into, const QString& title, QWidget* parent);

/// A row of segments of which one is chosen; `box` holds them.
[[nodiscard]] QButtonGroup* makeSegments(const QStringList& names, QWidget*& box, QWidget* parent);

} // namespace nc::window

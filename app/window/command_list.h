#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <QIcon>
#include <QString>

class QMenuBar;

namespace nc::window
{

/// One command as the cheat sheet and the palette list it.
struct Command {
    QString name;  ///< as in its menu
    QString place; ///< the menus that lead to it: "View", "File › Open recent"
    QString keys;  ///< its shortcut in the system's words; may be empty
    QString what;  ///< it does; may be empty
    QString tip;   ///< the same, but of a disabled one why it is
    QIcon icon;
    bool enabled = true, checked = false;
    std::function<void()> run;
};

/// Every command of the menus, in their order; a menu that is made when it opens is made now. Lines that can neither be
/// chosen nor say why are left out.
[[nodiscard]] std::vector<Command> commandsOf(const QMenuBar& menus);

/// How well a command answers what was typed, the higher the better; nothing: not at all. Every word must be the start
/// or a part of a word of the name, or its initials ("rv": Reset view), or its letters in order ("prsnt"), or the start
/// of a word of the place or the keys. No word at all fits every command alike.
[[nodiscard]] std::optional<int> matchOf(const QString& typed, const Command& command);

} // namespace nc::window

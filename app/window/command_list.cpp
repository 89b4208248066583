#include "app/window/command_list.h"

#include <algorithm>

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QRegularExpression>

namespace nc::window
{

namespace
{

QString plain(const QString& text)
{
    return QString(text).remove(QLatin1Char('&'));
}

Command commandOf(QAction* action, const QString& place)
{
    Command command;
    command.name = plain(action->text());
    command.place = place;
    command.keys = action->shortcut().toString(QKeySequence::NativeText);
    if (action->toolTip() != action->iconText()) // which is what Qt says where nobody set one
        command.tip = action->toolTip();
    command.what = action->statusTip();
    command.icon = action->icon();
    command.enabled = action->isEnabled();
    command.checked = action->isChecked();
    command.run = [alive = QPointer<QAction>(action)] {
        if (alive)
            alive->trigger();
    };
    return command;
}

void addCommands(const QList<QAction*>& actions, const QString& place, std::vector<Command>& into)
{
    for (QAction* action : actions) {
        if (QMenu* menu = action->menu()) {
            Q_EMIT menu->aboutToShow();
            const QString name = plain(action->text());
            addCommands(menu->actions(), place.isEmpty() ? name : place + QStringLiteral(" › ") + name, into);
        } else if (!action->isSeparator() && !action->text().isEmpty()) {
            Command command = commandOf(action, place);
            if (command.enabled || !command.tip.isEmpty())
                into.push_back(std::move(command));
        }
    }
}

QStringList wordsOf(const QString& text)
{
    static const QRegularExpression between(QStringLiteral("[^\\w]+"), QRegularExpression::UseUnicodePropertiesOption);
    return text.toLower().split(between, Qt::SkipEmptyParts);
}

/// Whether the letters are starts of words that follow each other, with or without gaps: "exfig" in "export figure".
bool isMadeOfStarts(QStringView letters, const QStringList& words, qsizetype from = 0)
{
    if (letters.isEmpty())
        return true;
    for (qsizetype k = from; k < words.size(); ++k)
        for (qsizetype taken = 1; taken <= std::min(letters.size(), words[k].size()); ++taken) {
            if (letters[taken - 1] != words[k][taken - 1])
                break;
            if (isMadeOfStarts(letters.mid(taken), words, k + 1))
                return true;
        }
    return false;
}

/// Whether a word begins alike and has all the letters in this order.
bool hasLetters(QStringView letters, const QString& word)
{
    if (letters.isEmpty() || word.isEmpty() || letters[0] != word[0])
        return false;
    qsizetype at = 0;
    for (const QChar letter : word)
        if (at < letters.size() && letters[at] == letter)
            ++at;
    return at == letters.size();
}

int matchOfWord(const QString& typed, const Command& command, const QStringList& name)
{
    const auto begins = [&typed](const QString& word) { return word.startsWith(typed); };
    if (!name.isEmpty() && begins(name.front()))
        return 10;
    if (std::any_of(name.begin(), name.end(), begins))
        return 8;
    if (command.keys.compare(typed, Qt::CaseInsensitive) == 0)
        return 7;
    if (isMadeOfStarts(typed, name))
        return 6;
    if (command.name.contains(typed, Qt::CaseInsensitive))
        return 5;
    const QStringList around = wordsOf(command.place + QLatin1Char(' ') + command.keys);
    if (std::any_of(around.begin(), around.end(), begins))
        return 3;
    const bool spelled = typed.size() > 2 && std::any_of(name.begin(), name.end(),
                                                         [&](const QString& word) { return hasLetters(typed, word); });
    return spelled ? 2 : 0;
}

} // namespace

std::vector<Command> commandsOf(const QMenuBar& menus)
{
    std::vector<Command> commands;
    addCommands(menus.actions(), {}, commands);
    return commands;
}

std::optional<int> matchOf(const QString& typed, const Command& command)
{
    const QString text = typed.simplified().toLower();
    const QStringList name = wordsOf(command.name);
    int sum = command.name.compare(text, Qt::CaseInsensitive) == 0 ? 20 : 0;
    for (const QString& word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const int match = matchOfWord(word, command, name);
        if (match == 0)
            return {};
        sum += match;
    }
    return sum;
}

} // namespace nc::window

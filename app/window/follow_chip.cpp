#include "app/window/follow_chip.h"

#include <algorithm>

#include <QEvent>

namespace nc::window
{

FollowChip::FollowChip(QWidget* view)
    : QPushButton(view)
{
    setObjectName(QStringLiteral("followChip"));
    setProperty("role", "chip");
    setToolTip(tr("Shows the newest epoch and each that comes (End)"));
    setFocusPolicy(Qt::TabFocus);
    view->installEventFilter(this);
    hide();
}

void FollowChip::setRun(const std::vector<std::int64_t>& epochs, std::int64_t current)
{
    m_seenUpTo = epochs.empty() ? -1 : epochs.back();
    m_unseen = 0;
    setPlace(epochs, current);
}

void FollowChip::setPlace(const std::vector<std::int64_t>& epochs, std::int64_t current)
{
    if (!epochs.empty() && current == epochs.back()) {
        m_seenUpTo = current;
        m_unseen = 0;
    }
    update();
}

bool FollowChip::takeEpochs(const std::vector<std::int64_t>& epochs, std::int64_t current, bool playing)
{
    const bool atEnd = m_unseen == 0 && (current == m_seenUpTo || m_seenUpTo < 0);
    m_unseen = static_cast<int>(epochs.end() - std::upper_bound(epochs.begin(), epochs.end(), m_seenUpTo));
    const bool follow = atEnd && !playing && m_unseen > 0;
    update();
    return follow;
}

void FollowChip::update()
{
    setText(m_unseen == 1 ? tr("1 new epoch – follow") : tr("%1 new epochs – follow").arg(m_unseen));
    setVisible(m_unseen > 0);
    place();
}

void FollowChip::place()
{
    constexpr int margin = 14;
    adjustSize();
    move((parentWidget()->width() - width()) / 2, parentWidget()->height() - height() - margin);
}

bool FollowChip::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        place();
    return QPushButton::eventFilter(watched, event);
}

} // namespace nc::window

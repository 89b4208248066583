#pragma once

#include <memory>
#include <optional>

#include <QWidget>

#include "app/run_session.h"
#include "app/window/inspector.h"
#include "app/window/view_pane.h"

namespace nc::window
{

class FollowChip;

/// One view: the pane, the run that it shows, at which epoch, and what of it is seen. Takes what its session answers;
/// what concerns more than this view is the window's.
class LinkedView : public QWidget
{
    Q_OBJECT

public:
    explicit LinkedView(QWidget* parent = nullptr);

    /// Shows another run, or none. A session that is a child of this view goes with it.
    void setSession(app::RunSession* session);
    [[nodiscard]] app::RunSession* session() const { return m_session; }
    /// Reads its run anew.
    void reload();

    /// What is seen. Panels are made anew where the choice needs others.
    void setChoice(const ViewChoice& choice);
    [[nodiscard]] const ViewChoice& choice() const { return m_choice; }

    void goTo(std::int64_t epoch, int direction);
    [[nodiscard]] std::int64_t epoch() const { return m_epoch; }
    [[nodiscard]] std::int64_t shownEpoch() const { return m_shownEpoch; } ///< another while that is not read yet
    [[nodiscard]] const std::shared_ptr<const app::PanelContent>& panel() const { return m_panel; }
    /// As far as it is read: of the wanted epoch, or of the nearest.
    void showEpoch();

    [[nodiscard]] ViewPane* pane() const { return m_pane; }
    [[nodiscard]] SceneView* view() const { return m_pane->view(); }
    [[nodiscard]] FollowChip* follow() const { return m_follow; }
    [[nodiscard]] QString badgeText() const;

Q_SIGNALS:
    void adopted();                                ///< the run is open, the choice fitted to it
    void shown(bool otherClasses);                 ///< a panel, or other words about it
    void epochWanted(qint64 epoch, int direction); ///< by the user, in this view
    void epochsChanged();                          ///< of the run, by others
    void timeChanged();                            ///< what is read or measured of the run
    void wordsChanged();                           ///< nothing is shown any more, or another run waited for

private:
    void connectSession();
    void adopt();
    void showNothing();
    void updateWords();
    void showEpochFailure(const QString& message);
    [[nodiscard]] std::optional<std::int64_t> nextReadable() const;
    [[nodiscard]] QString waitingText() const;

    ViewPane* m_pane = nullptr;
    FollowChip* m_follow = nullptr;
    app::RunSession* m_session = nullptr;
    ViewChoice m_choice;
    std::shared_ptr<const app::PanelContent> m_panel;
    std::int64_t m_epoch = 0;
    std::int64_t m_shownEpoch = 0;
    bool m_keepPlace = false; ///< the next panel is another epoch of the same view
};

} // namespace nc::window

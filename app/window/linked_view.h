#pragma once

#include <memory>
#include <optional>

#include <QWidget>

#include "app/run_session.h"
#include "app/window/inspector.h"
#include "app/window/view_header.h"
#include "app/window/view_pane.h"

namespace nc::window
{

class FollowChip;

/// What views must have in common to be drawn at one scale, and by what.
struct ViewScale {
    int dims = 0;
    bool third = false;
    double unit = 1; ///< length of the classifiers' simplex as it is drawn, in scene coordinates
};

/// One view: the pane, the run that it shows, at which epoch, and what of it is seen. Takes what its session answers;
/// what concerns more than this view is the window's.
class LinkedView : public QWidget
{
    Q_OBJECT

public:
    explicit LinkedView(QWidget* parent = nullptr);

    void setPlace(int place); ///< of its letter among the views, for as long as it lives
    [[nodiscard]] int place() const { return m_place; }
    /// Beside others it has a header, with the line of its run and the name that tells it from theirs (empty: its own).
    void setBeside(bool others, bool current, int linePlace, const QString& name);
    [[nodiscard]] ViewHeader* header() const { return m_header; }
    [[nodiscard]] bool isLinked(Link link) const { return m_links[static_cast<std::size_t>(link)]; }
    void setLinked(Link link, bool on);
    /// Where the linked views are: a run that is opened begins at its nearest epoch at or before.
    void setWish(std::optional<std::int64_t> epoch);
    [[nodiscard]] std::int64_t atOrBefore(std::int64_t epoch) const;
    /// None where nothing is read, or there is no simplex.
    [[nodiscard]] std::optional<ViewScale> scale() const;
    /// What fits the view in place of its own panels' extent, and what that says of the scale; none: its own.
    void setSharedExtent(const std::optional<scene::ScreenExtent>& extent, const QString& scaleNote);
    /// In a few words why it does not show what the linked views show. Empty: it does.
    void setRemark(Link link, const QString& text);

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
    void updateWords();

Q_SIGNALS:
    void activated();                              ///< the user turned to it
    void panelRead();                              ///< before it is shown
    void adopted();                                ///< the run is open, the choice fitted to it
    void shown(bool otherClasses);                 ///< a panel, or other words about it
    void epochWanted(qint64 epoch, int direction); ///< by the user, in this view
    void epochsChanged();                          ///< of the run, by others
    void timeChanged();                            ///< what is read or measured of the run
    void wordsChanged();                           ///< nothing is shown any more, or another run waited for

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectSession();
    void adopt();
    void showNothing();
    void showEpochFailure(const QString& message);
    [[nodiscard]] std::optional<std::int64_t> nextReadable() const;
    [[nodiscard]] QString waitingText() const;
    [[nodiscard]] QString runName() const;
    [[nodiscard]] QString rowsText() const;
    [[nodiscard]] QString epochText() const;
    [[nodiscard]] QString basisText() const;
    [[nodiscard]] QString factsText() const;
    [[nodiscard]] const std::optional<scene::ScreenExtent>& extent() const;

    ViewHeader* m_header = nullptr;
    ViewPane* m_pane = nullptr;
    FollowChip* m_follow = nullptr;
    app::RunSession* m_session = nullptr;
    ViewChoice m_choice;
    std::shared_ptr<const app::PanelContent> m_panel;
    std::int64_t m_epoch = 0;
    std::int64_t m_shownEpoch = 0;
    int m_place = 0;
    bool m_alone = true;
    QString m_name; ///< that tells its run from those of the other views; empty: there is none
    std::array<bool, allLinks.size()> m_links{true, true, true, true};
    std::optional<std::int64_t> m_wish;
    std::optional<scene::ScreenExtent> m_sharedExtent;
    std::array<QString, allLinks.size()> m_remarks;
    bool m_keepPlace = false; ///< the next panel is another epoch of the same view
};

} // namespace nc::window

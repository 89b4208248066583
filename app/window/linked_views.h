#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <QWidget>

#include "app/window/linked_view.h"

namespace nc::window
{

class ViewGrid;

/// One to nine views side by side, of which one is current, and what links them: what is done in a view is done in
/// those that are linked with it too, as far as their runs can.
class LinkedViews : public QWidget
{
    Q_OBJECT

public:
    explicit LinkedViews(QWidget* parent = nullptr); ///< without a view
    /// Draws the views that are added from now on.
    using BodyMaker = std::function<Result<std::unique_ptr<ViewBody>>()>;
    void setBodyMaker(BodyMaker maker) { m_makeBody = std::move(maker); }
    [[nodiscard]] const BodyMaker& bodyMaker() const { return m_makeBody; }

    [[nodiscard]] LinkedView* current() const { return m_current; }
    [[nodiscard]] const std::vector<LinkedView*>& views() const { return m_views; } ///< A, B, …
    [[nodiscard]] bool areSeveral() const { return m_views.size() > 1; }
    void makeCurrent(LinkedView* view);
    /// Beside the current view, without a run; the first view is the current one.
    LinkedView* add(Qt::Orientation along = Qt::Horizontal);
    void remove(LinkedView* view); ///< not the last one
    void arrange();                ///< in a grid, A first

    /// Where another view reads by the same session, this view gets one of its own. Null: no run.
    void setRun(LinkedView* view, app::RunSession* session);
    void goTo(LinkedView* view, std::int64_t epoch, int direction);
    void setChoice(LinkedView* view, const ViewChoice& choice);
    /// A view that is linked again takes over what the others have.
    void setLinked(LinkedView* view, Link link, bool on);
    /// The other views with that link, none where the view itself has it cut.
    [[nodiscard]] std::vector<LinkedView*> linkedWith(const LinkedView* view, Link link) const;
    /// Place of the line of a view's run: that of the first view that shows it.
    [[nodiscard]] int linePlace(const LinkedView* view) const;

Q_SIGNALS:
    void added(nc::window::LinkedView* view);
    void currentChanged();
    void changed(); ///< which views there are, their runs or their links

private:
    void refresh();
    [[nodiscard]] std::vector<QString> distinctNames() const;
    void rememberLinked();
    void takeAdopted(LinkedView* view);
    void followChoice(LinkedView* view);
    void followCamera(LinkedView* view, const LinkedView& leader, scene::ScreenView wanted);
    void followPin(LinkedView* view, const LinkedView& leader);
    void shareScale();

    ViewGrid* m_grid = nullptr;
    BodyMaker m_makeBody; ///< none: the CPU
    std::vector<LinkedView*> m_views;
    LinkedView* m_current = nullptr;
    bool m_leads = false; ///< a view moves, and the others with it
    // What the linked views are asked to show, of which each shows what its run has.
    std::optional<std::int64_t> m_epoch;
    ViewChoice m_choice;
    std::vector<Index> m_classes; ///< that the choice comes to in the view where it was made
};

} // namespace nc::window

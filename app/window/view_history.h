#pragma once

#include <QObject>

#include "app/window/inspector.h"

class QUndoStack;

namespace nc::window
{

/// What undo goes back to: what is seen, and from where.
struct ViewState {
    ViewChoice choice;
    scene::ScreenView view;
    int place = 0; ///< of the view among several
    bool operator==(const ViewState&) const = default;
};

/// What a step from one state to another does, for the Edit menu: "hide class", "point size", …
[[nodiscard]] QString stepText(const ViewState& before, const ViewState& after);

/// Every change of the view as a step that can be undone. Knows values only: who shows them obeys restored().
class ViewHistory : public QObject
{
    Q_OBJECT

public:
    explicit ViewHistory(QObject* parent = nullptr);

    [[nodiscard]] QUndoStack* stack() const { return m_stack; }
    /// A step that has happened. Steps of one slider become one, until seal(); `join`: as one with the step before.
    void record(const ViewState& before, const ViewState& after, bool join = false);
    void seal() { m_open = false; } ///< the slider was let go
    void clear();                   ///< another run: its classes and rows are others

Q_SIGNALS:
    /// `moved`: the step was one of the camera, else that stays where it is.
    void restored(const nc::window::ViewState& state, bool moved);

private:
    class Step;
    QUndoStack* m_stack = nullptr;
    bool m_open = false; ///< the last step may grow
};

} // namespace nc::window

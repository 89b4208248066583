#pragma once

#include <QStyledItemDelegate>

#include "app/window/runs_panel.h"

namespace nc::window
{

/// What a row of the run list holds besides its name (Qt::DisplayRole) and path (Qt::ToolTipRole).
enum RunRole {
    SessionRole = Qt::UserRole,
    MarkRole,
    DetailRole,
    ValueRole,
    SecondValueRole,
    ShortNameRole, ///< what tells the run from the others of the list, for where the name is too long
};

/// The shape of a mark, in the colour that goes with it.
void paintRunMark(QPainter& painter, const QRectF& box, RunMark mark);

/// Two lines: shape, name and a value; what the run is and a second value.
class RunListDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace nc::window

#pragma once

#include <vector>

#include <QPointF>
#include <QRectF>

namespace nc::scene
{

/// What is drawn in a panel, on a coarse grid: labels look for the place with the least ink.
class InkMap
{
public:
    static constexpr float dotWeight = 1;
    static constexpr float lineWeight = 4; ///< a crossed line reads worse than a dot

    /// Looks as finely as letters of that size need: a dot counts the same on a column and on a poster.
    InkMap(const QRectF& area, double fontSizePt);

    void addDot(QPointF centre);
    void addDots(const std::vector<QPointF>& centres);
    void addLine(const std::vector<QPointF>& points, float weight = lineWeight);
    /// Mean ink under a rectangle; 0: nothing, 1: dots everywhere. The part outside the area counts as empty.
    [[nodiscard]] double under(const QRectF& rect) const;

private:
    void add(QPointF place, float weight);

    QRectF m_area;
    double m_cell; ///< side of a cell
    int m_columns, m_rows;
    std::vector<float> m_ink;
};

/// A label of a given size that belongs to `target`, best placed in the direction `away` from it.
struct LabelWish {
    QPointF target;
    QPointF away;
    QSizeF size;
};

/// A rectangle for each wish, all inside `area` where they fit into it and none over another as far as there is room.
/// Units: points.
[[nodiscard]] std::vector<QRectF> placeLabels(const std::vector<LabelWish>& wishes, const QRectF& area,
                                              const InkMap& ink, double fontSizePt);

/// For pictures that move: each rectangle `gap` from its target in the direction wished, then shifted as little as
/// keeps it inside `area` and off the others and what is `covered`. Small movements of the targets give small movements
/// of the rectangles, until they come round a corner of what is covered.
[[nodiscard]] std::vector<QRectF> placeBeside(const std::vector<LabelWish>& wishes, const QRectF& area, double gap,
                                              const std::vector<QRectF>& covered = {});

} // namespace nc::scene

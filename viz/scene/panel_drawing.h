#pragma once

#include <functional>
#include <vector>

#include "viz/scene/drawing.h"
#include "viz/scene/label_placement.h"
#include "viz/scene/projected_scene.h"

namespace nc::scene
{

enum class NameStyle {
    None,
    Symbol, ///< w with the class's number
    Full,   ///< and the class's name
};

/// Pens and letters, the same for all panels of a figure. Lengths in points.
struct PanelStyle {
    const Theme& theme;
    const Fonts& fonts;
    double fontSizePt;
    double dotDiameterPt;
    double lineScale;
    bool solidTheory = false; ///< on the screen; in print dashes tell the curves from the arrows
};

/// Where a panel stands: the point `centre` of its scene (y up) comes to the middle of `cell`; nothing is drawn outside
/// `cell`.
struct PanelPlace {
    QRectF cell;
    QPointF centre;
    double pointsPerUnit;

    [[nodiscard]] QPointF operator()(QPointF scenePoint) const
    {
        return {cell.center().x() + (scenePoint.x() - centre.x()) * pointsPerUnit,
                cell.center().y() - (scenePoint.y() - centre.y()) * pointsPerUnit};
    }
};

/// Appends what one panel shows, lowest first.
void drawPanel(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place, const PanelStyle& style,
               NameStyle names, std::vector<DrawingItem>& items);

/// Share of the dots around a place of the page that hide what lies at `depth` there (towards the eye); 0 to 1.
using HiddenShare = std::function<double(QPointF place, double depth)>;

/// What lies under the dots: regions, shaded in `shading` pixels, axes of a 3-D scene, boundaries.
void drawUnderDots(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place,
                   const PanelStyle& style, QSize shading, int threads, std::vector<DrawingItem>& items);
/// What lies over the dots but the names: simplex, theory, arrows, means, triple point.
void drawOverDots(const SceneModel& model, const ProjectedScene& scene, const PanelPlace& place,
                  const PanelStyle& style, const HiddenShare& hidden, std::vector<DrawingItem>& items);

/// A rectangle with round corners, `margin` around `rect`.
[[nodiscard]] std::vector<QPointF> card(const QRectF& rect, double margin);

/// The name at an arrow: italic w, the class's number as subscript, and its name.
[[nodiscard]] RichText arrowName(const SceneClass& entry, NameStyle names);

/// Where the label of a guide line belongs, its points as drawn: beside its middle, on the side away from `origin`.
[[nodiscard]] LabelWish guideLabelWish(const std::vector<QPointF>& points, QPointF origin, QSizeF size);

/// Samples for the legend: the same strokes as in the panels, from `from` to the right end `to`.
void drawArrow(QPointF from, QPointF to, const PanelStyle& style, std::vector<DrawingItem>& items);
void drawTheoryLine(const std::vector<QPointF>& points, const PanelStyle& style, std::vector<DrawingItem>& items);
/// Centreline of a channel: dots, where the theory is a line or dashes.
void drawChannelLine(const std::vector<QPointF>& points, const PanelStyle& style, std::vector<DrawingItem>& items);
[[nodiscard]] Stroke simplexStroke(const PanelStyle& style);
[[nodiscard]] Stroke boundaryStroke(const PanelStyle& style);
[[nodiscard]] Disc triplePointDisc(QPointF at, const PanelStyle& style);
[[nodiscard]] Disc meanDisc(QPointF at, Rgb colour, const PanelStyle& style);

} // namespace nc::scene

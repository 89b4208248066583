#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include <QImage>
#include <QPointF>
#include <QRectF>

#include "viz/scene/fonts.h"
#include "viz/scene/text_layout.h"
#include "viz/scene/theme.h"

/// A laid-out page: what the three painters draw, in order. Points (1/72 inch), y down, origin at the top left.
namespace nc::scene
{

/// A line through points. Round joins; `dash` alternates drawn and left lengths in points, empty: solid.
struct Stroke {
    std::vector<QPointF> points;
    double widthPt = 1;
    Rgb colour;
    std::vector<double> dash{};
    bool roundCaps = false;
};

/// A filled polygon.
struct Fill {
    std::vector<QPointF> points;
    Rgb colour;
};

/// A filled disc with an outline (width 0: none).
struct Disc {
    QPointF centre;
    double radiusPt = 1;
    Rgb colour;
    Rgb outline{};
    double outlinePt = 0;
};

/// Opaque dots of one size, the first lowest. `entry[i]` is the colour in `table`; `rims` as `table`, the colour of the
/// outer `rimPt`; empty: no rims.
struct Dots {
    std::vector<QPointF> centres;
    std::vector<std::uint16_t> entry;
    std::vector<Rgb> table;
    std::vector<Rgb> rims;
    double rimPt = 0;
    double diameterPt = 1;
};

/// A line of text from `baseline` to the right, turned by `angleDeg` (counter-clockwise); `halo` surrounds the letters.
struct Text {
    TextLine line;
    QPointF baseline;
    Rgb colour;
    double angleDeg = 0;
    std::optional<Rgb> halo{};
    double haloPt = 0; ///< to each side
};

/// A picture stretched over a rectangle, smoothly.
struct Picture {
    QImage image;
    QRectF rect;
};

/// A bar shaded from left to right.
struct ColourBar {
    QRectF rect;
    Ramp ramp;
};

using DrawingItem = std::variant<Stroke, Fill, Disc, Dots, Text, Picture, ColourBar>;

struct Drawing {
    QSizeF size;
    std::optional<Rgb> background; ///< nothing: transparent
    Fonts fonts;
    std::vector<DrawingItem> items;
};

} // namespace nc::scene

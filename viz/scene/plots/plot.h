#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QPointF>

#include "viz/scene/rich_text.h"

/// Curves, bars and dots on two axes, as values in the data's own units; a figure may hold them in place of scenes.
namespace nc::scene
{

/// A colour by its meaning, so that one plot serves both themes.
struct PlotColour {
    enum class Role {
        Ink,
        Grey,          ///< what only helps to read: diagonals, chance levels
        Run,           ///< run number `slot`; the fifth takes the first colour again
        SameKind,      ///< mixes within a class, |2λ-1| = `shade`
        DifferentKind, ///< mixes of two classes, |2λ-1| = `shade`
        Gap,           ///< what is missing or too much
    };
    Role role = Role::Ink;
    int slot = 0;
    double shade = 0;
    double canvas = 0; ///< share of the canvas mixed in: 0 full colour, 1 nothing
    bool operator==(const PlotColour&) const = default;
};

enum class PlotDash { Solid, Dots, Dashes, DashDot };
/// Of run number `slot`: told apart without colour.
[[nodiscard]] PlotDash runDash(int slot);

/// A line through points; a value that is not finite leaves a gap.
struct PlotCurve {
    std::vector<QPointF> points;
    PlotColour colour{};
    PlotDash dash = PlotDash::Solid;
    double widthPt = 0.9;
    bool cased = false;  ///< stands out from dots below it
    bool marked = false; ///< a small dot at each point
};

/// A filled outline: a band or a bar.
struct PlotArea {
    std::vector<QPointF> outline;
    PlotColour colour{};
};

/// Points, drawn in a fixed shuffle. `entry[i]` is the colour in `table`.
struct PlotDots {
    std::vector<QPointF> at;
    std::vector<std::uint16_t> entry;
    std::vector<PlotColour> table;
};

struct PlotAxis {
    enum class Scale { Linear, Log };
    RichText title;
    Scale scale = Scale::Linear;         ///< Log: values that are not positive are left out
    std::optional<double> low{}, high{}; ///< empty: from the data
    bool tight = false;                  ///< ends where the data end; else at a tick (Log: a little beyond the data)
};

/// Areas lie lowest, then dots, then curves.
struct Plot {
    RichText title; ///< above; may be empty
    PlotAxis x, y;
    std::vector<PlotArea> areas;
    std::vector<PlotDots> dots;
    std::vector<PlotCurve> curves;
    double height = 1; ///< of its frame, against the other rows'
    RichText note;     ///< inside, in the corner with the most room; may be empty
};

/// An entry of the legend: the name and a sample, which is a line, a patch or a dot.
struct PlotKey {
    enum class Sample { Line, Patch, Dot };
    RichText name;
    Sample sample = Sample::Line;
    PlotColour colour{};
    PlotDash dash = PlotDash::Solid;
};

} // namespace nc::scene

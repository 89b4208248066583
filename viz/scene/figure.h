#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <QRectF>

#include "viz/scene/plots/plot.h"
#include "viz/scene/rich_text.h"
#include "viz/scene/scene_model.h"

/// A page of panels, as a value: paint it with figure_painter.h.
namespace nc::scene
{

enum class FontFamily {
    Serif, ///< for papers; stands beside Times
    Sans,  ///< for slides and the screen
};

/// Whether dots are written as vectors or as a picture inside PDF and SVG. Text, lines and arrows are always vectors,
/// decision regions always a picture.
enum class VectorMode {
    Auto, ///< vectors up to Page::vectorLimit points a figure
    Always,
    Never,
};

enum class LegendPlace { Auto, Right, Below };

/// Paper and pen. Lengths in points, 1/72 inch.
struct Page {
    double widthPt = 396;
    double heightPt = 0; ///< 0: as high as the content asks; else the content is fitted into it
    FontFamily family = FontFamily::Serif;
    double marginPt = 2; ///< left free on all sides
    double fontSizePt = 8;
    double pointDiameterPt = 0; ///< 0: from the number of points and the size of a panel
    double lineScale = 1;       ///< multiplies every line width and arrow head
    ThemeMode theme = ThemeMode::Light;
    bool transparent = false; ///< the canvas is not painted
    VectorMode vector = VectorMode::Auto;
    int vectorLimit = 50'000;
    double dpi = 300;           ///< of PNG, and of pictures inside PDF and SVG
    bool svgTextAsText = false; ///< SVG: <text> elements instead of outlines
    LegendPlace legend = LegendPlace::Auto;
};

/// Page by the name of a preset ("iclr", "neurips", "icml", "two-column", "slides", "poster", "repro"); nothing else.
[[nodiscard]] std::optional<Page> pagePreset(std::string_view name);
/// The names above, for messages.
[[nodiscard]] std::vector<std::string_view> pagePresetNames();

struct FigurePanel {
    SceneModel scene;
    RichText title; ///< above the panel, e.g. "epoch 8"; may be empty
};

/// Panels in equal cells, row by row, all at one scale unless the rows have their own; one legend for all, made from
/// what the panels show. Or plots, each with axes of its own and the legend that `keys` names; a figure has one or the
/// other.
struct Figure {
    std::vector<FigurePanel> panels;
    std::vector<Plot> plots;
    std::vector<PlotKey> keys;
    int columns = 0;                 ///< 0: up to six in one row if wide enough, else the squarest
    bool rowScales = false;          ///< each row as large as its cells allow
    bool letters = true;             ///< "(a) ", "(b) " … before the titles where there are several panels in one row
                                     ///< (of plots: before every title)
    std::vector<RichText> rowLabels; ///< turned, left of each row, e.g. the runs; may be empty
    std::vector<RichText> columnLabels; ///< above the first row, e.g. the epochs; may be empty
    RichText title;                     ///< above everything; may be empty
    RichText caption;                   ///< says what is shown; may be empty
    bool showsCaption = true;           ///< at the bottom, wrapped to the page's width
    /// What every panel shows, as projected, y up (scene_tween.h); empty: what the panels reach. For films, whose
    /// frames must not change their scale.
    std::optional<QRectF> window;
    Page page;
};

} // namespace nc::scene

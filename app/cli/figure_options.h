#pragma once

#include <array>

#include "app/cli/arguments.h"
#include "app/cli/view_options.h"
#include "app/figure_builder.h"

/// Words that say how a figure looks, shared by render, grid and movie.
namespace nc::cli
{

inline constexpr Option viewOption{
    "--view", "plane|3d|tetra|kgon|tour|matrix|curves|reliability|residuals|lambda",
    "three classes, three with a third axis, four, any number on a polygon or from a turning side, all triples; "
    "metrics over the epochs, calibration, distance to the theory, position by lambda"};
/// As classesOption, and triples by their rank.
inline constexpr Option shownClassesOption{
    "--classes", "A,B,C",
    "classes of the view, by index or name (default: those of the run); best, median or worst: a "
    "triple of metrics --triples"};
inline constexpr Option thirdOption{"--third", "lambda|off-view|residual|loss",
                                    "what stands upright on the plane (default of --view 3d: lambda)"};
inline constexpr Option tourOption{"--tour", "RAD",
                                   "place on the way of --view tour, in radians from its start; "
                                   "a film goes from A to B with A..B (default: 0, films 0..6)"};
inline constexpr Option tourSeedOption{"--tour-seed", "N", "of the way's random turns (default: 1)"};
inline constexpr Option colorByOption{
    "--color-by", "kind-lambda|class-lambda|repro|class|pair|lambda|kind|correct|confidence|residual",
    "what colours mean (default: kind-lambda); correct rings wrong answers, residual is the distance to the theory"};
inline constexpr Option showOption{
    "--show", "LAYER,…",
    "classifiers, names, simplex, regions, boundaries, theory, means, legend, axes, caption; "
    "+theory,-legend changes the default, none shows the cloud alone"};
inline constexpr Option presetOption{"--preset", "NAME", "iclr, neurips, icml, two-column, slides, poster or repro"};
inline constexpr Option widthOption{"--width", "LENGTH", "width of the page, e.g. 3.25in, 82mm, 234pt"};
inline constexpr Option fontSizeOption{"--font-size", "PT", "size of the text in pt (default: the preset's, else 8)"};
inline constexpr Option sizeOption{"--size", "WxH",
                                   "size in pixels, e.g. 1280x720 (at 144 dpi unless --dpi says else)"};
inline constexpr Option dpiOption{"--dpi", "N", "pixels an inch of PNG and of pictures in PDF (default: 300)"};
inline constexpr Option themeOption{"--theme", "light|dark", "colours (default: light)"};
inline constexpr Option transparentOption{"--transparent", "", "no background"};
inline constexpr Option cameraOption{"--camera", "AZ,EL,ZOOM",
                                     "of 3-D views, degrees and a factor (default: -62,18,1)"};
inline constexpr Option projectionOption{
    "--projection", "orthographic|perspective",
    "of 3-D views: parallel rays, or an eye at a distance (default: orthographic)"};
inline constexpr Option pointSizeOption{"--point-size", "PT", "diameter of a point in pt (default: from their number)"};
inline constexpr Option vectorOption{"--vector", "auto|always|never",
                                     "points as vectors or as one picture (default: auto)"};
inline constexpr Option svgTextOption{"--svg-text", "outlines|text", "text of SVG (default: outlines)"};
inline constexpr Option titleOption{"--title", "TEXT", "above the figure"};

/// Lists of options, one after the other.
template <std::size_t... Sizes>
[[nodiscard]] constexpr auto joined(const std::array<Option, Sizes>&... lists)
{
    std::array<Option, (Sizes + ...)> all{};
    std::size_t at = 0;
    (
        [&](const auto& list) {
            for (const Option& option : list)
                all[at++] = option;
        }(lists),
        ...);
    return all;
}

/// What every picture takes, moving or not: which view, and how it looks.
inline constexpr std::array pictureOptions{
    shownClassesOption, splitOption,      layerOption,   viewOption, thirdOption,  tourOption,       tourSeedOption,
    basisOption,        basisEpochOption, colorByOption, showOption, cameraOption, projectionOption, pointSizeOption,
    titleOption,        presetOption,     sizeOption,    dpiOption,  themeOption,
};
/// What only figures take.
inline constexpr std::array paperOptions{
    widthOption, fontSizeOption, transparentOption, vectorOption, svgTextOption,
};

/// The whole request; what the run cannot serve is found later. Errors: Usage, and Data for classes and basis epochs
/// that the run does not hold.
[[nodiscard]] Result<app::FigureRequest> readFigureRequest(const Arguments& arguments, const io::RunReader& run);

/// From where to where a film follows the tour. Errors: Usage.
struct TourWay {
    std::uint64_t seed = 1;
    double from = 0, to = 6;
};
[[nodiscard]] Result<TourWay> readTourWay(const Arguments& arguments);

} // namespace nc::cli

#pragma once

#include "app/cli/arguments.h"
#include "app/figure_builder.h"

/// What the words of `render` and `grid` ask for.
namespace nc::cli
{

/// Read, its runs opened, but not yet built.
struct FigureOrder {
    std::string command; ///< "render" or "grid"
    std::string view;    ///< of --view; may be empty
    std::vector<app::OpenRun> runs;
    app::FigureRequest request;
    std::vector<std::vector<std::int64_t>> epochs; ///< shown, of each run; of curves those of the first run alone
    std::string epochWords;                        ///< as curves take them, for each run
    int columns = 0;                               ///< of a grid; 0: as it comes

    [[nodiscard]] bool plot() const;   ///< curves, reliability …: figures of clean and mix split
    [[nodiscard]] bool single() const; ///< one view of one epoch of one run
};

/// Whether a view is drawn from figures of clean and mix split.
[[nodiscard]] bool isPlot(std::string_view view);

/// Errors: Usage; Data where a run, an epoch or a class is missing.
[[nodiscard]] Result<FigureOrder> readFigureOrder(std::string_view command, const Arguments& arguments);

/// Errors: those of reading; Usage where the view does not go with the classes.
[[nodiscard]] Result<scene::Figure> buildOrder(const FigureOrder& order);

} // namespace nc::cli

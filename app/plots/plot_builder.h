#pragma once

#include <string>
#include <vector>

#include "app/figure_builder.h"

/// From runs to figures of curves and distributions (docs/maths.md, 4 and 5). Split, classes and page as in the request
/// where they apply; every caption says what is drawn.
namespace nc::app
{

/// One run at one epoch, under its title (empty: none).
struct PlotTarget {
    const OpenRun* run = nullptr;
    std::int64_t epoch = 0;
    std::string title;
};

/// NC1 to NC4, loss, accuracy and ECE over the epochs that `words` choose in each run, and NC1 and accuracy of the
/// whole training set where they were recorded. Runs whose configurations differ in the seed alone share a line, their
/// mean, with a band from the lowest to the highest.
[[nodiscard]] Result<scene::Figure> buildCurves(const std::vector<OpenRun>& runs, const std::string& epochWords,
                                                const FigureRequest& request);
/// Runs (indexes) whose configurations differ in the seed alone, in order of their first; one without a configuration
/// stands alone.
[[nodiscard]] std::vector<std::vector<std::size_t>> groupsBySeed(const std::vector<OpenRun>& runs);

/// Accuracy by confidence on a clean split, with the count of each bin; a column for each target.
[[nodiscard]] Result<scene::Figure> buildReliability(const std::vector<PlotTarget>& targets,
                                                     const FigureRequest& request);

/// How far mixes lie from the optimum, |u - h*|/|h*|, as shares of each kind of mix.
[[nodiscard]] Result<scene::Figure> buildResiduals(const std::vector<PlotTarget>& targets,
                                                   const FigureRequest& request);

/// Where mixes of two classes lie by lambda: across and along the boundary with the theory's law, and how well
/// p_i/(p_i + p_j) says lambda; a row for each target.
[[nodiscard]] Result<scene::Figure> buildLambda(const std::vector<PlotTarget>& targets, const FigureRequest& request);

} // namespace nc::app

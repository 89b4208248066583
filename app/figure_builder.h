#pragma once

#include <optional>
#include <vector>

#include "app/run_selection.h"
#include "app/run_view.h"
#include "core/grand_tour.h"
#include "io/run_reader.h"
#include "viz/scene/cloud_filter.h"
#include "viz/scene/figure.h"
#include "viz/scene/screen_extent.h"

/// From runs to a figure: reads, projects, predicts and hands values to viz/scene. No painting here.
namespace nc::app
{

enum class ViewShape {
    Plane,
    Tetrahedron,
    KGon,
    Tour, ///< a plane of the K-1 coordinates of K >= 4 classes
};

/// A place on the walk of core/grand_tour.h; at its start the first three classes lie as in their plane.
struct TourPlace {
    std::uint64_t seed = 1;
    double distance = 0; ///< radians from the start
    bool operator==(const TourPlace&) const = default;
};
/// The walk itself, through the planes of the K-1 coordinates of so many classes.
[[nodiscard]] tour::GrandTour tourOf(Index classes, std::uint64_t seed);

/// What was asked for, the same for every panel of a figure.
struct FigureRequest {
    ViewRequest view;                     ///< classes and split are chosen per run where empty
    std::string classesRule = "as named"; ///< how the view's classes, where there are any, were chosen
    std::string basisEpochWords = "last"; ///< same, first, last or a number, read against each run
    std::optional<ViewShape> shape;       ///< empty: tetrahedron for four classes, else the plane
    scene::ColorBy colorBy = scene::ColorBy::KindLambda;
    std::optional<scene::ThirdQuantity> third; ///< stands on the plane; the view is then 3-D
    scene::Layers layers;
    bool measuresGap = true;       ///< PanelContent::theoryGap: a walk over the features that a figure does not need
    bool theoryAskedFor = false;   ///< drawn with a badge where it does not apply; else left out there
    std::optional<bool> rowScales; ///< of grids: each row as large as its cells allow; empty: where one scale would
                                   ///< make a row tiny
    bool linkScale = false;        ///< each run in units of its own sqrt(kappa), so that the classifiers have one size
    std::optional<scene::Camera> camera; ///< empty: one that reads well for the view
    std::optional<TourPlace> tour;       ///< of the shape Tour; empty: panels keep all K-1 coordinates
    bool perspective = false;            ///< of 3-D views: rays meet in an eye at a comfortable distance
    scene::Page page;
    std::string title;
    bool caption = true;
};

/// A run with what was read of it once.
struct OpenRun {
    io::RunReader reader;
    io::RunSummary summary;

    [[nodiscard]] static Result<OpenRun> open(const std::string& path, const io::ReadOptions& options = {});
    [[nodiscard]] std::string name() const; ///< the title, else the path's last part
};

/// Where the unconstrained features model puts the mixes of a view (docs/maths.md, 4).
struct TheoryFrame {
    Matrix directions; ///< K x D, centred classifiers in view; D without a third axis
    Vector origin;     ///< D, y0
    Index classes = 0; ///< C
    double beta = 0, kappa = 0;

    /// Optimal feature of a mix of two slots in view, D; `lambda` is the share of the first.
    [[nodiscard]] Vector point(int slotA, int slotB, double lambda) const;
};

/// One panel and what its caption says.
struct PanelContent {
    std::int64_t epoch = 0;
    scene::SceneModel scene;
    scene::CloudCounts counts;                 ///< of the scene's cloud
    std::optional<scene::ScreenExtent> extent; ///< of the scene on a screen, where one asked for it
    ViewClasses chosen;
    std::optional<TourPlace> tour; ///< where the walk stands that it is seen from
    std::string split, layer, origin, mode, lambdaPer;
    bool mixes = false;
    Index shown = 0, total = 0; ///< rows
    Index allClasses = 0;       ///< C
    double inView = 0;
    std::optional<double> inViewIdeal; ///< at the optimum of the effective beta
    std::optional<double> beta, lnBetaError;
    std::optional<double> theoryGap;   ///< mixup.theory_gap of docs/maths.md, 5, over all mixes
    std::string theoryInvalid;         ///< why the theory does not apply; empty where it does
    std::optional<TheoryFrame> theory; ///< where it applies
    bool hasPictures = false;          ///< thumbnails of the split's rows are recorded
    std::optional<scene::ThirdQuantity> third;
    std::string colourAbsent; ///< why the samples' values that the request is coloured by are not here; empty: they are
    EpochBasis basis;
    Vector centre;      ///< D, mean feature in view, that inView and inViewIdeal are measured from
    double squares = 0; ///< sum |h - m|^2 over the shown rows
};
/// The classes that a panel will show, before an epoch is read; empty where its rows decide.
[[nodiscard]] std::vector<Index> expectedClasses(const io::RunSummary& run, const FigureRequest& request);

/// A panel of the shape Tour, whose scene has all K-1 coordinates, as a plane of them shows it (2 x K-1, orthonormal
/// rows).
[[nodiscard]] PanelContent seenThrough(PanelContent panel, const Matrix& frame);

/// What a panel is drawn by where `wanted` is asked for: where it does not apply, by class.
[[nodiscard]] scene::ColorBy drawnColorBy(const PanelContent& panel, scene::ColorBy wanted);
/// A scene of the shape Tour has K-1 dimensions: only seenThrough() makes it one that can be drawn.
/// Errors: the run, split or epoch cannot be read or does not hold what the view needs. A colouring that cannot be had
/// is none: colourAbsent says why.
[[nodiscard]] Result<PanelContent> buildPanel(const OpenRun& run, std::int64_t epoch, const FigureRequest& request);
/// The same, seen from the request's side where the shape is Tour; but a colouring that cannot be had is an error. Kind
/// and λ, the default, may say nothing of clean samples.
[[nodiscard]] Result<PanelContent> figurePanel(const OpenRun& run, std::int64_t epoch, const FigureRequest& request);

/// SceneModel::classifierLength for scenes that are seen together: weights far longer than features would leave the
/// cloud no room. 1, or a number of one digit.
[[nodiscard]] double classifierLengthFor(const std::vector<const scene::SceneModel*>& scenes);

/// Panels that are seen together, as one moving scene: one length of the classifiers, one third axis.
void shareScales(std::vector<PanelContent>& panels);

/// A figure without content: page, title, and whether its caption, which every figure gets, is shown.
[[nodiscard]] scene::Figure emptyFigure(const FigureRequest& request);

/// The figure of a panel that was built for the same view, with the page, looks and caption of the request. The camera,
/// the colours and the layers of the panel do not count.
[[nodiscard]] scene::Figure composeFigure(PanelContent panel, std::int64_t epoch, const FigureRequest& request);

/// One panel, titled by its epoch in the caption.
[[nodiscard]] Result<scene::Figure> buildFigure(const OpenRun& run, std::int64_t epoch, const FigureRequest& request);

/// Runs x epochs: one run makes a film strip, several make rows. `columns` 0: as many as epochs (several runs) or
/// automatic.
[[nodiscard]] Result<scene::Figure> buildGrid(const std::vector<OpenRun>& runs, const std::vector<std::int64_t>& epochs,
                                              int columns, const FigureRequest& request);

/// Every triple of the view's classes (all that have rows where none are named), each in its own plane, lowest first.
/// Errors (Usage): fewer than three classes, or more than ten.
[[nodiscard]] Result<scene::Figure> buildMatrix(const OpenRun& run, std::int64_t epoch, int columns,
                                                const FigureRequest& request);

/// Up to `count` recorded epochs from the first to the last, spaced evenly in log(1 + epoch).
[[nodiscard]] std::vector<std::int64_t> filmStripEpochs(const std::vector<std::int64_t>& recorded, std::size_t count);

} // namespace nc::app

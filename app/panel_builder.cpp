#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/QR>

#include "app/channel_ridges.h"
#include "app/figure_builder.h"
#include "app/figure_output.h"
#include "app/metrics_report.h"
#include "app/third_axis.h"
#include "app/view_reasons.h"
#include "core/class_statistics.h"
#include "core/classifier_logits.h"
#include "core/sample_figures.h"
#include "core/simplex_etf.h"
#include "core/ufm_optimum.h"
#include "viz/scene/scene_tween.h"

namespace nc::app
{

namespace
{

/// Points of a theory arm: enough that its polyline is smooth at print size.
constexpr Index armPoints = 65;

/// Of views with a third axis: the plane is seen well from above, and no arm hides behind another.
constexpr scene::Camera raisedCamera{-72, 24, 1};

Matrix chosenRowsOf(const RowMatrixD& rows, const std::vector<Index>& classes)
{
    Matrix result(static_cast<Index>(classes.size()), rows.cols());
    for (std::size_t k = 0; k < classes.size(); ++k)
        result.row(static_cast<Index>(k)) = rows.row(classes[k]);
    return result;
}

/// Rows of a figure's cloud, in the order of the split.
scene::Cloud makeCloud(const Split& split, const ProjectedRows<float>& projected, const std::vector<Index>& rows)
{
    scene::Cloud cloud;
    cloud.positions.resize(static_cast<Index>(rows.size()), projected.coordinates.cols());
    cloud.labelA.reserve(rows.size());
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto at = static_cast<std::size_t>(rows[k]);
        cloud.positions.row(static_cast<Index>(k)) = projected.coordinates.row(rows[k]);
        cloud.labelA.push_back(split.labelA[at]);
        cloud.labelB.push_back(split.labelB[at]);
        cloud.lambda.push_back(static_cast<float>(split.lambda[at]));
        cloud.row.push_back(rows[k]);
    }
    return cloud;
}

/// Sum |B(h - m)|^2 of a cloud's points.
double squaresInside(const scene::Cloud& cloud, const Vector& centre)
{
    double sum = 0;
    for (Index r = 0; r < cloud.size(); ++r)
        sum += (cloud.positions.row(r).transpose().cast<double>() - centre).squaredNorm();
    return sum;
}

/// Share in view over the shown rows alone, with what it is made of.
void measureShare(PanelContent& panel, const Vector& mean, const ProjectedRows<float>& projected)
{
    panel.centre = panel.basis.projection.basis * mean;
    const double inside = squaresInside(panel.scene.cloud, panel.centre);
    panel.squares = inside;
    for (const Index r : panel.scene.cloud.row) {
        const double off = projected.offView[static_cast<std::size_t>(r)];
        panel.squares += off * off;
    }
    panel.inView = panel.squares > 0 ? inside / panel.squares : 1;
}

/// Means of the chosen classes in view, K x D; NaN for a class without rows of its own, which is then not drawn.
Matrix projectedMeans(const ClassMeans& means, const std::vector<Index>& classes, const SubspaceProjection& projection)
{
    Matrix rows(static_cast<Index>(classes.size()), projection.dims());
    for (std::size_t k = 0; k < classes.size(); ++k) {
        const auto at = static_cast<Index>(k);
        rows.row(at) = (projection.basis * means.means.row(classes[k]).transpose()).transpose();
        if (means.counts[static_cast<std::size_t>(classes[k])] == 0)
            rows.row(at).setConstant(std::numeric_limits<double>::quiet_NaN());
    }
    return rows;
}

/// The same share for the optimal features of the shown rows: a view of K of C classes cannot show all of them
/// (docs/maths.md, 5). `corners`: K x D, A e_k a row.
double idealShare(const scene::SceneModel& scene, const Matrix& corners, Index classes, double beta)
{
    const auto c = static_cast<double>(classes);
    double inside = 0, all = 0;
    // 200 steps of lambda stand for every row: the curve is smooth.
    std::vector<ufm::MixOptimum> table;
    for (int step = 0; step <= 200; ++step)
        table.push_back(ufm::mixOptimum(classes, beta, step / 200.0));
    const double same = ufm::sameClassGap(classes, beta);
    const scene::Cloud& cloud = scene.cloud;
    std::vector<Index> slotOf(static_cast<std::size_t>(classes), 0);
    for (std::size_t slot = 0; slot < scene.classes.size(); ++slot)
        slotOf[static_cast<std::size_t>(scene.classes[slot].index)] = static_cast<Index>(slot);
    for (std::size_t r = 0; r < cloud.labelA.size(); ++r) {
        const Index i = slotOf[static_cast<std::size_t>(cloud.labelA[r])],
                    j = slotOf[static_cast<std::size_t>(cloud.labelB[r])];
        double xi = same, xj = 0;
        if (i != j) {
            const ufm::MixOptimum& point = table[static_cast<std::size_t>(std::lround(cloud.lambda[r] * 200))];
            xi = point.xi;
            xj = point.xj;
        }
        inside += (xi * corners.row(i) + xj * corners.row(j)).squaredNorm();
        all += xi * xi + xj * xj - (xi + xj) * (xi + xj) / c;
    }
    return all > 0 ? inside / all : 1;
}

/// B s, where s is the place in the classifier's row space where all C logits agree (docs/maths.md, 5): what the
/// theory's curves are measured from.
Vector originInView(const SubspaceProjection& projection, const Classifier& classifier)
{
    const Matrix weight = classifier.weight;
    const Matrix centred = weight.rowwise() - weight.colwise().mean();
    const Vector bias = classifier.bias.array() - classifier.bias.mean();
    const Matrix gram = centred * centred.transpose(); // C x C; Wc^+ = Wc^T (Wc Wc^T)^+
    return -(projection.basis * (centred.transpose() * gram.completeOrthogonalDecomposition().solve(bias)));
}

/// Restricted logits on the slice h0 + B^T y through the mean feature; exact where B was made of this W
/// (docs/maths.md, 3.2).
scene::RegionField regionField(const SubspaceProjection& projection, const Matrix& weight, const Vector& bias,
                               const Vector& mean, bool exact)
{
    const DecisionRegions regions =
        exact ? decisionRegions(projection, weight, bias) : sliceRegions(projection, weight, bias, mean);
    scene::RegionField field;
    field.slope = regions.slope;
    field.offset = regions.offset;
    if (exact)
        field.triplePoint = regions.triplePoint;
    return field;
}

/// h* of docs/maths.md, section 4, in view: y0 + (x_i B w_i + x_j B w_j)/kappa.
Vector optimumInView(const TheoryFrame& frame, Index i, Index j, double xi, double xj)
{
    return frame.origin + (xi * frame.directions.row(i) + xj * frame.directions.row(j)).transpose() / frame.kappa;
}

/// Polylines of the optimum between each two shown classes.
std::vector<Matrix> theoryCurves(const TheoryFrame& frame, const std::vector<ufm::MixOptimum>& arm)
{
    std::vector<Matrix> curves;
    for (Index i = 0; i < frame.directions.rows(); ++i)
        for (Index j = i + 1; j < frame.directions.rows(); ++j) {
            Matrix curve(static_cast<Index>(arm.size()), frame.directions.cols());
            for (std::size_t s = 0; s < arm.size(); ++s)
                curve.row(static_cast<Index>(s)) = optimumInView(frame, i, j, arm[s].xi, arm[s].xj).transpose();
            curves.push_back(std::move(curve));
        }
    return curves;
}

Result<void> checkShape(ViewShape shape, std::size_t classes)
{
    const std::string named = "--classes names " + std::to_string(classes) + ", ";
    if (shape == ViewShape::Plane && classes != 3)
        return usageError(named + "--view plane shows three classes");
    if (shape == ViewShape::Tetrahedron && classes != 4)
        return usageError(named + "--view tetra shows four classes");
    if (shape == ViewShape::KGon && classes < 3)
        return usageError(named + "--view kgon shows at least three classes");
    if (shape == ViewShape::Tour && classes < 4)
        return usageError(named + "--view tour shows at least four classes");
    return {};
}

ViewShape shapeFor(const FigureRequest& request, std::size_t classes)
{
    return request.shape.value_or(classes == 4 ? ViewShape::Tetrahedron : ViewShape::Plane);
}

/// Shapes that every class of a split has room in.
bool showsMany(std::optional<ViewShape> shape)
{
    return shape == ViewShape::KGon || shape == ViewShape::Tour;
}

/// Four recorded classes in a plane view: its first three.
void fitToShape(ViewClasses& chosen, const FigureRequest& request)
{
    if (request.view.classes.empty() && request.shape == ViewShape::Plane && chosen.classes.size() > 3) {
        chosen.classes.resize(3);
        chosen.rule = "the first three of " + (chosen.rule == "all classes" ? "all" : "those " + chosen.rule);
    }
}

/// What was read for a panel.
struct PanelSource {
    const OpenRun& run;
    const FigureRequest& request;
    std::int64_t epoch = 0;
    ViewRequest view;
    const RowSource& features;
    Split split;
    std::vector<Index> rows; ///< of the split, that are shown
    Vector mean;
    ProjectedRows<float> projected;       ///< of all rows
    std::optional<Classifier> classifier; ///< none where the layer is not the one it belongs to
    std::optional<ArmTheory> theory;
    std::vector<double> residuals; ///< of all rows; empty unless asked for

    [[nodiscard]] bool simplex() const { return view.frame == Frame::Simplex; }
    [[nodiscard]] bool exact(const PanelContent& panel) const
    {
        return simplex() && panel.basis.basis == Basis::Classifier && panel.basis.epoch == epoch;
    }
};

/// Arrows, simplex and decision regions.
void addClassifier(PanelContent& panel, const PanelSource& source, const Matrix& weight)
{
    Vector bias(weight.rows());
    for (Index k = 0; k < weight.rows(); ++k)
        bias(k) = source.classifier->bias(source.view.classes[static_cast<std::size_t>(k)]);
    const SubspaceProjection& projection = panel.basis.projection;
    const Matrix arrows = weight * projection.basis.transpose();
    for (Index k = 0; k < arrows.rows(); ++k)
        panel.scene.classifiers.push_back({Vector::Zero(projection.dims()), arrows.row(k), static_cast<int>(k)});

    // The ideal simplex has the size of the classifier whose frame is shown, so it stays still through the epochs.
    double kappa = etf::kappa(Matrix(source.classifier->weight));
    if (panel.basis.epoch != source.epoch) {
        const Result<std::optional<Classifier>> basisClassifier = source.run.reader.classifier(panel.basis.epoch);
        if (basisClassifier && *basisClassifier)
            kappa = etf::kappa(Matrix((*basisClassifier)->weight));
    }
    if (source.simplex()) {
        if (projection.vertices.rows() > 0) // principal axes have none
            panel.scene.simplex = scene::SimplexFrame{std::sqrt(kappa) * projection.vertices,
                                                      scene::completeEdges(static_cast<int>(arrows.rows()))};
        panel.scene.regions = regionField(projection, weight, bias, source.mean, source.exact(panel));
    }
    if (source.request.linkScale && kappa > 0)
        panel.scene.scale = 1 / std::sqrt(kappa);
}

/// Figures of the rows that were read for the panel, without recorded logits and clean samples.
Result<MetricEntry> measureRead(const PanelSource& source, const MetricOptions& options)
{
    MetricInputs inputs;
    inputs.epoch = source.epoch;
    inputs.layer = source.view.layer;
    inputs.features = &source.features;
    inputs.split = &source.split;
    inputs.classes = source.run.reader.classes();
    inputs.classifier = &*source.classifier;
    return measure(inputs, options);
}

/// The effective beta, and the theory's curves where they apply or were asked for.
Result<void> addTheory(PanelContent& panel, PanelSource& source, const Matrix& weight)
{
    MetricOptions options;
    options.configuration = source.run.reader.configuration();
    options.viewClasses = source.view.classes;
    options.rowResiduals =
        source.request.third == scene::ThirdQuantity::Residual || source.request.colorBy == scene::ColorBy::Residual;
    options.onlyTheory = !source.request.measuresGap && !options.rowResiduals;
    const Result<MetricEntry> entry =
        options.onlyTheory
            ? measureRead(source, options)
            : measureRun(source.run.reader, source.run.summary, source.epoch, panel.split, source.view.layer, options);
    if (!entry)
        return entry.error();
    source.residuals = entry->theoryResiduals;
    panel.theoryInvalid = entry->validReason;
    if (!source.request.theoryAskedFor)
        panel.scene.theoryRefused = panel.theoryInvalid;
    if (const Metric& gap = (*entry)["mixup.theory_gap"]; gap.available())
        panel.theoryGap = gap.value;
    const Metric& beta = (*entry)["mixup.beta"];
    if (!beta.available() || !(beta.value > 0))
        return {};
    const Index classes = source.run.reader.classes(), shown = weight.rows();
    panel.beta = beta.value;
    if ((*entry)["mixup.ln_beta_se"].available())
        panel.lnBetaError = (*entry)["mixup.ln_beta_se"].value;
    if (panel.basis.projection.classes() > 0) // principal axes have no ideal of their own
        panel.inViewIdeal = idealShare(panel.scene, panel.basis.projection.vertices, classes, beta.value);
    if (!panel.theoryInvalid.empty() && !source.request.theoryAskedFor)
        return {};
    const Matrix centred = weight.rowwise() - source.classifier->weight.colwise().mean();
    const Vector origin = originInView(panel.basis.projection, *source.classifier);
    const TheoryFrame frame{centred * panel.basis.projection.basis.transpose(), origin, classes, beta.value,
                            (*entry)["mixup.kappa"].value};
    source.theory =
        ArmTheory{ufm::mixCurve(classes, beta.value, armPoints, ufm::Spacing::Arc), classes, shown, frame.kappa};
    if (panel.theoryInvalid.empty())
        panel.theory = frame;
    panel.scene.theory =
        scene::TheoryArms{theoryCurves(frame, source.theory->arm),
                          panel.theoryInvalid.empty() ? std::string() : "not valid here: " + panel.theoryInvalid};
    return {};
}

/// What the logits say of all rows: recorded ones, else the classifier's. Nothing where there are neither.
Result<std::optional<SampleFigures>> figuresOf(const PanelContent& panel, const PanelSource& source)
{
    const io::RunReader& reader = source.run.reader;
    Result<std::unique_ptr<RowSource>> logits = reader.logits(source.epoch, panel.split);
    if (!logits)
        return logits.error();
    std::unique_ptr<RowSource> features;
    if (!*logits) {
        if (!source.classifier)
            return std::optional<SampleFigures>();
        auto opened = reader.features(source.epoch, panel.split, source.view.layer);
        if (!opened)
            return opened.error();
        features = std::move(*opened);
        *logits = std::make_unique<ClassifierLogits>(*features, *source.classifier);
    }
    Result<SampleFigures> figures = sampleFigures(**logits, source.split);
    if (!figures)
        return figures.error();
    return std::optional(std::move(*figures));
}

/// The values of the shown rows that the colouring shows, or in colourAbsent why there are none.
Result<void> addColourValues(PanelContent& panel, const PanelSource& source)
{
    const scene::ColorBy by = source.request.colorBy;
    panel.colourAbsent = colourAbsent(&source.run.summary, panel, by);
    if (!panel.colourAbsent.empty() || !scene::needsValues(by))
        return {};
    scene::Cloud& cloud = panel.scene.cloud;
    const auto take = [&](const auto& all, auto& values) {
        for (const Index r : source.rows)
            values.push_back(
                static_cast<typename std::decay_t<decltype(values)>::value_type>(all[static_cast<std::size_t>(r)]));
    };
    if (by == scene::ColorBy::Residual) {
        if (!source.residuals.empty())
            take(source.residuals, cloud.residual);
        if (cloud.residual.empty() ||
            !std::all_of(cloud.residual.begin(), cloud.residual.end(), [](float v) { return std::isfinite(v); })) {
            cloud.residual.clear();
            panel.colourAbsent = "no optimum can be worked out at this epoch";
        }
        return {};
    }
    const auto figures = figuresOf(panel, source);
    if (!figures)
        return figures.error();
    if (!*figures)
        panel.colourAbsent = "this epoch records neither logits nor a classifier for its features";
    else if (by == scene::ColorBy::Correct)
        take((*figures)->correct, cloud.correct);
    else
        take((*figures)->confidence, cloud.confidence);
    return {};
}

/// Of the shown rows; an error says why the quantity does not exist here.
Result<std::vector<float>> thirdValues(const PanelContent& panel, const PanelSource& source)
{
    const scene::ThirdQuantity quantity = *source.request.third;
    const auto refuse = [&](const std::string& reason) {
        const std::string path = source.run.reader.path().string();
        return dataError("the third axis '" + std::string(scene::thirdName(quantity)) + "' " + reason + ": " + path,
                         path);
    };
    std::vector<float> values;
    const auto take = [&](const auto& all) {
        for (const Index r : source.rows)
            values.push_back(static_cast<float>(all[static_cast<std::size_t>(r)]));
    };
    switch (quantity) {
    case scene::ThirdQuantity::Lambda:
        if (!panel.mixes)
            return refuse("needs mixes, split '" + panel.split + "' holds none");
        for (const Index r : source.rows) {
            const auto at = static_cast<std::size_t>(r);
            const double lambda = source.split.lambda[at];
            values.push_back(
                static_cast<float>(source.split.labelA[at] <= source.split.labelB[at] ? lambda : 1 - lambda));
        }
        break;
    case scene::ThirdQuantity::OffView:
        take(source.projected.offView);
        break;
    case scene::ThirdQuantity::Residual:
        if (!panel.mixes)
            return refuse("needs mixes, split '" + panel.split + "' holds none");
        if (source.residuals.empty())
            return refuse("needs the theory, which needs a classifier and same-class mixes");
        take(source.residuals);
        if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }))
            return refuse("needs the theory, which has no optimum here");
        break;
    case scene::ThirdQuantity::Loss: {
        const auto figures = figuresOf(panel, source);
        if (!figures)
            return figures.error();
        if (!*figures)
            return refuse("needs logits or a classifier, epoch " + std::to_string(source.epoch) + " records neither");
        take((*figures)->loss);
        break;
    }
    }
    return values;
}

/// The centrelines of the shown pairs' channels, in pieces where there are mixes of a lambda but not of the next.
Result<void> addChannels(scene::SceneModel& scene, const Split& split)
{
    const std::vector<Index> rows(scene.cloud.row.begin(), scene.cloud.row.end());
    RowMatrixD coordinates = RowMatrixD::Zero(split.rows(), scene.dims);
    for (std::size_t k = 0; k < rows.size(); ++k)
        coordinates.row(rows[k]) = scene.cloud.positions.row(static_cast<Index>(k)).cast<double>();
    const auto ridges = channelRidges(split, rows, coordinates);
    if (!ridges)
        return ridges.error();
    for (const ChannelRidge& ridge : *ridges) {
        constexpr double aStep = 0.075; // of 0.05, and rounding
        for (std::size_t begin = 0, end = 0; begin < ridge.lambda.size(); begin = end) {
            for (end = begin + 1; end < ridge.lambda.size() && ridge.lambda[end] - ridge.lambda[end - 1] < aStep;)
                ++end;
            if (end - begin >= 2)
                scene.channels.emplace_back(
                    ridge.points.middleRows(static_cast<Index>(begin), static_cast<Index>(end - begin)));
        }
    }
    return {};
}

} // namespace

std::vector<Index> expectedClasses(const io::RunSummary& run, const FigureRequest& request)
{
    if (!request.view.classes.empty())
        return request.view.classes;
    auto known = viewClassesWithoutRows(run.viewClasses, run.classes());
    if (!known || (showsMany(request.shape) && known->classes.size() <= 4 && run.classes() > 4))
        return {};
    fitToShape(*known, request);
    return known->classes;
}

PanelContent seenThrough(PanelContent panel, const Matrix& frame)
{
    panel.scene = scene::seenThrough(panel.scene, frame);
    SubspaceProjection& projection = panel.basis.projection;
    projection.basis = frame * projection.basis;
    projection.vertices *= frame.transpose();
    panel.centre = frame * panel.centre;
    panel.inView = panel.squares > 0 ? squaresInside(panel.scene.cloud, panel.centre) / panel.squares : 1;
    if (panel.theory) {
        panel.theory->directions *= frame.transpose();
        panel.theory->origin = frame * panel.theory->origin;
    }
    if (panel.inViewIdeal)
        panel.inViewIdeal = idealShare(panel.scene, projection.vertices, panel.allClasses, *panel.beta);
    return panel;
}

Vector TheoryFrame::point(int slotA, int slotB, double lambda) const
{
    if (slotA == slotB)
        return optimumInView(*this, slotA, slotA, ufm::sameClassGap(classes, beta), 0);
    const ufm::MixOptimum optimum = ufm::mixOptimum(classes, beta, lambda);
    return optimumInView(*this, slotA, slotB, optimum.xi, optimum.xj);
}

Result<PanelContent> buildPanel(const OpenRun& run, std::int64_t epoch, const FigureRequest& request)
{
    PanelContent panel;
    panel.epoch = epoch;
    ViewRequest view = request.view;
    const Result<io::SplitInfo> info = selectSplit(view.split, SplitKind::Mix, run.summary);
    if (!info)
        return info.error();
    view.split = info->name;
    if (Result<void> has = requireLayer(view.layer, *info); !has)
        return has.error();
    Result<Split> split = run.reader.split(epoch, view.split);
    if (!split)
        return split.error();
    panel.chosen = !view.classes.empty()      ? ViewClasses{view.classes, request.classesRule}
                   : showsMany(request.shape) ? manyViewClasses(run.reader, *split, 4)
                                              : defaultViewClasses(run.reader, *split);
    fitToShape(panel.chosen, request);
    view.classes = panel.chosen.classes;
    const ViewShape shape = shapeFor(request, view.classes.size());
    if (Result<void> fits = checkShape(shape, view.classes.size()); !fits)
        return fits.error();
    if (request.third && (shape != ViewShape::Plane))
        return usageError("--third stands on the plane of three classes, not on --view " +
                          std::string(viewShapeName(shape)));
    if (shape == ViewShape::Tour && request.layers.has(scene::Layer::Channels))
        return usageError("--show +channels takes a view that stands still, not --view tour");
    view.frame = shape == ViewShape::KGon ? Frame::KGon : Frame::Simplex;
    if (shape == ViewShape::KGon && view.basis == Basis::Pca)
        return usageError("--basis pca has no place for classes, as --view kgon needs");
    const auto basisEpoch = selectBasisEpoch(request.basisEpochWords, run.reader);
    if (!basisEpoch)
        return basisEpoch.error();
    view.basisEpoch = *basisEpoch;

    Result<EpochBasis> basis = epochBasis(run.reader, epoch, view);
    if (!basis)
        return basis.error();
    panel.basis = std::move(*basis);
    const auto features = run.reader.heldFeatures(epoch, view.split, view.layer);
    if (!features)
        return features.error();
    const Result<ClassMeans> means = sameClassMeans(**features, *split, run.reader.classes());
    if (!means)
        return means.error();
    const Vector mean = means->balanced();
    auto projected = project<float>(**features, panel.basis.projection, mean);
    if (!projected)
        return projected.error();

    panel.split = view.split;
    panel.layer = view.layer;
    panel.origin = info->origin;
    panel.mode = info->mode;
    panel.lambdaPer = split->lambdaPer;
    panel.hasPictures = info->hasImages;
    panel.allClasses = run.reader.classes();
    panel.mixes = split->kind == SplitKind::Mix;
    panel.third = request.third;
    panel.total = split->rows();
    std::vector<Index> rows = chosenRows(*split, view.classes);
    panel.shown = static_cast<Index>(rows.size());
    panel.scene.dims = static_cast<int>(panel.basis.projection.dims());
    for (Index k : view.classes)
        panel.scene.classes.push_back(
            {static_cast<std::int32_t>(k), run.reader.classNames()[static_cast<std::size_t>(k)]});
    panel.scene.means = projectedMeans(*means, view.classes, panel.basis.projection);
    panel.scene.cloud = makeCloud(*split, *projected, rows);
    measureShare(panel, mean, *projected);
    panel.counts = countCloud(panel.scene.cloud);
    panel.scene.layers = request.layers;
    panel.scene.camera = request.camera.value_or(request.third ? raisedCamera : scene::Camera());

    Result<std::optional<Classifier>> classifier = run.reader.classifier(epoch);
    if (!classifier)
        return classifier.error();
    if (view.layer != "penultimate")
        classifier->reset();
    PanelSource source{run,
                       request,
                       epoch,
                       std::move(view),
                       **features,
                       std::move(*split),
                       std::move(rows),
                       mean,
                       std::move(*projected),
                       std::move(*classifier),
                       {},
                       {}};
    if (source.classifier) {
        const Matrix weight = chosenRowsOf(source.classifier->weight, source.view.classes);
        addClassifier(panel, source, weight);
        if (panel.mixes)
            if (Result<void> added = addTheory(panel, source, weight); !added)
                return added.error();
    }
    if (Result<void> added = addColourValues(panel, source); !added)
        return added.error();
    panel.scene.colorBy = drawnColorBy(panel, request.colorBy);
    if (request.third) {
        const auto values = thirdValues(panel, source);
        if (!values)
            return values.error();
        raise(panel.scene, *request.third, *values, source.theory);
    }
    if (request.layers.has(scene::Layer::Channels) && panel.mixes)
        if (Result<void> added = addChannels(panel.scene, source.split); !added)
            return added.error();
    return panel;
}

} // namespace nc::app

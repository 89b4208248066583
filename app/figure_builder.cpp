#include "app/figure_builder.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "app/figure_caption.h"
#include "app/metrics_report.h"
#include "app/text.h"
#include "core/class_statistics.h"
#include "core/simplex_etf.h"
#include "core/ufm_optimum.h"

namespace nc::app
{

namespace
{

/// Points of a theory arm: enough that its polyline is smooth at print size.
constexpr Index armPoints = 65;

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

/// Share in view over the shown rows alone.
double shareInView(const SubspaceProjection& projection, const Vector& mean, const ProjectedRows<float>& projected,
                   const std::vector<Index>& rows)
{
    const Vector centre = projection.basis * mean;
    double inside = 0, outside = 0;
    for (Index r : rows) {
        inside += (projected.coordinates.row(r).transpose().cast<double>() - centre).squaredNorm();
        const double off = projected.offView[static_cast<std::size_t>(r)];
        outside += off * off;
    }
    return inside + outside > 0 ? inside / (inside + outside) : 1;
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

/// The same share for the optimal features of those rows: a view of K of C classes cannot show all of them
/// (docs/maths.md, 5).
double idealShare(const Split& split, const std::vector<Index>& rows, Index shownClasses, Index classes, double beta)
{
    const double k = static_cast<double>(shownClasses), c = static_cast<double>(classes);
    double inside = 0, all = 0;
    // 200 steps of lambda stand for every row: the curve is smooth.
    std::vector<ufm::MixOptimum> table;
    for (int step = 0; step <= 200; ++step)
        table.push_back(ufm::mixOptimum(classes, beta, step / 200.0));
    const double same = ufm::sameClassGap(classes, beta);
    for (Index r : rows) {
        const auto at = static_cast<std::size_t>(r);
        double xi = same, xj = 0;
        if (!split.sameClass(r)) {
            const ufm::MixOptimum& point = table[static_cast<std::size_t>(std::lround(split.lambda[at] * 200))];
            xi = point.xi;
            xj = point.xj;
        }
        const double squares = xi * xi + xj * xj, sum = (xi + xj) * (xi + xj);
        inside += squares - sum / k;
        all += squares - sum / c;
    }
    return all > 0 ? inside / all : 1;
}

/// Restricted logits on the slice h0 + B^T y through the mean feature; exact where B was made of this W
/// (docs/maths.md, 3.2).
scene::RegionField regionField(const SubspaceProjection& projection, const Matrix& weight, const Vector& bias,
                               const Vector& mean, bool exact)
{
    scene::RegionField field;
    const Index k = weight.rows();
    const Matrix centring = Matrix::Identity(k, k) - Matrix::Constant(k, k, 1.0 / static_cast<double>(k));
    field.slope = centring * weight * projection.basis.transpose();
    const Vector rest = mean - projection.basis.transpose() * (projection.basis * mean);
    field.offset = centring * (bias + (exact ? Vector::Zero(k) : Vector(weight * rest)));
    if (exact)
        field.triplePoint = decisionRegions(projection, weight, bias).triplePoint;
    return field;
}

/// h* of docs/maths.md, section 4, in view: y0 + (x_i B w_i + x_j B w_j)/kappa.
Vector optimumInView(const TheoryFrame& frame, Index i, Index j, double xi, double xj)
{
    return frame.origin + (xi * frame.directions.row(i) + xj * frame.directions.row(j)).transpose() / frame.kappa;
}

/// Polylines of the optimum between each two shown classes.
std::vector<Matrix> theoryCurves(const TheoryFrame& frame)
{
    const std::vector<ufm::MixOptimum> arm = ufm::mixCurve(frame.classes, frame.beta, armPoints, ufm::Spacing::Arc);
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
    return {};
}

ViewShape shapeFor(const FigureRequest& request, std::size_t classes)
{
    return request.shape.value_or(classes == 4 ? ViewShape::Tetrahedron : ViewShape::Plane);
}

/// Four recorded classes in a plane view: its first three.
void fitToShape(ViewClasses& chosen, const FigureRequest& request)
{
    if (request.view.classes.empty() && request.shape == ViewShape::Plane && chosen.classes.size() > 3) {
        chosen.classes.resize(3);
        chosen.rule = "the first three of " + (chosen.rule == "all classes" ? "all" : "those " + chosen.rule);
    }
}

/// Everything of a panel that needs the classifier: arrows, simplex, regions, theory.
Result<void> addClassifier(PanelContent& panel, const OpenRun& run, std::int64_t epoch, const FigureRequest& request,
                           const ViewRequest& view, const Split& split, const std::vector<Index>& rows,
                           const Vector& mean)
{
    const Result<std::optional<Classifier>> recorded = run.reader.classifier(epoch);
    if (!recorded)
        return recorded.error();
    if (!*recorded || view.layer != "penultimate")
        return {};
    const Classifier& classifier = **recorded;
    const Matrix weight = chosenRowsOf(classifier.weight, view.classes);
    Vector bias(weight.rows());
    for (Index k = 0; k < weight.rows(); ++k)
        bias(k) = classifier.bias(view.classes[static_cast<std::size_t>(k)]);
    const SubspaceProjection& projection = panel.basis.projection;
    const Matrix centred = weight.rowwise() - classifier.weight.colwise().mean();
    const Matrix arrows = weight * projection.basis.transpose();
    const Matrix directions = centred * projection.basis.transpose();
    const Index dims = projection.dims();
    for (Index k = 0; k < arrows.rows(); ++k)
        panel.scene.classifiers.push_back({Vector::Zero(dims), arrows.row(k), static_cast<int>(k)});

    // The ideal simplex has the size of the classifier whose frame is shown, so it stays still through the epochs.
    double kappa = etf::kappa(Matrix(classifier.weight));
    if (panel.basis.epoch != epoch) {
        const Result<std::optional<Classifier>> basisClassifier = run.reader.classifier(panel.basis.epoch);
        if (basisClassifier && *basisClassifier)
            kappa = etf::kappa(Matrix((*basisClassifier)->weight));
    }
    if (request.view.frame == Frame::Simplex)
        panel.scene.simplex = scene::SimplexFrame{std::sqrt(kappa) * projection.vertices,
                                                  scene::completeEdges(static_cast<int>(arrows.rows()))};
    if (request.linkScale && kappa > 0)
        panel.scene.scale = 1 / std::sqrt(kappa);

    const bool simplex = view.frame == Frame::Simplex;
    const bool exact = simplex && panel.basis.basis == Basis::Classifier && panel.basis.epoch == epoch;
    if (simplex)
        panel.scene.regions = regionField(projection, weight, bias, mean, exact);

    if (!panel.mixes)
        return {};
    MetricOptions options;
    options.configuration = run.reader.configuration();
    options.viewClasses = view.classes;
    const Result<MetricEntry> entry = measureRun(run.reader, run.summary, epoch, panel.split, view.layer, options);
    if (!entry)
        return entry.error();
    panel.theoryInvalid = entry->validReason;
    if (const Metric& gap = (*entry)["mixup.theory_gap"]; gap.available())
        panel.theoryGap = gap.value;
    const Metric& beta = (*entry)["mixup.beta"];
    if (!beta.available() || !(beta.value > 0) || !simplex)
        return {};
    panel.beta = beta.value;
    if ((*entry)["mixup.ln_beta_se"].available())
        panel.lnBetaError = (*entry)["mixup.ln_beta_se"].value;
    panel.inViewIdeal =
        idealShare(split, rows, static_cast<Index>(view.classes.size()), run.reader.classes(), beta.value);
    if (!panel.theoryInvalid.empty() && !request.theoryAskedFor)
        return {};
    const Vector origin = exact ? *panel.scene.regions->triplePoint : Vector(Vector::Zero(dims));
    const TheoryFrame frame{directions, origin, run.reader.classes(), beta.value, (*entry)["mixup.kappa"].value};
    if (panel.theoryInvalid.empty())
        panel.theory = frame;
    panel.scene.theory = scene::TheoryArms{
        theoryCurves(frame), panel.theoryInvalid.empty() ? std::string() : "not valid here: " + panel.theoryInvalid};
    return {};
}

/// How far the cloud reaches, 99 of 100 points, and the longest arrow; both as drawn but for classifierLength.
std::pair<double, double> reachOf(const scene::SceneModel& model)
{
    std::vector<float> radii;
    for (Index r = 0; r < model.cloud.size(); ++r)
        radii.push_back(model.cloud.positions.row(r).norm());
    double cloud = 0, arrow = 0;
    if (!radii.empty()) {
        const auto most = radii.begin() + static_cast<std::ptrdiff_t>(radii.size() * 99 / 100);
        std::nth_element(radii.begin(), most, radii.end());
        cloud = static_cast<double>(*most);
    }
    for (const scene::ClassifierArrow& item : model.classifiers)
        arrow = std::max(arrow, item.tip.norm());
    return {cloud * model.scale, arrow * model.scale};
}

/// All panels' classifiers at the same share of their length.
void shortenClassifiers(scene::Figure& figure)
{
    std::vector<const scene::SceneModel*> scenes;
    for (const scene::FigurePanel& panel : figure.panels)
        scenes.push_back(&panel.scene);
    const double length = classifierLengthFor(scenes);
    for (scene::FigurePanel& panel : figure.panels)
        panel.scene.classifierLength = length;
}

} // namespace

Result<OpenRun> OpenRun::open(const std::string& path)
{
    Result<io::RunReader> reader = io::RunReader::open(path);
    if (!reader)
        return reader.error();
    Result<io::RunSummary> summary = reader->summary();
    if (!summary)
        return summary.error();
    return OpenRun{std::move(*reader), std::move(*summary)};
}

std::string OpenRun::name() const
{
    if (!reader.title().empty())
        return reader.title();
    const std::filesystem::path path = reader.path();
    return (path.has_filename() ? path : path.parent_path()).stem().string();
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
    const Result<Split> split = run.reader.split(epoch, view.split);
    if (!split)
        return split.error();
    panel.chosen =
        view.classes.empty() ? defaultViewClasses(run.reader, *split) : ViewClasses{view.classes, "as named"};
    fitToShape(panel.chosen, request);
    view.classes = panel.chosen.classes;
    const ViewShape shape = shapeFor(request, view.classes.size());
    if (Result<void> fits = checkShape(shape, view.classes.size()); !fits)
        return fits.error();
    view.frame = shape == ViewShape::KGon ? Frame::KGon : Frame::Simplex;
    const auto basisEpoch = selectBasisEpoch(request.basisEpochWords, run.reader);
    if (!basisEpoch)
        return basisEpoch.error();
    view.basisEpoch = *basisEpoch;

    Result<EpochBasis> basis = epochBasis(run.reader, epoch, view);
    if (!basis)
        return basis.error();
    panel.basis = std::move(*basis);
    const Result<Snapshot> snapshot = run.reader.snapshot(epoch, view.split, view.layer);
    if (!snapshot)
        return snapshot.error();
    const Result<ClassMeans> means = sameClassMeans(*snapshot, *split, run.reader.classes());
    if (!means)
        return means.error();
    const Vector mean = means->balanced();
    const auto projected = project<float>(*snapshot, panel.basis.projection, mean);
    if (!projected)
        return projected.error();
    const std::vector<Index> rows = chosenRows(*split, view.classes);

    panel.split = view.split;
    panel.origin = info->origin;
    panel.mode = info->mode;
    panel.lambdaPer = split->lambdaPer;
    panel.hasPictures = info->hasImages;
    panel.mixes = split->kind == SplitKind::Mix;
    panel.shown = static_cast<Index>(rows.size());
    panel.total = split->rows();
    panel.inView = shareInView(panel.basis.projection, mean, *projected, rows);
    panel.scene.dims = static_cast<int>(panel.basis.projection.dims());
    for (Index k : view.classes)
        panel.scene.classes.push_back(
            {static_cast<std::int32_t>(k), run.reader.classNames()[static_cast<std::size_t>(k)]});
    panel.scene.means = projectedMeans(*means, view.classes, panel.basis.projection);
    panel.scene.cloud = makeCloud(*split, *projected, rows);
    panel.counts = countCloud(panel.scene.cloud);
    panel.scene.colorBy = panel.mixes ? request.colorBy : scene::ColorBy::Class;
    panel.scene.layers = request.layers;
    panel.scene.camera = request.camera;
    if (Result<void> added = addClassifier(panel, run, epoch, request, view, *split, rows, mean); !added)
        return added.error();
    return panel;
}

double classifierLengthFor(const std::vector<const scene::SceneModel*>& scenes)
{
    double cloud = 0, arrow = 0;
    for (const scene::SceneModel* model : scenes) {
        const auto [points, arrows] = reachOf(*model);
        cloud = std::max(cloud, points);
        arrow = std::max(arrow, arrows);
    }
    if (!(cloud > 0) || arrow < 1.4 * cloud)
        return 1;
    const double share = cloud / arrow, tens = std::pow(10, std::ceil(-std::log10(share)));
    return std::floor(share * tens) / tens;
}

scene::Figure composeFigure(PanelContent panel, std::int64_t epoch, const FigureRequest& request)
{
    scene::Figure figure;
    figure.page = request.page;
    figure.title = request.title;
    if (request.caption)
        figure.caption = panelCaption(panel, epoch);
    panel.scene.colorBy = panel.mixes ? request.colorBy : scene::ColorBy::Class;
    panel.scene.layers = request.layers;
    panel.scene.camera = request.camera;
    figure.panels.push_back({std::move(panel.scene), {}});
    shortenClassifiers(figure);
    return figure;
}

Result<scene::Figure> buildFigure(const OpenRun& run, std::int64_t epoch, const FigureRequest& request)
{
    Result<PanelContent> panel = buildPanel(run, epoch, request);
    if (!panel)
        return panel.error();
    return composeFigure(std::move(*panel), epoch, request);
}

Result<scene::Figure> buildGrid(const std::vector<OpenRun>& runs, const std::vector<std::int64_t>& epochs, int columns,
                                const FigureRequest& request)
{
    scene::Figure figure;
    figure.page = request.page;
    figure.title = request.title;
    const bool several = runs.size() > 1;
    const bool matrix = several && epochs.size() > 1;
    figure.columns = matrix ? static_cast<int>(epochs.size()) : columns;
    FigureRequest panelRequest = request;
    panelRequest.linkScale = several || request.linkScale;
    const std::vector<std::string> names = distinctNames(runs);
    std::optional<PanelContent> last;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        for (std::int64_t epoch : epochs) {
            Result<PanelContent> panel = buildPanel(runs[r], epoch, panelRequest);
            if (!panel)
                return panel.error();
            const std::string title = matrix ? std::string() : several ? names[r] : "epoch " + std::to_string(epoch);
            figure.panels.push_back({panel->scene, title});
            last = std::move(*panel);
        }
        if (matrix)
            figure.rowLabels.emplace_back(names[r]);
    }
    if (matrix)
        for (std::int64_t epoch : epochs)
            figure.columnLabels.emplace_back("epoch " + std::to_string(epoch));
    if (request.caption && last)
        figure.caption = gridCaption(runs, *last, epochs, request.basisEpochWords != "same");
    shortenClassifiers(figure);
    return figure;
}

std::vector<std::int64_t> filmStripEpochs(const std::vector<std::int64_t>& recorded, std::size_t count)
{
    if (recorded.size() <= count)
        return recorded;
    std::vector<std::int64_t> chosen;
    const double from = std::log1p(static_cast<double>(recorded.front())),
                 to = std::log1p(static_cast<double>(recorded.back()));
    for (std::size_t k = 0; k < count; ++k) {
        const double wanted = std::expm1(from + (to - from) * static_cast<double>(k) / static_cast<double>(count - 1));
        const auto nearest = std::min_element(recorded.begin(), recorded.end(), [&](std::int64_t a, std::int64_t b) {
            return std::abs(static_cast<double>(a) - wanted) < std::abs(static_cast<double>(b) - wanted);
        });
        if (chosen.empty() || *nearest > chosen.back())
            chosen.push_back(*nearest);
    }
    return chosen;
}

} // namespace nc::app

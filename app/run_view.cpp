#include "app/run_view.h"

#include <algorithm>

#include "core/class_statistics.h"
#include "core/linear_probe.h"
#include "core/simplex_etf.h"

namespace nc::app
{

namespace
{

Matrix chosen(const Matrix& rows, const std::vector<Index>& classes)
{
    Matrix result(static_cast<Index>(classes.size()), rows.cols());
    for (std::size_t k = 0; k < classes.size(); ++k)
        result.row(static_cast<Index>(k)) = rows.row(classes[k]);
    return result;
}

/// Rows and labels of the clean split that stands for the classes.
struct CleanRows {
    Split split;
    std::unique_ptr<RowSource> features;
};
Result<CleanRows> cleanRows(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request)
{
    const Result<io::RunSummary> summary = run.summary();
    if (!summary)
        return summary.error();
    std::string name = request.meansSplit;
    if (name.empty()) {
        const io::SplitInfo* clean = summary->firstSplit(SplitKind::Clean);
        if (!clean)
            return dataError("a basis of class means or a probe needs a clean split, the run holds none: " +
                                 run.path().string(),
                             run.path().string());
        name = clean->name;
    }
    Result<Split> split = run.split(epoch, name);
    if (!split)
        return split.error();
    auto features = run.features(epoch, name, request.layer);
    if (!features)
        return features.error();
    return CleanRows{std::move(*split), std::move(*features)};
}

/// K x d: means of the chosen classes over the clean split, or the rows of a probe fitted to it. Each chosen class must
/// have samples there.
Result<Matrix> rowsOfClasses(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request, Basis basis,
                             const TaskControl& control)
{
    const Result<CleanRows> clean = cleanRows(run, epoch, request);
    if (!clean)
        return clean.error();
    for (const Index k : request.classes)
        if (std::find(clean->split.labelA.begin(), clean->split.labelA.end(), k) == clean->split.labelA.end())
            return dataError("class '" + run.classNames()[static_cast<std::size_t>(k)] + "' has no samples in split '" +
                                 clean->split.name + "', so it has no " + (basis == Basis::Means ? "mean" : "probe") +
                                 " to serve as basis: " + run.path().string(),
                             run.path().string());
    if (basis == Basis::Probe) {
        const Result<Classifier> probe =
            fitLinearProbe(*clean->features, clean->split.labelA, run.classes(), 1e-3, control);
        return probe ? Result<Matrix>(chosen(probe->weight, request.classes)) : probe.error();
    }
    const Result<ClassMeans> means = sameClassMeans(*clean->features, clean->split, run.classes(), control);
    return means ? Result<Matrix>(chosen(means->means, request.classes)) : means.error();
}

Result<SubspaceProjection> principalAxes(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request,
                                         const TaskControl& control)
{
    const Result<Split> split = run.split(epoch, request.split);
    if (!split)
        return split.error();
    const auto features = run.features(epoch, request.split, request.layer);
    if (!features)
        return features.error();
    std::vector<char> shown(static_cast<std::size_t>(split->rows()), 0);
    for (const Index row : chosenRows(*split, request.classes, request.allRows))
        shown[static_cast<std::size_t>(row)] = 1;
    return projectionOntoPrincipalAxes(**features, shown, static_cast<Index>(request.classes.size()) - 1, control);
}

} // namespace

std::string_view basisName(Basis basis)
{
    switch (basis) {
    case Basis::Classifier:
        return "classifier";
    case Basis::Means:
        return "means";
    case Basis::Etf:
        return "etf";
    case Basis::Probe:
        return "probe";
    case Basis::Pca:
        return "pca";
    }
    return {};
}

Result<EpochBasis> epochBasis(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request,
                              const TaskControl& control)
{
    EpochBasis result;
    result.epoch = request.basisEpoch.value_or(epoch);
    result.basis = request.basis.value_or(Basis::Classifier);
    if (!run.sharesFrame(result.epoch, epoch))
        return dataError("basis epoch " + std::to_string(result.epoch) +
                             " does not serve another epoch: the run was packed with --reduce, which keeps the epoch's "
                             "own basis and that of the last one: " +
                             run.path().string(),
                         run.path().string());
    const bool keepsDirections = !run.isReduced() || result.basis == Basis::Classifier || result.basis == Basis::Etf ||
                                 result.basis == Basis::Means;
    if (!keepsDirections)
        return dataError("basis " + std::string(basisName(result.basis)) +
                             " needs directions that a run packed with --reduce does not keep: " + run.path().string(),
                         run.path().string());
    if (result.basis == Basis::Classifier || result.basis == Basis::Etf) {
        const Result<std::optional<Classifier>> classifier = run.classifier(result.epoch);
        if (!classifier)
            return classifier.error();
        const bool usable = classifier->has_value() && request.layer == "penultimate";
        if (!usable && request.basis)
            return dataError("basis '" + std::string(basisName(*request.basis)) + "' needs the classifier, " +
                                 (classifier->has_value()
                                      ? "which belongs to layer penultimate, not to " + request.layer
                                      : "which epoch " + std::to_string(result.epoch) + " does not record") +
                                 ": " + run.path().string(),
                             run.path().string());
        if (!usable) {
            result.basis = Basis::Means;
            result.note = "no classifier recorded, class means serve as basis";
        } else if (result.basis == Basis::Etf) {
            result.rows = chosen(etf::fit((*classifier)->weight).frame, request.classes);
        } else {
            result.rows = chosen((*classifier)->weight, request.classes);
        }
    }
    if (result.basis == Basis::Means || result.basis == Basis::Probe) {
        Result<Matrix> rows = rowsOfClasses(run, result.epoch, request, result.basis, control);
        if (!rows)
            return rows.error();
        result.rows = std::move(*rows);
    }
    Result<SubspaceProjection> projection = result.basis == Basis::Pca
                                                ? principalAxes(run, result.epoch, request, control)
                                                : projectionOntoRows(result.rows, request.frame);
    if (!projection) {
        Error error = projection.error();
        error.message += ", epoch " + std::to_string(result.epoch) + ": " + run.path().string();
        error.file = run.path().string();
        return error;
    }
    result.projection = std::move(*projection);
    return result;
}

std::vector<Index> chosenRows(const Split& split, const std::vector<Index>& classes, bool all)
{
    const auto isChosen = [&](std::int32_t label) {
        return std::find(classes.begin(), classes.end(), label) != classes.end();
    };
    std::vector<Index> rows;
    for (Index r = 0; r < split.rows(); ++r) {
        const auto at = static_cast<std::size_t>(r);
        if (all || (isChosen(split.labelA[at]) && isChosen(split.labelB[at])))
            rows.push_back(r);
    }
    return rows;
}

} // namespace nc::app

#include "app/run_view.h"

#include <algorithm>

#include "core/class_statistics.h"
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

/// K x d means of the chosen classes over the clean split, each of which must have samples there.
Result<Matrix> meanRows(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request)
{
    const Result<io::RunSummary> summary = run.summary();
    if (!summary)
        return summary.error();
    std::string name = request.meansSplit;
    if (name.empty()) {
        const io::SplitInfo* clean = summary->firstSplit(SplitKind::Clean);
        if (!clean)
            return dataError("the class-mean basis needs a clean split, the run holds none: " + run.path().string(),
                             run.path().string());
        name = clean->name;
    }
    const Result<Split> split = run.split(epoch, name);
    if (!split)
        return split.error();
    const auto features = run.features(epoch, name, request.layer);
    if (!features)
        return features.error();
    const Result<ClassStatistics> statistics = computeClassStatistics(**features, split->labelA, run.classes());
    if (!statistics)
        return statistics.error();
    for (Index k : request.classes)
        if (statistics->counts[static_cast<std::size_t>(k)] == 0)
            return dataError("class '" + run.classNames()[static_cast<std::size_t>(k)] + "' has no samples in split '" +
                                 name + "', so it has no mean to serve as basis: " + run.path().string(),
                             run.path().string());
    return chosen(statistics->means, request.classes);
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
    }
    return {};
}

Result<EpochBasis> epochBasis(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request)
{
    EpochBasis result;
    result.epoch = request.basisEpoch.value_or(epoch);
    result.basis = request.basis.value_or(Basis::Classifier);
    if (result.basis != Basis::Means) {
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
    if (result.basis == Basis::Means) {
        Result<Matrix> rows = meanRows(run, result.epoch, request);
        if (!rows)
            return rows.error();
        result.rows = std::move(*rows);
    }
    Result<SubspaceProjection> projection = projectionOntoRows(result.rows, request.frame);
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

#include <filesystem>

#include "app/atomic_file.h"
#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/cli/view_options.h"
#include "app/run_selection.h"
#include "app/table_writer.h"
#include "app/text.h"
#include "core/class_statistics.h"
#include "io/column_file.h"

namespace nc::cli
{

namespace
{

constexpr Option options[] = {
    classesOption,
    {"--output", "FILE.csv|.npy|.h5", "where the coordinates go", "-o"},
    {"--epoch", "N", "N, first, last, all, A..B or A,B,C (default: all)"},
    splitOption,
    layerOption,
    {"--basis", "classifier|means|etf|probe|pca|kgon", "whose frame (default: classifier, else class means)"},
    {"--basis-epoch", "EPOCH", "same, first, last or a number: whose W makes the frame (default: same)"},
    {"--all", "", "every row, not only those whose labels are both chosen"},
    {"--all-dims", "", "all K-1 coordinates of more than four classes"},
};

enum class Ending { None, Csv, Npy, Hdf5 };

Result<Ending> outputEnding(const Arguments& arguments)
{
    const auto output = arguments.value("--output");
    if (!output)
        return Ending::None;
    const std::string ending = std::filesystem::path(*output).extension().string();
    if (ending != ".csv" && ending != ".npy" && ending != ".h5")
        return usageError("-o does not take the ending '" + ending + "', it takes .csv, .npy or .h5");
    if (Result<void> writable = app::checkWritable(*output); !writable)
        return writable.error();
    return ending == ".csv" ? Ending::Csv : ending == ".npy" ? Ending::Npy : Ending::Hdf5;
}

Result<void> write(const app::Table& table, Ending ending, const std::string& output)
{
    switch (ending) {
    case Ending::None:
        return {};
    case Ending::Csv:
        return app::writeFileAtomically(output, app::toCsv(table));
    case Ending::Npy:
        return app::writeFileAtomically(output, app::toNpy(table));
    case Ending::Hdf5:
        return io::writeColumns(output, table.names, table.values);
    }
    return {};
}

std::vector<std::string> columnNames(Index dims)
{
    std::vector<std::string> names{"epoch", "index"};
    static constexpr const char* axes[] = {"x", "y", "z"};
    for (Index k = 0; k < dims; ++k)
        names.push_back(k < 3 ? axes[k] : "x" + std::to_string(k + 1));
    names.insert(names.end(), {"label_a", "label_b", "lambda", "off_view"});
    return names;
}

Json matrixJson(const Matrix& matrix)
{
    Json rows = Json::array();
    for (Index r = 0; r < matrix.rows(); ++r) {
        Json row = Json::array();
        for (Index c = 0; c < matrix.cols(); ++c)
            row.push_back(matrix(r, c));
        rows.push_back(row);
    }
    return rows;
}

Json vectorJson(const Vector& vector)
{
    return std::vector<double>(vector.data(), vector.data() + vector.size());
}

/// Why an answer has no triple point though it knows the classifier; empty where it has one.
std::string whyNoTriplePoint(const app::EpochBasis& basis, const app::ViewRequest& request)
{
    if (request.frame != Frame::Simplex)
        return "in a K-gon the regions are no function of the coordinates";
    return basis.basis == app::Basis::Classifier ? std::string()
                                                 : "only the basis classifier has exact decision regions";
}

/// What the classifier's rows add to the answer, null with the reason where they do not.
Result<void> addClassifier(Json& json, Json& unavailable, const io::RunReader& run, const app::EpochBasis& basis,
                           const app::ViewRequest& request)
{
    const auto absent = [&](const char* name, const std::string& reason) {
        json[name] = Json();
        unavailable[name] = reason;
    };
    Result<std::optional<Classifier>> classifier = std::optional<Classifier>();
    if (request.layer == "penultimate")
        classifier = run.classifier(basis.epoch);
    if (!classifier)
        return classifier.error();
    if (!*classifier) {
        const std::string reason = request.layer == "penultimate"
                                       ? "no classifier recorded"
                                       : "the layer '" + request.layer + "' has no classifier";
        absent("projected_classifiers", reason);
        absent("triple_point", reason);
        return {};
    }
    const Matrix rows = (*classifier)->weight(request.classes, Eigen::all);
    const Vector bias = (*classifier)->bias(request.classes);
    json["projected_classifiers"] = matrixJson(rows * basis.projection.basis.transpose());
    if (const std::string reason = whyNoTriplePoint(basis, request); !reason.empty())
        absent("triple_point", reason);
    else
        json["triple_point"] = vectorJson(decisionRegions(basis.projection, rows, bias).triplePoint);
    return {};
}

/// The basis as the contract of `project --json` names it.
Result<Json> basisJson(const io::RunReader& run, const app::EpochBasis& basis, const app::ViewRequest& request)
{
    const bool axes = basis.basis == app::Basis::Pca;
    Json unavailable = Json::object();
    Json json{{"epoch", basis.epoch},
              {"classes", request.classes},
              {"basis", app::basisName(basis.basis)},
              {"B", matrixJson(basis.projection.basis)},
              {"vertices", axes ? Json() : matrixJson(basis.projection.vertices)}};
    if (axes)
        unavailable["vertices"] = unavailable["fit_error"] = "principal axes have no simplex";
    if (Result<void> added = addClassifier(json, unavailable, run, basis, request); !added)
        return added.error();
    json["singular_values"] = vectorJson(basis.projection.singularValues);
    json["fit_error"] = basis.projection.fitError ? Json(*basis.projection.fitError) : Json();
    if (axes)
        json["explained_variance"] = vectorJson(basis.projection.explained);
    if (!basis.note.empty())
        json["note"] = basis.note;
    json["unavailable"] = std::move(unavailable);
    return json;
}

/// Appends one epoch's rows to the table; returns the share in view.
Result<double> appendEpoch(const io::RunReader& run, std::int64_t epoch, const app::ViewRequest& request,
                           const app::EpochBasis& basis, std::vector<double>& values, const TaskControl& control)
{
    const Result<Split> split = run.split(epoch, request.split);
    if (!split)
        return split.error();
    const auto features = run.features(epoch, request.split, request.layer);
    if (!features)
        return features.error();
    const Result<Vector> mean = balancedMean(**features, *split, run.classes(), control);
    if (!mean)
        return mean.error();
    if ((*features)->dim() != basis.projection.basis.cols())
        return dataError("epoch " + std::to_string(epoch) + " has features of " + std::to_string((*features)->dim()) +
                             " dimensions, the basis has " + std::to_string(basis.projection.basis.cols()) + ": " +
                             run.path().string(),
                         run.path().string());
    const auto projected = project<double>(**features, basis.projection, *mean, control);
    if (!projected)
        return projected.error();
    for (Index r : app::chosenRows(*split, request.classes, request.allRows)) {
        const auto at = static_cast<std::size_t>(r);
        values.push_back(static_cast<double>(epoch));
        values.push_back(static_cast<double>(r));
        for (Index k = 0; k < projected->coordinates.cols(); ++k)
            values.push_back(projected->coordinates(r, k));
        values.insert(values.end(), {static_cast<double>(split->labelA[at]), static_cast<double>(split->labelB[at]),
                                     split->lambda[at], projected->offView[at]});
    }
    return projected->inView;
}

Result<app::ViewRequest> readRequest(const Arguments& arguments, const io::RunReader& run, std::int64_t epoch)
{
    const Result<io::RunSummary> summary = run.summary();
    if (!summary)
        return summary.error();
    app::ViewRequest request;
    const Result<io::SplitInfo> split = app::selectSplit(arguments.valueOr("--split", ""), SplitKind::Mix, *summary);
    if (!split)
        return split.error();
    request.split = split->name;
    request.layer = arguments.valueOr("--layer", "penultimate");
    if (Result<void> has = app::requireLayer(request.layer, *split); !has)
        return has.error();
    if (split->kind == SplitKind::Clean)
        request.meansSplit = split->name;
    if (const auto words = arguments.value("--classes")) {
        Result<std::vector<Index>> classes = app::selectClasses(*words, run);
        if (!classes)
            return classes.error();
        request.classes = std::move(*classes);
    } else {
        const Result<Split> rows = run.split(epoch, request.split);
        if (!rows)
            return rows.error();
        request.classes = app::defaultViewClasses(run, *rows).classes;
    }
    const bool kgon = arguments.valueOr("--basis", "") == "kgon";
    if (request.classes.size() < (kgon ? 3U : 2U))
        return usageError("--classes needs at least " +
                          std::string(kgon ? "three classes for a K-gon" : "two classes"));
    if (request.classes.size() > 4 && !kgon && !arguments.has("--all-dims"))
        return usageError("--classes names " + std::to_string(request.classes.size()) +
                          " classes, more than four need --basis kgon or --all-dims");
    if (kgon && arguments.has("--all-dims"))
        return usageError("--basis kgon and --all-dims exclude each other");
    request.allRows = arguments.has("--all");
    request.frame = kgon ? Frame::KGon : Frame::Simplex;
    request.basis = kgon ? std::nullopt : readBasis(arguments);
    const auto basisEpoch = app::selectBasisEpoch(arguments.valueOr("--basis-epoch", "same"), run);
    if (!basisEpoch)
        return basisEpoch.error();
    request.basisEpoch = *basisEpoch;
    return request;
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const Result<Ending> ending = outputEnding(arguments);
    if (!ending)
        return ending.error();
    if (*ending == Ending::None && !console.json)
        return usageError("ncscope project needs -o FILE.csv, .npy or .h5, or --json for the basis");
    const Result<io::RunReader> reader = openReader(arguments, arguments.positionals()[0]);
    if (!reader)
        return reader.error();
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", "all"), *reader);
    if (!epochs)
        return epochs.error();
    const Result<app::ViewRequest> request = readRequest(arguments, *reader, epochs->front());
    if (!request)
        return request.error();

    const TaskControl control = console.progress("projecting");
    std::vector<double> values;
    Json bases = Json::array();
    std::vector<std::vector<std::string>> rows{{"epoch", "basis", "fit error", "in view %"}};
    Index dims = 0;
    for (std::size_t e = 0; e < epochs->size(); ++e) {
        control.report(static_cast<double>(e) / static_cast<double>(epochs->size()));
        const std::int64_t epoch = (*epochs)[e];
        const Result<app::EpochBasis> basis = app::epochBasis(*reader, epoch, *request, control);
        if (!basis)
            return basis.error();
        dims = basis->projection.dims();
        const Result<double> inView = appendEpoch(*reader, epoch, *request, *basis, values, control);
        if (!inView)
            return inView.error();
        if (e == 0 && !basis->note.empty())
            console.note(basis->note);
        if (bases.empty() || !request->basisEpoch) {
            Result<Json> json = basisJson(*reader, *basis, *request);
            if (!json)
                return json.error();
            bases.push_back(std::move(*json));
        }
        rows.push_back({std::to_string(epoch),
                        std::string(app::basisName(basis->basis)) + " of " + std::to_string(basis->epoch),
                        basis->projection.fitError ? app::shortNumber(*basis->projection.fitError) : "—",
                        app::shortNumber(*inView * 100)});
    }
    if (*ending != Ending::None) {
        app::Table table;
        table.names = columnNames(dims);
        const auto columns = static_cast<Index>(table.names.size());
        table.values =
            Eigen::Map<const RowMatrixD>(values.data(), static_cast<Index>(values.size()) / columns, columns);
        const std::string output = arguments.valueOr("--output", "");
        if (Result<void> written = write(table, *ending, output); !written)
            return written.error();
        console.note("wrote " + app::groupedNumber(table.values.rows()) + " rows to " + output);
    }
    if (console.json)
        console.printJson(bases.size() == 1 ? bases[0] : Json{{"epochs", bases}});
    else
        console.print(
            formatTable(rows, console) +
            console.dim("fit error 0: the classes are a regular simplex; in view: the share of |h - m|² that the "
                        "view shows, all rows") +
            "\n");
    return 0;
}

} // namespace

const Command projectCommand{"project",
                             "PATH",
                             1,
                             1,
                             "Exact coordinates in the classifier subspace of the chosen classes.",
                             options,
                             "  ncscope project runs/mixup --classes Trouser,Sneaker,Bag -o coordinates.csv\n"
                             "  ncscope project runs/mixup --epoch last --json",
                             run,
                             true};

} // namespace nc::cli

#include <filesystem>

#include "app/atomic_file.h"
#include "app/channel_ridges.h"
#include "app/cli/command.h"
#include "app/cli/figure_options.h"
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
    {"--tour", "A..B", "the plane seen from sides of the grand tour, in radians of its way; of four classes or more"},
    {"--frames", "N", "of the tour, A and B included (default: 1, at A)"},
    tourSeedOption,
    {"--ridge", "",
     "in place of the samples the centreline of each pair's channel: epoch,label_a,label_b,lambda,x,y[,z]"},
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

/// A side that all K-1 coordinates are seen from.
struct Side {
    double distance = 0; ///< on the way of the tour, radians
    Matrix frame;        ///< 2 x (K-1); of size 0: no tour, the coordinates as they are
};

/// One side where no tour is asked for.
Result<std::vector<Side>> readSides(const Arguments& arguments, std::size_t classes)
{
    if (!arguments.has("--tour")) {
        if (arguments.has("--frames") || arguments.has("--tour-seed"))
            return usageError("--frames and --tour-seed go with --tour");
        return std::vector<Side>(1);
    }
    if (classes < 4)
        return usageError("--tour needs four classes or more, of fewer the plane is all there is");
    const Result<TourWay> way = readTourWay(arguments);
    if (!way)
        return way.error();
    const Result<std::int64_t> count = arguments.integer("--frames", 1, 1, 100'000);
    if (!count)
        return count.error();
    tour::GrandTour tour = app::tourOf(static_cast<Index>(classes), way->seed);
    std::vector<Side> sides;
    for (std::int64_t k = 0; k < *count; ++k) {
        const double share = *count > 1 ? static_cast<double>(k) / static_cast<double>(*count - 1) : 0;
        const double distance = way->from + share * (way->to - way->from);
        sides.push_back({distance, tour.at(distance)});
    }
    return sides;
}

app::EpochBasis seenFrom(const Side& side, app::EpochBasis basis)
{
    if (side.frame.size() == 0)
        return basis;
    basis.projection.basis = side.frame * basis.projection.basis;
    basis.projection.vertices = basis.projection.vertices * side.frame.transpose();
    basis.projection.explained = {}; // of axes that are no longer shown
    return basis;
}

std::vector<std::string> columnNames(Index dims, const Arguments& arguments)
{
    std::vector<std::string> axes;
    for (Index k = 0; k < dims; ++k)
        axes.push_back(k < 3 ? std::string(1, "xyz"[k]) : "x" + std::to_string(k + 1));
    std::vector<std::string> names{"epoch"};
    if (arguments.has("--ridge")) {
        names.insert(names.end(), {"label_a", "label_b", "lambda"});
        names.insert(names.end(), axes.begin(), axes.end());
        return names;
    }
    names.emplace_back("index");
    names.insert(names.end(), axes.begin(), axes.end());
    names.insert(names.end(), {"label_a", "label_b", "lambda", "off_view"});
    if (arguments.has("--tour"))
        names.emplace_back("tour");
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
std::string whyNoTriplePoint(const app::EpochBasis& basis, const app::ViewRequest& request, const Side& side)
{
    if (side.frame.size() != 0)
        return "from a side of a tour the regions are no function of the coordinates";
    if (request.frame != Frame::Simplex)
        return "in a K-gon the regions are no function of the coordinates";
    return basis.basis == app::Basis::Classifier ? std::string()
                                                 : "only the basis classifier has exact decision regions";
}

/// What the classifier's rows add to the answer, null with the reason where they do not.
Result<void> addClassifier(Json& json, Json& unavailable, const io::RunReader& run, const app::EpochBasis& basis,
                           const app::ViewRequest& request, const Side& side)
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
    if (const std::string reason = whyNoTriplePoint(basis, request, side); !reason.empty())
        absent("triple_point", reason);
    else
        json["triple_point"] = vectorJson(decisionRegions(basis.projection, rows, bias).triplePoint);
    return {};
}

/// The basis as the contract of `project --json` names it.
Result<Json> basisJson(const io::RunReader& run, const app::EpochBasis& basis, const app::ViewRequest& request,
                       const Side& side)
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
    if (Result<void> added = addClassifier(json, unavailable, run, basis, request, side); !added)
        return added.error();
    json["singular_values"] = vectorJson(basis.projection.singularValues);
    json["fit_error"] = basis.projection.fitError ? Json(*basis.projection.fitError) : Json();
    if (side.frame.size() != 0) {
        json["tour"] = side.distance;
        json["frame"] = matrixJson(side.frame);
    }
    if (axes && side.frame.size() == 0)
        json["explained_variance"] = vectorJson(basis.projection.explained);
    if (!basis.note.empty())
        json["note"] = basis.note;
    json["unavailable"] = std::move(unavailable);
    return json;
}

void appendSamples(std::int64_t epoch, const Split& split, const std::vector<Index>& rows,
                   const ProjectedRows<double>& projected, const Side& side, std::vector<double>& values)
{
    for (Index r : rows) {
        const auto at = static_cast<std::size_t>(r);
        values.push_back(static_cast<double>(epoch));
        values.push_back(static_cast<double>(r));
        for (Index k = 0; k < projected.coordinates.cols(); ++k)
            values.push_back(projected.coordinates(r, k));
        values.insert(values.end(), {static_cast<double>(split.labelA[at]), static_cast<double>(split.labelB[at]),
                                     split.lambda[at], projected.offView[at]});
        if (side.frame.size() != 0)
            values.push_back(side.distance);
    }
}

Result<void> appendRidges(std::int64_t epoch, const Split& split, const std::vector<Index>& rows,
                          const ProjectedRows<double>& projected, std::vector<double>& values,
                          const TaskControl& control)
{
    const auto ridges = app::channelRidges(split, rows, projected.coordinates, control);
    if (!ridges)
        return ridges.error();
    for (const app::ChannelRidge& ridge : *ridges)
        for (std::size_t n = 0; n < ridge.lambda.size(); ++n) {
            values.insert(values.end(), {static_cast<double>(epoch), static_cast<double>(ridge.lower),
                                         static_cast<double>(ridge.upper), ridge.lambda[n]});
            for (Index k = 0; k < ridge.points.cols(); ++k)
                values.push_back(ridge.points(static_cast<Index>(n), k));
        }
    return {};
}

/// Appends one epoch's rows, or the ridges of its channels, to the table; returns the share in view.
Result<double> appendEpoch(const io::RunReader& run, std::int64_t epoch, const app::ViewRequest& request,
                           const app::EpochBasis& basis, const Side& side, bool ridges, std::vector<double>& values,
                           const TaskControl& control)
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
    const std::vector<Index> rows = app::chosenRows(*split, request.classes, request.allRows);
    if (!ridges)
        appendSamples(epoch, *split, rows, *projected, side, values);
    else if (Result<void> appended = appendRidges(epoch, *split, rows, *projected, values, control); !appended)
        return appended.error();
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
    if (arguments.has("--ridge") && split->kind == SplitKind::Clean)
        return dataError("--ridge needs mixes, split '" + split->name + "' holds none: " + run.path().string(),
                         run.path().string());
    if (const auto words = arguments.value("--classes")) {
        Result<std::vector<Index>> classes = app::selectClasses(*words, run);
        if (!classes)
            return classes.error();
        request.classes = std::move(*classes);
    } else {
        const Result<Split> rows = run.split(epoch, request.split);
        if (!rows)
            return rows.error();
        request.classes = arguments.has("--tour") ? app::manyViewClasses(run, *rows, 4).classes
                                                  : app::defaultViewClasses(run, *rows).classes;
    }
    const bool kgon = arguments.valueOr("--basis", "") == "kgon";
    if (request.classes.size() < (kgon ? 3U : 2U))
        return usageError("--classes needs at least " +
                          std::string(kgon ? "three classes for a K-gon" : "two classes"));
    if (kgon && arguments.has("--tour"))
        return usageError("--basis kgon and --tour exclude each other");
    if (arguments.has("--ridge") && (request.classes.size() < 3 || (request.classes.size() > 4 && !kgon)))
        return usageError("--ridge is of the plane, the space of four classes or the K-gon");
    if (request.classes.size() > 4 && !kgon && !arguments.has("--all-dims") && !arguments.has("--tour"))
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

/// What the command prints and writes.
struct Answer {
    std::vector<double> values; ///< of the table, row by row
    Index dims = 0;
    Json bases = Json::array();
    std::vector<std::vector<std::string>> lines{{"epoch", "basis", "fit error", "in view %"}};
};

Result<void> addEpoch(const io::RunReader& run, std::int64_t epoch, const app::ViewRequest& request,
                      const std::vector<Side>& sides, bool ridges, Answer& answer, const Console& console,
                      const TaskControl& control)
{
    const Result<app::EpochBasis> whole = app::epochBasis(run, epoch, request, control);
    if (!whole)
        return whole.error();
    if (answer.bases.empty() && !whole->note.empty())
        console.note(whole->note);
    const bool another = answer.bases.empty() || !request.basisEpoch;
    for (const Side& side : sides) {
        const app::EpochBasis basis = seenFrom(side, *whole);
        answer.dims = basis.projection.dims();
        const Result<double> inView = appendEpoch(run, epoch, request, basis, side, ridges, answer.values, control);
        if (!inView)
            return inView.error();
        if (another) {
            Result<Json> json = basisJson(run, basis, request, side);
            if (!json)
                return json.error();
            answer.bases.push_back(std::move(*json));
        }
        const std::string place = side.frame.size() != 0 ? ", tour " + app::shortNumber(side.distance) : std::string();
        answer.lines.push_back({std::to_string(epoch),
                                std::string(app::basisName(basis.basis)) + " of " + std::to_string(basis.epoch) + place,
                                basis.projection.fitError ? app::shortNumber(*basis.projection.fitError) : "—",
                                app::shortNumber(*inView * 100)});
    }
    return {};
}

Result<void> writeTable(const Answer& answer, Ending ending, const Arguments& arguments, const Console& console)
{
    app::Table table;
    table.names = columnNames(answer.dims, arguments);
    const auto columns = static_cast<Index>(table.names.size());
    table.values =
        Eigen::Map<const RowMatrixD>(answer.values.data(), static_cast<Index>(answer.values.size()) / columns, columns);
    const std::string output = arguments.valueOr("--output", "");
    if (Result<void> written = write(table, ending, output); !written)
        return written;
    console.note("wrote " + app::groupedNumber(table.values.rows()) + " rows to " + output);
    return {};
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const Result<Ending> ending = outputEnding(arguments);
    if (!ending)
        return ending.error();
    if (*ending == Ending::None && !console.json)
        return usageError("ncscope project needs -o FILE.csv, .npy or .h5, or --json for the basis");
    if (Result<void> one = arguments.exclusive({"--tour", "--ridge"}); !one)
        return one.error();
    const Result<io::RunReader> reader = openReader(arguments, arguments.positionals()[0]);
    if (!reader)
        return reader.error();
    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", "all"), *reader);
    if (!epochs)
        return epochs.error();
    const Result<app::ViewRequest> request = readRequest(arguments, *reader, epochs->front());
    if (!request)
        return request.error();
    const Result<std::vector<Side>> sides = readSides(arguments, request->classes.size());
    if (!sides)
        return sides.error();

    const TaskControl control = console.progress("projecting");
    Answer answer;
    for (std::size_t e = 0; e < epochs->size(); ++e) {
        control.report(static_cast<double>(e) / static_cast<double>(epochs->size()));
        if (Result<void> added =
                addEpoch(*reader, (*epochs)[e], *request, *sides, arguments.has("--ridge"), answer, console, control);
            !added)
            return added.error();
    }
    if (*ending != Ending::None)
        if (Result<void> written = writeTable(answer, *ending, arguments, console); !written)
            return written.error();
    if (console.json)
        console.printJson(answer.bases.size() == 1 ? answer.bases[0] : Json{{"epochs", answer.bases}});
    else
        console.print(
            formatTable(answer.lines, console) +
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
                             "  ncscope project runs/mixup --epoch last --ridge -o channels.csv",
                             run,
                             true};

} // namespace nc::cli

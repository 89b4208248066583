#include <algorithm>
#include <cmath>
#include <functional>
#include <future>
#include <iterator>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/metrics_report.h"
#include "app/run_selection.h"
#include "app/seed_groups.h"
#include "app/table_writer.h"
#include "app/text.h"
#include "core/class_triples.h"

namespace nc::cli
{

using app::exactNumber;
using app::shortNumber;

namespace
{

constexpr Option options[] = {
    {"--epoch", "N", "N, first, last, all, A..B or A,B,C (default: all)"},
    {"--split", "NAME", "one split (default: the first clean and the first mix split)"},
    {"--layer", "NAME", "features of this layer (default: penultimate)"},
    {"--classes", "A,B,C", "classes of cosine_same_view, by index or name"},
    {"--csv", "", "comma-separated values, one row an epoch and split"},
    {"--per-pair", "", "mixup figures of each pair of classes too (needs --json)"},
    {"--triples", "", "range of cosine_same_view over triples of classes (needs --json)"},
    {"--unbiased", "", "standard deviations with n-1"},
    {"--ece-bins", "N", "bins of the expected calibration error (default: 15)"},
    {"--weights", "raw|centred", "classifier rows in nc2.weights_* and nc3 (default: raw)"},
};

struct Request {
    std::vector<std::int64_t> epochs;
    std::vector<std::string> splits;
    std::string layer;
    MetricOptions metrics;
    bool namedClasses = false;
    std::size_t mostBytes = 0; ///< of a split that is held in memory
};

Json numberOrNull(double value)
{
    return std::isfinite(value) ? Json(value) : Json();
}

Json metricJson(const Metric& metric)
{
    return metric.available() ? numberOrNull(metric.value) : Json();
}

/// Puts `value` at "a.b" of a nested object.
void setDotted(Json& object, std::string_view name, Json value)
{
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos)
        object[std::string(name)] = std::move(value);
    else
        object[std::string(name.substr(0, dot))][std::string(name.substr(dot + 1))] = std::move(value);
}

/// Reasons go to `unavailable` under pairs.I.J.NAME.
Json pairsJson(const std::vector<PairFigures>& pairs, Json& unavailable)
{
    Json list = Json::array();
    for (const PairFigures& pair : pairs) {
        Json json{{"i", pair.i}, {"j", pair.j}, {"samples", pair.samples}};
        const std::string place = "pairs." + std::to_string(pair.i) + "." + std::to_string(pair.j) + ".";
        const auto add = [&](const char* name, const Metric& metric) {
            json[name] = metricJson(metric);
            if (!metric.available())
                unavailable[place + name] = metric.unavailable;
        };
        add("theory_gap", pair.theoryGap);
        add("arm_ratio", pair.armRatio);
        add("channel_width", pair.channelWidth);
        add("channel_along", pair.channelAlong);
        list.push_back(std::move(json));
    }
    return list;
}

Json triplesJson(const TripleRange& range)
{
    const auto one = [](const TripleFigure& triple) {
        return Json{{"classes", triple.classes}, {"cosine_same_view", numberOrNull(triple.cosineSameView)}};
    };
    Json json{{"min", one(range.min)},
              {"q1", one(range.q1)},
              {"median", one(range.median)},
              {"q3", one(range.q3)},
              {"max", one(range.max)}};
    if (range.all > mostTriples) { // a choice of them
        json["measured"] = range.measured;
        json["all"] = range.all;
    }
    return json;
}

/// The chance levels of W; null for the reason that its own figure has.
Json chanceJson(const MetricEntry& entry, Json& unavailable)
{
    Json chance;
    const auto add = [&](const char* name, const std::optional<double>& level) {
        chance[name] = level ? Json(*level) : Json();
        if (!level)
            unavailable[std::string("chance.") + name] = entry[name].unavailable;
    };
    add("nc2.weights_etf_error", entry.chanceWeightsEtfError);
    add("nc2.weights_cos_std", entry.chanceWeightsCosStd);
    return chance;
}

std::string whyNoTriples(const MetricEntry& entry)
{
    if (const Metric& kappa = entry["mixup.kappa"]; !kappa.available())
        return kappa.unavailable;
    return entry.classes < 3 ? "fewer than three classes" : "no three classes span a plane and have same-class mixes";
}

Json entryJson(const MetricEntry& entry, const MetricOptions& settings)
{
    const bool mix = entry.kind == SplitKind::Mix;
    Json json{{"epoch", entry.epoch},
              {"split", entry.split},
              {"layer", entry.layer},
              {"samples", entry.samples},
              {"classes", entry.classes}};
    Json unavailable = Json::object();
    const auto names = metricNames();
    for (std::size_t k = 0; k < names.size(); ++k) {
        if (!mix && names[k].starts_with("mixup."))
            continue;
        if (names[k] == "calibration.ece")
            setDotted(json, "calibration.bins", settings.calibrationBins);
        setDotted(json, names[k], metricJson(entry.values[k]));
        if (!entry.values[k].available())
            unavailable[std::string(names[k])] = entry.values[k].unavailable;
    }
    if (mix) {
        json["mixup"]["valid"] = entry.valid.available() ? Json(entry.valid.value != 0) : Json();
        if (!entry.validReason.empty())
            unavailable["mixup.valid"] = entry.validReason;
    } else {
        json["mixup"] = Json();
        unavailable["mixup"] = "a clean split holds no mixes";
    }
    json["chance"] = chanceJson(entry, unavailable);
    if (settings.perPair)
        json["pairs"] = pairsJson(entry.pairs, unavailable);
    if (settings.triples) {
        json["triples"] = entry.triples ? triplesJson(*entry.triples) : Json();
        if (!entry.triples)
            unavailable["triples"] = whyNoTriples(entry);
    }
    json["unavailable"] = unavailable;
    return json;
}

/// A line an entry: the names of the JSON in its order, empty for null.
std::string csv(const std::vector<MetricEntry>& entries, int calibrationBins)
{
    const auto names = metricNames();
    std::string text = "epoch,split,layer,samples,classes";
    for (std::string_view name : names)
        text += (name == "calibration.ece" ? ",calibration.bins," : ",") + std::string(name);
    text += ",mixup.valid,chance.nc2.weights_etf_error,chance.nc2.weights_cos_std\n";
    const auto orNothing = [](const std::optional<double>& value) { return value ? exactNumber(*value) : ""; };
    for (const MetricEntry& entry : entries) {
        text += std::to_string(entry.epoch) + "," + app::csvField(entry.split) + "," + app::csvField(entry.layer) +
                "," + std::to_string(entry.samples) + "," + std::to_string(entry.classes);
        for (std::size_t k = 0; k < names.size(); ++k) {
            if (names[k] == "calibration.ece")
                text += "," + std::to_string(calibrationBins);
            text += "," + (entry.values[k].available() ? exactNumber(entry.values[k].value) : std::string());
        }
        text += entry.valid.available() ? (entry.valid.value != 0 ? ",true," : ",false,") : ",,";
        text += orNothing(entry.chanceWeightsEtfError) + "," + orNothing(entry.chanceWeightsCosStd) + "\n";
    }
    return text;
}

/// A readable table a split: columns of what matters there, with what is normal in the last line.
struct Column {
    std::string_view head, name;
    double factor = 1;
};
constexpr Column cleanColumns[] = {
    {"NC1", "nc1.pinv"},
    {"NC2 means", "nc2.means_etf_error"},
    {"NC2 W", "nc2.weights_etf_error"},
    {"NC3", "nc3.duality"},
    {"NC4 %", "nc4.mismatch", 100},
    {"accuracy %", "accuracy", 100},
    {"ECE %", "calibration.ece", 100},
    {"T", "calibration.temperature"},
};
constexpr Column mixColumns[] = {
    {"cos same", "mixup.cosine_same"},
    {"in view", "mixup.cosine_same_view"},
    {"gap same", "mixup.theory_gap_same"},
    {"gap diff", "mixup.theory_gap_different"},
    {"arm", "mixup.arm_ratio"},
    {"theory", "mixup.arm_ratio_theory"},
    {"width", "mixup.channel_width"},
    {"off pair %", "mixup.off_pair", 100},
    {"beta", "mixup.beta"},
    {"kappa", "mixup.kappa"},
};

std::span<const Column> columnsOf(SplitKind kind)
{
    return kind == SplitKind::Mix ? std::span<const Column>(mixColumns) : std::span<const Column>(cleanColumns);
}

std::string tableText(const std::vector<MetricEntry>& entries, const std::string& split, const Console& console)
{
    const MetricEntry* first = nullptr;
    for (const MetricEntry& entry : entries)
        if (entry.split == split && !first)
            first = &entry;
    if (!first)
        return {};
    const bool mix = first->kind == SplitKind::Mix;
    const std::span<const Column> columns = columnsOf(first->kind);
    std::vector<std::vector<std::string>> rows{{"epoch"}};
    for (const Column& column : columns)
        rows[0].emplace_back(column.head);
    std::string invalid;
    for (const MetricEntry& entry : entries) {
        if (entry.split != split)
            continue;
        std::vector<std::string> row{std::to_string(entry.epoch)};
        for (const Column& column : columns) {
            const Metric& metric = entry[column.name];
            row.push_back(metric.available() ? shortNumber(metric.value * column.factor) : "—");
        }
        rows.push_back(row);
        invalid = entry.validReason;
    }
    std::string text = console.bold(split) +
                       console.dim((mix ? "  mixes, " : "  clean, ") + app::groupedNumber(first->samples) +
                                   " samples, layer " + first->layer) +
                       "\n" + formatTable(rows, console);
    if (mix) {
        text += console.dim("cosines to the classifier go to 1; arm = bulge of half mixes, beside its theory value at "
                            "the effective "
                            "beta; gaps are relative, width in logits") +
                "\n";
        if (!invalid.empty())
            text += console.dim("the theory does not apply in the last epoch: " + invalid) + "\n";
    } else {
        text += console.dim("collapse: NC1, NC2, NC3 and NC4 go to 0");
        if (first->chanceWeightsEtfError)
            text += console.dim("; NC2 of W by chance: " + shortNumber(*first->chanceWeightsEtfError));
        text += "\n";
    }
    return text + "\n";
}

struct GroupReport {
    app::SeedGroup group;
    std::vector<std::string> paths;
    std::string title; ///< of the first run
    std::vector<app::GroupEntry> entries;
};

Json spreadJson(const std::optional<app::Spread>& spread)
{
    if (!spread)
        return Json();
    return {{"mean", numberOrNull(spread->mean)},
            {"std", spread->deviation ? numberOrNull(*spread->deviation) : Json()},
            {"runs", spread->count}};
}

Json groupsJson(const std::vector<GroupReport>& reports, int calibrationBins)
{
    Json groups = Json::array();
    const auto names = metricNames();
    for (const GroupReport& report : reports) {
        Json epochs = Json::array();
        for (const app::GroupEntry& entry : report.entries) {
            Json json{{"epoch", entry.epoch},     {"split", entry.split},     {"layer", entry.layer},
                      {"samples", entry.samples}, {"classes", entry.classes}, {"runs", entry.runs}};
            Json unavailable = Json::object();
            for (std::size_t k = 0; k < names.size(); ++k) {
                if (names[k] == "calibration.ece")
                    setDotted(json, "calibration.bins", calibrationBins);
                if (entry.kind == SplitKind::Clean && names[k].starts_with("mixup."))
                    continue;
                setDotted(json, names[k], spreadJson(entry.values[k]));
                if (!entry.values[k])
                    unavailable[std::string(names[k])] = entry.unavailable[k];
            }
            if (entry.kind == SplitKind::Clean) {
                json["mixup"] = Json();
                unavailable["mixup"] = "a clean split holds no mixes";
            }
            json["unavailable"] = unavailable;
            epochs.push_back(json);
        }
        groups.push_back({{"runs", report.paths}, {"seeds", report.group.seeds}, {"epochs", epochs}});
    }
    return Json{{"groups", groups}};
}

/// Each figure in two columns, NAME and NAME.std; a group is named by its first run's path.
std::string groupsCsv(const std::vector<GroupReport>& reports)
{
    std::string text = "group,runs,epoch,split,layer,samples,classes";
    for (std::string_view name : metricNames())
        text += "," + std::string(name) + "," + std::string(name) + ".std";
    text += "\n";
    for (const GroupReport& report : reports)
        for (const app::GroupEntry& entry : report.entries) {
            text += app::csvField(report.paths.front()) + "," + std::to_string(entry.runs) + "," +
                    std::to_string(entry.epoch) + "," + app::csvField(entry.split) + "," + app::csvField(entry.layer) +
                    "," + std::to_string(entry.samples) + "," + std::to_string(entry.classes);
            for (const std::optional<app::Spread>& spread : entry.values) {
                text += "," + (spread ? exactNumber(spread->mean) : std::string());
                text += "," + (spread && spread->deviation ? exactNumber(*spread->deviation) : std::string());
            }
            text += "\n";
        }
    return text;
}

std::string spreadText(const std::optional<app::Spread>& spread, double factor)
{
    if (!spread)
        return "—";
    return shortNumber(spread->mean * factor) +
           (spread->deviation ? " ± " + shortNumber(*spread->deviation * factor) : std::string());
}

std::string groupsText(const std::vector<GroupReport>& reports, const Console& console)
{
    const auto names = metricNames();
    std::string text;
    for (const GroupReport& report : reports) {
        const std::size_t runs = report.paths.size();
        text += console.bold(report.title) + "  " + std::to_string(runs) + (runs == 1 ? " run" : " runs, mean ± std") +
                "\n" + console.dim(app::joinedNames(report.paths)) + "\n";
        for (const SplitKind kind : {SplitKind::Clean, SplitKind::Mix}) {
            const std::span<const Column> columns = columnsOf(kind);
            std::vector<std::vector<std::string>> rows{{"epoch", "split"}};
            for (const Column& column : columns)
                rows[0].emplace_back(column.head);
            for (const app::GroupEntry& entry : report.entries) {
                if (entry.kind != kind)
                    continue;
                std::vector<std::string> row{std::to_string(entry.epoch), entry.split};
                for (const Column& column : columns) {
                    const auto place = std::find(names.begin(), names.end(), column.name) - names.begin();
                    row.push_back(spreadText(entry.values[static_cast<std::size_t>(place)], column.factor));
                }
                rows.push_back(row);
            }
            if (rows.size() > 1)
                text += formatTable(rows, console);
        }
        text += "\n";
    }
    text.pop_back();
    return text;
}

Result<Request> readRequest(const Arguments& arguments, const io::RunReader& run, const io::RunSummary& summary,
                            const Console& console)
{
    Request request;
    if (Result<void> one = arguments.exclusive({"--json", "--csv"}); !one)
        return one.error();
    request.metrics.perPair = arguments.has("--per-pair");
    request.metrics.triples = arguments.has("--triples");
    if ((request.metrics.perPair || request.metrics.triples) && !console.json)
        return usageError(std::string(request.metrics.perPair ? "--per-pair" : "--triples") + " needs --json");
    const Result<std::int64_t> bins = arguments.integer("--ece-bins", 15, 1, 1000);
    if (!bins)
        return bins.error();
    request.metrics.calibrationBins = static_cast<int>(*bins);
    if (arguments.has("--unbiased"))
        request.metrics.deviation = Deviation::Unbiased;
    if (arguments.valueOr("--weights", "raw") == "centred")
        request.metrics.weights = WeightRows::Centred;
    request.metrics.configuration = run.configuration();
    const Result<io::ReadOptions> reading = readOptions(arguments);
    if (!reading)
        return reading.error();
    request.mostBytes = reading->memoryLimit / 8; // of two splits of two epochs, one measured and one read ahead

    const auto epochs = app::selectEpochs(arguments.valueOr("--epoch", "all"), run);
    if (!epochs)
        return epochs.error();
    request.epochs = *epochs;
    if (const auto words = arguments.value("--classes")) {
        const auto classes = app::selectClasses(*words, run);
        if (!classes)
            return classes.error();
        request.metrics.viewClasses = *classes;
        request.namedClasses = true;
    }
    if (const auto name = arguments.value("--split")) {
        const Result<io::SplitInfo> split = app::selectSplit(*name, SplitKind::Clean, summary);
        if (!split)
            return split.error();
        request.splits = {split->name};
    } else {
        for (SplitKind kind : {SplitKind::Clean, SplitKind::Mix})
            if (const io::SplitInfo* split = summary.firstSplit(kind))
                request.splits.push_back(split->name);
    }
    request.layer = arguments.valueOr("--layer", "penultimate");
    for (const std::string& name : request.splits)
        if (Result<void> has = app::requireLayer(request.layer, *summary.split(name)); !has)
            return has.error();
    return request;
}

struct MeasuredRun {
    std::string title, configuration;
    std::vector<std::string> splits;
    MetricOptions options;
    std::vector<MetricEntry> entries;
};

Result<app::EpochRows> readRows(const io::RunReader& reader, const io::RunSummary& summary, const Request& request,
                                std::int64_t epoch, std::vector<std::unique_ptr<RowMatrixF>> memory)
{
    Result<app::EpochRows> rows =
        app::readEpoch(reader, summary, epoch, request.splits, request.layer, request.mostBytes, std::move(memory));
    if (rows && !request.namedClasses)
        for (app::EpochRows::Part& part : rows->parts)
            part.viewClasses = app::defaultViewClasses(reader, part.split).classes;
    return rows;
}

/// Appends the entries of all epochs. While one that lies in memory is measured, the next is read: in this thread, to
/// which the run belongs.
Result<void> measureEpochs(const io::RunReader& reader, const io::RunSummary& summary, const Request& request,
                           std::vector<MetricEntry>& entries, const std::function<void(std::size_t)>& report,
                           const TaskControl& control)
{
    using Entries = Result<std::vector<MetricEntry>>;
    TaskControl quiet = control; // the progress counts epochs
    quiet.progress = {};
    app::EpochRows measured;
    std::vector<std::unique_ptr<RowMatrixF>> memory;
    std::future<Entries> measuring; // of `measured`: ends before that
    const auto collect = [&]() -> Result<void> {
        if (!measuring.valid())
            return {};
        Entries done = measuring.get();
        if (!done)
            return done.error();
        std::move(done->begin(), done->end(), std::back_inserter(entries));
        memory = std::move(measured.memory);
        return {};
    };
    for (std::size_t e = 0; e < request.epochs.size(); ++e) {
        report(e);
        Result<app::EpochRows> rows = readRows(reader, summary, request, request.epochs[e], std::move(memory));
        if (Result<void> collected = collect(); !collected)
            return collected;
        if (!rows)
            return rows.error();
        measured = std::move(*rows);
        const bool inMemory = measured.inMemory(); // else it reads the run, and waits for its turn
        measuring = std::async(inMemory ? std::launch::async : std::launch::deferred,
                               [&] { return app::measureEpoch(measured, request.metrics, quiet); });
    }
    return collect();
}

/// `part` and `parts`: which of the runs this is, for the progress.
Result<MeasuredRun> measureAll(const std::string& path, std::size_t part, std::size_t parts, const Arguments& arguments,
                               const Console& console, const TaskControl& control)
{
    const Result<io::RunReader> reader = openReader(arguments, path);
    if (!reader)
        return reader.error();
    const Result<io::RunSummary> summary = reader->summary();
    if (!summary)
        return summary.error();
    Result<Request> request = readRequest(arguments, *reader, *summary, console);
    if (!request)
        return request.error();
    MeasuredRun measured{reader->title().empty() ? path : reader->title(),
                         reader->configuration(),
                         request->splits,
                         request->metrics,
                         {}};
    const auto report = [&](std::size_t e) {
        const double done = static_cast<double>(e) / static_cast<double>(request->epochs.size());
        control.report((static_cast<double>(part) + done) / static_cast<double>(parts));
    };
    if (Result<void> done = measureEpochs(*reader, *summary, *request, measured.entries, report, control); !done)
        return done.error();
    return measured;
}

void printOne(const MeasuredRun& measured, const Arguments& arguments, const Console& console)
{
    if (console.json) {
        Json list = Json::array();
        for (const MetricEntry& entry : measured.entries)
            list.push_back(entryJson(entry, measured.options));
        console.printJson(Json{{"epochs", list}});
        return;
    }
    if (arguments.has("--csv"))
        return console.print(csv(measured.entries, measured.options.calibrationBins));
    std::string text = console.bold(measured.title) + "\n\n";
    for (const std::string& split : measured.splits)
        text += tableText(measured.entries, split, console);
    text.pop_back();
    console.print(text);
}

/// Runs that differ only in the seed, as mean and deviation.
void printGroups(const std::vector<MeasuredRun>& runs, const Arguments& arguments, const Console& console)
{
    std::vector<std::string> configurations;
    for (const MeasuredRun& measured : runs)
        configurations.push_back(measured.configuration);
    std::vector<GroupReport> reports;
    for (const app::SeedGroup& group : app::groupBySeed(configurations)) {
        GroupReport report{group, {}, runs[group.runs.front()].title, {}};
        std::vector<std::vector<MetricEntry>> entries;
        for (const std::size_t run : report.group.runs) {
            report.paths.push_back(arguments.positionals()[run]);
            entries.push_back(runs[run].entries);
        }
        report.entries = app::spreadOverSeeds(entries, runs.front().options.deviation);
        reports.push_back(std::move(report));
    }
    if (console.json)
        console.printJson(groupsJson(reports, runs.front().options.calibrationBins));
    else
        console.print(arguments.has("--csv") ? groupsCsv(reports) : groupsText(reports, console));
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const std::vector<std::string>& paths = arguments.positionals();
    for (const char* option : {"--per-pair", "--triples"})
        if (paths.size() > 1 && arguments.has(option))
            return usageError(std::string(option) + " takes one run, not " + std::to_string(paths.size()));
    const TaskControl control = console.progress("measuring");
    std::vector<MeasuredRun> runs;
    for (std::size_t n = 0; n < paths.size(); ++n) {
        Result<MeasuredRun> measured = measureAll(paths[n], n, paths.size(), arguments, console, control);
        if (!measured)
            return measured.error();
        runs.push_back(std::move(*measured));
    }
    if (runs.size() == 1)
        printOne(runs.front(), arguments, console);
    else
        printGroups(runs, arguments, console);
    return 0;
}

} // namespace

const Command metricsCommand{"metrics",
                             "PATH…",
                             1,
                             1000,
                             "Neural collapse NC1 to NC4, calibration and the mixup figures; of several runs, those "
                             "that differ only in the seed as mean ± std.",
                             options,
                             "  ncscope metrics runs/mixup\n  ncscope metrics runs/seed-* --epoch last --json",
                             run,
                             true};

} // namespace nc::cli

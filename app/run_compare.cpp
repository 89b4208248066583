#include "app/run_compare.h"

#include <map>

#include <nlohmann/json.hpp>

#include "app/metrics_report.h"
#include "app/run_selection.h"
#include "core/collapse_metrics.h"

namespace nc::app
{
namespace
{

using Json = nlohmann::ordered_json;

/// Every value of a configuration by its dotted key; lists are values.
void flatten(const Json& node, const std::string& path, std::map<std::string, std::string>& into)
{
    if (!node.is_object()) {
        into[path] = node.dump();
        return;
    }
    for (const auto& [name, value] : node.items())
        flatten(value, path.empty() ? name : path + "." + name, into);
}

std::vector<ConfigDifference> configDifferences(const std::string& first, const std::string& second)
{
    std::map<std::string, std::string> a, b;
    for (const auto& [text, into] : {std::pair{&first, &a}, std::pair{&second, &b}})
        if (const Json json = Json::parse(*text, nullptr, false); json.is_object())
            flatten(json, {}, *into);
    std::map<std::string, ConfigDifference> differences;
    for (const auto& [key, value] : a)
        differences[key] = {key, value, {}};
    for (const auto& [key, value] : b) {
        differences[key].key = key;
        differences[key].b = value;
    }
    std::vector<ConfigDifference> list;
    for (auto& [key, difference] : differences)
        if (difference.a != difference.b)
            list.push_back(std::move(difference));
    return list;
}

Result<MetricEntry> lastEntry(const io::RunReader& run, const io::RunSummary& summary, const std::string& split,
                              const TaskControl& control)
{
    const std::int64_t epoch = run.epochs().back();
    const Result<Split> rows = run.split(epoch, split);
    if (!rows)
        return rows.error();
    MetricOptions options;
    options.configuration = run.configuration();
    options.viewClasses = defaultViewClasses(run, *rows).classes;
    return measureRun(run, summary, epoch, split, "penultimate", options, control);
}

} // namespace

Result<RunComparison> compareRuns(const io::RunReader& a, const io::RunReader& b, const TaskControl& control)
{
    const Result<io::RunSummary> summaryA = a.summary(), summaryB = b.summary();
    for (const auto* summary : {&summaryA, &summaryB})
        if (!*summary)
            return summary->error();
    if (a.epochs().empty() || b.epochs().empty())
        return dataError("Cannot compare: a run holds no epoch");
    RunComparison result;
    result.epochA = a.epochs().back();
    result.epochB = b.epochs().back();
    result.configuration = configDifferences(a.configuration(), b.configuration());
    for (const SplitKind kind : {SplitKind::Clean, SplitKind::Mix}) {
        const io::SplitInfo *splitA = summaryA->firstSplit(kind), *splitB = summaryB->firstSplit(kind);
        if (!splitA || !splitB)
            continue;
        const Result<MetricEntry> entryA = lastEntry(a, *summaryA, splitA->name, control);
        if (!entryA)
            return entryA.error();
        const Result<MetricEntry> entryB = lastEntry(b, *summaryB, splitB->name, control);
        if (!entryB)
            return entryB.error();
        for (const std::string_view name : metricNames())
            if (const Metric& x = (*entryA)[name], &y = (*entryB)[name]; x.available() || y.available())
                result.metrics.push_back({splitA->name, std::string(name), x, y});
    }
    return result;
}

} // namespace nc::app

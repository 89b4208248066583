#include "app/cli/command.h"
#include "app/cli/run_argument.h"
#include "app/run_selection.h"
#include "app/text.h"

namespace nc::cli
{

using app::byteSize;
using app::groupedNumber;
using app::joinedNames;

namespace
{

Json summaryJson(const io::RunSummary& run)
{
    Json splits = Json::array();
    for (const io::SplitInfo& split : run.splits) {
        Json layers = Json::array();
        for (const io::LayerInfo& layer : split.layers)
            layers.push_back({{"name", layer.name}, {"dim", layer.dim}, {"dtype", layer.dtype}});
        splits.push_back({{"name", split.name},
                          {"kind", split.kind == SplitKind::Mix ? "mix" : "clean"},
                          {"origin", split.origin},
                          {"mode", split.mode},
                          {"samples", split.samples},
                          {"layers", layers}});
    }
    return {{"format_version", run.formatVersion},
            {"title", run.title},
            {"created", run.created},
            {"classes", run.classNames},
            {"epochs", run.epochs},
            {"splits", splits},
            {"has",
             {{"classifier", run.hasClassifier},
              {"bias", run.hasBias},
              {"logits", run.hasLogits},
              {"images", run.hasImages}}},
            {"bytes", run.bytes},
            {"complete", run.complete},
            {"state", run.state},
            {"feature_layer", run.featureLayer},
            {"view_classes", run.viewClasses},
            {"generator", run.generator},
            {"map", run.mapping.empty() ? Json() : Json(run.mapping)}};
}

std::string summaryText(const io::RunSummary& run, const std::string& path, const Console& console)
{
    std::string text = console.bold(run.title.empty() ? path : run.title) + "\n";
    const auto line = [&text](const std::string& name, const std::string& value) {
        if (value.empty())
            return;
        std::string left = "  " + name;
        left.resize(16, ' ');
        text += left + value + "\n";
    };
    line("path", path);
    line("read by", run.mapping.empty() ? "" : "--map " + run.mapping);
    line("classes", std::to_string(run.classes()) + ": " + joinedNames(run.classNames));
    std::vector<std::string> epochs;
    for (std::int64_t epoch : run.epochs)
        epochs.push_back(std::to_string(epoch));
    line("epochs", std::to_string(epochs.size()) + (epochs.empty() ? "" : ": " + joinedNames(epochs, 16)));
    line("feature layer", run.featureLayer);
    std::vector<std::string> recorded;
    if (run.hasClassifier)
        recorded.push_back(run.hasBias ? "classifier with bias" : "classifier without bias");
    if (run.hasLogits)
        recorded.emplace_back("logits");
    if (run.hasImages)
        recorded.emplace_back("images");
    line("recorded", recorded.empty() ? "features only" : joinedNames(recorded));
    line("state", run.state + (run.complete ? "" : ", not every listed epoch opens or a training goes on"));
    line("size", byteSize(run.bytes));
    line("created", run.created);
    if (run.splits.empty())
        return text;
    std::vector<std::vector<std::string>> rows{{"split", "kind", "origin", "mode", "samples", "layer", "dim", "type"}};
    for (const io::SplitInfo& split : run.splits)
        for (const io::LayerInfo& layer : split.layers)
            rows.push_back({split.name, split.kind == SplitKind::Mix ? "mix" : "clean", split.origin, split.mode,
                            groupedNumber(split.samples), layer.name, std::to_string(layer.dim), layer.dtype});
    return text + "\n" + formatTable(rows, console);
}

Result<int> run(const Arguments& arguments, Console& console)
{
    const std::string& path = arguments.positionals()[0];
    const Result<io::RunReader> reader = openReader(arguments, path);
    if (!reader)
        return reader.error();
    const Result<io::RunSummary> summary = reader->summary();
    if (!summary)
        return summary.error();
    if (console.json)
        console.printJson(summaryJson(*summary));
    else
        console.print(summaryText(*summary, path, console));
    return 0;
}

} // namespace

const Command infoCommand{"info",
                          "PATH",
                          1,
                          1,
                          "What is in a run, without reading its features.",
                          {},
                          "  ncscope info runs/mixup\n  ncscope info shared-run.h5 --json",
                          run,
                          true};

} // namespace nc::cli

#include "app/metrics_report.h"

namespace nc::app
{

namespace
{

/// The clean split that serves the convexity gap of a mix split: same origin, with the layer; null where there is none.
const io::SplitInfo* cleanTwin(const io::RunSummary& summary, const io::SplitInfo& mix, const std::string& layer)
{
    for (const io::SplitInfo& split : summary.splits) {
        if (split.kind != SplitKind::Clean || split.origin != mix.origin)
            continue;
        for (const io::LayerInfo& info : split.layers)
            if (info.name == layer)
                return &split;
    }
    return nullptr;
}

} // namespace

Result<MetricEntry> measureRun(const io::RunReader& run, const io::RunSummary& summary, std::int64_t epoch,
                               const std::string& splitName, const std::string& layer, const MetricOptions& options,
                               const TaskControl& control)
{
    const Result<Split> split = run.split(epoch, splitName);
    if (!split)
        return split.error();
    const auto features = run.features(epoch, splitName, layer);
    if (!features)
        return features.error();

    MetricInputs inputs;
    inputs.epoch = epoch;
    inputs.layer = layer;
    inputs.features = features->get();
    inputs.split = &*split;
    inputs.classes = run.classes();

    std::optional<Classifier> classifier;
    std::unique_ptr<RowSource> logits, cleanFeatures;
    Split cleanSplit;
    if (layer == "penultimate") {
        Result<std::optional<Classifier>> recorded = run.classifier(epoch);
        if (!recorded)
            return recorded.error();
        classifier = std::move(*recorded);
        inputs.classifier = classifier ? &*classifier : nullptr;
        Result<std::unique_ptr<RowSource>> recordedLogits = run.logits(epoch, splitName);
        if (!recordedLogits)
            return recordedLogits.error();
        logits = std::move(*recordedLogits);
        inputs.logits = logits.get();
    }
    const io::SplitInfo* info = summary.split(splitName);
    const io::SplitInfo* clean = info && split->kind == SplitKind::Mix ? cleanTwin(summary, *info, layer) : nullptr;
    if (clean) {
        Result<Split> recorded = run.split(epoch, clean->name);
        Result<std::unique_ptr<RowSource>> rows = run.features(epoch, clean->name, layer);
        if (recorded &&
            rows) { // an epoch that leaves them out falls back to same-class mixes, as where none were recorded
            cleanSplit = std::move(*recorded);
            cleanFeatures = std::move(*rows);
            inputs.cleanSplit = &cleanSplit;
            inputs.cleanFeatures = cleanFeatures.get();
        }
    }
    return measure(inputs, options, control);
}

} // namespace nc::app

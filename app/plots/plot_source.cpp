#include "app/plots/plot_source.h"

#include <algorithm>

#include "core/classifier_logits.h"

namespace nc::app
{

std::string epochsText(const std::vector<PlotTarget>& targets)
{
    const auto [first, last] = std::minmax_element(
        targets.begin(), targets.end(), [](const PlotTarget& a, const PlotTarget& b) { return a.epoch < b.epoch; });
    if (first->epoch == last->epoch)
        return "epoch " + std::to_string(first->epoch);
    return "epochs " + std::to_string(first->epoch) + " to " + std::to_string(last->epoch);
}

std::string samplesOf(const io::SplitInfo& split)
{
    return split.origin + (split.kind == SplitKind::Mix ? " mixes in " : " samples in ") + split.mode + " mode";
}

Result<SplitLogits> SplitLogits::open(const OpenRun& run, std::int64_t epoch, const std::string& split)
{
    SplitLogits logits;
    Result<std::unique_ptr<RowSource>> recorded = run.reader.logits(epoch, split);
    if (!recorded)
        return recorded.error();
    logits.m_logits = std::move(*recorded);
    if (logits.m_logits)
        return logits;
    Result<std::optional<Classifier>> classifier = run.reader.classifier(epoch);
    if (!classifier)
        return classifier.error();
    const std::string path = run.reader.path().string();
    if (!*classifier)
        return dataError("epoch " + std::to_string(epoch) + " records neither logits nor a classifier: " + path, path);
    logits.m_classifier = std::make_unique<Classifier>(std::move(**classifier));
    auto features = run.reader.features(epoch, split, "penultimate");
    if (!features)
        return features.error();
    logits.m_features = std::move(*features);
    logits.m_logits = std::make_unique<ClassifierLogits>(*logits.m_features, *logits.m_classifier);
    return logits;
}

} // namespace nc::app

#pragma once

#include "app/plots/plot_builder.h"
#include "core/sample_figures.h"

/// What the plots' builders share.
namespace nc::app
{

/// "epoch 8", or "epochs 0 to 24" of several.
[[nodiscard]] std::string epochsText(const std::vector<PlotTarget>& targets);
/// "train mixes in eval mode".
[[nodiscard]] std::string samplesOf(const io::SplitInfo& split);

/// Recorded logits of a split, else W h + b of its penultimate features; opened for one epoch.
class SplitLogits
{
public:
    /// Error (Data) where neither logits nor a classifier is recorded.
    [[nodiscard]] static Result<SplitLogits> open(const OpenRun& run, std::int64_t epoch, const std::string& split);
    [[nodiscard]] const RowSource& rows() const { return *m_logits; }

private:
    std::unique_ptr<Classifier> m_classifier; ///< the two below may refer to it
    std::unique_ptr<RowSource> m_features, m_logits;
};

} // namespace nc::app

#pragma once

#include <optional>
#include <vector>

#include "core/collapse_metrics.h"
#include "io/run_reader.h"

namespace nc::app
{

/// One epoch of a run, ready to be measured without the run: its rows in memory where they are few, else on disk.
struct EpochRows {
    struct Part {
        Split split{};
        std::unique_ptr<RowSource> features{}, logits{}; ///< logits: recorded ones or null
        std::vector<Index> viewClasses{};                ///< of cosine_same_view; empty: those of the options
        std::string twin{}; ///< of a mix split: the clean split that serves its convexity gap; may be empty
    };
    std::int64_t epoch = 0;
    std::string layer{};
    Index classes = 0;
    std::optional<Classifier> classifier{};
    std::vector<Part> parts{};                         ///< one a split that was asked for
    std::vector<Part> twins{};                         ///< clean splits that serve others only
    std::vector<std::unique_ptr<RowMatrixF>> memory{}; ///< what holds the features

    /// Whether all rows lie in memory, so that another thread may measure them.
    [[nodiscard]] bool inMemory() const;
};

/// Splits of an epoch. What takes at most `mostBytes` a split is read into memory, the rest stays on disk. `memory` of
/// an epoch that has been measured is used again: new pages cost more than reading into old ones.
[[nodiscard]] Result<EpochRows> readEpoch(const io::RunReader& run, const io::RunSummary& summary, std::int64_t epoch,
                                          const std::vector<std::string>& splits, const std::string& layer,
                                          std::size_t mostBytes = std::size_t{128} << 20,
                                          std::vector<std::unique_ptr<RowMatrixF>> memory = {});

/// An entry for each part. Layers other than penultimate have no classifier.
[[nodiscard]] Result<std::vector<MetricEntry>> measureEpoch(const EpochRows& rows, const MetricOptions& options,
                                                            const TaskControl& control = {});

/// Measures one epoch and split of a run.
[[nodiscard]] Result<MetricEntry> measureRun(const io::RunReader& run, const io::RunSummary& summary,
                                             std::int64_t epoch, const std::string& split, const std::string& layer,
                                             const MetricOptions& options, const TaskControl& control = {});

} // namespace nc::app

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/snapshot.h"
#include "io/foreign_mapping.h"

/// Runs on disk, format version 1 (docs/format.md), in both containers. Nothing here ever locks or modifies a run.
namespace nc::io
{

struct LayerInfo {
    std::string name; ///< "penultimate" is the last-layer activation h
    Index dim = 0;
    std::string dtype; ///< "float16", "float32" or "float64"
};

struct SplitInfo {
    std::string name;
    SplitKind kind = SplitKind::Clean;
    std::string origin, mode;
    Index samples = 0;
    std::vector<LayerInfo> layers; ///< of the last epoch that opens
    bool hasImages = false;
};

/// What is in a run, without reading features: the answer of `ncscope info`.
struct RunSummary {
    std::int64_t formatVersion = 1;
    std::string title, created, generator, featureLayer;
    std::string configuration;           ///< JSON text, empty where none was recorded
    std::vector<std::string> classNames; ///< always C entries ("0", "1", … where none were recorded)
    std::vector<Index> viewClasses;      ///< empty where not recorded
    std::vector<std::int64_t> epochs;    ///< as listed, ascending
    std::vector<SplitInfo> splits;       ///< by name
    bool hasClassifier = false, hasBias = false, hasLogits = false, hasImages = false;
    std::uintmax_t bytes = 0; ///< sum of file sizes
    std::string state;        ///< run.json: "running", "finished", "stopped"; a file run is "finished"
    std::string mapping;      ///< of a foreign dump, as --map takes it; else empty
    bool complete = false;    ///< every listed epoch opens and no training is running

    [[nodiscard]] Index classes() const { return static_cast<Index>(classNames.size()); }
    [[nodiscard]] const SplitInfo* split(std::string_view name) const; ///< null where there is none
    [[nodiscard]] const SplitInfo* firstSplit(SplitKind kind) const;   ///< first by name, null where there is none
};

/// Thumbnails of a split: N x height x width x channels bytes, row-major.
struct Images {
    Index count = 0, height = 0, width = 0, channels = 1;
    std::vector<std::uint8_t> bytes;
};

/// How a run is to be read.
struct ReadOptions {
    std::optional<ForeignMapping> mapping{}; ///< of a foreign dump; empty: told from its names
    std::size_t memoryLimit = std::size_t{1}
                              << 30; ///< bytes; what would take more is streamed, or refused where it cannot
};

/// An open run. Opens files read-only and without locks; every call must come from one thread. Each error is one
/// sentence naming file, dataset and reason, and leaves every other epoch usable.
class RunReader
{
public:
    /// A directory run (a folder with run.h5), a file run (NAME.h5), or a foreign dump: one whose mapping is given or
    /// can be told from its names (io/foreign_detection.h).
    [[nodiscard]] static Result<RunReader> open(const std::filesystem::path& run, const ReadOptions& options = {});
    RunReader(RunReader&&) noexcept;
    RunReader& operator=(RunReader&&) noexcept;
    ~RunReader();

    [[nodiscard]] const std::filesystem::path& path() const;

    /// Follows a run that grew: lists its epochs and reads its state anew. Of a directory run, epochs that were listed
    /// before are not opened; a file run is opened anew. On an error everything stays as it was.
    [[nodiscard]] Result<void> refresh();

    /// Opens every listed epoch's header (not its features).
    [[nodiscard]] Result<RunSummary> summary() const;

    [[nodiscard]] const std::vector<std::int64_t>& epochs() const; ///< ascending, each once
    [[nodiscard]] const std::vector<std::string>& classNames() const;
    [[nodiscard]] Index classes() const;
    [[nodiscard]] const std::string& configuration() const;
    [[nodiscard]] const std::vector<Index>& viewClasses() const;
    [[nodiscard]] const std::string& title() const;

    /// The split in that epoch: static, or the epoch's override. Labels inside 0..C-1 and lambda in [0,1] are
    /// guaranteed.
    [[nodiscard]] Result<Split> split(std::int64_t epoch, const std::string& name) const;

    /// Whether the classifier and the class means of `basis` can be laid against the features of `epoch`: always, but
    /// in a reduced run where each epoch has a frame of its own (docs/format.md, "Reduced runs").
    [[nodiscard]] bool sharesFrame(std::int64_t basis, std::int64_t epoch) const;

    /// Whether features of layer penultimate are coordinates that `pack --reduce` wrote.
    [[nodiscard]] bool isReduced() const;

    /// Rows straight from disk by hyperslab; keeps its file open as long as it lives. Row count equals the split's.
    [[nodiscard]] Result<std::unique_ptr<RowSource>> features(std::int64_t epoch, const std::string& split,
                                                              const std::string& layer = "penultimate") const;
    /// The same for who walks over them more than once: in memory where that takes no more than half of the limit.
    [[nodiscard]] Result<std::unique_ptr<RowSource>> heldFeatures(std::int64_t epoch, const std::string& split,
                                                                  const std::string& layer = "penultimate") const;
    /// N x C recorded logits; null where none were recorded.
    [[nodiscard]] Result<std::unique_ptr<RowSource>> logits(std::int64_t epoch, const std::string& split) const;

    /// The last linear layer; empty where none was recorded.
    [[nodiscard]] Result<std::optional<Classifier>> classifier(std::int64_t epoch) const;

    /// The scalars under metrics/, e.g. train_loss, learning_rate.
    [[nodiscard]] Result<std::map<std::string, double>> scalars(std::int64_t epoch) const;

    /// Thumbnails of a split, whole; an empty value (count 0) where none were recorded.
    [[nodiscard]] Result<Images> images(const std::string& split) const;
    /// Only those of some rows; fewer where the split has fewer.
    [[nodiscard]] Result<Images> images(const std::string& split, Index first, Index count) const;

    /// Whole epoch in memory: features, split and classifier. Error where the features take more than the limit.
    [[nodiscard]] Result<Snapshot> snapshot(std::int64_t epoch, const std::string& split,
                                            const std::string& layer = "penultimate") const;

private:
    struct Impl;
    explicit RunReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace nc::io

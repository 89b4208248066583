#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/h5_access.h"
#include "io/run_reader.h"

/// The parts of a run as they lie in its files: what reader, check and pack share. Private to io.
namespace nc::io
{

/// Six digits or more: "000012" -> 12. Nothing for any other name.
[[nodiscard]] std::optional<std::int64_t> epochNumber(std::string_view name);
/// 12 -> "000012".
[[nodiscard]] std::string epochName(std::int64_t number);

/// The attributes of the root, and classes/names.
struct StaticPart {
    std::int64_t formatVersion = 1;
    std::string title, created, generator, featureLayer, configuration;
    std::vector<std::string> classNames; ///< always C entries
    std::vector<Index> viewClasses;      ///< each inside 0..C-1 and once, else none
    bool hasBadViewClasses = false;
    Index reducedFrom = 0; ///< width of layer penultimate before `pack --reduce`, 0 where as recorded
    std::optional<std::int64_t> reducedEpoch{}; ///< where each epoch has a frame of its own beside that of this one
};

struct EpochEntry {
    std::int64_t number = 0;
    std::vector<std::string> names; ///< "epochs/000012.h5" or "epochs/000012"; more than one is an error of the epoch
    bool operator==(const EpochEntry&) const = default;
};

struct OpenRun {
    std::filesystem::path path;
    bool isFolder = false;
    h5::Group root;
    StaticPart header;
    std::vector<EpochEntry> entries; ///< ascending
};

/// Where classes/names is missing, C is the rows of W, else the columns of the logits, else the largest label + 1.
[[nodiscard]] Result<OpenRun> openRun(const std::filesystem::path& path);
/// The epochs as they are listed now: names in the folder, or the groups of the file as it was when it was opened.
[[nodiscard]] Result<std::vector<EpochEntry>> listEpochs(const OpenRun& run);

/// The group of the epoch; errors where it is recorded twice or its attribute `epoch` disagrees with its name.
[[nodiscard]] Result<h5::Group> openEpoch(const OpenRun& run, const EpochEntry& entry);
/// Many at once, in order, for attributes and names alone (nothing below may be opened): while one is handed over, the
/// next is tried in a process of its own.
void openEpochHeaders(const OpenRun& run, std::span<const EpochEntry> entries,
                      const std::function<void(std::size_t entry, Result<h5::Group> epoch)>& opened);

/// Read and open all of it, as programs will: what HDF5 does not survive shows.
[[nodiscard]] Result<void> tryRun(const std::filesystem::path& path);
[[nodiscard]] Result<void> tryEpochHeader(const std::filesystem::path& file, std::int64_t number);
[[nodiscard]] Result<void> tryEpochFile(const std::filesystem::path& file, std::int64_t number);

/// The group of a split as it counts in that epoch: the epoch's own, else the run's.
[[nodiscard]] Result<h5::Group> openSplit(const OpenRun& run, const h5::Group& epoch, const std::string& name);
/// Its attributes and number of rows, without layers.
[[nodiscard]] Result<SplitInfo> readSplitInfo(const h5::Group& group, const std::string& name);
/// Labels inside 0..classes-1 and lambda inside [0,1], or an error that names the first row that is not.
[[nodiscard]] Result<Split> readSplit(const h5::Group& group, const std::string& name, Index classes);

/// A checked dataset of a layer: N x d of floats, N the split's, d the classifier's where the layer is the penultimate
/// one.
[[nodiscard]] Result<h5::Dataset> openFeatures(const OpenRun& run, const h5::Group& epoch, const std::string& split,
                                               const std::string& layer);
/// N x C; nothing where not recorded.
[[nodiscard]] Result<std::optional<h5::Dataset>> openLogits(const OpenRun& run, const h5::Group& epoch,
                                                            const std::string& split, Index classes);
[[nodiscard]] Result<std::optional<Classifier>> readClassifier(const h5::Group& epoch, Index classes);
[[nodiscard]] Result<std::map<std::string, double>> readScalars(const h5::Group& epoch);
/// N x H x W or N x H x W x 3 of uint8; nothing where not recorded.
[[nodiscard]] Result<std::optional<h5::Dataset>> openImages(const h5::Group& split, Index samples);

} // namespace nc::io

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/matrix.h"
#include "core/result.h"
#include "io/h5_handle.h"

/// Reading HDF5 safely: every function answers with a value or one sentence naming file, dataset and reason. Soft,
/// external and virtual data are never followed; shapes are checked before anything is allocated. Private to io.
namespace nc::io::h5
{

/// What an error sentence needs to know about where something stands.
struct Place {
    std::string file{};
    std::string prefix{}; ///< of the group inside the file: "" or "epochs/000012/"
    std::optional<std::int64_t> epoch{};

    /// "Cannot read epoch 12: dataset 'epochs/000012/classifier/weight' REASON: FILE"; `dataset` is relative to the
    /// prefix.
    [[nodiscard]] Error fault(const std::string& dataset, const std::string& reason) const;
    /// The same about the file itself.
    [[nodiscard]] Error fault(const std::string& reason) const;
    /// What does not keep anyone from reading: "Epoch 12: dataset 'classifier/weight' REMARK: FILE".
    [[nodiscard]] Error remark(const std::string& dataset, const std::string& text) const;
    [[nodiscard]] Error remark(const std::string& text) const;
};

struct Group {
    H5Handle id{};
    Place place{};
};

enum class Element { Float16, Float32, Float64, Integer, Text, Other };

/// Rows [first, end) of a chunked dataset, as they are on disk once no filter is left.
struct DecodedRows {
    Index first = 0, end = 0;
    std::vector<std::byte> bytes{};
};

/// An open dataset whose shape was found plausible: at most 2^31 rows, its bytes countable and really stored.
struct Dataset {
    H5Handle id{};
    Place place{};
    std::string name{}; ///< relative to the place's prefix
    std::vector<Index> shape{};
    Element element = Element::Other;
    std::string typeName{};       ///< "float32", "int64", "text", …
    std::uint64_t valueBytes = 0; ///< of one element on disk
    bool isChunked = false;       ///< and perhaps compressed
    bool isLittleEndian = false;
    std::optional<std::uint64_t> offset{}; ///< of its bytes in the file, where they lie there in one piece
    mutable std::shared_ptr<const DecodedRows> decoded{}; ///< the rows of a chunked dataset that were read last

    [[nodiscard]] Index rows() const { return shape.empty() ? 1 : shape.front(); }
    [[nodiscard]] Index valuesPerRow() const;
    [[nodiscard]] bool isFloat() const { return element <= Element::Float64; }
    [[nodiscard]] bool hasPlainBytes() const; ///< no pointers to bytes elsewhere, as in variable-length text
    [[nodiscard]] Error fault(const std::string& reason) const { return place.fault(name, reason); }
};

/// Opens a regular file read-only and without locks. Says why where it cannot. A file that is marked as open for
/// writing (superblock version 3, no SWMR) is tried again for about two seconds, because its writer may be about to
/// close it.
enum class Patience { None, Writer };
[[nodiscard]] Result<H5Handle> openFile(const std::filesystem::path& path, const Place& place,
                                        Patience patience = Patience::Writer);

/// Whether something stands at `path` (names parted by '/'); an error where a link would lead elsewhere.
[[nodiscard]] Result<bool> exists(const Group& group, const std::string& path);
/// Names of the links in the group `path` ("" = the group itself), sorted; empty where there is no such group.
[[nodiscard]] Result<std::vector<std::string>> childNames(const Group& group, const std::string& path);

[[nodiscard]] Result<Group> openGroup(const Group& group, const std::string& path);
/// An error where it is missing.
[[nodiscard]] Result<Dataset> openDataset(const Group& group, const std::string& path);
/// Nothing where it is missing.
[[nodiscard]] Result<std::optional<Dataset>> findDataset(const Group& group, const std::string& path);

/// Errors unless the dataset has these extents; -1 takes any.
[[nodiscard]] Result<void> expectShape(const Dataset& dataset, const std::vector<Index>& shape);

/// Rows [first, first + count) of a float dataset, all columns, row-major; converted from the type on disk by us.
[[nodiscard]] Result<void> readValues(const Dataset& dataset, Index first, Index count, float* into);
[[nodiscard]] Result<void> readValues(const Dataset& dataset, Index first, Index count, double* into);

/// Whole datasets; each checks the type.
[[nodiscard]] Result<std::vector<double>> readFloats(const Dataset& dataset);
[[nodiscard]] Result<std::vector<std::int64_t>> readIntegers(const Dataset& dataset);
[[nodiscard]] Result<std::vector<std::string>> readTexts(const Dataset& dataset);
/// Raw bytes of rows [first, first + count) as they are on disk; `into` holds count * valuesPerRow() * valueBytes.
[[nodiscard]] Result<void> readRaw(const Dataset& dataset, Index first, Index count, void* into);

/// Writes the raw bytes of rows [first, end) of a dataset to the file `into`.
[[nodiscard]] Result<void> decodeRows(const std::filesystem::path& file, const std::string& name, Index first,
                                      Index end, const std::filesystem::path& into);

/// Numbers of a block of the dataset, in their own type and the machine's order of bytes.
[[nodiscard]] Result<void> readSlab(const Dataset& dataset, const std::vector<hsize_t>& start,
                                    const std::vector<hsize_t>& extent, void* into);

/// Attributes of a group. Nothing where missing, an error where the type is wrong.
[[nodiscard]] Result<std::optional<std::string>> textAttribute(const Group& group, const std::string& name);
[[nodiscard]] Result<std::optional<std::int64_t>> integerAttribute(const Group& group, const std::string& name);
[[nodiscard]] Result<std::vector<std::int64_t>> integersAttribute(const Group& group, const std::string& name);
[[nodiscard]] Result<std::optional<double>> numberAttribute(const Group& group, const std::string& name);

/// The attribute xxh64; nothing where there is none or it is no integer.
[[nodiscard]] std::optional<std::uint64_t> checksumAttribute(const Dataset& dataset);

/// IEEE binary16, which HDF5 1.10 has no name for.
[[nodiscard]] hid_t halfType();

} // namespace nc::io::h5

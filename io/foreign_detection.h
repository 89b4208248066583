#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/foreign_mapping.h"

/// Telling from names and shapes what a foreign dump holds.
namespace nc::io
{

/// An array of a dump, as a person needs to see it to choose.
struct ArrayDescription {
    std::string name;  ///< "/train/features"
    std::string shape; ///< "200 x 16 float32"
};

/// No run of the project's own format and no damaged one either: a .npz archive, an HDF5 file without the attribute
/// `format`, or a folder without run.h5 that holds arrays.
[[nodiscard]] bool looksForeign(const std::filesystem::path& path);
/// The same of an HDF5 file, in this process.
[[nodiscard]] bool isForeignH5(const std::filesystem::path& path);

/// By the usual names: features, h, penultimate, embeddings, …; labels, y, targets, …; fc.weight, classifier/weight, …;
/// epochs as groups, as numbered names, as a leading dimension, or as files numbered by a pattern. Where features and
/// labels cannot be told, one sentence with what was found and the --map to give.
[[nodiscard]] Result<ForeignMapping> detectForeignMapping(const std::filesystem::path& path);

/// The arrays of the dump; of one with a file an epoch, those of the first.
[[nodiscard]] Result<std::vector<ArrayDescription>> foreignArrays(const std::filesystem::path& path);

} // namespace nc::io

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/h5_handle.h"

/// Values of variable length, of which a dataset or attribute holds references into a heap elsewhere in the file. HDF5
/// 1.10 believes these references, whatever they are, and crashes; so they are followed here. Private to io.
namespace nc::io::h5
{

/// Reads the object's value as the given type in memory, as H5Dread and H5Aread do.
using ReadAs = std::function<herr_t(hid_t memoryType, void* into)>;

/// `count` texts of variable length of the dataset or attribute `object`, as bytes up to the first zero. Nothing where
/// any reference is damaged.
[[nodiscard]] std::optional<std::vector<std::string>> readVariableTexts(hid_t object, std::size_t count,
                                                                        const ReadAs& read);

/// Whether HDF5 may read the `count` values of `type`: each reference in them leads to as many bytes as it says. True
/// for types without references, false for those whose references lead to further ones.
[[nodiscard]] bool hasSoundReferences(hid_t object, hid_t type, std::size_t count, const ReadAs& read);

} // namespace nc::io::h5

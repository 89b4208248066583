#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace nc::trainer
{

/// A file that is public, with its checksum.
struct RemoteFile {
    std::string name;
    std::string sha256; ///< in hexadecimal digits
    std::int64_t bytes = 0;
};

/// Where a data set can be had.
struct RemoteSet {
    std::string url; ///< of the folder that holds the files, without a slash at the end
    std::vector<RemoteFile> files;
    /// Not empty: the file is a .tar.gz, and of it these members are unpacked under the last part of their names.
    std::vector<std::string> members;
};

/// Of a known data set (core/config/data_sets.h).
[[nodiscard]] RemoteSet remoteSet(std::string_view name);

/// Fetches the set's files into `folder` with the program curl and checks each one's SHA-256; what is there already and
/// right is kept, what was begun is gone on with (NAME.part). `tell` is given a line before each file. Errors: no curl,
/// no connection, an unwritable folder (Environment), another checksum (Data); each says which files to put where by
/// oneself.
[[nodiscard]] Result<void> fetch(const RemoteSet& set, const std::filesystem::path& folder,
                                 const std::function<void(const std::string&)>& tell);

} // namespace nc::trainer

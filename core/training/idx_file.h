#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/result.h"

namespace nc::training
{

/// An array of bytes of any rank, row-major.
struct IdxArray {
    std::vector<std::int64_t> shape;
    std::vector<std::uint8_t> bytes;
};

/// Reads an IDX file of unsigned bytes (the format of the MNIST family), plain or gzip: told apart by content.
/// Errors (Data): unreadable, no IDX of bytes, shorter or longer than its header says, damaged gzip.
[[nodiscard]] Result<IdxArray> readIdx(const std::filesystem::path& file);

/// All bytes of a file, plain or gzip. Errors (Data): unreadable, damaged gzip, more than 16 GB.
[[nodiscard]] Result<std::vector<std::uint8_t>> readWholeFile(const std::filesystem::path& file);

} // namespace nc::training

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

} // namespace nc::training

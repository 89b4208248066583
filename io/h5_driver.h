#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "io/h5_handle.h"

/// How HDF5 reaches the bytes of a file: through a driver of our own, which takes no locks and keeps two faults of
/// HDF5 1.10 away. It crashes when a write fails (a full disk), and it crashes or hangs over a damaged global heap
/// (texts of variable length). Private to io.
namespace nc::io::h5
{

/// HDF5 prints each failure to stderr by default, a setting of the thread; our sentences say it better.
void silenceErrors();

/// Creates a file for writing. The first failure is noted in `firstError` (an errno, 0 so far); from then on HDF5 is
/// told that all is well, and nothing is written any more. `firstError` must outlive the handle.
[[nodiscard]] H5Handle createFile(const std::filesystem::path& path, int& firstError);

/// Opens a file for reading.
[[nodiscard]] H5Handle openForReading(const std::filesystem::path& path);

/// Bytes of a file opened by openForReading, at an address as HDF5 counts them. False where they are not all there.
[[nodiscard]] bool readBytes(hid_t file, std::uint64_t address, std::span<std::byte> into);
/// The same at an offset as the system counts it.
[[nodiscard]] bool readBytesAtOffset(hid_t file, std::uint64_t offset, std::span<std::byte> into);
/// Length of such a file; 0 where it is not known.
[[nodiscard]] std::uint64_t fileBytes(hid_t file);

} // namespace nc::io::h5

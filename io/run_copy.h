#pragma once

#include <functional>

#include "io/h5_writer.h"
#include "io/open_run.h"

/// Copying parts of runs as they are, so that what others have added survives. Private to io.
namespace nc::io
{

/// Writes one file by `fill`, which may find fault with what it reads; whole or not at all.
[[nodiscard]] Result<void> writeCopy(const std::filesystem::path& path,
                                     const std::function<Result<void>(h5::Writer&)>& fill);

/// Everything in the group `from`, and its attributes, into the group `to`; links whose name `skip` accepts are left
/// out.
[[nodiscard]] Result<void> copyContents(const h5::Group& from, h5::Writer& writer, hid_t to,
                                        const std::function<bool(const std::string&)>& skip);
/// The parts that never change, and what others may have put beside the epochs.
[[nodiscard]] Result<void> copyStaticPart(const OpenRun& run, h5::Writer& file);

/// Whether HDF5 can copy the object and all below it without being led astray by damaged references.
[[nodiscard]] bool isSafeToCopy(hid_t group, const std::string& name);

/// Errors where there is a foreign dump; `verb` is what cannot be done with it.
[[nodiscard]] Result<void> expectRun(const std::filesystem::path& path, const std::string& verb);

/// The work of packRun() and unpackRun(), in this process.
[[nodiscard]] Result<void> packHere(const std::filesystem::path& folder, const std::filesystem::path& file);
[[nodiscard]] Result<void> unpackHere(const std::filesystem::path& file, const std::filesystem::path& folder,
                                      const std::filesystem::path& part);

/// A copy from `from` failed: the disk's fault or the data's.
[[nodiscard]] Error copyFault(const h5::Group& from, const std::string& name, h5::Writer& writer);

} // namespace nc::io

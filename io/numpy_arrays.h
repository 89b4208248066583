#pragma once

#include "io/array_store.h"

/// NumPy's files. Private to io.
namespace nc::io
{

/// A .npz archive (members stored or deflated).
[[nodiscard]] Result<std::unique_ptr<ArrayStore>> openNpz(const std::filesystem::path& path,
                                                          std::optional<std::int64_t> epoch);
/// The .npy files below a folder.
[[nodiscard]] Result<std::unique_ptr<ArrayStore>> openNpyFolder(const std::filesystem::path& path);

} // namespace nc::io

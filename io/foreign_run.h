#pragma once

#include "io/foreign_detection.h"
#include "io/run_source.h"

/// Private to io.
namespace nc::io
{

/// The number that stands for {epoch} where `text` matches `pattern`, else nothing. A pattern without {epoch} matches
/// nothing.
[[nodiscard]] std::optional<std::int64_t> epochIn(std::string_view text, std::string_view pattern);

/// A foreign dump as a run: one split "data" (clean) or "mix", one layer "penultimate", classes "0", "1", …, as many as
/// the classifier has rows, else the largest label + 1.
[[nodiscard]] Result<std::unique_ptr<RunSource>> openForeignRun(const std::filesystem::path& path,
                                                                const ForeignMapping& mapping);

} // namespace nc::io

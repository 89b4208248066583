#pragma once

#include <optional>

#include <QString>

#include "io/foreign_mapping.h"

/// How foreign dumps were opened in the window, so that one from the list of recent runs opens without --map: JSON in
/// mappings.json beside the window's settings, {path: mapping}.
namespace nc::app
{

/// Nothing where none was remembered or the file cannot be read. `path` is absolute.
[[nodiscard]] std::optional<io::ForeignMapping> rememberedMapping(const QString& path);
/// Replaces what was remembered of that path. Where it cannot be written, nothing is remembered.
void rememberMapping(const QString& path, const io::ForeignMapping& mapping);

} // namespace nc::app

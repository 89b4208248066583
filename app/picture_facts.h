#pragma once

#include <filesystem>

#include "core/config/data_sets.h"
#include "core/result.h"

namespace nc::app
{

/// What is in a file of one's own pictures, as TrainConfig::Data::file takes it, named `file`. From any thread; errors
/// (Data) say what the file lacks.
[[nodiscard]] Result<DataSetFacts> pictureFacts(const std::filesystem::path& file);

} // namespace nc::app

#pragma once

#include <filesystem>

#include "core/config/train_config.h"
#include "core/training/image_data.h"

namespace nc::trainer
{

/// Where data.name is a file of pictures: its absolute path, searched in `folder` too, with what it holds, and the
/// configuration checked again. Anything else stays as it is.
[[nodiscard]] Result<TrainConfig> withPictureFile(TrainConfig config, const std::filesystem::path& folder);

/// The configured data set or file. Errors (Data): not found, or those of reading.
[[nodiscard]] Result<training::ImageDataSet> loadPictures(const TrainConfig& config,
                                                          const std::filesystem::path& folder);

} // namespace nc::trainer

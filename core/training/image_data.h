#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace nc::training
{

/// Pictures with labels, N x height x width x channels bytes, row-major: the channels of a pixel stand together.
struct LabelledImages {
    std::int64_t height = 0, width = 0, channels = 1;
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint8_t> labels;

    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
    [[nodiscard]] std::int64_t imageBytes() const { return height * width * channels; }
    [[nodiscard]] const std::uint8_t* image(std::int64_t index) const { return pixels.data() + index * imageBytes(); }
};

/// A data set in memory. The network sees (pixel/255 - mean)/deviation, channel by channel.
struct ImageDataSet {
    LabelledImages train, test;
    std::array<float, 3> mean{}, deviation{1, 1, 1};
};

/// From the folder that findDataSet() gives (core/config/data_folder.h). Errors (Data): a file is unreadable, of
/// another shape, or has labels beyond the data set's classes.
[[nodiscard]] Result<ImageDataSet> loadDataSet(std::string_view name, const std::filesystem::path& folder);

/// Of pictures from elsewhere, with the mean and deviation of their training pixels.
[[nodiscard]] ImageDataSet standardised(LabelledImages train, LabelledImages test);

} // namespace nc::training

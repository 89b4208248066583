#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
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

/// Folders searched for a data set, in order: `given` alone where it is not empty, else NCSCOPE_DATA, the Debian
/// packages' folder, the user's data folder. In each also the sub-folder named like the data set.
[[nodiscard]] std::vector<std::filesystem::path> dataSetFolders(std::string_view name,
                                                                const std::filesystem::path& given = {});

/// The first of these that holds all its files. Error (Data) names the folders and where the files come from.
[[nodiscard]] Result<std::filesystem::path> findDataSet(std::string_view name, const std::filesystem::path& given = {});

/// Errors (Data): a file is unreadable, of another shape, or has labels beyond the data set's classes.
[[nodiscard]] Result<ImageDataSet> loadDataSet(std::string_view name, const std::filesystem::path& folder);

} // namespace nc::training

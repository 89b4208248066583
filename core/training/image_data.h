#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace nc::training
{

/// Grey pictures with labels, N x height x width bytes, row-major.
struct LabelledImages {
    std::int64_t height = 0, width = 0;
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint8_t> labels;

    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
    [[nodiscard]] const std::uint8_t* image(std::int64_t index) const { return pixels.data() + index * height * width; }
};

/// A data set in memory. The network sees (pixel/255 - mean)/deviation.
struct ImageDataSet {
    LabelledImages train, test;
    float mean = 0, deviation = 1;
};

/// Folders searched for FashionMNIST, in order: `given` alone where it is not empty, else NCSCOPE_DATA, the Debian
/// package's folder, the user's data folder. In each also the sub-folder fashion-mnist.
[[nodiscard]] std::vector<std::filesystem::path> fashionMnistFolders(const std::filesystem::path& given = {});

/// The first of these that holds all four files, plain or .gz. Error (Data) names the folders and the Debian package.
[[nodiscard]] Result<std::filesystem::path> findFashionMnist(const std::filesystem::path& given = {});
[[nodiscard]] Result<ImageDataSet> loadFashionMnist(const std::filesystem::path& folder);

} // namespace nc::training

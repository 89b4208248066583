#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What is known of the data sets without reading them.
namespace nc
{

struct DataSetFacts {
    std::string name;  ///< of data.name, and of its folder
    std::string title; ///< "FashionMNIST"
    std::vector<std::string> classNames{};
    std::int64_t channels = 1, side = 28;
    std::int64_t trainImages = 0, testImages = 0; ///< of a class, of files on average
    std::array<float, 3> mean{}, deviation{};     ///< of the training pixels / 255, a channel each; of files 0
    std::string whereFrom{};                      ///< how to get it, for a sentence
};

[[nodiscard]] std::span<const DataSetFacts> knownDataSets();
/// Whether data.name is a file of one's own pictures: *.h5, *.hdf5 or *.npz (docs/training.md).
[[nodiscard]] bool namesPictureFile(std::string_view name);

/// Of a known data set.
[[nodiscard]] const DataSetFacts& dataSetFacts(std::string_view name);

} // namespace nc

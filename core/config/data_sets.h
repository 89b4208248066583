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
    std::string_view name;  ///< of data.name, and of its folder
    std::string_view title; ///< "FashionMNIST"
    std::span<const std::string_view> classNames;
    std::int64_t channels = 1, side = 28;
    std::int64_t trainImages = 0, testImages = 0; ///< of a class
    std::array<float, 3> mean{}, deviation{};     ///< of the training pixels / 255, a channel each
    std::string_view whereFrom;                   ///< how to get it, for a sentence
};

[[nodiscard]] std::span<const DataSetFacts> knownDataSets();
/// Of a name that configFields() accepts.
[[nodiscard]] const DataSetFacts& dataSetFacts(std::string_view name);

} // namespace nc

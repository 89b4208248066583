#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

/// One's own pictures with labels, from an HDF5 file or a .npz archive (docs/training.md). Arrays by these names, the
/// first that is there: train/images, train_images, x_train with train/labels, train_labels, y_train, and the same with
/// test; or images, x, X with labels, y, and then every sixth picture of a class is a test picture. Images are (N,H,W)
/// or (N,H,W,C) with C 1 or 3, uint8, or floats from 0 to 1 or from 0 to 255; labels (N) whole numbers from 0 to 255.
/// HDF5 may hold classes/names.
namespace nc::io
{

/// N x side x side x channels bytes, row-major; pictures that are no squares stand in the middle of black ones.
struct LabelledPictures {
    std::int64_t side = 0, channels = 1;
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint8_t> labels;
};
struct ImageFile {
    LabelledPictures train, test;
};

/// What can be told without reading pictures.
struct ImageFileFacts {
    std::vector<std::string> classNames; ///< "0", "1", … where the file names none
    std::int64_t side = 0, channels = 1;
    std::int64_t trainImages = 0, testImages = 0;
};

/// Errors (Data) name the file, the array and what it should be. The facts are read by ncscope-try, so that any thread
/// may ask for them and no file can take the program with it.
[[nodiscard]] Result<ImageFileFacts> readImageFileFacts(const std::filesystem::path& path);
[[nodiscard]] Result<ImageFile> readImageFile(const std::filesystem::path& path);
/// The facts as JSON, read in this process: what ncscope-try does.
[[nodiscard]] Result<std::string> imageFileFactsHere(const std::filesystem::path& path);

} // namespace nc::io

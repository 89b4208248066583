#include "core/training/image_data.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

#include "core/training/idx_file.h"

namespace nc::training
{
namespace
{

namespace fs = std::filesystem;

constexpr std::array kFiles = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                               "t10k-labels-idx1-ubyte"};

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

/// The file as it is or with .gz.
std::optional<fs::path> fileIn(const fs::path& folder, const std::string& name)
{
    std::error_code ignored;
    for (const char* ending : {"", ".gz"})
        if (const fs::path file = folder / (name + ending); fs::is_regular_file(file, ignored))
            return file;
    return std::nullopt;
}

Result<LabelledImages> loadPart(const fs::path& folder, const char* imagesName, const char* labelsName)
{
    const auto imagesFile = fileIn(folder, imagesName), labelsFile = fileIn(folder, labelsName);
    if (!imagesFile || !labelsFile) {
        const std::string missing = imagesFile ? labelsName : imagesName;
        return dataError("Cannot load FashionMNIST: no file " + missing + " or " + missing + ".gz: " + folder.string(),
                         folder.string());
    }
    Result<IdxArray> images = readIdx(*imagesFile);
    if (!images)
        return images.error();
    Result<IdxArray> labels = readIdx(*labelsFile);
    if (!labels)
        return labels.error();
    if (images->shape.size() != 3 || images->shape[1] != 28 || images->shape[2] != 28)
        return dataError("Cannot load FashionMNIST: no pictures of 28 x 28: " + imagesFile->string(),
                         imagesFile->string());
    if (labels->shape.size() != 1 || labels->shape[0] != images->shape[0])
        return dataError("Cannot load FashionMNIST: " + std::to_string(labels->shape[0]) + " labels for " +
                             std::to_string(images->shape[0]) + " pictures: " + labelsFile->string(),
                         labelsFile->string());
    if (std::any_of(labels->bytes.begin(), labels->bytes.end(), [](std::uint8_t label) { return label > 9; }))
        return dataError("Cannot load FashionMNIST: a label above 9: " + labelsFile->string(), labelsFile->string());
    return LabelledImages{images->shape[1], images->shape[2], std::move(images->bytes), std::move(labels->bytes)};
}

} // namespace

std::vector<fs::path> fashionMnistFolders(const fs::path& given)
{
    std::vector<fs::path> roots;
    if (!given.empty()) {
        roots.push_back(given);
    } else {
        if (const std::string folder = environment("NCSCOPE_DATA"); !folder.empty())
            roots.emplace_back(folder);
        roots.emplace_back("/usr/share/datasets");
        if (const std::string folder = environment("XDG_DATA_HOME"); !folder.empty())
            roots.push_back(fs::path(folder) / "ncscope");
        else if (const std::string home = environment("HOME"); !home.empty())
            roots.push_back(fs::path(home) / ".local/share/ncscope");
    }
    std::vector<fs::path> folders;
    for (const fs::path& root : roots) {
        folders.push_back(root);
        folders.push_back(root / "fashion-mnist");
    }
    return folders;
}

Result<fs::path> findFashionMnist(const fs::path& given)
{
    std::string searched;
    for (const fs::path& folder : fashionMnistFolders(given)) {
        if (std::all_of(kFiles.begin(), kFiles.end(),
                        [&](const char* file) { return fileIn(folder, file).has_value(); }))
            return folder;
        searched += (searched.empty() ? "" : ", ") + folder.string();
    }
    return dataError("Cannot find FashionMNIST (Debian package dataset-fashion-mnist, or --data DIR), searched in " +
                         searched,
                     given.string());
}

Result<ImageDataSet> loadFashionMnist(const fs::path& folder)
{
    Result<LabelledImages> train = loadPart(folder, kFiles[0], kFiles[1]);
    if (!train)
        return train.error();
    Result<LabelledImages> test = loadPart(folder, kFiles[2], kFiles[3]);
    if (!test)
        return test.error();
    // Mean and standard deviation of all training pixels / 255.
    return ImageDataSet{std::move(*train), std::move(*test), 0.2860F, 0.3530F};
}

} // namespace nc::training

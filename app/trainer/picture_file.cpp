#include "app/trainer/picture_file.h"

#include "app/picture_facts.h"
#include "core/config/data_folder.h"
#include "io/image_file.h"

namespace nc::trainer
{
namespace
{

namespace fs = std::filesystem;

training::LabelledImages imagesOf(io::LabelledPictures&& part)
{
    return {part.side, part.side, part.channels, std::move(part.pixels), std::move(part.labels)};
}

} // namespace

Result<TrainConfig> withPictureFile(TrainConfig config, const fs::path& folder)
{
    if (!namesPictureFile(config.data.name))
        return config;
    const Result<fs::path> file = findDataSet(config.data.name, folder);
    if (!file)
        return file.error();
    Result<DataSetFacts> found = app::pictureFacts(*file);
    if (!found)
        return found.error();
    config.data.name = found->name;
    config.data.file = std::move(*found);
    return withSettings(std::move(config), {});
}

Result<training::ImageDataSet> loadPictures(const TrainConfig& config, const fs::path& folder)
{
    const Result<fs::path> found = findDataSet(config.data.name, folder);
    if (!found)
        return found.error();
    if (!namesPictureFile(config.data.name))
        return training::loadDataSet(config.data.name, *found);
    Result<io::ImageFile> file = io::readImageFile(*found);
    if (!file)
        return file.error();
    return training::standardised(imagesOf(std::move(file->train)), imagesOf(std::move(file->test)));
}

} // namespace nc::trainer

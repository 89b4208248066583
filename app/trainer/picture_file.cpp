#include "app/trainer/picture_file.h"

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
    const Result<io::ImageFileFacts> found = io::readImageFileFacts(*file);
    if (!found)
        return found.error();
    config.data.name = file->string();
    DataSetFacts facts = dataSetFacts(config);
    facts.classNames = found->classNames;
    facts.channels = found->channels;
    facts.side = found->side;
    const auto classes = static_cast<std::int64_t>(found->classNames.size());
    facts.trainImages = found->trainImages / classes;
    facts.testImages = found->testImages / classes;
    config.data.file = std::move(facts);
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

#include "app/picture_facts.h"

#include "io/image_file.h"

namespace nc::app
{

Result<DataSetFacts> pictureFacts(const std::filesystem::path& file)
{
    const Result<io::ImageFileFacts> found = io::readImageFileFacts(file);
    if (!found)
        return found.error();
    const auto classes = static_cast<std::int64_t>(found->classNames.size());
    DataSetFacts facts;
    facts.name = file.string();
    facts.title = file.stem().string();
    facts.classNames = found->classNames;
    facts.channels = found->channels;
    facts.side = found->side;
    facts.trainImages = found->trainImages / classes;
    facts.testImages = found->testImages / classes;
    return facts;
}

} // namespace nc::app

#include "core/training/image_data.h"

#include <algorithm>
#include <cmath>

#include "core/config/data_folder.h"
#include "core/config/data_sets.h"
#include "core/training/idx_file.h"

namespace nc::training
{
namespace
{

namespace fs = std::filesystem;

Error cannotLoad(const DataSetFacts& facts, const std::string& why, const fs::path& where)
{
    return dataError("Cannot load " + std::string(facts.title) + ": " + why + ": " + where.string(), where.string());
}

Result<LabelledImages> loadIdx(const DataSetFacts& facts, const fs::path& imagesFile, const fs::path& labelsFile)
{
    Result<IdxArray> images = readIdx(imagesFile);
    if (!images)
        return images.error();
    Result<IdxArray> labels = readIdx(labelsFile);
    if (!labels)
        return labels.error();
    const std::string side = std::to_string(facts.side);
    if (images->shape.size() != 3 || images->shape[1] != facts.side || images->shape[2] != facts.side)
        return cannotLoad(facts, "no pictures of " + side + " x " + side, imagesFile);
    if (labels->shape.size() != 1 || labels->shape[0] != images->shape[0])
        return cannotLoad(
            facts, std::to_string(labels->shape[0]) + " labels for " + std::to_string(images->shape[0]) + " pictures",
            labelsFile);
    return LabelledImages{facts.side, facts.side, 1, std::move(images->bytes), std::move(labels->bytes)};
}

/// Records of label bytes and planar pixels, appended with the channels of a pixel together.
Result<void> appendBinary(const DataSetFacts& facts, const fs::path& file, std::int64_t labelBytes,
                          LabelledImages& into)
{
    Result<std::vector<std::uint8_t>> bytes = readWholeFile(file);
    if (!bytes)
        return bytes.error();
    const std::int64_t area = facts.side * facts.side, record = labelBytes + area * facts.channels;
    const auto size = static_cast<std::int64_t>(bytes->size());
    if (size == 0 || size % record != 0)
        return cannotLoad(
            facts, std::to_string(size) + " bytes are no whole number of records of " + std::to_string(record), file);
    for (const std::uint8_t* at = bytes->data(); at != bytes->data() + size; at += record) {
        into.labels.push_back(at[labelBytes - 1]);
        const std::uint8_t* planes = at + labelBytes;
        for (std::int64_t p = 0; p < area; ++p)
            for (std::int64_t c = 0; c < facts.channels; ++c)
                into.pixels.push_back(planes[c * area + p]);
    }
    return {};
}

Result<LabelledImages> loadPart(const DataSetFacts& facts, const fs::path& folder,
                                const std::vector<std::string>& names, std::int64_t labelBytes)
{
    std::vector<fs::path> files;
    for (const std::string& name : names) {
        const auto file = dataSetFile(folder, name);
        if (!file)
            return cannotLoad(facts, "no file " + name + " or " + name + ".gz", folder);
        files.push_back(*file);
    }
    Result<LabelledImages> images = LabelledImages{facts.side, facts.side, facts.channels, {}, {}};
    if (labelBytes == 0)
        images = loadIdx(facts, files[0], files[1]);
    else
        for (const fs::path& file : files)
            if (Result<void> done = appendBinary(facts, file, labelBytes, *images); !done)
                return done.error();
    if (!images)
        return images;
    const auto classes = facts.classNames.size();
    if (std::any_of(images->labels.begin(), images->labels.end(), [&](std::uint8_t label) { return label >= classes; }))
        return cannotLoad(facts, "a label above " + std::to_string(classes - 1), files.back());
    return images;
}

} // namespace

Result<ImageDataSet> loadDataSet(std::string_view name, const fs::path& folder)
{
    const DataSetFiles files = dataSetFiles(name);
    const DataSetFacts& facts = dataSetFacts(name);
    Result<LabelledImages> train = loadPart(facts, folder, files.train, files.labelBytes);
    if (!train)
        return train.error();
    Result<LabelledImages> test = loadPart(facts, folder, files.test, files.labelBytes);
    if (!test)
        return test.error();
    return ImageDataSet{std::move(*train), std::move(*test), facts.mean, facts.deviation};
}

ImageDataSet standardised(LabelledImages train, LabelledImages test)
{
    ImageDataSet data{std::move(train), std::move(test), {}, {1, 1, 1}};
    const std::int64_t channels = data.train.channels;
    const std::vector<std::uint8_t>& pixels = data.train.pixels;
    for (std::int64_t c = 0; c < channels && !pixels.empty(); ++c) {
        double sum = 0, squares = 0;
        for (auto p = static_cast<std::size_t>(c); p < pixels.size(); p += static_cast<std::size_t>(channels)) {
            const double value = pixels[p] / 255.0;
            sum += value;
            squares += value * value;
        }
        const double count = static_cast<double>(pixels.size()) / static_cast<double>(channels), mean = sum / count;
        data.mean[static_cast<std::size_t>(c)] = static_cast<float>(mean);
        data.deviation[static_cast<std::size_t>(c)] =
            static_cast<float>(std::sqrt(std::max(squares / count - mean * mean, 1e-12)));
    }
    return data;
}

} // namespace nc::training

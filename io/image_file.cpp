#include "io/image_file.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "io/array_store.h"
#include "io/own_process.h"

namespace nc::io
{
namespace
{

namespace fs = std::filesystem;

constexpr Index largestSide = 256;
constexpr std::uint64_t mostBytes = std::uint64_t{1} << 34;
constexpr std::size_t heldOut = 6; ///< of so many pictures of a class the last is for the test

using Names = std::vector<std::string>;

struct Part {
    std::unique_ptr<Array> images;
    Index count = 0, height = 0, width = 0, channels = 1;
    std::vector<std::uint8_t> labels;
};

struct OpenFile {
    Part train;
    std::optional<Part> test; ///< none: held out of the training pictures
    std::vector<std::string> classNames;
};

std::string listed(const Names& names)
{
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// The first of these names that the store has.
std::optional<std::string> firstOf(const ArrayStore& store, const Names& wanted)
{
    for (const std::string& name : wanted)
        if (std::binary_search(store.names().begin(), store.names().end(), name))
            return name;
    return std::nullopt;
}

Result<std::vector<std::uint8_t>> readLabels(const ArrayStore& store, const std::string& name, Index count)
{
    const Result<std::unique_ptr<Array>> array = store.open(name, {});
    if (!array)
        return array.error();
    const ArrayShape& shape = (*array)->shape();
    if (shape.extents.size() != 1 || shape.extents[0] != count)
        return (*array)->fault("has shape " + shape.text() + ", expected one label for each of " +
                               std::to_string(count) + " pictures");
    const Result<std::vector<std::int64_t>> values = readIntegers(**array, 0, static_cast<std::uint64_t>(count));
    if (!values)
        return values.error();
    for (std::size_t row = 0; row < values->size(); ++row)
        if ((*values)[row] < 0 || (*values)[row] > 255)
            return (*array)->fault("holds label " + std::to_string((*values)[row]) + " in row " + std::to_string(row) +
                                   ", expected 0 to 255");
    return std::vector<std::uint8_t>(values->begin(), values->end());
}

Result<Part> openPart(const ArrayStore& store, const std::string& images, const std::string& labels)
{
    Result<std::unique_ptr<Array>> array = store.open(images, {});
    if (!array)
        return array.error();
    Part part;
    part.images = std::move(*array);
    const ArrayShape& shape = part.images->shape();
    const std::vector<Index>& extents = shape.extents;
    const bool isShape = (extents.size() == 3 || (extents.size() == 4 && extents[3] == 3)) && extents[0] > 0 &&
                         std::all_of(extents.begin() + 1, extents.end(), [](Index n) { return n > 0; });
    if (!isShape)
        return part.images->fault("has shape " + shape.text() +
                                  ", expected pictures x height x width, or pictures x height x width x 3");
    part.count = extents[0];
    part.height = extents[1];
    part.width = extents[2];
    part.channels = extents.size() == 4 ? extents[3] : 1;
    const Index side = std::max(part.height, part.width);
    if (side > largestSide || static_cast<std::uint64_t>(part.count * side * side * part.channels) > mostBytes)
        return part.images->fault("has shape " + shape.text() + ", expected at most 256 x 256 pixels and 16 GB");
    if (!shape.isFloat() && shape.typeName != "uint8")
        return part.images->fault("has type " + shape.typeName + ", expected uint8 or floats");
    Result<std::vector<std::uint8_t>> values = readLabels(store, labels, part.count);
    if (!values)
        return values.error();
    part.labels = std::move(*values);
    return part;
}

/// classes/names of an HDF5 file; empty where there are none.
Result<std::vector<std::string>> classNames(const fs::path& path, const ArrayStore& store)
{
    if (!std::binary_search(store.names().begin(), store.names().end(), "classes/names"))
        return std::vector<std::string>{};
    const h5::Place place{path.string()};
    const Result<H5Handle> file = h5::openFile(path, place);
    if (!file) // a .npz, whose texts are not read
        return std::vector<std::string>{};
    const h5::Group root{H5Handle(H5Gopen2(file->get(), "/", H5P_DEFAULT), H5Gclose), place};
    const Result<h5::Dataset> names = h5::openDataset(root, "classes/names");
    if (!names)
        return names.error();
    return h5::readTexts(*names);
}

Names namesOf(const std::string& part, const Names& ofImages)
{
    Names names;
    for (const std::string& name : ofImages)
        names.insert(names.end(), {part + "/" + name, part + "_" + name, name + "_" + part});
    return names;
}

Result<OpenFile> openFile(const fs::path& path)
{
    const Result<std::unique_ptr<ArrayStore>> store = openArrayStore(path, {});
    if (!store)
        return store.error();
    const Names images{"images", "x", "X"}, labels{"labels", "y", "Y"};
    OpenFile file;
    const auto trainImages = firstOf(**store, namesOf("train", images)),
               trainLabels = firstOf(**store, namesOf("train", labels)),
               testImages = firstOf(**store, namesOf("test", images)),
               testLabels = firstOf(**store, namesOf("test", labels)), allImages = firstOf(**store, images),
               allLabels = firstOf(**store, labels);
    const bool split = trainImages && trainLabels && testImages && testLabels;
    if (!split && !(allImages && allLabels))
        return dataError("Cannot read the pictures: expected arrays train/images, train/labels, test/images and "
                         "test/labels, or images and labels, found " +
                             ((*store)->names().empty() ? "none" : listed((*store)->names())) + ": " + path.string(),
                         path.string());
    Result<Part> train = openPart(**store, split ? *trainImages : *allImages, split ? *trainLabels : *allLabels);
    if (!train)
        return train.error();
    file.train = std::move(*train);
    if (split) {
        Result<Part> test = openPart(**store, *testImages, *testLabels);
        if (!test)
            return test.error();
        if (test->height != file.train.height || test->width != file.train.width ||
            test->channels != file.train.channels)
            return test->images->fault("has shape " + test->images->shape().text() + ", but the training pictures " +
                                       file.train.images->shape().text());
        file.test = std::move(*test);
    }
    Result<std::vector<std::string>> names = classNames(path, **store);
    if (!names)
        return names.error();
    file.classNames = std::move(*names);
    std::size_t classes = 1;
    for (const Part* part : {&file.train, file.test ? &*file.test : nullptr})
        if (part)
            for (const std::uint8_t label : part->labels)
                classes = std::max<std::size_t>(classes, label + std::size_t{1});
    if (!file.classNames.empty() && file.classNames.size() < classes)
        return dataError("Cannot read the pictures: dataset 'classes/names' has " +
                             std::to_string(file.classNames.size()) + " names, but there are labels up to " +
                             std::to_string(classes - 1) + ": " + path.string(),
                         path.string(), "classes/names");
    for (std::size_t c = file.classNames.size(); c < classes; ++c)
        file.classNames.push_back(std::to_string(c));
    return file;
}

/// Whether each picture is held out.
std::vector<bool> heldOutOf(const std::vector<std::uint8_t>& labels)
{
    std::vector<std::size_t> seen(256, 0);
    std::vector<bool> held;
    for (const std::uint8_t label : labels)
        held.push_back(++seen[label] % heldOut == 0);
    return held;
}

/// Floats are scaled to bytes: those that never exceed 1 by 255.
Result<std::vector<std::uint8_t>> bytesOf(const Part& part)
{
    const auto picture = static_cast<std::uint64_t>(part.height * part.width * part.channels);
    const std::uint64_t total = picture * static_cast<std::uint64_t>(part.count);
    std::vector<std::uint8_t> bytes(total);
    if (!part.images->shape().isFloat()) {
        if (Result<void> read = part.images->read(0, total, bytes.data()); !read)
            return read.error();
        return bytes;
    }
    std::vector<float> values(picture);
    float scale = 255;
    for (const bool converting : {false, true})
        for (std::uint64_t first = 0; first < total; first += picture) {
            if (Result<void> read = readFloats(*part.images, first, picture, values.data()); !read)
                return read.error();
            const auto [least, most] = std::minmax_element(values.begin(), values.end());
            if (*least < 0 || *most > 255)
                return part.images->fault("holds " + std::to_string(*least < 0 ? *least : *most) + " in picture " +
                                          std::to_string(first / picture) +
                                          ", expected floats from 0 to 1 or from 0 to 255, not normalised");
            scale = *most > 1 ? 1.0F : scale;
            for (std::size_t p = 0; converting && p < values.size(); ++p)
                bytes[first + p] = static_cast<std::uint8_t>(std::lround(scale * values[p]));
        }
    return bytes;
}

/// In the middle of black squares.
std::vector<std::uint8_t> squares(const Part& part, std::vector<std::uint8_t> bytes)
{
    const Index side = std::max(part.height, part.width), row = part.width * part.channels;
    if (part.height == part.width)
        return bytes;
    std::vector<std::uint8_t> padded(static_cast<std::size_t>(part.count * side * side * part.channels), 0);
    const Index top = (side - part.height) / 2, left = (side - part.width) / 2;
    for (Index n = 0; n < part.count; ++n)
        for (Index y = 0; y < part.height; ++y)
            std::copy_n(bytes.begin() + (n * part.height + y) * row, row,
                        padded.begin() + ((n * side + top + y) * side + left) * part.channels);
    return padded;
}

void append(LabelledPictures& into, const std::uint8_t* picture, std::uint8_t label)
{
    into.pixels.insert(into.pixels.end(), picture, picture + into.side * into.side * into.channels);
    into.labels.push_back(label);
}

} // namespace

Result<std::string> imageFileFactsHere(const fs::path& path)
{
    const Result<OpenFile> file = openFile(path);
    if (!file)
        return file.error();
    const Part& train = file->train;
    const std::vector<bool> held = file->test ? std::vector<bool>() : heldOutOf(train.labels);
    const auto heldCount = static_cast<Index>(std::count(held.begin(), held.end(), true));
    const nlohmann::json facts{{"classes", file->classNames},
                               {"side", std::max(train.height, train.width)},
                               {"channels", train.channels},
                               {"train", train.count - heldCount},
                               {"test", file->test ? file->test->count : heldCount}};
    return facts.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<ImageFileFacts> readImageFileFacts(const fs::path& path)
{
    const Result<std::string> answer = inOwnProcess({{"pictures", path.string()}, {path.string(), "", {}}});
    if (!answer)
        return answer.error();
    const auto facts = nlohmann::json::parse(*answer);
    return ImageFileFacts{facts["classes"], facts["side"], facts["channels"], facts["train"], facts["test"]};
}

Result<ImageFile> readImageFile(const fs::path& path)
{
    Result<OpenFile> file = openFile(path);
    if (!file)
        return file.error();
    const auto pictures = [](Part& part) -> Result<LabelledPictures> {
        Result<std::vector<std::uint8_t>> bytes = bytesOf(part);
        if (!bytes)
            return bytes.error();
        return LabelledPictures{std::max(part.height, part.width), part.channels, squares(part, std::move(*bytes)),
                                std::move(part.labels)};
    };
    Result<LabelledPictures> train = pictures(file->train);
    if (!train)
        return train.error();
    if (file->test) {
        Result<LabelledPictures> test = pictures(*file->test);
        if (!test)
            return test.error();
        return ImageFile{std::move(*train), std::move(*test)};
    }
    ImageFile parts{{train->side, train->channels, {}, {}}, {train->side, train->channels, {}, {}}};
    const std::vector<bool> held = heldOutOf(train->labels);
    const auto bytes = static_cast<std::size_t>(train->side * train->side * train->channels);
    for (std::size_t n = 0; n < held.size(); ++n)
        append(held[n] ? parts.test : parts.train, train->pixels.data() + n * bytes, train->labels[n]);
    return parts;
}

} // namespace nc::io

#include "io/array_store.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "io/finite.h"
#include "io/float_values.h"
#include "io/numpy_arrays.h"
#include "io/own_process.h"
#include "io/utf8.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr Index blockValues = Index{1} << 18; ///< converted and checked while they are in cache

class H5Array final : public Array
{
public:
    H5Array(ArrayShape shape, h5::Dataset dataset)
        : Array(std::move(shape), dataset.place)
        , m_dataset(std::move(dataset))
    {
    }

    Result<void> read(std::uint64_t first, std::uint64_t count, void* into) const override
    {
        const std::vector<Index>& extents = m_dataset.shape;
        std::vector<hsize_t> start(extents.size(), 0), extent(extents.begin(), extents.end());
        if (count < shape().values()) { // a piece: one step of every dimension before the one that holds it
            std::uint64_t perStep = shape().values();
            for (std::size_t i = 0; i < extents.size(); ++i) {
                perStep /= static_cast<std::uint64_t>(extents[i]);
                start[i] = first / perStep;
                first %= perStep;
                extent[i] = std::max<hsize_t>(1, count / perStep);
                if (count >= perStep)
                    break;
            }
        }
        return h5::readSlab(m_dataset, start, extent, into);
    }

private:
    h5::Dataset m_dataset;
};

class H5Store final : public ArrayStore
{
public:
    H5Store(std::string file, std::vector<std::string> names, h5::Group root)
        : ArrayStore(std::move(file), std::move(names))
        , m_root(std::move(root))
    {
    }

    Result<std::unique_ptr<Array>> open(const std::string& name, std::optional<std::int64_t> epoch) const override
    {
        // A group of its own, so that sentences about the epoch say which one it is.
        const h5::Group root{H5Handle(H5Gopen2(m_root.id.get(), "/", H5P_DEFAULT), H5Gclose), {file(), "", epoch}};
        Result<h5::Dataset> dataset = h5::openDataset(root, name);
        if (!dataset)
            return dataset.error();
        ArrayShape shape{name, dataset->shape, dataset->element, dataset->typeName, dataset->valueBytes};
        return std::unique_ptr<Array>(std::make_unique<H5Array>(std::move(shape), std::move(*dataset)));
    }

private:
    h5::Group m_root;
};

Result<std::unique_ptr<ArrayStore>> openH5(const fs::path& path, std::optional<std::int64_t> epoch)
{
    const h5::Place place{path.string(), "", epoch};
    if (Result<void> survived = survives({{"arrays", path.string()}, place}); !survived)
        return survived.error();
    const Result<H5Handle> file = h5::openFile(path, place);
    if (!file)
        return file.error();
    h5::Group root{H5Handle(H5Gopen2(file->get(), "/", H5P_DEFAULT), H5Gclose), {path.string(), "", {}}};
    std::vector<std::string> names;
    const auto visit = [](hid_t, const char* name, const H5O_info_t* info, void* into) -> herr_t {
        if (info->type == H5O_TYPE_DATASET && isUtf8(name))
            static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    if (!root.id || H5Ovisit2(root.id.get(), H5_INDEX_NAME, H5_ITER_NATIVE, visit, &names, H5O_INFO_BASIC) < 0)
        return place.fault("its table of contents is damaged");
    std::sort(names.begin(), names.end());
    return std::unique_ptr<ArrayStore>(std::make_unique<H5Store>(path.string(), std::move(names), std::move(root)));
}

template <typename From>
std::vector<std::int64_t> widened(const std::vector<char>& bytes, std::uint64_t count)
{
    const auto* values = reinterpret_cast<const From*>(bytes.data());
    return {values, values + count};
}

template <typename T>
Result<void> readFinite(const Array& array, std::uint64_t first, std::uint64_t count, T* into)
{
    const ArrayShape& shape = array.shape();
    if (!shape.isFloat())
        return array.fault("has type " + shape.typeName + ", expected float16, float32 or float64");
    const std::uint64_t row = shape.extents.empty() ? 1 : static_cast<std::uint64_t>(shape.extents.back());
    if (count == 0 || row == 0)
        return {};
    const std::uint64_t step = std::max<std::uint64_t>(1, blockValues / row) * row;
    std::vector<double> scratch((std::min(step, count) * shape.valueBytes + 7) / 8);
    for (std::uint64_t done = 0; done < count; done += step) {
        const std::uint64_t values = std::min(step, count - done);
        if (Result<void> read = array.read(first + done, values, scratch.data()); !read)
            return read;
        convertFloats(shape.element, scratch.data(), into + done, values);
        if (allFinite(into + done, values))
            continue;
        const auto* bad = std::find_if_not(into + done, into + count, [](T value) { return std::isfinite(value); });
        return array.fault("holds a number that is not finite, first in row " +
                           std::to_string(static_cast<std::uint64_t>(bad - into) / row));
    }
    return {};
}

} // namespace

Array::Array(ArrayShape shape, h5::Place place)
    : m_shape(std::move(shape))
    , m_place(std::move(place))
{
    while (m_shape.extents.size() > 1 && m_shape.extents.back() == 1)
        m_shape.extents.pop_back();
}

std::uint64_t ArrayShape::values() const
{
    std::uint64_t product = 1;
    for (const Index extent : extents)
        product *= static_cast<std::uint64_t>(extent);
    return product;
}

std::string ArrayShape::text() const
{
    std::string result;
    for (const Index extent : extents)
        result += (result.empty() ? "" : " x ") + std::to_string(extent);
    return (result.empty() ? "one" : result) + " " + typeName;
}

std::vector<std::string> filesBelow(const fs::path& folder)
{
    constexpr int deepest = 4; ///< a folder that was named by mistake may be a whole disk
    std::vector<std::string> names;
    std::error_code code;
    for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (it.depth() >= deepest)
            it.disable_recursion_pending();
        if (std::error_code own; it->is_regular_file(own))
            names.push_back(it->path().lexically_relative(folder).generic_string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

Result<std::unique_ptr<ArrayStore>> openArrayStore(const fs::path& path, std::optional<std::int64_t> epoch)
{
    std::error_code code;
    if (fs::is_directory(path, code))
        return openNpyFolder(path);
    char head[4] = {};
    std::ifstream(path, std::ios::binary).read(head, sizeof head);
    if (std::string_view(head, 4) == std::string_view("PK\3\4", 4))
        return openNpz(path, epoch);
    return openH5(path, epoch);
}

Result<void> tryArrays(const fs::path& path)
{
    constexpr std::size_t mostOpened = 2000;
    const Result<std::unique_ptr<ArrayStore>> store = openArrayStore(path, {});
    if (!store)
        return store.error();
    const std::vector<std::string>& names = (*store)->names();
    for (std::size_t i = 0; i < std::min(names.size(), mostOpened); ++i)
        (void)(*store)->open(names[i], {});
    return {};
}

Result<std::vector<std::int64_t>> readIntegers(const Array& array, std::uint64_t first, std::uint64_t count)
{
    const ArrayShape& shape = array.shape();
    if (shape.isFloat()) {
        std::vector<double> values(count);
        if (Result<void> read = readFloats(array, first, count, values.data()); !read)
            return read.error();
        const auto isWhole = [](double value) { return value == std::floor(value) && std::abs(value) < 9e15; };
        if (const auto bad = std::find_if_not(values.begin(), values.end(), isWhole); bad != values.end())
            return array.fault("holds " + std::to_string(*bad) + " in row " + std::to_string(bad - values.begin()) +
                               ", expected whole numbers");
        return std::vector<std::int64_t>(values.begin(), values.end());
    }
    if (shape.element != h5::Element::Integer || shape.valueBytes > 8)
        return array.fault("has type " + shape.typeName + ", expected an integer type");
    std::vector<char> bytes(count * shape.valueBytes);
    if (count > 0)
        if (Result<void> read = array.read(first, count, bytes.data()); !read)
            return read.error();
    const bool isSigned = shape.typeName.front() == 'i';
    switch (shape.valueBytes) {
    case 1:
        return isSigned ? widened<std::int8_t>(bytes, count) : widened<std::uint8_t>(bytes, count);
    case 2:
        return isSigned ? widened<std::int16_t>(bytes, count) : widened<std::uint16_t>(bytes, count);
    case 4:
        return isSigned ? widened<std::int32_t>(bytes, count) : widened<std::uint32_t>(bytes, count);
    default:
        return widened<std::int64_t>(bytes, count);
    }
}

Result<void> readFloats(const Array& array, std::uint64_t first, std::uint64_t count, float* into)
{
    return readFinite(array, first, count, into);
}

Result<void> readFloats(const Array& array, std::uint64_t first, std::uint64_t count, double* into)
{
    return readFinite(array, first, count, into);
}

} // namespace nc::io

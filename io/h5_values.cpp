#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <span>

#include <sys/mman.h>
#include <unistd.h>

#include "core/parallel.h"
#include "io/finite.h"
#include "io/float_values.h"
#include "io/h5_driver.h"
#include "io/h5_heap.h"
#include "io/own_process.h"
#include "io/utf8.h"

namespace nc::io::h5
{

namespace
{

constexpr std::uint64_t blockBytes = std::uint64_t{1} << 18; ///< converted and checked while they are in cache
constexpr std::size_t mostAttributeBytes = std::size_t{1} << 26;

/// The type in memory that needs no conversion by HDF5 but the order of bytes; of floats only.
hid_t nativeFloat(const Dataset& dataset)
{
    switch (dataset.element) {
    case Element::Float16:
        return halfType();
    case Element::Float32:
        return H5T_NATIVE_FLOAT;
    default:
        return H5T_NATIVE_DOUBLE;
    }
}

Error unreadable(const Dataset& dataset)
{
    return dataset.fault("cannot be read (truncated, damaged or packed with a filter that is not installed)");
}

Result<void> readSelected(const Dataset& dataset, const std::vector<hsize_t>& start, const std::vector<hsize_t>& extent,
                          hid_t memoryType, void* into)
{
    silenceErrors();
    const H5Handle space(H5Dget_space(dataset.id.get()), H5Sclose);
    hid_t memory = H5S_ALL, file = H5S_ALL;
    H5Handle part;
    if (!start.empty()) {
        H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr);
        part = H5Handle(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
        memory = part.get();
        file = space.get();
    }
    if (H5Dread(dataset.id.get(), memoryType, memory, file, H5P_DEFAULT, into) < 0)
        return unreadable(dataset);
    return {};
}

/// A file in memory that another process can write to.
class MemoryFile
{
public:
    MemoryFile()
        : m_file(memfd_create("ncscope-rows", MFD_CLOEXEC))
    {
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { close(m_file); }

    [[nodiscard]] std::string path() const
    {
        return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(m_file);
    }
    /// False where it is shorter.
    [[nodiscard]] bool read(std::span<std::byte> into) const
    {
        for (std::size_t done = 0; done < into.size();) {
            const ssize_t count = pread(m_file, into.data() + done, into.size() - done, static_cast<off_t>(done));
            if (count <= 0)
                return false;
            done += static_cast<std::size_t>(count);
        }
        return true;
    }

private:
    int m_file;
};

std::uint64_t rowBytesOf(const Dataset& dataset)
{
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(dataset.valuesPerRow()) * dataset.valueBytes);
}

/// HDF5 believes what a chunk says of its size, and so may each filter: chunks are decoded by another process, many at
/// once, and this one sees their bytes only. The first of row `first`.
Result<const std::byte*> decodedRows(const Dataset& dataset, Index first, Index count)
{
    constexpr std::uint64_t bytesAtOnce = std::uint64_t{16} << 20, slowestBytesPerSecond = 10'000'000;
    const std::uint64_t rowBytes = rowBytesOf(dataset);
    if (!dataset.decoded || first < dataset.decoded->first || first + count > dataset.decoded->end) {
        dataset.decoded.reset();
        const Index end = std::min(dataset.rows(), first + std::max(count, static_cast<Index>(bytesAtOnce / rowBytes)));
        const std::uint64_t bytes = static_cast<std::uint64_t>(end - first) * rowBytes;
        const MemoryFile memory;
        Job job{{"rows", dataset.place.file, dataset.place.prefix + dataset.name, std::to_string(first),
                 std::to_string(end), memory.path()},
                dataset.place};
        job.cpuSeconds += static_cast<unsigned>(bytes / slowestBytesPerSecond);
        if (!inOwnProcess(job))
            return unreadable(dataset);
        DecodedRows rows{first, end, std::vector<std::byte>(bytes)};
        if (!memory.read(rows.bytes))
            return unreadable(dataset);
        dataset.decoded = std::make_shared<const DecodedRows>(std::move(rows));
    }
    return dataset.decoded->bytes.data() + static_cast<std::uint64_t>(first - dataset.decoded->first) * rowBytes;
}

bool isDecodedElsewhere(const Dataset& dataset)
{
    return dataset.isChunked && dataset.rows() > 0 && canTry();
}

/// Values as they are on disk, converted where `type` is another.
Result<void> convertRaw(const Dataset& dataset, const std::byte* raw, std::size_t values, hid_t type, void* into)
{
    const H5Handle stored(H5Dget_type(dataset.id.get()), H5Tclose);
    const std::size_t wanted = H5Tget_size(type);
    if (H5Tequal(stored.get(), type) > 0) {
        std::memcpy(into, raw, values * wanted);
        return {};
    }
    std::vector<std::byte> both(values * std::max<std::size_t>(wanted, dataset.valueBytes));
    std::memcpy(both.data(), raw, values * dataset.valueBytes);
    if (H5Tconvert(stored.get(), type, values, both.data(), nullptr, H5P_DEFAULT) < 0)
        return unreadable(dataset);
    std::memcpy(into, both.data(), values * wanted);
    return {};
}

Result<void> readRows(const Dataset& dataset, Index first, Index count, hid_t memoryType, void* into)
{
    if (count > 0 && isDecodedElsewhere(dataset)) {
        const Result<const std::byte*> raw = decodedRows(dataset, first, count);
        return raw ? convertRaw(dataset, *raw, static_cast<std::size_t>(count * dataset.valuesPerRow()), memoryType,
                                into)
                   : Result<void>(raw.error());
    }
    std::vector<hsize_t> start(dataset.shape.size(), 0), extent(dataset.shape.begin(), dataset.shape.end());
    if (!start.empty()) {
        start.front() = static_cast<hsize_t>(first);
        extent.front() = static_cast<hsize_t>(count);
    }
    return readSelected(dataset, start, extent, memoryType, into);
}

/// The numbers of a block out of whole rows, one behind the other.
std::vector<std::byte> blockOf(const Dataset& dataset, const std::byte* rows, const std::vector<hsize_t>& start,
                               const std::vector<hsize_t>& extent)
{
    const std::size_t rank = extent.size();
    const std::size_t runBytes = extent.back() * dataset.valueBytes;
    std::size_t runs = 1;
    for (std::size_t axis = 0; axis + 1 < rank; ++axis)
        runs *= extent[axis];
    std::vector<std::byte> block(runs * runBytes);
    for (std::size_t run = 0; run < runs; ++run) {
        std::size_t at = 0, stride = 1, rest = run; // from the last axis to the first
        for (std::size_t axis = rank; axis-- > 0;) {
            std::size_t index = axis == 0 ? 0 : start[axis]; // the rows begin where the block does
            if (axis + 1 < rank) {
                index += rest % extent[axis];
                rest /= extent[axis];
            }
            at += index * stride;
            stride *= static_cast<std::size_t>(dataset.shape[axis]);
        }
        std::memcpy(block.data() + run * runBytes, rows + at * dataset.valueBytes, runBytes);
    }
    return block;
}

/// The file of a dataset whose numbers lie in it in one piece, as the machine holds them: reading these bytes is all
/// that is left to do. HDF5 would do no other, behind some bookkeeping.
H5Handle fileInOnePiece(const Dataset& dataset)
{
    const bool isOurs = dataset.isLittleEndian && std::endian::native == std::endian::little;
    return dataset.offset && isOurs ? H5Handle(H5Iget_file_id(dataset.id.get()), H5Fclose) : H5Handle();
}

/// Rows in their own type, from `file` where that is open.
Result<void> readFloatRows(const Dataset& dataset, hid_t file, Index first, Index count, void* into)
{
    if (file < 0)
        return readRows(dataset, first, count, nativeFloat(dataset), into);
    const std::uint64_t rowBytes = rowBytesOf(dataset);
    const std::span bytes(static_cast<std::byte*>(into), static_cast<std::size_t>(count) * rowBytes);
    if (!readBytesAtOffset(file, *dataset.offset + static_cast<std::uint64_t>(first) * rowBytes, bytes))
        return dataset.fault("cannot be read (truncated)");
    return {};
}

template <typename T>
constexpr Element elementFor = std::is_same_v<T, float> ? Element::Float32 : Element::Float64;

/// Reads a block in its own type and converts it here; HDF5 would convert float16 bit by bit. False where a number is
/// not finite.
template <typename T>
Result<bool> readBlock(const Dataset& dataset, hid_t file, Index first, Index count, void* scratch, T* into)
{
    const auto values = static_cast<std::size_t>(count * dataset.valuesPerRow());
    const bool isOwn = dataset.element == elementFor<T>;
    void* const stored = isOwn ? into : scratch;
    if (Result<void> read = readFloatRows(dataset, file, first, count, stored); !read)
        return read.error();
    if (!isOwn)
        convertFloats(dataset.element, stored, into, values);
    return dataset.element == Element::Float16 ? allFinite(static_cast<const std::uint16_t*>(stored), values)
                                               : allFinite(into, values);
}

template <typename T>
Error notFinite(const Dataset& dataset, Index first, const T* values, Index count)
{
    const Index at = std::find_if_not(values, values + count, [](T value) { return std::isfinite(value); }) - values;
    const Index perRow = dataset.valuesPerRow();
    const std::string column = dataset.shape.size() > 1 ? ", column " + std::to_string(at % perRow) : "";
    return dataset.fault("holds a number that is not finite, first in row " + std::to_string(first + at / perRow) +
                         column);
}

/// Block by block; of a dataset in one piece several threads may read at once.
template <typename T>
Result<void> readBlocks(const Dataset& dataset, hid_t file, Index first, Index count, T* into)
{
    const Index perRow = dataset.valuesPerRow();
    const Index step = std::clamp<Index>(static_cast<Index>(blockBytes / sizeof(T)) / perRow, 1, count);
    const auto scratch = std::make_unique_for_overwrite<double[]>(static_cast<std::size_t>(step * perRow));
    for (Index done = 0; done < count; done += step) {
        const Index rows = std::min(step, count - done);
        T* block = into + done * perRow;
        const Result<bool> finite = readBlock(dataset, file, first + done, rows, scratch.get(), block);
        if (!finite)
            return finite.error();
        if (!*finite)
            return notFinite(dataset, first + done, block, rows * perRow);
    }
    return {};
}

template <typename T>
Result<void> readFinite(const Dataset& dataset, Index first, Index count, T* into)
{
    if (!dataset.isFloat())
        return dataset.fault("has type " + dataset.typeName + ", expected float16, float32 or float64");
    const Index perRow = dataset.valuesPerRow();
    if (perRow == 0 || count == 0)
        return {};
    const H5Handle file = fileInOnePiece(dataset);
    constexpr Index worthAThread = Index{1} << 22; ///< values: some milliseconds
    const Index parts = file && count * perRow / 2 > worthAThread ? 2 : 1;
    std::vector<Result<void>> read(static_cast<std::size_t>(parts));
    parallelFor(parts, static_cast<int>(parts), [&](Index part) {
        const Index from = count * part / parts, end = count * (part + 1) / parts;
        read[static_cast<std::size_t>(part)] =
            readBlocks(dataset, file.get(), first + from, end - from, into + from * perRow);
    });
    const auto failed = std::find_if_not(read.begin(), read.end(), [](const Result<void>& r) { return bool(r); });
    return failed == read.end() ? Result<void>() : *failed;
}

struct Attribute {
    H5Handle id{}, type{}, space{};
    Index count = 0;
};

/// Nothing where the object has no such attribute.
Result<std::optional<Attribute>> openAttribute(hid_t object, const std::string& name)
{
    const htri_t there = H5Aexists(object, name.c_str());
    if (there == 0)
        return std::optional<Attribute>();
    Attribute attribute;
    if (there > 0)
        attribute.id = H5Handle(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
    if (attribute.id) {
        attribute.type = H5Handle(H5Aget_type(attribute.id.get()), H5Tclose);
        attribute.space = H5Handle(H5Aget_space(attribute.id.get()), H5Sclose);
        attribute.count = static_cast<Index>(H5Sget_simple_extent_npoints(attribute.space.get()));
    }
    if (!attribute.type || attribute.count < 0)
        return dataError("is damaged");
    return std::optional<Attribute>(std::move(attribute));
}

Error attributeFault(const Group& group, const std::string& name, const std::string& reason)
{
    std::string owner = group.place.prefix.substr(0, group.place.prefix.size() - !group.place.prefix.empty());
    Error error = group.place.fault("attribute '" + name + "'" +
                                    (owner.empty() ? "" : " of '" + printable(owner) + "'") + " " + reason);
    error.dataset = printable(owner);
    return error;
}

/// The attribute's raw value as `memoryType`, if it has the class and `most` elements at most.
template <typename T>
Result<std::vector<T>> numbersAttribute(const Group& group, const std::string& name, bool integer, hid_t memoryType,
                                        Index most)
{
    const Result<std::optional<Attribute>> attribute = openAttribute(group.id.get(), name);
    if (!attribute)
        return attributeFault(group, name, attribute.error().message);
    std::vector<T> values;
    if (!attribute->has_value())
        return values;
    const Attribute& found = **attribute;
    const H5T_class_t kind = H5Tget_class(found.type.get());
    if (kind != H5T_INTEGER && (integer || kind != H5T_FLOAT))
        return attributeFault(group, name, std::string("is no ") + (integer ? "integer" : "number"));
    if (found.count > most || (most == 1 && found.count == 0))
        return attributeFault(group, name, "has " + std::to_string(found.count) + " values");
    values.resize(static_cast<std::size_t>(found.count));
    if (!values.empty() && H5Aread(found.id.get(), memoryType, values.data()) < 0)
        return attributeFault(group, name, "is damaged");
    return values;
}

/// `count` texts of `object`, of fixed or variable length; nothing where it fails.
std::optional<std::vector<std::string>> readTexts(hid_t object, hid_t type, std::size_t count, const ReadAs& read)
{
    if (H5Tis_variable_str(type) > 0) {
        auto texts = readVariableTexts(object, count, read);
        for (std::size_t i = 0; texts && i < count; ++i)
            (*texts)[i] = repairedUtf8(std::move((*texts)[i]));
        return texts;
    }
    const std::size_t size = H5Tget_size(type);
    std::string bytes(count * size, '\0');
    if (read(type, bytes.data()) < 0)
        return {};
    std::vector<std::string> texts;
    const bool padded = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    for (std::size_t i = 0; i < count; ++i) {
        std::string text = bytes.substr(i * size, size);
        text.resize(std::min(text.find('\0'), text.size()));
        if (padded)
            text.resize(text.find_last_not_of(' ') + 1);
        texts.push_back(repairedUtf8(std::move(text)));
    }
    return texts;
}

} // namespace

Result<void> readValues(const Dataset& dataset, Index first, Index count, float* into)
{
    return readFinite(dataset, first, count, into);
}

Result<void> readValues(const Dataset& dataset, Index first, Index count, double* into)
{
    return readFinite(dataset, first, count, into);
}

Result<std::vector<double>> readFloats(const Dataset& dataset)
{
    if (!dataset.isFloat())
        return dataset.fault("has type " + dataset.typeName + ", expected float16, float32 or float64");
    std::vector<double> values(static_cast<std::size_t>(dataset.rows() * dataset.valuesPerRow()));
    if (Result<void> read = readValues(dataset, 0, dataset.rows(), values.data()); !read)
        return read.error();
    return values;
}

Result<std::vector<std::int64_t>> readIntegers(const Dataset& dataset)
{
    if (dataset.element != Element::Integer)
        return dataset.fault("has type " + dataset.typeName + ", expected an integer type");
    std::vector<std::int64_t> values(static_cast<std::size_t>(dataset.rows() * dataset.valuesPerRow()));
    if (values.empty())
        return values;
    if (Result<void> read = readRows(dataset, 0, dataset.rows(), H5T_NATIVE_INT64, values.data()); !read)
        return read.error();
    return values;
}

Result<std::vector<std::string>> readTexts(const Dataset& dataset)
{
    if (dataset.element != Element::Text)
        return dataset.fault("has type " + dataset.typeName + ", expected text");
    const auto count = static_cast<std::size_t>(dataset.rows() * dataset.valuesPerRow());
    if (count == 0)
        return std::vector<std::string>();
    const H5Handle type(H5Dget_type(dataset.id.get()), H5Tclose);
    auto texts = readTexts(dataset.id.get(), type.get(), count, [&dataset](hid_t memoryType, void* into) {
        return H5Dread(dataset.id.get(), memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
    });
    if (!texts)
        return dataset.fault("cannot be read (truncated or damaged)");
    return std::move(*texts);
}

Result<void> readRaw(const Dataset& dataset, Index first, Index count, void* into)
{
    const H5Handle type(H5Dget_type(dataset.id.get()), H5Tclose);
    return readRows(dataset, first, count, type.get(), into);
}

Result<void> decodeRows(const std::filesystem::path& file, const std::string& name, Index first, Index end,
                        const std::filesystem::path& into)
{
    const Place place{file.string(), "", {}};
    const Result<H5Handle> opened = openFile(file, place);
    if (!opened)
        return opened.error();
    const Group root{H5Handle(H5Gopen2(opened->get(), "/", H5P_DEFAULT), H5Gclose), place};
    const Result<Dataset> dataset = openDataset(root, name);
    if (!dataset)
        return dataset.error();
    const std::size_t bytes = static_cast<std::size_t>(end - first) * rowBytesOf(*dataset);
    const auto rows = std::make_unique_for_overwrite<char[]>(bytes);
    if (Result<void> read = readRaw(*dataset, first, end - first, rows.get()); !read)
        return read;
    std::ofstream out(into, std::ios::binary);
    return out.write(rows.get(), static_cast<std::streamsize>(bytes)).flush()
               ? Result<void>()
               : Result<void>(place.fault("there is no memory for what is read"));
}

Result<void> readSlab(const Dataset& dataset, const std::vector<hsize_t>& start, const std::vector<hsize_t>& extent,
                      void* into)
{
    const H5Handle type(H5Dget_type(dataset.id.get()), H5Tclose);
    const H5Handle native(H5Tget_native_type(type.get(), H5T_DIR_ASCEND), H5Tclose);
    if (!native)
        return dataset.fault("is damaged: its type cannot be read");
    const hid_t own = dataset.isFloat() ? nativeFloat(dataset) : native.get();
    if (start.empty() || !isDecodedElsewhere(dataset))
        return readSelected(dataset, start, extent, own, into);
    const Result<const std::byte*> rows =
        decodedRows(dataset, static_cast<Index>(start[0]), static_cast<Index>(extent[0]));
    if (!rows)
        return rows.error();
    const std::vector<std::byte> block = blockOf(dataset, *rows, start, extent);
    return convertRaw(dataset, block.data(), block.size() / dataset.valueBytes, own, into);
}

Result<std::optional<std::string>> textAttribute(const Group& group, const std::string& name)
{
    const Result<std::optional<Attribute>> attribute = openAttribute(group.id.get(), name);
    if (!attribute)
        return attributeFault(group, name, attribute.error().message);
    if (!attribute->has_value())
        return std::optional<std::string>();
    const Attribute& found = **attribute;
    if (H5Tget_class(found.type.get()) != H5T_STRING || found.count != 1 ||
        H5Tget_size(found.type.get()) > mostAttributeBytes)
        return attributeFault(group, name, "is not one text");
    const auto texts = readTexts(found.id.get(), found.type.get(), 1, [&found](hid_t memoryType, void* into) {
        return H5Aread(found.id.get(), memoryType, into);
    });
    if (!texts)
        return attributeFault(group, name, "is damaged");
    return std::optional<std::string>(texts->front());
}

Result<std::optional<std::int64_t>> integerAttribute(const Group& group, const std::string& name)
{
    const auto values = numbersAttribute<std::int64_t>(group, name, true, H5T_NATIVE_INT64, 1);
    if (!values)
        return values.error();
    return values->empty() ? std::nullopt : std::optional(values->front());
}

Result<std::vector<std::int64_t>> integersAttribute(const Group& group, const std::string& name)
{
    return numbersAttribute<std::int64_t>(group, name, true, H5T_NATIVE_INT64, 1 << 20);
}

Result<std::optional<double>> numberAttribute(const Group& group, const std::string& name)
{
    const auto values = numbersAttribute<double>(group, name, false, H5T_NATIVE_DOUBLE, 1);
    if (!values)
        return values.error();
    return values->empty() ? std::nullopt : std::optional(values->front());
}

std::optional<std::uint64_t> checksumAttribute(const Dataset& dataset)
{
    const Result<std::optional<Attribute>> attribute = openAttribute(dataset.id.get(), "xxh64");
    std::uint64_t value = 0;
    if (!attribute || !*attribute || (*attribute)->count != 1 ||
        H5Tget_class((*attribute)->type.get()) != H5T_INTEGER ||
        H5Aread((*attribute)->id.get(), H5T_NATIVE_UINT64, &value) < 0)
        return {};
    return value;
}

} // namespace nc::io::h5

#include "io/h5_access.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "io/h5_driver.h"
#include "io/utf8.h"

namespace nc::io::h5
{

namespace
{

constexpr Index mostRows = Index{1} << 31;
constexpr std::uint64_t mostBytes = std::uint64_t{1} << 62;

H5Handle makeHalfType(hid_t base)
{
    H5Handle type(H5Tcopy(base), H5Tclose);
    H5Tset_fields(type.get(), 15, 10, 5, 0, 10);
    H5Tset_size(type.get(), 2);
    H5Tset_ebias(type.get(), 15);
    return type;
}

hid_t bigEndianHalfType()
{
    static const H5Handle type = makeHalfType(H5T_IEEE_F32BE);
    return type.get();
}

/// What stands at the start of a file that HDF5 cannot open.
struct Superblock {
    bool found = false;
    /// A version 3 superblock that a writer, none with SWMR, has marked (or left marked when it died).
    bool openForWriting = false;
};

Superblock readSuperblock(const std::filesystem::path& path)
{
    constexpr std::array<char, 8> magic{'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    std::ifstream file(path, std::ios::binary);
    std::array<char, 12> head{};
    for (std::streamoff at = 0; file.seekg(at) && file.read(head.data(), head.size()); at = at ? 2 * at : 512)
        if (std::equal(magic.begin(), magic.end(), head.begin()))
            return {true, head[8] == 3 && (head[11] & 5) == 1};
    return {};
}

/// One sentence about a file that does not open.
std::string whyNotOpened(const std::filesystem::path& path, const Superblock& superblock)
{
    errno = 0;
    if (!std::ifstream(path, std::ios::binary))
        return std::string("the file cannot be opened (") + std::strerror(errno) + ")";
    if (!superblock.found)
        return "the file is not an HDF5 file (wrong magic number)";
    if (superblock.openForWriting)
        return "the file is marked as open for writing; if its writer is gone, 'h5clear -s' removes the mark";
    return "the file is truncated or damaged";
}

/// Whether nobody has written to the file for a while: its writer is gone or idle, and waiting is in vain.
bool isLeftAlone(const std::filesystem::path& path)
{
    std::error_code code;
    const auto changed = std::filesystem::last_write_time(path, code);
    return code || std::filesystem::file_time_type::clock::now() - changed > std::chrono::seconds(10);
}

std::string elementTypeName(hid_t type)
{
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + std::to_string(8 * H5Tget_size(type));
    case H5T_FLOAT:
        return "float" + std::to_string(8 * H5Tget_size(type));
    case H5T_STRING:
        return H5Tis_variable_str(type) > 0 ? "text" : "fixed-length text";
    case H5T_ENUM:
        return "enumeration";
    case H5T_COMPOUND:
        return "compound";
    case H5T_REFERENCE:
        return "reference";
    case H5T_VLEN:
        return "variable-length list";
    case H5T_ARRAY:
        return "array";
    case H5T_BITFIELD:
        return "bit field";
    case H5T_OPAQUE:
        return "opaque";
    default:
        return "unknown";
    }
}

Element elementOf(hid_t type)
{
    const auto is = [type](hid_t other) { return H5Tequal(type, other) > 0; };
    switch (H5Tget_class(type)) {
    case H5T_INTEGER:
        return Element::Integer;
    case H5T_STRING:
        return Element::Text;
    case H5T_FLOAT:
        if (is(H5T_IEEE_F32LE) || is(H5T_IEEE_F32BE))
            return Element::Float32;
        if (is(H5T_IEEE_F64LE) || is(H5T_IEEE_F64BE))
            return Element::Float64;
        if (is(halfType()) || is(bigEndianHalfType()))
            return Element::Float16;
        return Element::Other; // bfloat16, long double, …
    default:
        return Element::Other;
    }
}

enum class Link { Missing, Hard };

/// Follows `path` link by link, because HDF5 itself would follow soft and external ones.
Result<Link> followHardLinks(const Group& group, const std::string& path)
{
    for (std::size_t end = path.find('/');; end = path.find('/', end + 1)) {
        const std::string part = path.substr(0, end);
        const htri_t there = H5Lexists(group.id.get(), part.c_str(), H5P_DEFAULT);
        if (there == 0)
            return Link::Missing;
        H5L_info_t info;
        if (there < 0 || H5Lget_info(group.id.get(), part.c_str(), &info, H5P_DEFAULT) < 0)
            return group.place.fault(path, "cannot be looked up (a group on its path cannot be opened (damaged, no "
                                           "group, or made for a newer HDF5))");
        if (info.type != H5L_TYPE_HARD)
            return group.place.fault(path, std::string("is reached by ") +
                                               (info.type == H5L_TYPE_SOFT ? "a soft link" : "an external link") +
                                               ", which is not followed");
        if (end == std::string::npos)
            return Link::Hard;
    }
}

/// Extents of the dataspace, checked so that no later product overflows.
Result<void> readShape(Dataset& dataset)
{
    const H5Handle space(H5Dget_space(dataset.id.get()), H5Sclose);
    const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
    if (rank < 0 || H5Sget_simple_extent_type(space.get()) == H5S_NULL)
        return dataset.fault("has no extent");
    std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
    H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr);
    std::uint64_t bytes = std::max<std::uint64_t>(1, dataset.valueBytes);
    for (const hsize_t extent : extents) {
        if (extent > static_cast<hsize_t>(mostRows))
            return dataset.fault("has " + std::to_string(extent) + (dataset.shape.empty() ? " rows" : " columns") +
                                 ", more than the 2147483648 that can be read");
        if (extent > mostBytes / bytes)
            return dataset.fault("has a shape that multiplies past any memory");
        bytes *= std::max<hsize_t>(1, extent); // an extent of 0 must not hide what its neighbours multiply to
        dataset.shape.push_back(static_cast<Index>(extent));
    }
    return {};
}

/// A shape can promise more than the file holds, and a dataset of other files' bytes is not ours to read.
Result<void> checkStorage(Dataset& dataset)
{
    const H5Handle list(H5Dget_create_plist(dataset.id.get()), H5Pclose);
    if (!list)
        return dataset.fault("is damaged: its layout cannot be read");
    const H5D_layout_t layout = H5Pget_layout(list.get());
    if (layout == H5D_VIRTUAL || H5Pget_external_count(list.get()) > 0)
        return dataset.fault("keeps its numbers in another file, which is not followed");
    const std::uint64_t needed =
        static_cast<std::uint64_t>(dataset.rows() * dataset.valuesPerRow()) * dataset.valueBytes;
    if (needed == 0)
        return {};
    dataset.isChunked = layout == H5D_CHUNKED;
    const std::uint64_t stored = H5Dget_storage_size(dataset.id.get());
    const H5Handle file(H5Iget_file_id(dataset.id.get()), H5Fclose);
    hsize_t fileBytes = 0;
    H5Fget_filesize(file.get(), &fileBytes);
    constexpr std::uint64_t bestDeflateRatio = 1032, harmlessValues = std::uint64_t{1} << 23;
    const bool tooLittle = layout == H5D_CHUNKED
                               ? needed / dataset.valueBytes > harmlessValues && needed / bestDeflateRatio > stored
                               : stored < needed || fileBytes < needed;
    if (const haddr_t offset = H5Dget_offset(dataset.id.get()); layout == H5D_CONTIGUOUS && offset != HADDR_UNDEF)
        dataset.offset = offset;
    if (tooLittle)
        return dataset.fault("promises " + std::to_string(needed) + " bytes, but the file holds " +
                             std::to_string(std::min<std::uint64_t>(stored, fileBytes)) + " of it");
    return {};
}

/// Blocks of rows come one after the other: a chunk cache that holds one band of chunks decompresses each chunk once.
void enlargeChunkCache(const Group& group, Dataset& dataset)
{
    const H5Handle creation(H5Dget_create_plist(dataset.id.get()), H5Pclose);
    if (H5Pget_layout(creation.get()) != H5D_CHUNKED)
        return;
    constexpr std::uint64_t usualCache = std::uint64_t{1} << 20, largestCache = std::uint64_t{1} << 28;
    std::vector<hsize_t> chunk(dataset.shape.size());
    if (chunk.empty() || H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()) < 0)
        return;
    std::uint64_t band = dataset.valueBytes * chunk.front();
    for (std::size_t i = 1; i < chunk.size() && band <= largestCache; ++i)
        band *= (static_cast<hsize_t>(dataset.shape[i]) + chunk[i] - 1) / chunk[i] * chunk[i];
    if (band <= usualCache || band > largestCache)
        return;
    const H5Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
    H5Pset_chunk_cache(access.get(), 12421, band, 1.0);
    dataset.id.close(); // the cache is decided when a dataset is opened
    dataset.id = H5Handle(H5Dopen2(group.id.get(), dataset.name.c_str(), access.get()), H5Dclose);
}

} // namespace

Error Place::fault(const std::string& dataset, const std::string& reason) const
{
    Error error = fault("dataset '" + printable(prefix + dataset) + "' " + reason);
    error.dataset = printable(prefix + dataset);
    return error;
}

Error Place::fault(const std::string& reason) const
{
    const std::string what = epoch ? "Cannot read epoch " + std::to_string(*epoch) : "Cannot read the run";
    return {ErrorKind::Data, what + ": " + reason + ": " + printable(file), file, {}, epoch};
}

Error Place::remark(const std::string& dataset, const std::string& text) const
{
    Error error = remark("dataset '" + printable(prefix + dataset) + "' " + text);
    error.dataset = printable(prefix + dataset);
    return error;
}

Error Place::remark(const std::string& text) const
{
    const std::string what = epoch ? "Epoch " + std::to_string(*epoch) : "Run";
    return {ErrorKind::Data, what + ": " + text + ": " + printable(file), file, {}, epoch};
}

Index Dataset::valuesPerRow() const
{
    Index product = 1;
    for (std::size_t i = 1; i < shape.size(); ++i)
        product *= shape[i];
    return product;
}

bool Dataset::hasPlainBytes() const
{
    const H5Handle type(H5Dget_type(id.get()), H5Tclose);
    const auto contains = [&type](H5T_class_t kind) { return H5Tdetect_class(type.get(), kind) != 0; };
    if (H5Tget_class(type.get()) == H5T_STRING)
        return H5Tis_variable_str(type.get()) == 0;
    return !contains(H5T_VLEN) && !contains(H5T_STRING) && !contains(H5T_REFERENCE);
}

hid_t halfType()
{
    static const H5Handle type = makeHalfType(H5T_IEEE_F32LE);
    return type.get();
}

Result<H5Handle> openFile(const std::filesystem::path& path, const Place& place, Patience patience)
{
    silenceErrors();
    std::error_code code;
    const std::filesystem::file_status status = std::filesystem::status(path, code);
    if (!std::filesystem::exists(status))
        return place.fault("the file does not exist");
    if (!std::filesystem::is_regular_file(status)) // opening a pipe would wait for ever
        return place.fault("it is no regular file");
    constexpr auto longest = std::chrono::milliseconds(2000);
    auto waited = std::chrono::milliseconds(0), pause = std::chrono::milliseconds(25);
    for (;;) {
        H5Handle file = openForReading(path);
        if (file)
            return file;
        const Superblock superblock = readSuperblock(path);
        if (!superblock.openForWriting || patience == Patience::None || waited >= longest || isLeftAlone(path))
            return place.fault(whyNotOpened(path, superblock));
        std::this_thread::sleep_for(pause);
        waited += pause;
        pause = std::min(2 * pause, std::chrono::milliseconds(400));
    }
}

Result<bool> exists(const Group& group, const std::string& path)
{
    const Result<Link> link = followHardLinks(group, path);
    if (!link)
        return link.error();
    return *link == Link::Hard;
}

Result<std::vector<std::string>> childNames(const Group& group, const std::string& path)
{
    std::vector<std::string> names;
    Group inner;
    hid_t id = group.id.get();
    if (!path.empty()) {
        const Result<Link> link = followHardLinks(group, path);
        if (!link)
            return link.error();
        if (*link == Link::Missing)
            return names;
        Result<Group> opened = openGroup(group, path);
        if (!opened)
            return opened.error();
        inner = std::move(*opened);
        id = inner.id.get();
    }
    const auto visit = [](hid_t, const char* name, const H5L_info_t*, void* into) -> herr_t {
        if (isUtf8(name))
            static_cast<std::vector<std::string>*>(into)->emplace_back(name);
        return 0;
    };
    if (H5Literate(id, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, visit, &names) < 0)
        return group.place.fault(path.empty() ? "its table of contents is damaged"
                                              : "the table of contents of group '" + printable(path) + "' is damaged");
    std::sort(names.begin(), names.end());
    return names;
}

Result<Group> openGroup(const Group& group, const std::string& path)
{
    const Result<Link> link = followHardLinks(group, path);
    if (!link)
        return link.error();
    Group result{H5Handle(H5Gopen2(group.id.get(), path.c_str(), H5P_DEFAULT), H5Gclose), group.place};
    if (!result.id) {
        Error error = group.place.fault(
            "group '" + printable(group.place.prefix + path) + "' " +
            (*link == Link::Missing ? "is missing" : "cannot be opened (damaged, no group, or made for a newer HDF5)"));
        error.dataset = printable(group.place.prefix + path);
        return error;
    }
    result.place.prefix += path + "/";
    return result;
}

Result<std::optional<Dataset>> findDataset(const Group& group, const std::string& path)
{
    const Result<Link> link = followHardLinks(group, path);
    if (!link)
        return link.error();
    if (*link == Link::Missing)
        return std::optional<Dataset>();
    Result<Dataset> dataset = openDataset(group, path);
    if (!dataset)
        return dataset.error();
    return std::optional<Dataset>(std::move(*dataset));
}

Result<Dataset> openDataset(const Group& group, const std::string& path)
{
    const Result<Link> link = followHardLinks(group, path);
    if (!link)
        return link.error();
    if (*link == Link::Missing)
        return group.place.fault(path, "is missing");
    Dataset dataset{H5Handle(H5Dopen2(group.id.get(), path.c_str(), H5P_DEFAULT), H5Dclose), group.place, path};
    if (!dataset.id)
        return group.place.fault(path, "cannot be opened (damaged, no dataset, or made for a newer HDF5)");
    const H5Handle type(H5Dget_type(dataset.id.get()), H5Tclose);
    if (!type)
        return dataset.fault("is damaged: its type cannot be read");
    dataset.element = elementOf(type.get());
    dataset.typeName = elementTypeName(type.get());
    dataset.valueBytes = H5Tget_size(type.get());
    dataset.isLittleEndian = H5Tget_order(type.get()) == H5T_ORDER_LE;
    if (Result<void> plausible = readShape(dataset); !plausible)
        return plausible.error();
    if (Result<void> stored = checkStorage(dataset); !stored)
        return stored.error();
    enlargeChunkCache(group, dataset);
    if (!dataset.id)
        return dataset.fault("is damaged");
    return dataset;
}

Result<void> expectShape(const Dataset& dataset, const std::vector<Index>& shape)
{
    if (dataset.shape.size() != shape.size())
        return dataset.fault("has rank " + std::to_string(dataset.shape.size()) + ", expected " +
                             std::to_string(shape.size()));
    const auto extents = [](const std::vector<Index>& values) {
        std::string text;
        for (const Index value : values)
            text += (text.empty() ? "" : " x ") + (value < 0 ? std::string("any") : std::to_string(value));
        return text;
    };
    for (std::size_t i = 0; i < shape.size(); ++i)
        if (shape[i] >= 0 && shape[i] != dataset.shape[i])
            return dataset.fault("has shape " + extents(dataset.shape) + ", expected " + extents(shape));
    return {};
}

} // namespace nc::io::h5

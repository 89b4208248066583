#include "io/numpy_arrays.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <minizip/unzip.h>
#include <unistd.h>

#include "io/utf8.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr std::string_view extension = ".npy";
constexpr std::string_view magic{"\x93NUMPY", 6};
constexpr std::size_t mostHeaderBytes = 65536;

/// A stream of bytes that can also go back, if slowly.
class Bytes
{
public:
    Bytes() = default;
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;
    virtual ~Bytes() = default;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    /// False where they cannot be had.
    virtual bool read(std::uint64_t offset, std::size_t count, void* into) = 0;
};

/// A part of a file.
class FileBytes final : public Bytes
{
public:
    FileBytes(const fs::path& path, std::uint64_t from, std::uint64_t size)
        : m_fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK))
        , m_from(from)
        , m_size(size)
    {
    }
    ~FileBytes() override
    {
        if (m_fd >= 0)
            close(m_fd);
    }
    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    bool read(std::uint64_t offset, std::size_t count, void* into) override
    {
        auto* bytes = static_cast<char*>(into);
        while (count > 0) {
            const ssize_t done = pread(m_fd, bytes, count, static_cast<off_t>(m_from + offset));
            if (done < 0 && errno == EINTR)
                continue;
            if (done <= 0)
                return false;
            bytes += done;
            offset += static_cast<std::uint64_t>(done);
            count -= static_cast<std::size_t>(done);
        }
        return true;
    }

private:
    int m_fd;
    std::uint64_t m_from, m_size;
};

/// A member of a .npz archive, unpacked as it is read; what comes in order is unpacked once.
class ZipMember final : public Bytes
{
public:
    ZipMember(const fs::path& path, const std::string& name)
        : m_zip(unzOpen64(path.c_str()))
    {
        unz_file_info64 info{};
        m_open = m_zip && unzLocateFile(m_zip, name.c_str(), 1) == UNZ_OK &&
                 unzGetCurrentFileInfo64(m_zip, &info, nullptr, 0, nullptr, 0, nullptr, 0) == UNZ_OK &&
                 unzOpenCurrentFile(m_zip) == UNZ_OK;
        m_size = info.uncompressed_size;
        // A promise beyond the best ratio of deflate is a lie.
        m_open = m_open && m_size <= 1032 * (info.compressed_size + 1);
        m_stored = m_open && info.compression_method == 0 && (info.flag & 1) == 0
                       ? std::optional(unzGetCurrentFileZStreamPos64(m_zip))
                       : std::nullopt;
    }
    ~ZipMember() override
    {
        if (m_zip)
            unzClose(m_zip);
    }
    [[nodiscard]] bool isOpen() const { return m_open; }
    [[nodiscard]] std::optional<std::uint64_t> storedAt() const { return m_stored; } ///< in the archive's file
    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    bool read(std::uint64_t offset, std::size_t count, void* into) override
    {
        if (offset < m_at) {
            unzCloseCurrentFile(m_zip);
            m_at = 0;
            if (unzOpenCurrentFile(m_zip) != UNZ_OK)
                return false;
        }
        std::vector<char> skipped(std::min<std::uint64_t>(offset - m_at, 65536));
        while (m_at < offset)
            if (!take(std::min<std::uint64_t>(offset - m_at, skipped.size()), skipped.data()))
                return false;
        return take(count, into);
    }

private:
    bool take(std::uint64_t count, void* into)
    {
        auto* bytes = static_cast<char*>(into);
        while (count > 0) {
            const auto part = static_cast<unsigned>(std::min<std::uint64_t>(count, 1u << 30));
            const int done = unzReadCurrentFile(m_zip, bytes, part);
            if (done <= 0)
                return false;
            bytes += done;
            m_at += static_cast<std::uint64_t>(done);
            count -= static_cast<std::uint64_t>(done);
        }
        return true;
    }

    unzFile m_zip;
    bool m_open = false;
    std::uint64_t m_at = 0, m_size = 0;
    std::optional<std::uint64_t> m_stored;
};

class NpyArray final : public Array
{
public:
    NpyArray(ArrayShape shape, h5::Place place, std::unique_ptr<Bytes> bytes, std::uint64_t start)
        : Array(std::move(shape), std::move(place))
        , m_bytes(std::move(bytes))
        , m_start(start)
    {
    }
    Result<void> read(std::uint64_t first, std::uint64_t count, void* into) const override
    {
        const std::uint64_t size = shape().valueBytes;
        if (!m_bytes->read(m_start + first * size, count * size, into))
            return fault("cannot be read (truncated or damaged)");
        return {};
    }

private:
    std::unique_ptr<Bytes> m_bytes;
    std::uint64_t m_start; ///< of the numbers, after the header
};

/// What stands behind "'key': " in the header, a Python dictionary; empty where there is no such key.
std::string_view entry(std::string_view header, std::string_view key)
{
    const std::string quoted = "'" + std::string(key) + "':";
    const std::size_t at = header.find(quoted);
    if (at == header.npos)
        return {};
    header.remove_prefix(at + quoted.size());
    header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
    return header;
}

/// "'<f4', …" -> type; false where it is none of ours.
bool parseType(std::string_view descr, ArrayShape& shape)
{
    if (descr.size() < 5 || descr[0] != '\'' || (descr[1] == '>' || descr[4] != '\'') || descr[3] < '1' ||
        descr[3] > '8')
        return false;
    const char kind = descr[2];
    shape.valueBytes = static_cast<std::uint64_t>(descr[3] - '0');
    const std::string bits = std::to_string(8 * shape.valueBytes);
    if (shape.valueBytes != 1 && shape.valueBytes != 2 && shape.valueBytes != 4 && shape.valueBytes != 8)
        return false;
    if (kind == 'i' || kind == 'u' || (kind == 'b' && shape.valueBytes == 1)) {
        shape.element = h5::Element::Integer;
        shape.typeName = (kind == 'i' ? "int" : "uint") + bits;
    } else if (kind == 'f' && shape.valueBytes > 1) {
        shape.element = shape.valueBytes == 2   ? h5::Element::Float16
                        : shape.valueBytes == 4 ? h5::Element::Float32
                                                : h5::Element::Float64;
        shape.typeName = "float" + bits;
    } else {
        return false;
    }
    return true;
}

/// "(200, 16), …" -> extents, of which none is beyond 2^31 and whose bytes are `available` at most.
bool parseExtents(std::string_view text, std::uint64_t available, ArrayShape& shape)
{
    if (text.empty() || text.front() != '(')
        return false;
    text = text.substr(1, text.find(')') - 1);
    std::uint64_t bytes = shape.valueBytes;
    while (!text.empty()) {
        Index extent = 0;
        const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), extent);
        if (wrong != std::errc() || extent < 0 || extent > Index{1} << 31)
            return false;
        shape.extents.push_back(extent);
        if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(extent), &bytes))
            return false;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        text.remove_prefix(std::min(text.find_first_not_of(", "), text.size()));
    }
    return bytes <= available;
}

Result<std::unique_ptr<Array>> openNpy(std::unique_ptr<Bytes> bytes, const std::string& name, const h5::Place& place)
{
    unsigned char head[12] = {};
    if (bytes->size() < 10 || !bytes->read(0, 10, head) || std::memcmp(head, magic.data(), magic.size()) != 0)
        return place.fault(name, "is no .npy array (wrong magic number)");
    const bool wide = head[6] >= 2;
    if (wide && !bytes->read(10, 2, head + 10))
        return place.fault(name, "is truncated");
    const std::size_t size = head[8] + (std::size_t{head[9]} << 8) +
                             (wide ? (std::size_t{head[10]} << 16) + (std::size_t{head[11]} << 24) : 0);
    const std::uint64_t start = (wide ? 12 : 10) + size;
    if (size > mostHeaderBytes || start > bytes->size())
        return place.fault(name, "is truncated or damaged: its header is longer than the file");
    std::string header(size, '\0');
    if (!bytes->read(start - size, size, header.data()))
        return place.fault(name, "is truncated");
    ArrayShape shape{name, {}, h5::Element::Other, "", 0};
    const std::string_view descr = entry(header, "descr"), order = entry(header, "fortran_order");
    if (!parseType(descr, shape))
        return place.fault(name, "has type " + printable(std::string(descr.substr(0, descr.find_first_of(",}")))) +
                                     ", expected little-endian floats or integers of 8 to 64 bits");
    if (!parseExtents(entry(header, "shape"), bytes->size() - start, shape))
        return place.fault(name, "promises more numbers than the file holds");
    if (order.starts_with("True") && shape.extents.size() > 1)
        return place.fault(name, "is stored in Fortran order, expected C order (numpy.ascontiguousarray makes it)");
    return std::unique_ptr<Array>(std::make_unique<NpyArray>(std::move(shape), place, std::move(bytes), start));
}

class NpzStore final : public ArrayStore
{
public:
    using ArrayStore::ArrayStore;

    Result<std::unique_ptr<Array>> open(const std::string& name, std::optional<std::int64_t> epoch) const override
    {
        const h5::Place place{file(), "", epoch};
        if (!std::binary_search(names().begin(), names().end(), name))
            return place.fault(name, "is missing");
        auto member = std::make_unique<ZipMember>(file(), name + std::string(extension));
        if (!member->isOpen())
            return place.fault(name, "cannot be unpacked (truncated, damaged or encrypted)");
        std::unique_ptr<Bytes> bytes;
        if (const auto at = member->storedAt())
            bytes = std::make_unique<FileBytes>(file(), *at, member->size());
        else
            bytes = std::move(member);
        return openNpy(std::move(bytes), name, place);
    }
};

class NpyFolder final : public ArrayStore
{
public:
    using ArrayStore::ArrayStore;

    Result<std::unique_ptr<Array>> open(const std::string& name, std::optional<std::int64_t> epoch) const override
    {
        const fs::path path = fs::path(file()) / (name + std::string(extension));
        const h5::Place place{path.string(), "", epoch};
        std::error_code code;
        if (!std::binary_search(names().begin(), names().end(), name) || !fs::is_regular_file(path, code))
            return place.fault(name, "is missing");
        const std::uintmax_t size = fs::file_size(path, code);
        return openNpy(std::make_unique<FileBytes>(path, 0, code ? 0 : size), name, place);
    }
};

/// Names without ".npy", of those that have it; sorted.
std::vector<std::string> arrayNames(const std::vector<std::string>& files)
{
    std::vector<std::string> names;
    for (const std::string& file : files)
        if (file.ends_with(extension) && isUtf8(file))
            names.push_back(file.substr(0, file.size() - extension.size()));
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

Result<std::unique_ptr<ArrayStore>> openNpz(const fs::path& path, std::optional<std::int64_t> epoch)
{
    const std::unique_ptr<void, int (*)(unzFile)> zip(unzOpen64(path.c_str()), unzClose);
    if (!zip)
        return h5::Place{path.string(), "", epoch}.fault("the archive is truncated or damaged");
    std::vector<std::string> files;
    for (int code = unzGoToFirstFile(zip.get()); code == UNZ_OK; code = unzGoToNextFile(zip.get())) {
        char name[1024] = {};
        if (unzGetCurrentFileInfo64(zip.get(), nullptr, name, sizeof name - 1, nullptr, 0, nullptr, 0) == UNZ_OK)
            files.emplace_back(name);
    }
    return std::unique_ptr<ArrayStore>(std::make_unique<NpzStore>(path.string(), arrayNames(files)));
}

Result<std::unique_ptr<ArrayStore>> openNpyFolder(const fs::path& path)
{
    return std::unique_ptr<ArrayStore>(std::make_unique<NpyFolder>(path.string(), arrayNames(filesBelow(path))));
}

} // namespace nc::io

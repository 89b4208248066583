#include "io/h5_driver.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nc::io::h5
{

namespace
{

/// What the access list carries to the driver.
struct DriverInfo {
    int* firstError = nullptr; ///< null for reading
};

/// An open file as HDF5 sees it: its own fields first, then ours.
struct DriverFile {
    H5FD_t common{};
    int fd = -1;
    haddr_t base = 0;      ///< where the superblock stands: addresses in the file count from here
    haddr_t allocated = 0; ///< end of the addresses that HDF5 has given out
    haddr_t end = 0;       ///< end of the file, when writing also of what failed to be written
    int* firstError = nullptr;

    void note(int code) const
    {
        if (firstError && *firstError == 0)
            *firstError = code;
    }
};

DriverFile& own(H5FD_t* file)
{
    return *reinterpret_cast<DriverFile*>(file);
}

const DriverFile& own(const H5FD_t* file)
{
    return *reinterpret_cast<const DriverFile*>(file);
}

/// Bytes that were there; the rest of `into` becomes zeros. Nothing where the system fails.
std::optional<std::size_t> readBytes(int fd, haddr_t address, std::size_t size, void* into)
{
    auto* bytes = static_cast<char*>(into);
    std::size_t done = 0;
    while (done < size) {
        const ssize_t count = pread(fd, bytes + done, size - done, static_cast<off_t>(address + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return {};
        if (count == 0)
            break;
        done += static_cast<std::size_t>(count);
    }
    std::memset(bytes + done, 0, size - done);
    return done;
}

template <typename T>
T littleEndian(const unsigned char* bytes)
{
    T value = 0;
    for (std::size_t i = sizeof(T); i-- > 0;)
        value = static_cast<T>((value << 8) | bytes[i]);
    return value;
}

constexpr std::size_t heapHeader = 16; ///< of a collection, and of each object in it

/// Whether the objects of a global heap collection (HDF5 file format specification, III.E) fill it exactly. HDF5 takes
/// their sizes as they are.
bool isSoundHeap(const unsigned char* bytes, std::size_t size)
{
    std::size_t at = heapHeader;
    while (at + heapHeader <= size) {
        const auto index = littleEndian<std::uint16_t>(bytes + at);
        const auto stored = littleEndian<std::uint64_t>(bytes + at + 8);
        if (littleEndian<std::uint32_t>(bytes + at + 4) != 0 || stored > size - at)
            return false;
        if (index == 0) // the free space, which counts its own header and comes last
            return stored == size - at;
        at += heapHeader + (stored + 7) / 8 * 8;
    }
    return at <= size;
}

/// Whether a local heap (III.D) keeps its names inside the file, and its list of free blocks inside itself and without
/// a loop. HDF5 asks for memory first and believes the list.
bool isSoundLocalHeap(const DriverFile& file, const unsigned char* bytes)
{
    constexpr std::uint64_t noBlock = 1;
    const auto size = littleEndian<std::uint64_t>(bytes + 8), address = littleEndian<std::uint64_t>(bytes + 24);
    auto free = littleEndian<std::uint64_t>(bytes + 16);
    if (size > file.end || address > file.end - size || file.base > file.end - size - address)
        return false;
    for (std::uint64_t left = size / 16; free != noBlock; --left) {
        std::array<unsigned char, 16> block{};
        if (left == 0 || free > size - block.size() ||
            !readBytes(file.fd, file.base + address + free, block.size(), block.data()))
            return false;
        free = littleEndian<std::uint64_t>(block.data());
    }
    return true;
}

/// False where a local heap starts here and is damaged, or where a global heap collection starts here and is damaged.
/// HDF5 reads these as it reads raw data, from their start.
bool mayBeRead(const DriverFile& file, haddr_t address, std::size_t size, const void* content)
{
    const auto* bytes = static_cast<const unsigned char*>(content);
    constexpr std::size_t localHeapHeader = 32;
    if (size >= localHeapHeader && std::memcmp(bytes, "HEAP", 4) == 0)
        return isSoundLocalHeap(file, bytes);
    if (size < heapHeader || std::memcmp(bytes, "GCOL", 4) != 0)
        return true;
    const auto whole = littleEndian<std::uint64_t>(bytes + 8);
    if (whole < heapHeader || whole > file.end - std::min(file.end, address))
        return false;
    std::vector<unsigned char> collection(whole);
    const std::optional<std::size_t> done = readBytes(file.fd, address, collection.size(), collection.data());
    return done && isSoundHeap(collection.data(), collection.size());
}

/// Finds the superblock and looks at what HDF5 looks at with its own driver only, or not at all: false where a writer
/// is at work or died (version 3 keeps a mark of that), and where addresses and lengths are not of eight bytes, which
/// nobody writes.
bool acceptSuperblock(DriverFile& file)
{
    constexpr std::array<unsigned char, 8> magic{0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    std::array<unsigned char, 16> head{};
    for (haddr_t at = 0; at < file.end; at = at ? 2 * at : 512) {
        if (!readBytes(file.fd, at, head.size(), head.data()) || !std::equal(magic.begin(), magic.end(), head.begin()))
            continue;
        file.base = at;
        const bool isMarked = head[8] == 3 && (head[11] & 5) == 1; // 4: its writer expects readers (SWMR)
        const std::size_t sizes = head[8] < 2 ? 13 : 9;
        return !isMarked && head[sizes] == 8 && head[sizes + 1] == 8;
    }
    return false;
}

/// Whether a writer is at work, or died, that lets others read meanwhile (SWMR). HDF5 must be told.
bool hasWriterWithReaders(const std::filesystem::path& path)
{
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::array<unsigned char, 12> head{};
    const bool isRead = fd >= 0 && readBytes(fd, 0, head.size(), head.data());
    if (fd >= 0)
        close(fd);
    return isRead && head[0] == 0x89 && head[8] == 3 && (head[11] & 5) == 5;
}

H5FD_t* openDriver(const char* name, unsigned, hid_t access, haddr_t)
{
    const auto* info = static_cast<const DriverInfo*>(H5Pget_driver_info(access));
    auto file = std::make_unique<DriverFile>();
    file->firstError = info->firstError;
    const int flags = info->firstError ? O_RDWR | O_CREAT | O_TRUNC : O_RDONLY;
    file->fd = open(name, flags | O_CLOEXEC, 0666);
    struct stat status = {};
    if (file->fd < 0) {
        file->note(errno);
        return nullptr;
    }
    fstat(file->fd, &status);
    file->end = static_cast<haddr_t>(status.st_size);
    if (!info->firstError && !acceptSuperblock(*file)) {
        close(file->fd);
        return nullptr;
    }
    return reinterpret_cast<H5FD_t*>(file.release());
}

herr_t closeDriver(H5FD_t* file)
{
    const std::unique_ptr<DriverFile> closing(&own(file));
    if (close(closing->fd) != 0)
        closing->note(errno);
    return 0;
}

/// No accumulator of metadata: HDF5 1.10 copies past its end where addresses are damaged.
herr_t queryDriver(const H5FD_t*, unsigned long* flags)
{
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_DATA_SIEVE | H5FD_FEAT_AGGREGATE_SMALLDATA |
             H5FD_FEAT_DEFAULT_VFD_COMPATIBLE | H5FD_FEAT_SUPPORTS_SWMR_IO;
    return 0;
}

haddr_t allocatedOf(const H5FD_t* file, H5FD_mem_t)
{
    return own(file).allocated;
}

herr_t setAllocated(H5FD_t* file, H5FD_mem_t, haddr_t address)
{
    own(file).allocated = address;
    return 0;
}

haddr_t endOf(const H5FD_t* file, H5FD_mem_t)
{
    return own(file).end;
}

herr_t readDriver(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* into)
{
    const DriverFile& reading = own(file);
    if (address > static_cast<haddr_t>(std::numeric_limits<off_t>::max()) - size ||
        !readBytes(reading.fd, address, size, into))
        return -1;
    return reading.firstError || mayBeRead(reading, address, size, into) ? 0 : -1;
}

herr_t writeDriver(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, const void* from)
{
    DriverFile& writing = own(file);
    const auto* bytes = static_cast<const char*>(from);
    writing.end = std::max(writing.end, address + size);
    while (size > 0 && *writing.firstError == 0) {
        const ssize_t count = pwrite(writing.fd, bytes, size, static_cast<off_t>(address));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            writing.note(errno);
            break;
        }
        bytes += count;
        address += static_cast<haddr_t>(count);
        size -= static_cast<std::size_t>(count);
    }
    return 0;
}

/// The file ends where HDF5 says, also where the last bytes were allocated and never written.
herr_t truncateDriver(H5FD_t* file, hid_t, hbool_t)
{
    DriverFile& writing = own(file);
    if (writing.end != writing.allocated && *writing.firstError == 0 &&
        ftruncate(writing.fd, static_cast<off_t>(writing.allocated)) != 0)
        writing.note(errno);
    writing.end = writing.allocated;
    return 0;
}

herr_t fileOf(H5FD_t* file, hid_t, void** handle)
{
    *handle = file;
    return 0;
}

H5FD_class_t makeDriver()
{
    constexpr H5FD_mem_t map[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
    H5FD_class_t driver{};
    driver.name = "ncscope";
    driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<off_t>::max());
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(DriverInfo);
    driver.open = openDriver;
    driver.close = closeDriver;
    driver.query = queryDriver;
    driver.get_eoa = allocatedOf;
    driver.set_eoa = setAllocated;
    driver.get_eof = endOf;
    driver.get_handle = fileOf;
    driver.read = readDriver;
    driver.write = writeDriver;
    driver.truncate = truncateDriver;
    std::copy(std::begin(map), std::end(map), driver.fl_map);
    return driver;
}

H5Handle makeAccess(int* firstError)
{
    static const H5FD_class_t driver = makeDriver();
    static const hid_t id = H5FDregister(&driver);
    H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    const DriverInfo info{firstError};
    H5Pset_driver(access.get(), id, &info);
    return access;
}

/// The open file behind an identifier; null where there is none.
const DriverFile* driverFile(hid_t file)
{
    void* handle = nullptr;
    return H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) < 0 ? nullptr : static_cast<const DriverFile*>(handle);
}

} // namespace

void silenceErrors()
{
    thread_local const bool silenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
    (void)silenced;
}

H5Handle createFile(const std::filesystem::path& path, int& firstError)
{
    return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, makeAccess(&firstError).get()), H5Fclose};
}

H5Handle openForReading(const std::filesystem::path& path)
{
    static const H5Handle access = makeAccess(nullptr);
    const unsigned flags = hasWriterWithReaders(path) ? H5F_ACC_RDONLY | H5F_ACC_SWMR_READ : H5F_ACC_RDONLY;
    return {H5Fopen(path.c_str(), flags, access.get()), H5Fclose};
}

bool readBytes(hid_t file, std::uint64_t address, std::span<std::byte> into)
{
    const DriverFile* open = driverFile(file);
    if (!open || address > open->end - open->base || into.size() > open->end - open->base - address)
        return false;
    return readBytes(open->fd, open->base + address, into.size(), into.data()).has_value();
}

bool readBytesAtOffset(hid_t file, std::uint64_t offset, std::span<std::byte> into)
{
    const DriverFile* open = driverFile(file);
    return open && readBytes(open->fd, offset, into.size(), into.data()) == into.size();
}

std::uint64_t fileBytes(hid_t file)
{
    const DriverFile* open = driverFile(file);
    return open ? open->end : 0;
}

} // namespace nc::io::h5

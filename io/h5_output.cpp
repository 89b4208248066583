#include "io/h5_output.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace nc::io::h5 {

namespace {

/// What the access list carries to the driver.
struct OutputInfo {
    int* firstError = nullptr;
};

/// An open file as HDF5 sees it: its own fields first, then ours.
struct OutputFile {
    H5FD_t common{};
    int fd = -1;
    haddr_t allocated = 0; ///< end of the addresses that HDF5 has given out
    haddr_t end = 0;       ///< end of what was written, also of what failed to be
    int* firstError = nullptr;

    void note(int code) const
    {
        if (*firstError == 0)
            *firstError = code;
    }
};

OutputFile& own(H5FD_t* file)
{
    return *reinterpret_cast<OutputFile*>(file);
}

const OutputFile& own(const H5FD_t* file)
{
    return *reinterpret_cast<const OutputFile*>(file);
}

H5FD_t* openOutput(const char* name, unsigned, hid_t access, haddr_t)
{
    const auto* info = static_cast<const OutputInfo*>(H5Pget_driver_info(access));
    auto file = std::make_unique<OutputFile>();
    file->firstError = info->firstError;
    file->fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        file->note(errno);
        return nullptr;
    }
    return reinterpret_cast<H5FD_t*>(file.release());
}

herr_t closeOutput(H5FD_t* file)
{
    const std::unique_ptr<OutputFile> output(&own(file));
    if (close(output->fd) != 0)
        output->note(errno);
    return 0;
}

herr_t queryOutput(const H5FD_t*, unsigned long* flags)
{
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
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

/// What was never written, or failed to be, reads as zeros.
herr_t readOutput(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* into)
{
    auto* bytes = static_cast<char*>(into);
    while (size > 0) {
        const ssize_t count = pread(own(file).fd, bytes, size, static_cast<off_t>(address));
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        bytes += count;
        address += static_cast<haddr_t>(count);
        size -= static_cast<std::size_t>(count);
    }
    std::memset(bytes, 0, size);
    return 0;
}

herr_t writeOutput(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, const void* from)
{
    OutputFile& output = own(file);
    const auto* bytes = static_cast<const char*>(from);
    output.end = std::max(output.end, address + size);
    while (size > 0 && *output.firstError == 0) {
        const ssize_t count = pwrite(output.fd, bytes, size, static_cast<off_t>(address));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0) {
            output.note(errno);
            break;
        }
        bytes += count;
        address += static_cast<haddr_t>(count);
        size -= static_cast<std::size_t>(count);
    }
    return 0;
}

/// The file ends where HDF5 says, also where the last bytes were allocated and never written.
herr_t truncateOutput(H5FD_t* file, hid_t, hbool_t)
{
    OutputFile& output = own(file);
    if (output.end != output.allocated && *output.firstError == 0 &&
        ftruncate(output.fd, static_cast<off_t>(output.allocated)) != 0)
        output.note(errno);
    output.end = output.allocated;
    return 0;
}

H5FD_class_t makeDriver()
{
    constexpr H5FD_mem_t map[H5FD_MEM_NTYPES] = H5FD_FLMAP_DICHOTOMY;
    H5FD_class_t driver{};
    driver.name = "ncscope-output";
    driver.maxaddr = static_cast<haddr_t>(std::numeric_limits<off_t>::max());
    driver.fc_degree = H5F_CLOSE_WEAK;
    driver.fapl_size = sizeof(OutputInfo);
    driver.open = openOutput;
    driver.close = closeOutput;
    driver.query = queryOutput;
    driver.get_eoa = allocatedOf;
    driver.set_eoa = setAllocated;
    driver.get_eof = endOf;
    driver.read = readOutput;
    driver.write = writeOutput;
    driver.truncate = truncateOutput;
    std::copy(std::begin(map), std::end(map), driver.fl_map);
    return driver;
}

hid_t driverId()
{
    static const H5FD_class_t driver = makeDriver();
    static const hid_t id = H5FDregister(&driver);
    return id;
}

} // namespace

H5Handle createFile(const std::filesystem::path& path, int& firstError)
{
    const H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    const OutputInfo info{&firstError};
    H5Pset_driver(access.get(), driverId(), &info);
    return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose};
}

} // namespace nc::io::h5

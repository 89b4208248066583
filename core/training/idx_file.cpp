#include "core/training/idx_file.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include <zlib.h>

namespace nc::training
{
namespace
{

struct CloseGz {
    void operator()(gzFile_s* file) const { gzclose(file); }
};
using GzFile = std::unique_ptr<gzFile_s, CloseGz>;

Error unreadable(const std::filesystem::path& file, const std::string& why)
{
    return dataError("Cannot read images or labels: " + why + ": " + file.string(), file.string());
}

/// Reads exactly `count` bytes, or says why not; empty on success.
std::string readBytes(gzFile_s* file, std::uint8_t* into, std::size_t count)
{
    while (count > 0) {
        const auto part = static_cast<unsigned>(std::min<std::size_t>(count, 1U << 30));
        const int got = gzread(file, into, part);
        if (got <= 0) {
            int code = Z_OK;
            const char* text = gzerror(file, &code);
            if (code == Z_ERRNO)
                return std::strerror(errno);
            return code == Z_OK || code == Z_BUF_ERROR ? "the file ends early" : std::string("damaged gzip, ") + text;
        }
        into += got;
        count -= static_cast<std::size_t>(got);
    }
    return {};
}

constexpr std::int64_t kLargest = std::int64_t{1} << 34;
constexpr std::size_t kPiece = std::size_t{1} << 24;

} // namespace

Result<IdxArray> readIdx(const std::filesystem::path& file)
{
    const GzFile in(gzopen(file.c_str(), "rb"));
    if (!in)
        return unreadable(file, errno != 0 ? std::strerror(errno) : "out of memory");
    std::uint8_t magic[4];
    if (const std::string why = readBytes(in.get(), magic, sizeof magic); !why.empty())
        return unreadable(file, why);
    constexpr std::uint8_t unsignedBytes = 8;
    if (magic[0] != 0 || magic[1] != 0 || magic[2] != unsignedBytes || magic[3] == 0 || magic[3] > 4)
        return unreadable(file, "no IDX file of unsigned bytes");

    IdxArray array;
    std::int64_t total = 1;
    for (int d = 0; d < magic[3]; ++d) {
        std::uint8_t size[4];
        if (const std::string why = readBytes(in.get(), size, sizeof size); !why.empty())
            return unreadable(file, why);
        array.shape.push_back((std::int64_t{size[0]} << 24) | (size[1] << 16) | (size[2] << 8) | size[3]);
        if (array.shape.back() > kLargest / std::max<std::int64_t>(total, 1))
            return unreadable(file, "its header asks for more than 16 GB");
        total *= array.shape.back();
    }
    // Grown as the bytes come, so that a false header cannot claim memory that the file does not fill.
    while (array.bytes.size() < static_cast<std::size_t>(total)) {
        const std::size_t before = array.bytes.size();
        const std::size_t part = std::min(kPiece, static_cast<std::size_t>(total) - before);
        array.bytes.resize(before + part);
        if (const std::string why = readBytes(in.get(), array.bytes.data() + before, part); !why.empty())
            return unreadable(file, why);
    }
    if (std::uint8_t more; gzread(in.get(), &more, 1) > 0)
        return unreadable(file, "it is longer than its header says");
    return array;
}

Result<std::vector<std::uint8_t>> readWholeFile(const std::filesystem::path& file)
{
    const GzFile in(gzopen(file.c_str(), "rb"));
    if (!in)
        return unreadable(file, errno != 0 ? std::strerror(errno) : "out of memory");
    std::vector<std::uint8_t> bytes;
    for (;;) {
        const std::size_t before = bytes.size();
        bytes.resize(before + kPiece);
        const int got = gzread(in.get(), bytes.data() + before, static_cast<unsigned>(kPiece));
        if (got < 0)
            return unreadable(file, readBytes(in.get(), bytes.data(), 1));
        bytes.resize(before + static_cast<std::size_t>(got));
        if (got == 0)
            return bytes;
        if (static_cast<std::int64_t>(bytes.size()) > kLargest)
            return unreadable(file, "it holds more than 16 GB");
    }
}

} // namespace nc::training

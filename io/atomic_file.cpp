#include "io/atomic_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "io/utf8.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

// Plain memory, because a signal handler reads it. One file is written at a time.
char unfinishedPath[4096] = {};

Result<void> flush(const fs::path& path, int flags)
{
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0)
        return cannotWrite(path, errno);
    const int code = fsync(fd) == 0 ? 0 : errno;
    close(fd);
    if (code != 0 && code != EINVAL) // EINVAL: a file system that has nothing to flush here
        return cannotWrite(path, code);
    return {};
}

Result<void> writeBytes(const fs::path& path, std::string_view bytes)
{
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return cannotWrite(path, errno);
    int code = 0;
    while (!bytes.empty() && code == 0) {
        const ssize_t count = write(fd, bytes.data(), bytes.size());
        if (count >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            code = errno;
    }
    if (close(fd) != 0 && code == 0)
        code = errno;
    if (code != 0)
        return cannotWrite(path, code);
    return {};
}

} // namespace

void removeUnfinishedFile() noexcept
{
    if (unfinishedPath[0])
        unlink(unfinishedPath);
}

Error cannotWrite(const fs::path& path, int code)
{
    const std::string reason = code ? std::strerror(code) : "HDF5 could not write it";
    return environmentError("Cannot write: " + reason + ": " + printable(path.string()), path.string());
}

Result<void> flushFolder(const fs::path& folder)
{
    return flush(folder.empty() ? fs::path(".") : folder, O_DIRECTORY);
}

Result<void> writeAtomically(const fs::path& path, const std::function<Result<void>(const fs::path&)>& write)
{
    fs::path part = path;
    part += ".part";
    std::strncpy(unfinishedPath, part.c_str(), sizeof unfinishedPath - 1);
    const auto filled = [&]() -> Result<void> {
        if (Result<void> written = write(part); !written)
            return written;
        if (Result<void> flushed = flush(part, 0); !flushed)
            return flushed;
        if (std::rename(part.c_str(), path.c_str()) != 0)
            return cannotWrite(path, errno);
        return flushFolder(path.parent_path());
    };
    Result<void> done = filled();
    if (!done)
        unlink(part.c_str());
    unfinishedPath[0] = 0;
    return done;
}

Result<void> writeAtomically(const fs::path& path, std::string_view bytes)
{
    return writeAtomically(path, [bytes](const fs::path& part) { return writeBytes(part, bytes); });
}

} // namespace nc::io

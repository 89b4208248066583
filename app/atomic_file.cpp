#include "app/atomic_file.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace nc::app
{

namespace
{

// One unfinished file at a time; plain memory, because a signal handler reads it.
char unfinishedPath[4096] = {};

void onInterrupt(int)
{
    if (unfinishedPath[0])
        unlink(unfinishedPath);
    _exit(130);
}

Error cannotWrite(const std::filesystem::path& path, int code)
{
    return environmentError("cannot write the output: " + std::string(std::strerror(code)) + ": " + path.string(),
                            path.string());
}

class Unfinished
{
public:
    explicit Unfinished(const std::filesystem::path& target)
    {
        m_path = target;
        m_path += ".part" + std::to_string(getpid());
        std::strncpy(unfinishedPath, m_path.c_str(), sizeof unfinishedPath - 1);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    ~Unfinished()
    {
        if (unfinishedPath[0])
            unlink(unfinishedPath);
        unfinishedPath[0] = 0;
    }

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

    Result<void> renameTo(const std::filesystem::path& target)
    {
        const int fd = open(m_path.c_str(), O_RDONLY);
        if (fd < 0)
            return cannotWrite(target, errno);
        const int flushed = fsync(fd);
        const int code = errno;
        close(fd);
        if (flushed != 0)
            return cannotWrite(target, code);
        if (std::rename(m_path.c_str(), target.c_str()) != 0)
            return cannotWrite(target, errno);
        unfinishedPath[0] = 0;
        return {};
    }

private:
    std::filesystem::path m_path;
};

} // namespace

Result<void> writeFileAtomically(const std::filesystem::path& path,
                                 const std::function<Result<void>(const std::filesystem::path&)>& write)
{
    if (Result<void> writable = checkWritable(path); !writable)
        return writable;
    Unfinished unfinished(path);
    if (Result<void> written = write(unfinished.path()); !written)
        return written;
    return unfinished.renameTo(path);
}

Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes)
{
    return writeFileAtomically(path, [&](const std::filesystem::path& part) -> Result<void> {
        const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (fd < 0)
            return cannotWrite(path, errno);
        while (!bytes.empty()) {
            const ssize_t n = ::write(fd, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0) {
                const int code = errno;
                close(fd);
                return cannotWrite(path, code);
            }
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        close(fd);
        return {};
    });
}

Result<void> checkWritable(const std::filesystem::path& path)
{
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code))
        return environmentError("the output folder does not exist: " + folder.string(), folder.string());
    if (access(folder.c_str(), W_OK) != 0)
        return environmentError("the output folder is not writable: " + folder.string(), folder.string());
    if (std::filesystem::is_directory(path, code))
        return environmentError("the output is a folder, not a file: " + path.string(), path.string());
    return {};
}

void removeUnfinishedFilesOnInterrupt()
{
    struct sigaction action = {};
    action.sa_handler = onInterrupt;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

} // namespace nc::app

#include "app/atomic_file.h"

#include <csignal>
#include <string>

#include <unistd.h>

#include "io/atomic_file.h"

namespace nc::app
{

Result<void> writeFileAtomically(const std::filesystem::path& path, std::string_view bytes)
{
    if (Result<void> writable = checkWritable(path); !writable)
        return writable;
    return io::writeAtomically(path, bytes);
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
    action.sa_handler = [](int) {
        io::removeUnfinishedFile();
        _exit(130);
    };
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

} // namespace nc::app

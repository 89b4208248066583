#include "io/own_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fstream>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <hdf5.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/utf8.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace
{

using Json = nlohmann::json;

std::string encoded(const Result<void>& result)
{
    if (result)
        return "{}";
    const Error& error = result.error();
    Json json{{"kind", static_cast<int>(error.kind)},
              {"message", error.message},
              {"file", error.file},
              {"dataset", error.dataset},
              {"epoch", error.epoch ? Json(*error.epoch) : Json()}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Nothing where the process ended before it had said everything.
std::optional<Result<void>> decoded(const std::string& text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object())
        return {};
    if (json.empty())
        return Result<void>();
    Error error{static_cast<ErrorKind>(json["kind"].get<int>()), json["message"], json["file"], json["dataset"], {}};
    if (json["epoch"].is_number())
        error.epoch = json["epoch"].get<std::int64_t>();
    return Result<void>(error);
}

void limit(decltype(RLIMIT_CPU) what, rlim_t most)
{
    rlimit current{};
    getrlimit(what, &current);
    current.rlim_cur = std::min(most, current.rlim_max);
    setrlimit(what, &current);
}

/// Addresses that this process has mapped.
std::uint64_t mappedBytes()
{
    std::uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// In the child: never returns, runs no destructor of this process.
[[noreturn]] void work(int answer, const ProcessLimits& limits, std::uint64_t mapped,
                       const std::function<Result<void>()>& job)
{
    prctl(PR_SET_PDEATHSIG, SIGINT); // as an interrupt by the user: what is half written goes
    for (const int fatal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU})
        std::signal(fatal, SIG_DFL); // the end is told by the parent
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, limits.cpuSeconds);
    if (mapped > 0)
        limit(RLIMIT_AS, mapped + limits.extraBytes);
    if (const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0)
        dup2(nowhere, STDERR_FILENO); // the C library tells there of a damaged heap
    std::string text;
    try {
        text = encoded(job());
    } catch (...) {
        _exit(1);
    }
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t count = write(answer, text.data() + done, text.size() - done);
        if (count <= 0 && errno != EINTR)
            _exit(1);
        done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
    _exit(0);
}

/// Processor time that a child has used, in nanoseconds.
std::int64_t cpuTimeOf(pid_t child)
{
    clockid_t clock{};
    timespec used{};
    if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return -1;
    return used.tv_sec * 1'000'000'000 + used.tv_nsec;
}

/// Whether it waits for something other than a disk or a processor.
bool isAsleep(pid_t child)
{
    std::ifstream in("/proc/" + std::to_string(child) + "/stat");
    std::string line;
    std::getline(in, line);
    const std::size_t name = line.rfind(')');
    return name != std::string::npos && line.compare(name, 3, ") S") == 0;
}

/// Waits until the child says something or ends. False where it waits for ever: a lock that another thread of this
/// process held when the child was made is never let go in the child.
bool saysSomething(int from, pid_t child)
{
    constexpr int tickMs = 100, mostQuietTicks = 10;
    std::int64_t used = cpuTimeOf(child);
    for (int quiet = 0; quiet < mostQuietTicks;) {
        pollfd wait{from, POLLIN, 0};
        if (poll(&wait, 1, tickMs) != 0)
            return true;
        const std::int64_t now = cpuTimeOf(child);
        quiet = now == used && isAsleep(child) ? quiet + 1 : 0;
        used = now;
    }
    return false;
}

std::string readAll(int from)
{
    std::string text;
    std::array<char, 4096> block{};
    for (;;) {
        const ssize_t count = read(from, block.data(), block.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return text;
        text.append(block.data(), static_cast<std::size_t>(count));
    }
}

/// What tells one state of a file from another.
using FileState = std::array<std::int64_t, 5>;

std::optional<FileState> stateOf(const std::filesystem::path& file)
{
    struct stat status = {};
    if (stat(file.c_str(), &status) != 0)
        return {};
    return FileState{static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), status.st_size,
                     status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

/// Forks while no other thread is inside HDF5, and lets the child do its work as the holder of HDF5's one lock: another
/// thread's hold would outlive that thread in the child, and so would its waiting. HDF5 holds the lock for its own
/// thread while it calls back, which it does for each property of a list.
pid_t forkHoldingHdf5(const std::function<void()>& inChild)
{
    struct Fork {
        pid_t child = -1;
        const std::function<void()>& inChild;
    } state{-1, inChild};
    const H5P_iterate_t inside = [](hid_t, const char*, void* into) -> herr_t {
        auto& made = *static_cast<Fork*>(into);
        made.child = fork();
        if (made.child == 0)
            made.inChild();
        return 1;
    };
    int index = 0;
    const hid_t list = H5Pcreate(H5P_FILE_ACCESS);
    H5Piterate(list, &index, inside, &state);
    H5Pclose(list);
    return state.child;
}

} // namespace

namespace
{

/// What the child said, and how it ended; nothing where it hangs or could not be made.
struct Ended {
    std::string text;
    int status = 0;
};
std::optional<Ended> attempt(const std::filesystem::path& file, const ProcessLimits& limits,
                             const std::function<Result<void>()>& job)
{
    const std::uint64_t mapped = mappedBytes();
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    const pid_t child =
        forkHoldingHdf5([&] { work(ends[1], limits, mapped, [&] { return withinMemory(file, job); }); });
    close(ends[1]);
    Ended ended;
    const bool speaks = child > 0 && saysSomething(ends[0], child);
    if (speaks)
        ended.text = readAll(ends[0]);
    else if (child > 0)
        kill(child, SIGKILL);
    close(ends[0]);
    while (child > 0 && waitpid(child, &ended.status, 0) < 0 && errno == EINTR) {
    }
    return speaks ? std::optional(ended) : std::nullopt;
}

} // namespace

Result<void> inOwnProcess(const std::filesystem::path& file, const ProcessLimits& limits,
                          const std::function<Result<void>()>& job)
{
    constexpr int attempts = 3; // what hung once seldom hangs again: the other threads are elsewhere by then
    std::optional<Ended> ended;
    for (int k = 0; k < attempts && !ended; ++k)
        ended = attempt(file, limits, job);
    if (!ended)
        return job();
    if (const std::optional<Result<void>> result = decoded(ended->text))
        return *result;
    const bool tooLong = WIFSIGNALED(ended->status) && WTERMSIG(ended->status) == SIGXCPU;
    return dataError("Cannot read the run: the file is damaged, reading it " +
                         (tooLong ? "takes more than " + std::to_string(limits.cpuSeconds) + " s"
                                  : std::string("ends in a crash of HDF5")) +
                         ": " + printable(file.string()),
                     file.string());
}

Result<void> onceInOwnProcess(const std::filesystem::path& file, const std::function<Result<void>()>& job)
{
    static std::mutex mutex;
    static std::set<FileState> known;
    const std::optional<FileState> state = stateOf(file);
    {
        const std::lock_guard lock(mutex);
        if (state && known.contains(*state))
            return {};
    }
    Result<void> result = inOwnProcess(file, {}, job);
    const std::lock_guard lock(mutex);
    if (result && state)
        known.insert(*state);
    return result;
}

} // namespace nc::io

#include "io/own_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/atomic_file.h"
#include "io/jobs.h"

namespace nc::io
{

namespace
{

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int asked = STDIN_FILENO; ///< of ncscope-try: the socket that jobs come from and answers go to
/// In ncscope-try, and where a job has to be done here.
thread_local bool isDoingJob = false;

std::string encoded(const Result<std::string>& result)
{
    Json json;
    if (result)
        json = {{"value", *result}};
    else
        json = {{"kind", static_cast<int>(result.error().kind)},
                {"message", result.error().message},
                {"file", result.error().file},
                {"dataset", result.error().dataset},
                {"epoch", result.error().epoch ? Json(*result.error().epoch) : Json()}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Nothing where it is no answer: the process that gave it was out of its mind.
std::optional<Result<std::string>> decoded(const std::string& text)
{
    try {
        const Json json = Json::parse(text);
        if (json.contains("value"))
            return Result<std::string>(json.at("value").get<std::string>());
        Error error{static_cast<ErrorKind>(json.at("kind").get<int>()),
                    json.at("message"),
                    json.at("file"),
                    json.at("dataset"),
                    {}};
        if (json.at("epoch").is_number())
            error.epoch = json.at("epoch").get<std::int64_t>();
        return Result<std::string>(std::move(error));
    } catch (const Json::exception&) {
        return {};
    }
}

/// Texts of any bytes as one, each behind its length; and back.
std::string joined(const std::vector<std::string>& parts)
{
    std::string text;
    for (const std::string& part : parts)
        text += std::to_string(part.size()) + ":" + part;
    return text;
}

std::vector<std::string> parted(std::string_view text)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t size = std::strtoull(text.data(), nullptr, 10), at = text.find(':') + 1;
        parts.emplace_back(text.substr(at, size));
        text.remove_prefix(std::min(text.size(), at + size));
    }
    return parts;
}

/// Calls `transfer(bytes, size)`, which may move fewer, until all are moved; false where it ends before.
template <typename Byte, typename Transfer>
bool transferAll(Byte* bytes, std::size_t size, const Transfer& transfer)
{
    while (size > 0) {
        const ssize_t count = transfer(bytes, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        size -= static_cast<std::size_t>(count);
    }
    return true;
}

bool sendBytes(int socket, const char* bytes, std::size_t size)
{
    return transferAll(bytes, size,
                       [socket](const char* from, std::size_t most) { return send(socket, from, most, MSG_NOSIGNAL); });
}

bool receiveBytes(int socket, char* bytes, std::size_t size)
{
    return transferAll(bytes, size, [socket](char* to, std::size_t most) { return recv(socket, to, most, 0); });
}

bool sendMessage(int socket, const std::string& text)
{
    const std::uint64_t size = text.size();
    return sendBytes(socket, reinterpret_cast<const char*>(&size), sizeof size) &&
           sendBytes(socket, text.data(), text.size());
}

std::optional<std::string> receiveMessage(int socket)
{
    constexpr std::uint64_t longest = std::uint64_t{1} << 30;
    std::uint64_t size = 0;
    if (!receiveBytes(socket, reinterpret_cast<char*>(&size), sizeof size) || size > longest)
        return {};
    std::string text(size, '\0');
    return receiveBytes(socket, text.data(), text.size()) ? std::optional(std::move(text)) : std::nullopt;
}

/// Beside this program, or in bin/ beside its folder (tests); NCSCOPE_TRY overrides. Empty where there is none.
const std::string& programToAsk()
{
    static const std::string program = []() -> std::string {
        if (const char* chosen = std::getenv("NCSCOPE_TRY"); chosen && *chosen)
            return chosen;
        std::error_code code;
        const fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
        for (const fs::path& path : {folder / "ncscope-try", folder.parent_path() / "bin" / "ncscope-try"})
            if (access(path.c_str(), X_OK) == 0)
                return path;
        return {};
    }();
    return program;
}

/// A running ncscope-try.
class Helper
{
public:
    /// Null where it cannot be started, also where it starts and cannot run.
    static std::unique_ptr<Helper> start();
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;
    ~Helper()
    {
        if (m_process > 0 && isOurs())
            kill(m_process, SIGKILL);
        end();
    }

    [[nodiscard]] bool isOurs() const { return m_owner == getpid(); } ///< not that of the process we were forked from
    [[nodiscard]] bool isFresh() const { return m_answers == 0; }

    void ask(std::span<const Job> jobs)
    {
        std::vector<std::string> requests;
        for (const Job& job : jobs) {
            std::vector<std::string> words{std::to_string(job.cpuSeconds)};
            words.insert(words.end(), job.words.begin(), job.words.end());
            requests.push_back(joined(words));
        }
        (void)sendMessage(m_socket, joined(requests)); // where it is gone, there is no answer
    }

    /// Nothing where it ended.
    std::optional<Result<std::string>> answer()
    {
        const std::optional<std::string> text = receiveMessage(m_socket);
        std::optional<Result<std::string>> result = text ? decoded(*text) : std::nullopt;
        m_answers += result.has_value();
        return result;
    }

    /// Waits for its end and tells how it came.
    int end()
    {
        close(std::exchange(m_socket, -1));
        int status = 0;
        if (m_process > 0 && isOurs())
            while (waitpid(m_process, &status, 0) < 0 && errno == EINTR) {
            }
        m_process = -1;
        return status;
    }

private:
    Helper(int socket, pid_t process)
        : m_socket(socket)
        , m_process(process)
    {
    }

    int m_socket;
    pid_t m_process, m_owner = getpid();
    std::size_t m_answers = 0;
};

std::unique_ptr<Helper> Helper::start()
{
    std::array<int, 2> ends{};
    if (!canTry() || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return {};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, ends[1], asked);
    for (const int unused : {STDOUT_FILENO, STDERR_FILENO}) // the C library tells there of a damaged heap
        posix_spawn_file_actions_addopen(&files, unused, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t signals;
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setpgroup(&attributes, 0); // Ctrl+C is for us, our end for it
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    std::string program = programToAsk();
    std::array<char*, 2> arguments{program.data(), nullptr};
    pid_t process = -1;
    const int code = posix_spawn(&process, program.c_str(), &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    if (code != 0) {
        close(ends[0]);
        return {};
    }
    std::unique_ptr<Helper> helper(new Helper(ends[0], process));
    return receiveMessage(ends[0]) ? std::move(helper) : nullptr; // it greets
}

/// The one of this thread while it has nothing to do: a job asked for amid another has one of its own.
thread_local std::unique_ptr<Helper> idleHelper;

std::unique_ptr<Helper> takeHelper()
{
    std::unique_ptr<Helper> helper = std::move(idleHelper);
    return helper && helper->isOurs() ? std::move(helper) : Helper::start();
}

Error endedBy(const Job& job, int status)
{
    const bool tooLong = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
    return job.place.fault("the file is damaged, reading it " +
                           (tooLong ? "takes more than " + std::to_string(job.cpuSeconds) + " s"
                                    : std::string("ends in a crash of HDF5")));
}

/// What tells one state of a file from another, for one kind of trial.
using FileState = std::tuple<std::string, dev_t, ino_t, off_t, time_t, long>;

std::optional<FileState> stateFor(const Job& trial)
{
    struct stat status = {};
    if (stat(trial.place.file.c_str(), &status) != 0)
        return {};
    return FileState{trial.words.front(), status.st_dev,         status.st_ino,
                     status.st_size,      status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

/// The states that were survived.
class Survived
{
public:
    [[nodiscard]] bool has(const FileState& state) const
    {
        const std::lock_guard lock(m_mutex);
        return m_states.contains(state);
    }
    void add(const FileState& state)
    {
        const std::lock_guard lock(m_mutex);
        m_states.insert(state);
    }

private:
    mutable std::mutex m_mutex;
    std::set<FileState> m_states;
};

void limit(decltype(RLIMIT_CPU) what, rlim_t most)
{
    rlimit current{};
    getrlimit(what, &current);
    current.rlim_cur = std::min(most, current.rlim_max);
    setrlimit(what, &current);
}

/// For the job that comes next, on top of what is used already.
void limitJob(unsigned cpuSeconds)
{
    constexpr rlim_t moreBytes = rlim_t{768} << 20;
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    limit(RLIMIT_CPU, static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1) + cpuSeconds);
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    if (pages > 0)
        limit(RLIMIT_AS, pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + moreBytes);
}

} // namespace

bool canTry()
{
    return !isDoingJob && !programToAsk().empty();
}

Result<std::string> inOwnProcess(const Job& job)
{
    std::optional<Result<std::string>> result;
    inOwnProcess({&job, 1}, [&](std::size_t, Result<std::string> answer) { result = std::move(answer); });
    return std::move(*result);
}

void inOwnProcess(std::span<const Job> jobs,
                  const std::function<void(std::size_t job, Result<std::string> answer)>& answered)
{
    for (std::size_t next = 0; next < jobs.size();) {
        std::unique_ptr<Helper> helper = takeHelper();
        if (!helper) {
            const bool outer = std::exchange(isDoingJob, true);
            Result<std::string> answer = doJob(jobs[next].words);
            isDoingJob = outer;
            answered(next, std::move(answer));
            ++next;
            continue;
        }
        helper->ask(jobs.subspan(next));
        std::optional<Result<std::string>> answer;
        while (next < jobs.size() && (answer = helper->answer())) {
            answered(next, std::move(*answer));
            ++next;
        }
        if (next == jobs.size()) {
            idleHelper = std::move(helper);
            return;
        }
        // What an earlier job left behind may have been its end: only a fresh process tells of the job it ends with.
        const bool wasFresh = helper->isFresh();
        const int status = helper->end();
        if (wasFresh || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)) {
            answered(next, endedBy(jobs[next], status));
            ++next;
        }
    }
}

Result<void> survives(const Job& trial)
{
    Result<void> result;
    surviveEach({&trial, 1}, [&](std::size_t, Result<void> answer) { result = std::move(answer); });
    return result;
}

void surviveEach(std::span<const Job> trials, const std::function<void(std::size_t trial, Result<void>)>& answered)
{
    static Survived survived;
    std::vector<std::optional<FileState>> states;
    std::vector<std::size_t> indices;
    std::vector<Job> unknown;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        states.push_back(canTry() ? stateFor(trials[i]) : std::nullopt);
        if (!canTry() || (states[i] && survived.has(*states[i])))
            continue;
        indices.push_back(i);
        unknown.push_back(trials[i]);
    }
    std::size_t told = 0;
    const auto tellUpTo = [&](std::size_t end) { // of those that are known already
        for (; told < end; ++told)
            answered(told, {});
    };
    inOwnProcess(unknown, [&](std::size_t job, Result<std::string> answer) {
        const std::size_t trial = indices[job];
        tellUpTo(trial);
        if (answer && states[trial])
            survived.add(*states[trial]);
        answered(trial, answer ? Result<void>() : Result<void>(answer.error()));
        ++told;
    });
    tellUpTo(trials.size());
}

void serveJobs(const std::function<Result<std::string>(const std::vector<std::string>& words)>& work)
{
    isDoingJob = true;
    prctl(PR_SET_PDEATHSIG, SIGINT); // as an interrupt by the user: what is half written goes
    close_range(STDERR_FILENO + 1, ~0U, 0);
    for (const int ending : {SIGINT, SIGTERM})
        std::signal(ending, [](int) {
            removeUnfinishedFile();
            _exit(130);
        });
    std::signal(SIGXFSZ, SIG_IGN); // a failed write, as on a full disk
    limit(RLIMIT_CORE, 0);
    if (!sendMessage(asked, "")) // says that it runs
        _exit(1);
    while (const std::optional<std::string> requests = receiveMessage(asked))
        for (const std::string& request : parted(*requests)) {
            std::vector<std::string> words = parted(request);
            limitJob(static_cast<unsigned>(std::strtoul(words.front().c_str(), nullptr, 10)));
            words.erase(words.begin());
            if (!sendMessage(asked, encoded(work(words))))
                _exit(1);
        }
    _exit(0);
}

} // namespace nc::io

#include "app/training.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include <QTimerEvent>

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/program_files.h"
#include "io/run_state.h"

extern char** environ; // NOLINT: POSIX

namespace nc::app
{

namespace fs = std::filesystem;

namespace
{

constexpr int lookEveryMs = 500;

fs::path withoutSlash(fs::path folder)
{
    folder = folder.lexically_normal();
    return folder.has_filename() ? folder : folder.parent_path();
}

/// Whether the process is a trainer of this folder: a number may have gone to another program meanwhile.
bool isTrainerOf(std::int64_t pid, const fs::path& folder)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    return words.find(folder.filename().string()) != std::string::npos &&
           (words.find("ncscope") != std::string::npos ||
            words.find(trainerProgram().filename().string()) != std::string::npos);
}

/// Whether a process has a signal blocked, to read it off a descriptor, or catches it.
bool listensFor(std::int64_t pid, int signal)
{
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    std::uint64_t heard = 0;
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("SigBlk:") || line.starts_with("SigCgt:"))
            heard |= std::strtoull(line.c_str() + 7, nullptr, 16);
    return (heard >> (signal - 1) & 1) != 0;
}

} // namespace

fs::path trainingLogOf(const fs::path& folder)
{
    return withoutSlash(folder).string() + ".log";
}

Result<std::int64_t> startInBackground(const std::vector<std::string>& words, const fs::path& log)
{
    std::vector<char*> list;
    for (const std::string& word : words)
        list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
    posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
    pid_t child = 0;
    const int code = posix_spawn(&child, list[0], &files, &attributes, list.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (code != 0)
        return environmentError("Cannot start the training: " + std::string(std::strerror(code)) + ": " + words[0] +
                                    " with the log " + log.string(),
                                words[0]);
    return std::int64_t{child};
}

Training::Training(fs::path folder, QObject* parent)
    : QObject(parent)
    , m_folder(withoutSlash(std::move(folder)))
    , m_log(trainingLogOf(m_folder))
{
    look();
}

Result<void> Training::start(const std::vector<std::string>& words)
{
    std::error_code code;
    fs::create_directories(m_folder.parent_path(), code);
    if (code)
        return environmentError("Cannot start the training: " + code.message() + ": " + m_folder.parent_path().string(),
                                m_folder.string());
    const Result<std::int64_t> child = startInBackground(words, m_log.file());
    if (!child)
        return child.error();
    m_child = *child;
    m_childStatus.reset();
    m_stopAsked = false;
    m_phase = Phase::Starting;
    m_timer.start(lookEveryMs, this);
    Q_EMIT changed();
    return {};
}

Result<void> Training::resume()
{
    return start({trainerProgram().string(), "--resume", "-o", m_folder.string()});
}

std::int64_t Training::process() const
{
    if (m_child > 0)
        return m_child;
    const io::RunState state = io::readRunState(m_folder);
    return state.here && state.name == "running" && isTrainerOf(state.process, m_folder) ? state.process : 0;
}

bool Training::canStop() const
{
    return (m_phase == Phase::Starting || m_phase == Phase::Running) && process() > 0;
}

bool Training::stop()
{
    const std::int64_t pid = process();
    if (pid <= 0 || kill(static_cast<pid_t>(pid), SIGTERM) != 0)
        return false;
    m_stopAsked = true;
    look();
    return true;
}

bool Training::takesSnapshots() const
{
    const std::int64_t pid = process();
    return pid > 0 && listensFor(pid, SIGUSR1);
}

bool Training::snapshot()
{
    // Whoever does not listen for this signal would die of it.
    return takesSnapshots() && kill(static_cast<pid_t>(process()), SIGUSR1) == 0;
}

bool Training::canResume() const
{
    std::error_code code;
    return (m_phase == Phase::Stopped || m_phase == Phase::Crashed) &&
           fs::exists(m_folder / "checkpoints" / "last.pt", code);
}

/// Reads what the files say; of a process of our own, also how it ended.
Training::Phase Training::phaseNow()
{
    if (m_child > 0) {
        int status = 0;
        if (waitpid(static_cast<pid_t>(m_child), &status, WNOHANG) == m_child) {
            m_childStatus = status;
            m_child = 0;
        }
    }
    m_log.update(); // after the process was asked: its last words are in there then
    const io::RunState state = io::readRunState(m_folder);
    if (m_child > 0)
        return m_stopAsked ? Phase::Stopping : state.name == "running" ? Phase::Running : Phase::Starting;
    if (m_childStatus && *m_childStatus != 0)
        return Phase::Crashed;
    if (state.name == "running")
        return m_stopAsked ? Phase::Stopping : Phase::Running;
    if (state.abandoned)
        return Phase::Crashed;
    return state.name == "stopped" ? Phase::Stopped : Phase::Finished;
}

void Training::look()
{
    const Phase before = m_phase;
    const auto lines = m_log.progress().lines.size();
    m_phase = phaseNow();
    if (isActive() && !m_timer.isActive())
        m_timer.start(lookEveryMs, this);
    if (!isActive())
        m_timer.stop();
    if (m_phase != before || isActive() || lines != m_log.progress().lines.size())
        Q_EMIT changed();
}

void Training::timerEvent(QTimerEvent* event)
{
    if (event->timerId() == m_timer.timerId())
        look();
}

QString Training::howItEnded() const
{
    if (!m_childStatus)
        return tr("The training ended without a word: killed, out of memory, or the machine went down.");
    if (WIFSIGNALED(*m_childStatus)) {
        const int signal = WTERMSIG(*m_childStatus);
        return signal == SIGKILL
                   ? tr("The training was killed (signal 9), perhaps for want of memory.")
                   : tr("The training crashed: %1 (signal %2).").arg(QString::fromUtf8(strsignal(signal))).arg(signal);
    }
    return tr("The training ended with exit code %1.").arg(WEXITSTATUS(*m_childStatus));
}

QString Training::whyItEnded() const
{
    const TrainingProgress& said = m_log.progress();
    if (!said.error.empty())
        return QString::fromStdString(said.error);
    return said.lines.empty() ? tr("It left no line in its log.") : QString::fromStdString(said.lines.back());
}

} // namespace nc::app

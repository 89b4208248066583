#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace nc::trainer
{

/// Listens for `stop` and `snapshot` on stdin and for SIGTERM, SIGINT and SIGUSR1 (a snapshot, where a window cannot
/// reach stdin), in a thread of its own, while it lives. Make it before any other thread, so that all inherit the
/// blocked signals. The end of stdin is not a command: a run outlives the window that started it.
class CommandListener
{
public:
    CommandListener();
    ~CommandListener();
    CommandListener(const CommandListener&) = delete;
    CommandListener& operator=(const CommandListener&) = delete;

    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }
    [[nodiscard]] std::atomic<bool>& snapshotWanted() { return m_snapshot; }
    [[nodiscard]] bool interrupted() const { return m_interrupted; } ///< by SIGINT (Ctrl+C)

private:
    void listen(const std::stop_token& end);
    void obey(std::string_view line);

    std::stop_source m_stop;
    std::atomic<bool> m_snapshot = false, m_interrupted = false;
    int m_signals = -1;
    std::jthread m_thread;
};

} // namespace nc::trainer

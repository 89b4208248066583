#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

/// Following a run that others write.
namespace nc::io
{

/// What changed in a run since it was last told of.
struct RunChange {
    std::vector<std::int64_t> added, replaced, removed; ///< epochs of a directory run, ascending
    bool stateChanged = false;                          ///< run.json was rewritten, or its writer died
    bool grown = false;     ///< a file run was written to: which epochs it holds now is for a reader to find out
    bool restarted = false; ///< run.h5 is another file than before, or is there again: nothing known holds
    bool vanished = false;  ///< there is no run at the path any more; told once
    [[nodiscard]] bool any() const;
    void merge(const RunChange& later); ///< an epoch is then in no more than one of the lists
};

/// Watches a run from a thread of its own. Looks at names, sizes and times only: opens no HDF5 file, reads no epoch,
/// takes no lock. By inotify, so that a finished epoch is told of at once and an idle run costs nothing; by looking
/// every `pollEvery` where inotify fails, on network file systems, while a run is training (its writer may die without
/// a trace), and while the run is gone.
class RunWatcher
{
public:
    struct Options {
        std::chrono::milliseconds pollEvery{700};
        bool inotify = true; ///< false: only look, as on a network file system
    };
    /// `known`: the epochs that the owner has read off already; whatever else is there is told of at once. The callback
    /// comes from the watcher's thread, never twice at a time, and never after the destructor.
    RunWatcher(std::filesystem::path run, std::vector<std::int64_t> known,
               std::function<void(const RunChange&)> callback, Options options);
    RunWatcher(std::filesystem::path run, std::vector<std::int64_t> known,
               std::function<void(const RunChange&)> callback);
    RunWatcher(const RunWatcher&) = delete;
    RunWatcher& operator=(const RunWatcher&) = delete;
    ~RunWatcher(); ///< waits for a callback under way

    [[nodiscard]] bool usesInotify() const { return m_inotify >= 0; }

private:
    class Sight;
    void watch(const std::stop_token& stop, Sight& sight);

    std::filesystem::path m_run;
    std::function<void(const RunChange&)> m_callback;
    std::chrono::milliseconds m_pollEvery;
    int m_inotify = -1; ///< −1: looking only
    int m_wake = -1;    ///< eventfd that ends the wait
    std::jthread m_thread;
};

} // namespace nc::io

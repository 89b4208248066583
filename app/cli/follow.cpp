#include "app/cli/follow.h"

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>

#include "app/cli/run_argument.h"
#include "io/run_state.h"
#include "io/run_watcher.h"

namespace nc::cli
{
namespace
{

namespace fs = std::filesystem;

bool mayGrow(const std::string& run)
{
    std::error_code ignored;
    return !fs::exists(fs::path(run) / "run.json", ignored) || io::readRunState(run).name == "running";
}

bool anyMayGrow(const std::vector<std::string>& runs)
{
    return std::any_of(runs.begin(), runs.end(), mayGrow);
}

/// What the watchers of all runs have seen since it was last asked.
class Changes
{
public:
    explicit Changes(const Arguments& arguments)
    {
        for (const std::string& run : arguments.positionals()) {
            const Result<io::RunReader> reader = openReader(arguments, run);
            m_watchers.push_back(
                std::make_unique<io::RunWatcher>(run, reader ? reader->epochs() : std::vector<std::int64_t>(),
                                                 [this](const io::RunChange& change) { note(change); }));
        }
    }

    /// Waits for something; whether it is worth drawing for.
    bool wait()
    {
        std::unique_lock lock(m_mutex);
        m_told.wait(lock, [this] { return m_seen.any(); });
        const io::RunChange seen = std::exchange(m_seen, {});
        return !seen.added.empty() || !seen.replaced.empty() || !seen.removed.empty() || seen.grown || seen.restarted;
    }

private:
    void note(const io::RunChange& change)
    {
        const std::lock_guard lock(m_mutex);
        m_seen.merge(change);
        m_told.notify_one();
    }

    std::mutex m_mutex;
    std::condition_variable m_told;
    io::RunChange m_seen;
    std::vector<std::unique_ptr<io::RunWatcher>> m_watchers; ///< last: they end before the rest goes
};

} // namespace

Result<int> drawAndFollow(const Arguments& arguments, Console& console, Result<int> (*draw)(const Arguments&, Console&))
{
    if (!arguments.has("--follow"))
        return draw(arguments, console);
    const std::vector<std::string>& runs = arguments.positionals();
    Changes changes(arguments);
    for (;;) {
        const bool more = anyMayGrow(runs);
        const Result<int> code = draw(arguments, console);
        if (!more || (!code && code.error().kind != ErrorKind::Data))
            return code;
        if (!code)
            console.note("waits for more: " + code.error().message);
        while (anyMayGrow(runs) && !changes.wait()) {
        }
    }
}

} // namespace nc::cli

#include "io/run_watcher.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "io/open_run.h"
#include "io/run_state.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

constexpr int settleMs = 20; ///< a writer's create, write and rename arrive as one change
constexpr std::uint32_t folderEvents =
    IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr std::uint32_t fileEvents = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

/// Tells one content of a path from another.
struct Stamp {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::int64_t written = 0; ///< nanoseconds
    bool operator==(const Stamp&) const = default;
    [[nodiscard]] bool sameFile(const Stamp& other) const { return device == other.device && inode == other.inode; }
};

std::optional<Stamp> stampOf(const fs::path& path)
{
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0)
        return {};
    return Stamp{status.st_dev, status.st_ino, status.st_size,
                 std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

/// File systems whose changes by other machines inotify does not see.
bool isRemote(const fs::path& path)
{
    constexpr std::array<std::uint32_t, 12> remote{
        0x6969,     // NFS
        0xff534d42, // CIFS
        0xfe534d42, // SMB2
        0x517b,     // SMB
        0x01021997, // 9p
        0x65735546, // FUSE, sshfs among them
        0x00c36400, // Ceph
        0x0bd00bd0, // Lustre
        0x47504653, // GPFS
        0x5346414f, // AFS
        0x19830326, // BeeGFS
        0x6b414653  // kAFS
    };
    struct statfs status = {};
    return statfs(path.c_str(), &status) == 0 &&
           std::find(remote.begin(), remote.end(), static_cast<std::uint32_t>(status.f_type)) != remote.end();
}

void mergeLists(std::vector<std::int64_t>& into, const std::vector<std::int64_t>& more)
{
    into.insert(into.end(), more.begin(), more.end());
    std::sort(into.begin(), into.end());
    into.erase(std::unique(into.begin(), into.end()), into.end());
}

void eraseFrom(std::vector<std::int64_t>& list, const std::vector<std::int64_t>& gone)
{
    std::erase_if(list, [&](std::int64_t e) { return std::find(gone.begin(), gone.end(), e) != gone.end(); });
}

} // namespace

bool RunChange::any() const
{
    return !added.empty() || !replaced.empty() || !removed.empty() || stateChanged || grown || restarted || vanished;
}

void RunChange::merge(const RunChange& later)
{
    std::vector<std::int64_t> back = later.added; // removed and there again: other content
    std::erase_if(back, [&](auto e) { return std::find(removed.begin(), removed.end(), e) == removed.end(); });
    eraseFrom(removed, back);
    eraseFrom(added, later.removed);
    eraseFrom(replaced, later.removed);
    mergeLists(added, later.added);
    eraseFrom(added, back);
    mergeLists(replaced, back);
    mergeLists(replaced, later.replaced);
    eraseFrom(replaced, added);
    mergeLists(removed, later.removed);
    stateChanged = stateChanged || later.stateChanged;
    grown = grown || later.grown;
    restarted = restarted || later.restarted;
    vanished = (vanished && !later.restarted) || later.vanished;
}

/// What was last seen of the run, and the inotify watches that go with it. Of the watcher's thread alone.
class RunWatcher::Sight
{
public:
    Sight(fs::path run, const std::vector<std::int64_t>& known, int inotify)
        : m_run(std::move(run))
        , m_inotify(inotify)
        , m_isFolder(fs::exists(m_run / "run.h5", m_ignored))
        , m_main(stampOf(mainFile()))
        , m_there(m_main.has_value())
    {
        for (const std::int64_t epoch : known)
            m_epochs[epoch] = {};
        m_stateStamp = stampOf(m_run / "run.json");
        m_state = m_isFolder ? readRunState(m_run).name : "finished";
    }

    /// Renews the watches first, so that what happens while looking is told of by the next event.
    RunChange look(bool listAnyway)
    {
        renewWatches();
        RunChange change;
        const std::optional<Stamp> main = stampOf(mainFile());
        if (!main) {
            change.vanished = m_there;
            m_there = false;
            return change;
        }
        change.restarted = !m_there || !m_main || !main->sameFile(*m_main);
        if (change.restarted)
            m_epochs.clear();
        else if (!m_isFolder)
            change.grown = *main != *m_main;
        m_there = true;
        m_main = main;
        if (m_isFolder) {
            lookAtState(change);
            lookAtEpochs(change, listAnyway || change.restarted);
        }
        return change;
    }

    [[nodiscard]] bool mustPoll() const { return !m_there || m_state == "running" || (m_inotify >= 0 && !m_watched); }

private:
    [[nodiscard]] fs::path mainFile() const { return m_isFolder ? m_run / "run.h5" : m_run; }

    void renewWatches()
    {
        if (m_inotify < 0)
            return;
        m_watched = watchPath(m_run, fs::is_directory(m_run, m_ignored) ? folderEvents : fileEvents, m_runWatch);
        if (m_isFolder)
            watchPath(m_run / "epochs", folderEvents, m_epochsWatch);
    }

    struct Watch {
        int descriptor = -1;
        std::optional<Stamp> of;
    };
    bool watchPath(const fs::path& path, std::uint32_t events, Watch& watch) const
    {
        const std::optional<Stamp> stamp = stampOf(path);
        if (stamp && watch.of && stamp->sameFile(*watch.of))
            return true;
        if (watch.descriptor >= 0)
            inotify_rm_watch(m_inotify, watch.descriptor);
        watch.descriptor = stamp ? inotify_add_watch(m_inotify, path.c_str(), events) : -1;
        watch.of = watch.descriptor >= 0 ? stamp : std::nullopt;
        return watch.descriptor >= 0;
    }

    void lookAtState(RunChange& change)
    {
        const std::optional<Stamp> stamp = stampOf(m_run / "run.json");
        if (stamp == m_stateStamp && m_state != "running")
            return;
        std::string state = readRunState(m_run).name;
        change.stateChanged = stamp != m_stateStamp || state != m_state;
        m_stateStamp = stamp;
        m_state = std::move(state);
    }

    /// A folder whose time stands still was not changed; as times are coarse it is listed twice before that counts.
    void lookAtEpochs(RunChange& change, bool listAnyway)
    {
        const fs::path folder = m_run / "epochs";
        const std::optional<Stamp> stamp = stampOf(folder);
        m_quietLooks = stamp == m_epochsStamp ? m_quietLooks + 1 : 0;
        m_epochsStamp = stamp;
        if (m_quietLooks > 2 && !listAnyway)
            return;
        std::map<std::int64_t, std::optional<Stamp>> now;
        std::error_code code;
        for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
            if (it->path().extension() == ".h5")
                if (const auto number = epochNumber(it->path().stem().string()))
                    now[*number] = stampOf(it->path());
        if (code && stamp)
            return; // cannot be listed just now: what is known stays known
        for (const auto& [epoch, file] : now) {
            const auto before = m_epochs.find(epoch);
            if (before == m_epochs.end())
                change.added.push_back(epoch);
            else if (before->second && file != before->second) // known by number only: this is its first stamp
                change.replaced.push_back(epoch);
        }
        for (const auto& [epoch, file] : m_epochs)
            if (!now.contains(epoch))
                change.removed.push_back(epoch);
        m_epochs = std::move(now);
    }

    fs::path m_run;
    int m_inotify;
    std::error_code m_ignored;
    bool m_isFolder; ///< a directory run; of a foreign dump, folder or file, only its own stamp is looked at
    std::optional<Stamp> m_main, m_stateStamp, m_epochsStamp;
    bool m_there, m_watched = false;
    std::string m_state;
    int m_quietLooks = 0;
    std::map<std::int64_t, std::optional<Stamp>> m_epochs;
    Watch m_runWatch, m_epochsWatch;
};

RunWatcher::RunWatcher(fs::path run, std::vector<std::int64_t> known, std::function<void(const RunChange&)> callback)
    : RunWatcher(std::move(run), std::move(known), std::move(callback), Options())
{
}

RunWatcher::RunWatcher(fs::path run, std::vector<std::int64_t> known, std::function<void(const RunChange&)> callback,
                       Options options)
    : m_run(std::move(run))
    , m_callback(std::move(callback))
    , m_pollEvery(options.pollEvery)
    , m_inotify(options.inotify && !isRemote(m_run) ? inotify_init1(IN_CLOEXEC | IN_NONBLOCK) : -1)
    , m_wake(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    m_thread = std::jthread([this, known = std::move(known)](const std::stop_token& stop) {
        Sight sight(m_run, known, m_inotify);
        watch(stop, sight);
    });
}

RunWatcher::~RunWatcher()
{
    m_thread.request_stop();
    eventfd_write(m_wake, 1);
    m_thread.join();
    close(m_wake);
    if (m_inotify >= 0)
        close(m_inotify);
}

void RunWatcher::watch(const std::stop_token& stop, Sight& sight)
{
    alignas(inotify_event) std::array<char, 4096> events{};
    bool told = true; // the first look lists in any case
    while (!stop.stop_requested()) {
        if (const RunChange change = sight.look(told); change.any() && !stop.stop_requested())
            m_callback(change);
        pollfd sources[2] = {{m_wake, POLLIN, 0}, {m_inotify, POLLIN, 0}}; // a negative one is skipped
        const bool forever = m_inotify >= 0 && !sight.mustPoll();
        told = poll(sources, 2, forever ? -1 : static_cast<int>(m_pollEvery.count())) > 0;
        if (!told || stop.stop_requested())
            continue;
        poll(sources, 1, settleMs);
        while (m_inotify >= 0 && read(m_inotify, events.data(), events.size()) > 0) {
        }
    }
}

} // namespace nc::io

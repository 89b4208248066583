#include "app/run_session.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <mutex>
#include <thread>
#include <tuple>
#include <utility>

#include <QCoreApplication>

namespace nc::app
{

namespace
{

std::size_t bytesOf(const PanelContent& panel)
{
    const scene::Cloud& cloud = panel.scene.cloud;
    return static_cast<std::size_t>(cloud.positions.size()) * sizeof(float) + cloud.labelA.size() * 4 +
           cloud.labelB.size() * 4 + cloud.lambda.size() * 4 + cloud.row.size() * 8;
}

/// A loader that the window waits for no more: its step under way may take long. The next loader does wait, for the
/// memory that this one holds; and the program does not end before it.
class RetiredLoader : public QObject
{
public:
    /// Done when all that were retired so far have ended; not valid before the first.
    static inline std::shared_future<void> allEnded; // of the window's thread alone

    explicit RetiredLoader(std::unique_ptr<PanelLoader> loader)
        : QObject(QCoreApplication::instance())
    {
        std::promise<void> ended;
        const std::shared_future<void> earlier = std::exchange(allEnded, ended.get_future().share());
        m_thread = std::jthread([this, retired = std::move(loader), earlier, ended = std::move(ended)]() mutable {
            retired.reset();
            if (earlier.valid())
                earlier.wait();
            ended.set_value();
            QMetaObject::invokeMethod(this, &QObject::deleteLater, Qt::QueuedConnection);
        });
    }

private:
    std::jthread m_thread; ///< is joined while this is still an object
};

} // namespace

/// Lets a loader's answers through to the session, from any thread, until it is closed.
struct RunSession::AnswerGate {
    std::mutex mutex;
    RunSession* session = nullptr; ///< null: closed
};

RunSession::RunSession(QString path, QObject* parent, const io::ReadOptions& options)
    : QObject(parent)
    , m_path(std::move(path))
    , m_options(options)
    , m_memoryLimit(options.memoryLimit / 2)
{
    startLoader();
}

void RunSession::startLoader()
{
    // Answers come from the loader's thread; each is handed over to this one, unless the session has done with that
    // loader by then.
    m_gate = std::make_shared<AnswerGate>();
    m_gate->session = this;
    const auto here = [gate = m_gate](auto&& call) {
        const std::lock_guard lock(gate->mutex);
        if (gate->session)
            QMetaObject::invokeMethod(gate->session, [gate, call = std::forward<decltype(call)>(call)]() mutable {
                if (gate->session)
                    call();
            });
    };
    PanelLoader::Answers answers;
    answers.opened = [this, here](std::shared_ptr<const io::RunSummary> summary) {
        here([this, summary = std::move(summary)] {
            m_summary = summary;
            m_epoch = summary->epochs.empty() ? 0 : summary->epochs.back();
            Q_EMIT opened();
        });
    };
    answers.failedToOpen = [this, here](const Error& error) {
        here([this, error] {
            m_openError = QString::fromStdString(error.message);
            Q_EMIT failedToOpen(m_openError);
        });
    };
    answers.changed = [this, here](std::shared_ptr<const io::RunSummary> summary, std::vector<std::int64_t> stale,
                                   bool restarted) {
        here([this, summary = std::move(summary), stale = std::move(stale), restarted] {
            takeChange(summary, stale, restarted);
        });
    };
    answers.lost = [this, here](const Error& error) {
        here([this, error] { Q_EMIT lost(QString::fromStdString(error.message)); });
    };
    answers.panel = [this, here](std::uint64_t generation, std::int64_t epoch,
                                 std::shared_ptr<const PanelContent> panel) {
        here([=, this] { takePanel(generation, epoch, panel); });
    };
    answers.failedEpoch = [this, here](std::uint64_t generation, std::int64_t epoch, const Error& error) {
        here([this, generation, epoch, error] {
            ++m_answersTaken;
            if (generation != m_generation)
                return;
            m_failures[epoch] = QString::fromStdString(error.message);
            Q_EMIT epochFailed(epoch, m_failures[epoch]);
        });
    };
    answers.metrics = [this, here](std::int64_t epoch, std::shared_ptr<const MetricEntry> clean,
                                   std::map<std::string, double> scalars) {
        here([this, epoch, clean = std::move(clean), scalars = std::move(scalars)] {
            ++m_answersTaken;
            m_measured[epoch] = {clean, scalars};
            Q_EMIT metricsChanged();
        });
    };
    answers.sample = [this, here](std::shared_ptr<const SampleDetail> detail) {
        here([this, detail = std::move(detail)] { Q_EMIT sampleRead(detail); });
    };
    m_loader =
        std::make_unique<PanelLoader>(m_path.toStdString(), m_options, std::move(answers), RetiredLoader::allEnded);
}

RunSession::~RunSession()
{
    retireLoader();
}

/// No more answers from now on, not even of those under way.
void RunSession::retireLoader()
{
    {
        const std::lock_guard lock(m_gate->mutex);
        m_gate->session = nullptr;
    }
    if (QCoreApplication::instance())
        new RetiredLoader(std::move(m_loader));
    m_loader.reset();
}

void RunSession::takeChange(std::shared_ptr<const io::RunSummary> summary, const std::vector<std::int64_t>& stale,
                            bool restarted)
{
    m_summary = std::move(summary);
    if (restarted) {
        forgetPanels();
        m_measured.clear();
    }
    for (const std::int64_t epoch : stale)
        forget(epoch);
    Q_EMIT epochsChanged(); // who follows goes on to the last epoch first, so that no other is read before it
    sendWish();
}

void RunSession::forget(std::int64_t epoch)
{
    m_failures.erase(epoch);
    m_measured.erase(epoch);
    m_theoryGaps.erase(epoch);
    if (const auto found = m_panels.find(epoch); found != m_panels.end()) {
        m_bytes -= bytesOf(*found->second.panel);
        m_panels.erase(found);
    }
}

/// Whether a panel was seen in the frame of an epoch that was the last one then.
bool RunSession::isOutdated(std::int64_t epoch) const
{
    const auto found = m_panels.find(epoch);
    return found != m_panels.end() && m_request.basisEpochWords == "last" && !epochs().empty() &&
           found->second.lastEpoch != epochs().back();
}

const std::vector<std::int64_t>& RunSession::epochs() const
{
    static const std::vector<std::int64_t> none;
    return m_summary ? m_summary->epochs : none;
}

void RunSession::setRequest(const FigureRequest& request)
{
    m_request = request;
    forgetPanels();
    sendWish();
}

void RunSession::forgetPanels()
{
    ++m_generation;
    m_panels.clear();
    m_failures.clear();
    m_bytes = 0;
    m_extent.reset();
}

void RunSession::reload()
{
    retireLoader();
    forgetPanels();
    m_summary.reset();
    m_measured.clear();
    m_openError.clear();
    m_answersTaken = 0;
    startLoader();
}

void RunSession::setEpoch(std::int64_t epoch, int direction)
{
    if (epoch == m_epoch && direction == m_direction)
        return;
    m_epoch = epoch;
    m_direction = direction;
    sendWish();
}

void RunSession::retry(std::int64_t epoch)
{
    if (m_failures.erase(epoch) > 0)
        sendWish();
}

std::shared_ptr<const PanelContent> RunSession::panel(std::int64_t epoch) const
{
    const auto found = m_panels.find(epoch);
    return found == m_panels.end() ? nullptr : found->second.panel;
}

std::optional<std::int64_t> RunSession::nearestLoaded(std::int64_t epoch) const
{
    std::optional<std::int64_t> best;
    for (const auto& [loaded, panel] : m_panels)
        if (!best || std::abs(loaded - epoch) < std::abs(*best - epoch))
            best = loaded;
    return best;
}

std::optional<QString> RunSession::failure(std::int64_t epoch) const
{
    const auto found = m_failures.find(epoch);
    return found == m_failures.end() ? std::nullopt : std::optional(found->second);
}

/// The current epoch first, then outward from it, the way of play before the other.
void RunSession::sendWish()
{
    if (!m_summary)
        return;
    PanelLoader::Wish wish;
    wish.generation = m_generation;
    wish.answersTaken = m_answersTaken;
    wish.request = m_request;
    wish.epochs = m_summary->epochs;
    std::sort(wish.epochs.begin(), wish.epochs.end(), [this](std::int64_t a, std::int64_t b) {
        const auto cost = [this](std::int64_t epoch) {
            const double distance = std::abs(static_cast<double>(epoch - m_epoch));
            const bool behind = (epoch - m_epoch) * m_direction < 0;
            const bool later = isOutdated(epoch) && epoch != m_epoch;
            return std::tuple(later, behind ? distance * 4 : distance, epoch);
        };
        return cost(a) < cost(b);
    });
    // While the run grows every new epoch outdates all panels: only the one that is looked at is made anew then.
    std::erase_if(wish.epochs, [this](std::int64_t epoch) {
        const bool again = isOutdated(epoch) && (epoch == m_epoch || !isRunning());
        return (m_panels.contains(epoch) && !again) || m_failures.contains(epoch);
    });
    // What would not fit beside what is there is not read ahead; the current epoch always is.
    if (!m_panels.empty()) {
        const std::size_t one = std::max<std::size_t>(1, m_bytes / m_panels.size());
        const std::size_t room = m_memoryLimit > m_bytes ? (m_memoryLimit - m_bytes) / one : 0;
        const bool needCurrent = !wish.epochs.empty() && wish.epochs.front() == m_epoch;
        wish.epochs.resize(std::min(wish.epochs.size(), std::max<std::size_t>(room, needCurrent ? 1 : 0)));
    }
    if (const io::SplitInfo* clean = m_summary->firstSplit(SplitKind::Clean))
        wish.metricsSplit = clean->name;
    for (std::int64_t epoch : m_summary->epochs)
        if (!m_measured.contains(epoch))
            wish.metrics.push_back(epoch);
    m_loader->want(std::move(wish));
}

void RunSession::takePanel(std::uint64_t generation, std::int64_t epoch, std::shared_ptr<const PanelContent> panel)
{
    ++m_answersTaken;
    if (generation != m_generation)
        return;
    if (const auto before = m_panels.find(epoch); before != m_panels.end())
        m_bytes -= bytesOf(*before->second.panel);
    m_bytes += bytesOf(*panel);
    if (panel->theoryGap)
        m_theoryGaps[epoch] = *panel->theoryGap;
    if (!m_extent)
        m_extent = panel->extent;
    else
        m_extent->growFor(*panel->extent);
    m_panels[epoch] = {std::move(panel), epochs().empty() ? epoch : epochs().back()};
    dropFarPanels();
    Q_EMIT panelLoaded(epoch);
}

void RunSession::dropFarPanels()
{
    while (m_bytes > m_memoryLimit && m_panels.size() > 1) {
        const auto first = m_panels.begin(), last = std::prev(m_panels.end());
        const auto far = std::abs(first->first - m_epoch) > std::abs(last->first - m_epoch) ? first : last;
        m_bytes -= bytesOf(*far->second.panel);
        m_panels.erase(far);
    }
}

} // namespace nc::app

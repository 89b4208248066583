#include "app/panel_loader.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

#include "app/metrics_report.h"
#include "io/run_state.h"

namespace nc::app
{

PanelLoader::PanelLoader(std::string path, io::ReadOptions options, Answers answers, std::shared_future<void> after)
    : m_path(std::move(path))
    , m_options(std::move(options))
    , m_answers(std::move(answers))
    , m_after(std::move(after))
    , m_thread([this](const std::stop_token& stop) { run(stop); })
{
}

PanelLoader::~PanelLoader() = default;

void PanelLoader::want(Wish wish)
{
    {
        const std::lock_guard lock(m_mutex);
        std::erase_if(m_unread, [&](const Answer& answer) { return answer.number <= wish.answersTaken; });
        for (const Answer& answer : m_unread)
            if (!answer.isPanel)
                std::erase(wish.metrics, answer.epoch);
            else if (answer.generation == wish.generation)
                std::erase(wish.epochs, answer.epoch);
        m_wish = std::move(wish);
        m_fresh = true;
    }
    m_changed.notify_one();
}

void PanelLoader::wantSample(SampleRequest request)
{
    {
        const std::lock_guard lock(m_mutex);
        m_sample = std::move(request);
    }
    m_changed.notify_one();
}

std::optional<SampleRequest> PanelLoader::takeSample()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_sample, std::nullopt);
}

void PanelLoader::run(const std::stop_token& stop)
{
    // Threads that start here inherit it: reading ahead never takes the processor from who paints.
    constexpr int behindTheWindow = 10;
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), behindTheWindow);
    if (m_after.valid())
        m_after.wait();
    if (stop.stop_requested())
        return;
    Result<OpenRun> run = OpenRun::open(m_path, m_options);
    if (!run) {
        m_answers.failedToOpen(run.error());
        return;
    }
    m_answers.opened(std::make_shared<const io::RunSummary>(run->summary));
    SampleReader samples(*run);
    const io::RunWatcher watcher(m_path, run->reader.epochs(), [this](const io::RunChange& change) {
        {
            const std::lock_guard lock(m_mutex);
            m_change.merge(change);
        }
        m_changed.notify_one();
    });
    if (io::readRunState(m_path).name != run->summary.state) { // changed before the watcher's first look
        const std::lock_guard lock(m_mutex);
        m_change.stateChanged = true;
    }
    while (!stop.stop_requested()) {
        io::RunChange change;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, stop, [this] {
                return m_fresh || m_sample || m_change.any() || !m_wish.epochs.empty() || !m_wish.metrics.empty();
            });
            m_fresh = false;
            change = std::exchange(m_change, {});
        }
        if (stop.stop_requested())
            return;
        if (change.any())
            follow(*run, change);
        if (const auto sample = takeSample())
            m_answers.sample(std::make_shared<const SampleDetail>(samples.read(*sample)));
        else
            step(*run, stop);
    }
}

void PanelLoader::follow(OpenRun& run, const io::RunChange& change)
{
    if (change.vanished) {
        m_answers.lost(dataError("The run is no longer there, what was read of it stays: " + m_path, m_path));
        return;
    }
    if (change.restarted) {
        Result<OpenRun> again = OpenRun::open(m_path, m_options);
        if (!again) {
            m_answers.lost(again.error());
            return;
        }
        run = std::move(*again);
    } else {
        if (Result<void> done = run.reader.refresh(); !done) {
            m_answers.lost(done.error());
            return;
        }
        const Result<io::RunSummary> summary = run.reader.summary();
        if (!summary) {
            m_answers.lost(summary.error());
            return;
        }
        run.summary = *summary;
    }
    std::vector<std::int64_t> stale = change.replaced;
    stale.insert(stale.end(), change.removed.begin(), change.removed.end());
    m_answers.changed(std::make_shared<const io::RunSummary>(run.summary), std::move(stale), change.restarted);
}

/// One epoch of the wish as it stands now, so that a newer wish is never more than one epoch away.
void PanelLoader::step(OpenRun& run, const std::stop_token& stop)
{
    Wish wish;
    std::int64_t epoch = 0;
    bool panel = false;
    {
        const std::lock_guard lock(m_mutex);
        panel = !m_wish.epochs.empty();
        std::vector<std::int64_t>& queue = panel ? m_wish.epochs : m_wish.metrics;
        if (queue.empty())
            return;
        epoch = queue.front();
        queue.erase(queue.begin());
        wish.generation = m_wish.generation;
        wish.metricsSplit = m_wish.metricsSplit;
        m_unread.push_back({++m_answerCount, wish.generation, epoch, panel});
        if (panel)
            wish.request = m_wish.request;
    }
    if (panel) {
        Result<PanelContent> content = buildPanel(run, epoch, wish.request);
        if (stop.stop_requested())
            return;
        if (content) {
            // One length and one third axis for all epochs of a view, so that nothing jumps: those of the first read.
            scene::SceneModel& model = content->scene;
            if (m_lengthOf != wish.generation) {
                m_classifierLength = classifierLengthFor({&model});
                m_thirdUnit = model.third ? model.third->unit : 1;
            }
            m_lengthOf = wish.generation;
            model.classifierLength = m_classifierLength;
            if (model.third)
                scene::rescaleThird(model, m_thirdUnit);
            content->extent = scene::screenExtent(model);
        }
        if (content)
            m_answers.panel(wish.generation, epoch, std::make_shared<const PanelContent>(std::move(*content)));
        else
            m_answers.failedEpoch(wish.generation, epoch, content.error());
        return;
    }
    std::map<std::string, double> scalars;
    if (auto recorded = run.reader.scalars(epoch))
        scalars = std::move(*recorded);
    std::shared_ptr<const MetricEntry> entry;
    if (!wish.metricsSplit.empty()) {
        Result<MetricEntry> measured = measureRun(run.reader, run.summary, epoch, wish.metricsSplit, "penultimate", {});
        if (measured)
            entry = std::make_shared<const MetricEntry>(std::move(*measured));
    }
    if (!stop.stop_requested())
        m_answers.metrics(epoch, entry, std::move(scalars));
    return;
}

} // namespace nc::app

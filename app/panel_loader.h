#pragma once

#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/figure_builder.h"
#include "app/sample_detail.h"
#include "core/collapse_metrics.h"
#include "io/run_watcher.h"

namespace nc::app
{

/// Reads and projects a run's epochs on a thread of its own, which also owns every HDF5 handle. The owner says what it
/// wants, in order of urgency; a new wish replaces the old one, and what is under way for the old one is dropped. It
/// follows a run that others write.
class PanelLoader
{
public:
    struct Wish {
        std::uint64_t generation = 0; ///< comes back with every answer
        FigureRequest request;
        std::vector<std::int64_t> epochs;  ///< panels, most urgent first
        std::vector<std::int64_t> metrics; ///< epochs to measure when all panels are there
        std::string metricsSplit;          ///< clean split of the curves; empty: none
        std::uint64_t answersTaken = 0;    ///< how many answers about epochs the owner has had when it wished
    };
    /// Called from the loader's thread; hand on to your own at once.
    struct Answers {
        std::function<void(std::shared_ptr<const io::RunSummary>)> opened;
        std::function<void(Error)> failedToOpen;
        /// The run was written to. `stale` epochs hold something else than before; all do where it was restarted.
        std::function<void(std::shared_ptr<const io::RunSummary>, std::vector<std::int64_t> stale, bool restarted)>
            changed;
        std::function<void(Error)> lost; ///< the run is gone or cannot be read any more; `changed` when it is back
        std::function<void(std::uint64_t generation, std::int64_t epoch, std::shared_ptr<const PanelContent>)> panel;
        std::function<void(std::uint64_t generation, std::int64_t epoch, Error)> failedEpoch;
        std::function<void(std::int64_t epoch, std::shared_ptr<const MetricEntry> clean,
                           std::map<std::string, double> scalars)>
            metrics;
        std::function<void(std::shared_ptr<const SampleDetail>)> sample;
    };

    /// Reads nothing before `after` is done (where it is valid): two loaders would take twice the memory.
    PanelLoader(std::string path, io::ReadOptions options, Answers answers, std::shared_future<void> after);
    PanelLoader(const PanelLoader&) = delete;
    PanelLoader& operator=(const PanelLoader&) = delete;
    ~PanelLoader(); ///< waits for the step under way, not for the wish

    void want(Wish wish);
    /// One sample, before anything else; a newer one replaces it.
    void wantSample(SampleRequest request);

private:
    void run(const std::stop_token& stop);
    void follow(OpenRun& run, const io::RunChange& change);
    void step(OpenRun& run, const std::stop_token& stop);
    [[nodiscard]] std::optional<SampleRequest> takeSample();

    std::string m_path;
    io::ReadOptions m_options;
    Answers m_answers;
    std::shared_future<void> m_after;
    std::mutex m_mutex; ///< guards what follows up to m_answerCount
    std::condition_variable_any m_changed;
    Wish m_wish;
    bool m_fresh = false;
    std::optional<SampleRequest> m_sample;
    io::RunChange m_change; ///< on disk, not yet read off
    struct Answer {
        std::uint64_t number = 0, generation = 0;
        std::int64_t epoch = 0;
        bool isPanel = false;
    };
    std::vector<Answer> m_unread; ///< begun or sent, but not known of in the last wish: not to be done twice
    std::uint64_t m_answerCount = 0;
    double m_classifierLength = 1; ///< of the loader's thread, as the next two
    double m_thirdUnit = 1;
    std::uint64_t m_lengthOf = 0; ///< the generation that it was worked out for; generations start at 1
    std::jthread m_thread;        ///< last: stops before the rest goes
};

} // namespace nc::app

#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/figure_builder.h"
#include "app/sample_detail.h"
#include "core/collapse_metrics.h"

namespace nc::app
{

/// Reads and projects a run's epochs on a thread of its own, which also owns every HDF5 handle. The owner says what it
/// wants, in order of urgency; a new wish replaces the old one, and what is under way for the old one is dropped.
class PanelLoader
{
public:
    struct Wish {
        std::uint64_t generation = 0; ///< comes back with every answer
        FigureRequest request;
        std::vector<std::int64_t> epochs;  ///< panels, most urgent first
        std::vector<std::int64_t> metrics; ///< epochs to measure when all panels are there
        std::string metricsSplit;          ///< clean split of the curves; empty: none
    };
    /// Called from the loader's thread; hand on to your own at once.
    struct Answers {
        std::function<void(std::shared_ptr<const io::RunSummary>)> opened;
        std::function<void(Error)> failedToOpen;
        std::function<void(std::uint64_t generation, std::int64_t epoch, std::shared_ptr<const PanelContent>)> panel;
        std::function<void(std::uint64_t generation, std::int64_t epoch, Error)> failedEpoch;
        std::function<void(std::int64_t epoch, std::shared_ptr<const MetricEntry> clean,
                           std::map<std::string, double> scalars)>
            metrics;
        std::function<void(std::shared_ptr<const SampleDetail>)> sample;
    };

    PanelLoader(std::string path, io::ReadOptions options, Answers answers);
    PanelLoader(const PanelLoader&) = delete;
    PanelLoader& operator=(const PanelLoader&) = delete;
    ~PanelLoader(); ///< waits for the step under way, not for the wish

    void want(Wish wish);
    /// One sample, before anything else; a newer one replaces it.
    void wantSample(SampleRequest request);

private:
    void run(const std::stop_token& stop);
    void step(OpenRun& run, const std::stop_token& stop);
    [[nodiscard]] std::optional<SampleRequest> takeSample();

    std::string m_path;
    io::ReadOptions m_options;
    Answers m_answers;
    std::mutex m_mutex; ///< guards m_wish, m_fresh and m_sample
    std::condition_variable_any m_changed;
    Wish m_wish;
    bool m_fresh = false;
    std::optional<SampleRequest> m_sample;
    double m_classifierLength = 1; ///< of the loader's thread, as the next two
    double m_thirdUnit = 1;
    std::uint64_t m_lengthOf = 0;  ///< the generation that it was worked out for; generations start at 1
    std::jthread m_thread;         ///< last: stops before the rest goes
};

} // namespace nc::app

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/training/trainer.h"

namespace nc::training
{

/// Does what training must not wait for, one job after the other in the order given, in a thread of its own: takes an
/// epoch off the device, computes its figures, writes it and then its checkpoint. After a job that failed none is done
/// any more. All calls from one thread.
class BackgroundWriter
{
public:
    /// What is to be told once the epoch is safe. May throw.
    using Job = std::function<Result<EpochProgress>()>;

    BackgroundWriter();
    /// Does first what was given.
    ~BackgroundWriter();
    BackgroundWriter(const BackgroundWriter&) = delete;
    BackgroundWriter& operator=(const BackgroundWriter&) = delete;

    /// Waits while two jobs are waiting, so that memory is bounded.
    void push(Job job);
    /// Waits until nothing is left to do.
    void drain();
    /// What was finished since the last call, in order.
    [[nodiscard]] std::vector<EpochProgress> takeFinished();
    [[nodiscard]] std::optional<Error> failure() const;

private:
    void work(const std::stop_token& stop);

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::deque<Job> m_waiting;
    bool m_busy = false;
    std::vector<EpochProgress> m_finished;
    std::optional<Error> m_failure;
    std::jthread m_thread;
};

} // namespace nc::training

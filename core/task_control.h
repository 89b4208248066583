#pragma once

#include <functional>
#include <stop_token>
#include <utility>

namespace nc
{

/// What a long computation is given: when to give up, whom to tell how far it is, and how many threads it may use,
/// which changes no result. Copied by value into jobs.
struct TaskControl {
    std::stop_token stop{};
    std::function<void(double fraction)> progress{}; ///< 0..1, called from the working thread; may be empty
    int threads = 1;                                 ///< at least 1

    [[nodiscard]] bool stopRequested() const { return stop.stop_requested(); }
    void report(double fraction) const
    {
        if (progress)
            progress(fraction);
    }
};

} // namespace nc

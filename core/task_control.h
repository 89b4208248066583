#pragma once

#include <functional>
#include <stop_token>
#include <utility>

namespace nc
{

/// What a long computation is given: when to give up, and whom to tell how far it is. Copied by value into jobs.
struct TaskControl {
    std::stop_token stop{};
    std::function<void(double fraction)> progress{}; ///< 0..1, called from the working thread; may be empty

    [[nodiscard]] bool stopRequested() const { return stop.stop_requested(); }
    void report(double fraction) const
    {
        if (progress)
            progress(fraction);
    }
};

} // namespace nc

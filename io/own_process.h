#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "io/h5_access.h"

/// HDF5 1.10 may crash, loop or eat all memory over a damaged file, so that what it may not survive is a job for
/// another program, ncscope-try, with limits on its time and memory. Each thread that asks has one of its own, which
/// ends with it. A job that ends it is a data error. Private to io.
namespace nc::io
{

struct Job {
    std::vector<std::string> words{}; ///< as doJob() takes them (io/jobs.h)
    h5::Place place{};                ///< what is to blame where the process ends
    unsigned cpuSeconds = 5;          ///< after which it is ended
};

/// False in ncscope-try itself, and where the program is missing: then jobs are done here, and trials need not be made.
[[nodiscard]] bool canTry();

[[nodiscard]] Result<std::string> inOwnProcess(const Job& job);
/// Several in order, `answered` is told of each while the next is under way.
void inOwnProcess(std::span<const Job> jobs,
                  const std::function<void(std::size_t job, Result<std::string> answer)>& answered);

/// For jobs that only find out whether a file is survived: done once for each state of place.file (inode, length, time
/// of change) that came well through it.
[[nodiscard]] Result<void> survives(const Job& trial);
void surviveEach(std::span<const Job> trials, const std::function<void(std::size_t trial, Result<void>)>& answered);

} // namespace nc::io

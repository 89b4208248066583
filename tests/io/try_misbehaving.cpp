#include <atomic>
#include <csignal>
#include <fstream>

#include <unistd.h>

#include "io/jobs.h"

/// Stands in for ncscope-try: does what damaged files make HDF5 do.
int main()
{
    using nc::Result;
    nc::io::serveJobs([done = 0](const std::vector<std::string>& words) mutable -> Result<std::string> {
        const std::string& job = words[0];
        std::ofstream(words[1], std::ios::app) << job << '\n';
        ++done;
        if (job == "signal")
            raise(std::stoi(words[2]));
        if (job == "end if not first" && done > 1)
            _exit(3);
        if (job == "loop")
            for (std::atomic<int> turns = 0;; ++turns) {
            }
        if (job == "grow")
            return std::string(1, std::string(std::size_t{2} << 30, 'x').back());
        if (job == "fail")
            return nc::Error{nc::ErrorKind::Environment, "Größe \"x\" fails", "a.h5", "b/c", 12};
        return words.back();
    });
}

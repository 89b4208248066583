#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/result.h"

/// All runs under a folder, as `ncscope runs` shows them.
namespace nc::io
{

struct RunListing {
    std::filesystem::path path;
    std::string title;
    std::string state;                     ///< "running", "finished", "stopped", or "broken" where it cannot be read
    std::size_t epochs = 0;                ///< how many are listed
    std::map<std::string, double> metrics; ///< scalars of the last epoch that opens
    std::string configuration;             ///< JSON text, empty where none was recorded
    std::string fault;                     ///< why it is broken, one sentence
};

/// Folders with run.h5, which are not searched further, and .h5 files that are runs or meant to be (broken ones;
/// foreign dumps where features and labels can be told). By path; links to folders are not followed. Error where
/// `folder` is none.
[[nodiscard]] Result<std::vector<RunListing>> listRuns(const std::filesystem::path& folder);

/// One of them as JSON, for the job "list" (io/jobs.h): empty where the file is neither a run nor a dump that can be
/// read as one.
[[nodiscard]] Result<std::string> listedRun(const std::filesystem::path& path);

} // namespace nc::io

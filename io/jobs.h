#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/result.h"

namespace nc::io
{

/// The jobs of ncscope-try, by their first word:
///   open RUN                        reads all that never changes, and the epochs of a file run
///   header FILE EPOCH               reads attributes and names of an epoch's file
///   epoch FILE EPOCH                opens everything in it
///   arrays FILE                     opens everything in a foreign dump
///   foreign FILE                    answers "yes" where it is no run but may be a dump
///   rows FILE DATASET FIRST END TO  writes the raw bytes of rows to a file
///   pictures FILE                   answers with the facts of a file of pictures as JSON
///   list PATH                       answers with a RunListing as JSON; with nothing where there is no run
///   pack FOLDER FILE, unpack FILE FOLDER PART
[[nodiscard]] Result<std::string> doJob(const std::vector<std::string>& words);

/// The program ncscope-try: does jobs by `work` until nobody asks any more. The other end is io/own_process.h.
[[noreturn]] void serveJobs(const std::function<Result<std::string>(const std::vector<std::string>& words)>& work);

} // namespace nc::io

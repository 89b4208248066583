#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/task_control.h"

namespace nc::io {

enum class Severity { Error, Warning };

struct Problem {
    Severity severity = Severity::Error;
    std::string file, dataset;          ///< dataset empty where the fault is the file's
    std::optional<std::int64_t> epoch;
    std::string message;                ///< one sentence: what, where, why
};

struct CheckReport {
    std::vector<Problem> problems;
    [[nodiscard]] bool valid() const; ///< no problem of severity Error
};

/// Validates a run against docs/format.md, all epochs; `deep` reads every number (finite features, checksums).
/// Never fails: what cannot be read is a problem.
[[nodiscard]] CheckReport checkRun(const std::filesystem::path& run, bool deep, const TaskControl& control = {});

} // namespace nc::io

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/task_control.h"
#include "io/foreign_mapping.h"

namespace nc::io
{

enum class Severity { Error, Warning };

struct Problem {
    Severity severity = Severity::Error;
    std::string file, dataset; ///< dataset empty where the fault is the file's
    std::optional<std::int64_t> epoch;
    std::string message; ///< one sentence: what, where, why
};

struct CheckReport {
    std::vector<Problem> problems;
    [[nodiscard]] bool valid() const; ///< no problem of severity Error
};

/// Validates a run against docs/format.md, all epochs; `deep` reads every number (finite values,
/// checksums xxh64, recorded logits against W h + b). Never fails: what cannot be read is a problem. The type of a
/// dataset that is not the format's, a *.part file and an ignored epoch are warnings. Stopped by `control` it tells
/// what it has found. Of a foreign dump it checks what the mapping names.
[[nodiscard]] CheckReport checkRun(const std::filesystem::path& run, bool deep, const TaskControl& control = {},
                                   const std::optional<ForeignMapping>& mapping = {});

} // namespace nc::io

#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/result.h"
#include "core/task_control.h"

namespace nc::cli
{

using Json = nlohmann::ordered_json;

/// The two streams of a sub-command: results on stdout, progress and messages on stderr.
class Console
{
public:
    enum class Verbosity { Quiet, Normal, Verbose };

    Verbosity verbosity = Verbosity::Normal;
    bool json = false;
    bool color = false; ///< of stdout
    int threads = 0;    ///< 0 = all cores

    void print(std::string_view text) const;    ///< result, to stdout
    void printJson(const Json& document) const; ///< result as one JSON document, NaN and infinities as null
    void note(std::string_view text) const;     ///< a line for people on stderr, not when quiet
    void detail(std::string_view text) const;   ///< the same, only when verbose
    void fail(const Error& error) const;        ///< the one place where an error is shown

    /// The wanted number of threads, and a progress line on stderr while it lives, when stderr is a terminal and not
    /// quiet.
    [[nodiscard]] TaskControl progress(std::string label) const;

    [[nodiscard]] std::string bold(std::string_view text) const;
    [[nodiscard]] std::string dim(std::string_view text) const;
};

/// A plain table: the first column left-aligned, the others right-aligned; the first row is the head.
[[nodiscard]] std::string formatTable(const std::vector<std::vector<std::string>>& rows, const Console& console);

} // namespace nc::cli

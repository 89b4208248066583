#include "app/cli/console.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <unistd.h>

#include "core/parallel.h"

namespace nc::cli
{

void Console::print(std::string_view text) const
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (text.empty() || text.back() != '\n')
        std::fputc('\n', stdout);
}

void Console::printJson(const Json& document) const
{
    print(document.dump(1, ' ', false, Json::error_handler_t::replace));
}

void Console::note(std::string_view text) const
{
    if (verbosity != Verbosity::Quiet)
        std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
}

void Console::detail(std::string_view text) const
{
    if (verbosity == Verbosity::Verbose)
        note(text);
}

void Console::fail(const Error& error) const
{
    if (json) {
        const auto orNull = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
        printJson(Json{
            {"error", {{"message", error.message}, {"file", orNull(error.file)}, {"dataset", orNull(error.dataset)}}}});
        return;
    }
    std::fprintf(stderr, "ncscope: error: %s\n", error.message.c_str());
}

TaskControl Console::progress(std::string label) const
{
    TaskControl control;
    control.threads = threadCount(threads);
    if (verbosity == Verbosity::Quiet || isatty(STDERR_FILENO) == 0)
        return control;
    // The line is erased when the last copy of the control goes.
    struct Line {
        std::string label;
        int shown = -1;
        ~Line()
        {
            if (shown >= 0)
                std::fputs("\r\033[K", stderr);
        }
    };
    auto line = std::make_shared<Line>(Line{std::move(label)});
    control.progress = [line](double fraction) {
        const int percent = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * 100);
        if (percent != line->shown)
            std::fprintf(stderr, "\r%s %3d %%", line->label.c_str(), percent);
        line->shown = percent;
    };
    return control;
}

std::string Console::bold(std::string_view text) const
{
    return color ? "\033[1m" + std::string(text) + "\033[0m" : std::string(text);
}

std::string Console::dim(std::string_view text) const
{
    return color ? "\033[2m" + std::string(text) + "\033[0m" : std::string(text);
}

namespace
{

/// Columns on the terminal: code points, which is right for the Latin and Greek text of our tables.
std::size_t columns(const std::string& text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

} // namespace

std::string formatTable(const std::vector<std::vector<std::string>>& rows, const Console& console)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t k = 0; k < row.size(); ++k)
            widths[k] = std::max(widths[k], columns(row[k]));
    }
    std::string text;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string line;
        for (std::size_t k = 0; k < rows[r].size(); ++k) {
            const std::string padding(widths[k] - columns(rows[r][k]), ' ');
            line += (k == 0 ? std::string() : "  ") + (k == 0 ? rows[r][k] + padding : padding + rows[r][k]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += (r == 0 ? console.bold(line) : line) + "\n";
    }
    return text;
}

} // namespace nc::cli

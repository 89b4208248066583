#include "viz/scene/rich_text.h"

#include <algorithm>
#include <string_view>

namespace nc::scene
{

namespace
{

constexpr std::string_view noBreakSpace = "\u00a0";

std::string replaced(std::string words, std::string_view from, std::string_view to)
{
    for (std::size_t at = 0; (at = words.find(from, at)) != std::string::npos; at += to.size())
        words.replace(at, from.size(), to);
    return words;
}

} // namespace

std::string unbroken(const std::string& words)
{
    return replaced(words, " ", noBreakSpace);
}

std::string breakable(const std::string& words)
{
    return replaced(words, noBreakSpace, " ");
}

RichText::RichText(std::string plain)
{
    append({std::move(plain), false, false});
}

RichText& RichText::append(TextRun run)
{
    if (run.text.empty())
        return *this;
    std::replace_if(
        run.text.begin(), run.text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    if (!m_runs.empty() && m_runs.back().italic == run.italic && m_runs.back().subscript == run.subscript &&
        m_runs.back().superscript == run.superscript)
        m_runs.back().text += run.text;
    else
        m_runs.push_back(std::move(run));
    return *this;
}

RichText& RichText::append(const RichText& other)
{
    const std::vector<TextRun> pieces = other.m_runs; // a copy: `other` may be this text
    for (const TextRun& run : pieces)
        append(run);
    return *this;
}

std::string RichText::plain() const
{
    std::string all;
    for (const TextRun& run : m_runs)
        all += run.text;
    return all;
}

} // namespace nc::scene

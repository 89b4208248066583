#include "viz/scene/rich_text.h"

#include <algorithm>

namespace nc::scene
{

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

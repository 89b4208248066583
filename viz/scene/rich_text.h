#pragma once

#include <string>
#include <vector>

namespace nc::scene
{

/// A piece of text in one face. UTF-8.
struct TextRun {
    std::string text;
    bool italic = false;
    bool subscript = false;
    bool superscript = false; ///< not together with the one above
    bool operator==(const TextRun&) const = default;
};

/// Text of a figure: a plain string, or runs put together, e.g.
/// `RichText("basis (").italic("W").text(" of epoch 499), ").italic("β").text(" = 88.0")`.
/// Nothing in the strings is markup, so class names may hold any character. Line breaks count as spaces.
class RichText
{
public:
    RichText() = default;
    RichText(std::string plain);
    RichText(const char* plain)
        : RichText(std::string(plain))
    {
    }

    RichText& text(std::string piece) { return append({std::move(piece), false, false}); }
    RichText& italic(std::string piece) { return append({std::move(piece), true, false}); }
    RichText& subscript(std::string piece) { return append({std::move(piece), false, true}); }
    RichText& superscript(std::string piece) { return append({std::move(piece), false, false, true}); }
    RichText& append(TextRun run);
    RichText& append(const RichText& other);

    [[nodiscard]] const std::vector<TextRun>& runs() const { return m_runs; }
    [[nodiscard]] bool empty() const { return m_runs.empty(); }
    /// The characters alone, UTF-8.
    [[nodiscard]] std::string plain() const;

    bool operator==(const RichText&) const = default;

private:
    std::vector<TextRun> m_runs; ///< none of them empty
};

/// The same words with spaces at which no line is broken: for a symbol with its "=" and number, a number with its unit.
[[nodiscard]] std::string unbroken(const std::string& words);
/// The same words with ordinary spaces: for who searches in them.
[[nodiscard]] std::string breakable(const std::string& words);

} // namespace nc::scene

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace nc::cli
{

/// One option of a command. `value` is the placeholder shown in the help, empty for a flag; a placeholder made of
/// lower-case words joined by '|' lists the only values taken.
struct Option {
    std::string_view name; ///< with its dashes, e.g. "--epoch"
    std::string_view value;
    std::string_view help;
    std::string_view alias{};
    bool repeatable = false;
};

/// What was typed after the command's name, checked against its table of options.
class Arguments
{
public:
    /// Accepts `--name value`, `--name=value` and aliases; `--` ends the options. A negative number is a value, not an
    /// option. Usage error naming the option and the values it takes.
    [[nodiscard]] static Result<Arguments> parse(std::span<const std::string> words, std::span<const Option> options);

    [[nodiscard]] const std::vector<std::string>& positionals() const { return m_positionals; }
    [[nodiscard]] bool has(std::string_view name) const { return m_values.find(name) != m_values.end(); }
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const; ///< the last one given
    [[nodiscard]] std::string valueOr(std::string_view name, std::string_view otherwise) const;
    [[nodiscard]] std::vector<std::string> values(std::string_view name) const;

    /// The options again as words, by name, without those in `except`.
    [[nodiscard]] std::vector<std::string> typed(std::initializer_list<std::string_view> except) const;

    /// Numbers: `otherwise` where the option is absent; a usage error for text that is no number or outside [least,
    /// most].
    [[nodiscard]] Result<double> number(std::string_view name, double otherwise, double least, double most) const;
    [[nodiscard]] Result<std::int64_t> integer(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                               std::int64_t most) const;

    /// Usage error when more than one of the named options is given.
    [[nodiscard]] Result<void> exclusive(std::initializer_list<std::string_view> names) const;

private:
    std::vector<std::string> m_positionals;
    std::map<std::string, std::vector<std::string>, std::less<>> m_values;
};

} // namespace nc::cli

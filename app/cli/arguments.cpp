#include "app/cli/arguments.h"

#include <algorithm>
#include <cmath>

#include "app/text.h"

namespace nc::cli
{

using app::parseInteger;
using app::parseNumber;
using app::splitText;

namespace
{

bool looksLikeOption(std::string_view word)
{
    return word.size() > 1 && word[0] == '-' && !parseNumber(word);
}

std::string nearest(std::string_view name, std::span<const Option> options)
{
    // Plain edit distance: the tables are short.
    const auto distance = [](std::string_view a, std::string_view b) {
        std::vector<std::size_t> row(b.size() + 1);
        for (std::size_t j = 0; j <= b.size(); ++j)
            row[j] = j;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= b.size(); ++j) {
                const std::size_t above = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
                diagonal = above;
            }
        }
        return row.back();
    };
    std::string best;
    std::size_t least = 3;
    for (const Option& option : options)
        if (const std::size_t d = distance(name, option.name); d < least) {
            least = d;
            best = option.name;
        }
    return best;
}

Result<void> checkChoice(const Option& option, const std::string& value)
{
    if (option.value.find('|') == std::string_view::npos ||
        option.value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-|") != std::string_view::npos)
        return {}; // a placeholder such as FILE.csv|.npy describes, it does not list
    const std::vector<std::string> choices = splitText(option.value, '|');
    if (std::find(choices.begin(), choices.end(), value) != choices.end())
        return {};
    return usageError(std::string(option.name) + " does not take '" + value + "', it takes " +
                      std::string(option.value));
}

} // namespace

Result<Arguments> Arguments::parse(std::span<const std::string> words, std::span<const Option> options)
{
    Arguments result;
    for (std::size_t k = 0; k < words.size(); ++k) {
        const std::string& word = words[k];
        if (word == "--") {
            result.m_positionals.insert(result.m_positionals.end(), words.begin() + static_cast<std::ptrdiff_t>(k) + 1,
                                        words.end());
            break;
        }
        if (!looksLikeOption(word)) {
            result.m_positionals.push_back(word);
            continue;
        }
        const std::size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
        const std::string name = word.substr(0, equals);
        const auto option = std::find_if(options.begin(), options.end(), [&](const Option& o) {
            return o.name == name || (!o.alias.empty() && o.alias == name);
        });
        if (option == options.end()) {
            const std::string guess = nearest(name, options);
            return usageError("unknown option " + name +
                              (guess.empty() ? ", see --help" : ", did you mean " + guess + "?"));
        }
        std::vector<std::string>& values = result.m_values[std::string(option->name)];
        if (option->value.empty()) {
            if (equals != std::string::npos)
                return usageError(name + " takes no value");
            values.emplace_back();
            continue;
        }
        if (equals == std::string::npos && k + 1 == words.size())
            return usageError(name + " needs a value: " + std::string(option->value));
        const std::string value = equals == std::string::npos ? words[++k] : word.substr(equals + 1);
        if (value.empty())
            return usageError(name + " needs a value: " + std::string(option->value));
        if (Result<void> taken = checkChoice(*option, value); !taken)
            return taken.error();
        if (!option->repeatable && !values.empty())
            return usageError(name + " is given twice");
        values.push_back(value);
    }
    return result;
}

std::optional<std::string> Arguments::value(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::nullopt : std::optional(found->second.back());
}

std::string Arguments::valueOr(std::string_view name, std::string_view otherwise) const
{
    return value(name).value_or(std::string(otherwise));
}

std::vector<std::string> Arguments::values(std::string_view name) const
{
    const auto found = m_values.find(name);
    return found == m_values.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> Arguments::typed(std::initializer_list<std::string_view> except) const
{
    std::vector<std::string> words;
    for (const auto& [name, values] : m_values)
        if (std::find(except.begin(), except.end(), name) == except.end())
            for (const std::string& value : values)
                words.push_back(value.empty() ? name : name + "=" + value);
    return words;
}

Result<double> Arguments::number(std::string_view name, double otherwise, double least, double most) const
{
    const std::optional<std::string> text = value(name);
    if (!text)
        return otherwise;
    const std::optional<double> parsed = parseNumber(*text);
    if (!parsed || !(*parsed >= least && *parsed <= most)) {
        const auto show = [](double bound) {
            std::string s = std::to_string(bound);
            s.erase(s.find_last_not_of('0') + 1);
            return s.ends_with('.') ? s.substr(0, s.size() - 1) : s;
        };
        std::string range = "a number";
        if (std::isfinite(least) && std::isfinite(most))
            range += " from " + show(least) + " to " + show(most);
        else if (std::isfinite(least))
            range += " of at least " + show(least);
        return usageError(std::string(name) + " does not take '" + *text + "', it takes " + range);
    }
    return *parsed;
}

Result<std::int64_t> Arguments::integer(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                        std::int64_t most) const
{
    const std::optional<std::string> text = value(name);
    if (!text)
        return otherwise;
    const std::optional<std::int64_t> parsed = parseInteger(*text);
    if (!parsed || *parsed < least || *parsed > most)
        return usageError(std::string(name) + " does not take '" + *text + "', it takes a whole number from " +
                          std::to_string(least) + " to " + std::to_string(most));
    return *parsed;
}

Result<void> Arguments::exclusive(std::initializer_list<std::string_view> names) const
{
    std::string_view first;
    for (std::string_view name : names) {
        if (!has(name))
            continue;
        if (!first.empty())
            return usageError(std::string(first) + " and " + std::string(name) + " exclude each other");
        first = name;
    }
    return {};
}

} // namespace nc::cli

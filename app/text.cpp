#include "app/text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace nc::app
{

std::optional<double> parseNumber(std::string_view text)
{
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

std::optional<std::uint64_t> parseByteSize(std::string_view text)
{
    const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::optional<double> number = parseNumber(text.substr(0, end));
    std::string unit;
    for (const char c : text.substr(end))
        if (c != ' ')
            unit += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    constexpr std::string_view prefixes = "KMGT";
    const std::size_t power = unit.empty() ? prefixes.npos : prefixes.find(unit.front());
    if (!number || (power == prefixes.npos ? unit != "" && unit != "B"
                                           : unit.size() > 1 && unit.substr(1) != "B" && unit.substr(1) != "IB"))
        return std::nullopt;
    const double bytes = *number * std::exp2(power == prefixes.npos ? 0 : 10 * (static_cast<double>(power) + 1));
    if (!(bytes >= 1 && bytes < 0x1p63))
        return std::nullopt;
    return static_cast<std::uint64_t>(bytes);
}

std::optional<std::int64_t> parseInteger(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::vector<std::string> splitText(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator, begin)) {
        parts.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    parts.emplace_back(text.substr(begin));
    return parts;
}

std::string joinedNames(const std::vector<std::string>& names, std::size_t most)
{
    std::string text;
    const std::size_t shown = std::min(names.size(), most);
    for (std::size_t k = 0; k < shown; ++k) {
        const bool final = k + 1 == names.size();
        text += (k == 0 ? "" : final ? " and " : ", ") + names[k];
    }
    if (shown < names.size())
        text += " and " + std::to_string(names.size() - shown) + " more";
    return text;
}

std::string exactNumber(double value)
{
    if (!std::isfinite(value))
        return {};
    char text[40];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value);
    return {text, error == std::errc() ? end : text};
}

std::string shortNumber(double value)
{
    if (!std::isfinite(value))
        return "—";
    char text[40];
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e6))
        std::snprintf(text, sizeof text, "%.2e", value);
    else
        std::snprintf(text, sizeof text, "%.*f", size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3, value);
    return text;
}

std::string fixedNumber(double value, int digits)
{
    if (!std::isfinite(value))
        return "—";
    char text[400];
    std::snprintf(text, sizeof text, "%.*f", digits, value);
    const std::string written = text;
    const bool zero = written.find_first_not_of("-0.") == std::string::npos;
    return zero && written.front() == '-' ? written.substr(1) : written;
}

std::string groupedNumber(std::int64_t value)
{
    std::string digits = std::to_string(value);
    for (std::ptrdiff_t k = static_cast<std::ptrdiff_t>(digits.size()) - 3; k > (value < 0 ? 1 : 0); k -= 3)
        digits.insert(static_cast<std::size_t>(k), ",");
    return digits;
}

std::string byteSize(std::uintmax_t bytes)
{
    static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
    double size = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (size >= 1000 && unit + 1 < std::size(units)) {
        size /= 1000;
        ++unit;
    }
    char text[32];
    std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    return text;
}

} // namespace nc::app

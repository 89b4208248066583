#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nc::app
{

/// A whole text as a finite number, or nothing; independent of the locale.
[[nodiscard]] std::optional<double> parseNumber(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parseInteger(std::string_view text);
/// "512M", "1.5G", "4GiB", "2 GB", "1000000" -> bytes, more than 0; units are powers of 1024.
[[nodiscard]] std::optional<std::uint64_t> parseByteSize(std::string_view text);

[[nodiscard]] std::vector<std::string> splitText(std::string_view text, char separator);

/// "3, 5 and 9" of at most `most` entries, the rest counted.
[[nodiscard]] std::string joinedNames(const std::vector<std::string>& names, std::size_t most = 12);

/// Shortest text that reads back exactly; empty for a number that is not finite.
[[nodiscard]] std::string exactNumber(double value);
/// Four significant digits, fixed where readable; "—" for a number that is not finite.
[[nodiscard]] std::string shortNumber(double value);
/// So many digits after the point; "—" for a number that is not finite, and no "−0.00".
[[nodiscard]] std::string fixedNumber(double value, int digits);
/// 1234567 -> "1,234,567".
[[nodiscard]] std::string groupedNumber(std::int64_t value);
/// 1536 -> "1.5 kB" (powers of 1000, as file managers show).
[[nodiscard]] std::string byteSize(std::uintmax_t bytes);

} // namespace nc::app

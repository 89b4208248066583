#pragma once

#include <string>
#include <string_view>

namespace nc::io
{

[[nodiscard]] bool isUtf8(std::string_view text);

/// Each byte that is no UTF-8 becomes '?'.
[[nodiscard]] std::string repairedUtf8(std::string text);

/// For a sentence: repaired, and control characters become '?'.
[[nodiscard]] std::string printable(std::string text);

} // namespace nc::io

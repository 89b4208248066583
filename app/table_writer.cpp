#include "app/table_writer.h"

#include <bit>

#include "app/text.h"

namespace nc::app
{

static_assert(std::endian::native == std::endian::little, "toNpy writes the machine's own byte order as '<f8'");

std::string csvField(const std::string& text)
{
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

std::string toCsv(const Table& table)
{
    std::string text;
    for (std::size_t k = 0; k < table.names.size(); ++k)
        text += (k == 0 ? "" : ",") + table.names[k];
    text += '\n';
    text.reserve(text.size() + static_cast<std::size_t>(table.values.size()) * 20);
    for (Index r = 0; r < table.values.rows(); ++r) {
        for (Index c = 0; c < table.values.cols(); ++c) {
            if (c > 0)
                text += ',';
            text += exactNumber(table.values(r, c));
        }
        text += '\n';
    }
    return text;
}

std::string toNpy(const Table& table)
{
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(table.values.rows()) +
                         ", " + std::to_string(table.values.cols()) + "), }";
    constexpr std::size_t prefix = 10; // magic, version, length
    header.append(63 - (prefix + header.size()) % 64, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xFF);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(table.values.data()), static_cast<std::size_t>(table.values.size()) * 8);
    return bytes;
}

} // namespace nc::app

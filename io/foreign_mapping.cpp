#include "io/foreign_mapping.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "io/utf8.h"

namespace nc::io
{

namespace
{

struct Key {
    std::string_view name;
    std::string ForeignMapping::*member;
};

constexpr std::array<Key, 8> keys{{{"features", &ForeignMapping::features},
                                   {"labels", &ForeignMapping::labels},
                                   {"weight", &ForeignMapping::weight},
                                   {"bias", &ForeignMapping::bias},
                                   {"lambda", &ForeignMapping::lambda},
                                   {"label_b", &ForeignMapping::labelB},
                                   {"epoch", &ForeignMapping::epoch},
                                   {"file", &ForeignMapping::file}}};

constexpr std::string_view placeholder = "{epoch}";

std::size_t placeholders(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t at = text.find(placeholder); at != text.npos; at = text.find(placeholder, at + 1))
        ++count;
    return count;
}

/// What is wrong with it as a whole, empty where nothing is.
std::string contradiction(const ForeignMapping& mapping)
{
    if (mapping.features.empty() || mapping.labels.empty())
        return std::string("needs ") + (mapping.features.empty() ? "features" : "labels") + "=NAME";
    if (mapping.lambda.empty() != mapping.labelB.empty())
        return mapping.lambda.empty() ? "names label_b, so it needs lambda=NAME too"
                                      : "names lambda, so it needs label_b=NAME too";
    if (!mapping.bias.empty() && mapping.weight.empty())
        return "names bias, so it needs weight=NAME too";
    if (!mapping.file.empty() && placeholders(mapping.file) != 1)
        return "needs {epoch} once in file=, such as file=run-{epoch}.h5";
    for (const Key& key : keys)
        if (placeholders(mapping.*key.member) > 1)
            return "has {epoch} more than once in " + std::string(key.name) + "=";
    return {};
}

} // namespace

Result<ForeignMapping> ForeignMapping::parse(std::string_view text)
{
    ForeignMapping mapping;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view entry = text.substr(0, comma);
        text.remove_prefix(std::min(comma + 1, text.size()));
        const std::size_t equals = entry.find('=');
        const std::string_view name = entry.substr(0, equals);
        const auto key = std::find_if(keys.begin(), keys.end(), [name](const Key& k) { return k.name == name; });
        if (key == keys.end())
            return usageError("--map does not know '" + printable(std::string(name)) +
                              "', it takes features, labels, weight, bias, lambda, label_b, epoch and file");
        if (equals == entry.npos || equals + 1 == entry.size())
            return usageError("--map needs a value: " + std::string(name) + "=NAME");
        if (!(mapping.*key->member).empty())
            return usageError("--map names " + std::string(name) + " twice");
        mapping.*key->member = entry.substr(equals + 1);
    }
    if (const std::string wrong = contradiction(mapping); !wrong.empty())
        return usageError("--map " + wrong);
    return mapping;
}

std::string ForeignMapping::text() const
{
    std::string result;
    for (const Key& key : keys)
        if (!(this->*key.member).empty())
            result += (result.empty() ? "" : ",") + std::string(key.name) + "=" + this->*key.member;
    return result;
}

std::string ForeignMapping::toJson() const
{
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for (const Key& key : keys)
        if (!(this->*key.member).empty())
            json[std::string(key.name)] = this->*key.member;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<ForeignMapping> ForeignMapping::fromJson(std::string_view text)
{
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object())
        return dataError("Cannot read the mapping of a foreign dump: it is no JSON object");
    ForeignMapping mapping;
    for (const auto& [name, value] : json.items()) {
        const auto key =
            std::find_if(keys.begin(), keys.end(), [&name = name](const Key& k) { return k.name == name; });
        if (key == keys.end() || !value.is_string())
            return dataError("Cannot read the mapping of a foreign dump: '" + printable(name) + "' is " +
                             (key == keys.end() ? "no part of it" : "no text"));
        mapping.*key->member = value.get<std::string>();
    }
    if (const std::string wrong = contradiction(mapping); !wrong.empty())
        return dataError("Cannot read the mapping of a foreign dump: it " + wrong);
    return mapping;
}

} // namespace nc::io

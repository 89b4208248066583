#include "io/run_state.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "io/atomic_file.h"

namespace nc::io
{

namespace
{

using Json = nlohmann::ordered_json;

constexpr std::time_t silenceSeconds = 600;

std::string hostName()
{
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

std::time_t parsedTime(const std::string& text)
{
    std::tm time{};
    if (std::sscanf(text.c_str(), "%d-%d-%dT%d:%d:%d", &time.tm_year, &time.tm_mon, &time.tm_mday, &time.tm_hour,
                    &time.tm_min, &time.tm_sec) != 6)
        return 0;
    time.tm_year -= 1900;
    time.tm_mon -= 1;
    return timegm(&time);
}

template <typename T>
T valueOr(const Json& json, const char* key, T fallback)
{
    const auto it = json.find(key);
    if (it == json.end())
        return fallback;
    if constexpr (std::is_same_v<T, std::string>)
        return it->is_string() ? it->get<std::string>() : fallback;
    else
        return it->is_number_integer() ? it->get<T>() : fallback;
}

} // namespace

std::string readRunState(const std::filesystem::path& folder)
{
    std::ifstream file(folder / "run.json");
    const Json json = Json::parse(file, nullptr, false);
    if (!json.is_object())
        return "finished";
    const std::string state = valueOr<std::string>(json, "state", "finished");
    if (state != "running")
        return state == "stopped" ? "stopped" : "finished";
    const auto pid = valueOr<std::int64_t>(json, "pid", 0);
    if (valueOr<std::string>(json, "host", "") == hostName())
        return pid > 0 && (kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM) ? "running" : "stopped";
    const std::time_t updated = parsedTime(valueOr<std::string>(json, "updated", ""));
    return std::time(nullptr) - updated <= silenceSeconds ? "running" : "stopped";
}

Result<void> writeRunState(const std::filesystem::path& folder, const std::string& title,
                           const std::string& configuration, const std::string& state)
{
    const Json config = configuration.empty() ? Json() : Json::parse(configuration, nullptr, false);
    const Json json = {{"title", title},     {"config", config.is_discarded() ? Json() : config},
                       {"state", state},     {"pid", getpid()},
                       {"host", hostName()}, {"updated", timeStamp()}};
    return writeAtomically(folder / "run.json", json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::string timeStamp()
{
    const std::time_t now = std::time(nullptr);
    std::tm time{};
    gmtime_r(&now, &time);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &time);
    return text.data();
}

} // namespace nc::io

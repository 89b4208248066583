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

/// A process that ended but was not waited for is dead, though it can still be signalled.
bool isAlive(pid_t pid)
{
    if (pid <= 0 || (kill(pid, 0) != 0 && errno != EPERM))
        return false;
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(file, line);
    const std::size_t name = line.rfind(')'); // "pid (name) S …"; the name may hold anything
    return name == std::string::npos || line.compare(name, 3, ") Z") != 0;
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

RunState readRunState(const std::filesystem::path& folder)
{
    std::ifstream file(folder / "run.json");
    const Json json = Json::parse(file, nullptr, false);
    if (!json.is_object())
        return {};
    RunState state;
    state.name = valueOr<std::string>(json, "state", "finished");
    state.process = valueOr<std::int64_t>(json, "pid", 0);
    state.here = valueOr<std::string>(json, "host", "") == hostName();
    if (state.name != "running") {
        state.name = state.name == "stopped" ? "stopped" : "finished";
        return state;
    }
    const std::time_t updated = parsedTime(valueOr<std::string>(json, "updated", ""));
    state.abandoned =
        state.here ? !isAlive(static_cast<pid_t>(state.process)) : std::time(nullptr) - updated > silenceSeconds;
    if (state.abandoned)
        state.name = "stopped";
    return state;
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

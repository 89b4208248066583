#include "app/training_log.h"

#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

namespace nc::app
{

namespace
{

using Json = nlohmann::json;

constexpr std::size_t keptLines = 200;
constexpr std::uintmax_t mostBytes = 1 << 20;

double numberOr(const Json& json, const char* key, double fallback)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? found->get<double>() : fallback;
}

std::int64_t countOr(const Json& json, const char* key, std::int64_t fallback)
{
    const double value = numberOr(json, key, static_cast<double>(fallback));
    return std::abs(value) < 1e15 ? static_cast<std::int64_t>(value) : fallback;
}

std::string textOr(const Json& json, const char* key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

} // namespace

double TrainingProgress::share() const
{
    if (finished == "completed")
        return 1;
    if (epochs <= 0 || epoch <= 0)
        return 0;
    const double within = steps > 0 ? static_cast<double>(step) / static_cast<double>(steps) : 0;
    return std::clamp((static_cast<double>(epoch - 1) + within) / static_cast<double>(epochs), 0.0, 1.0);
}

std::optional<double> TrainingProgress::secondsLeft(std::int64_t batchSize) const
{
    if (!(imagesPerSecond > 0) || batchSize <= 0 || steps <= 0 || epochs <= 0)
        return std::nullopt;
    const double passes = static_cast<double>(epochs) * (1 - share());
    return passes * static_cast<double>(steps * batchSize) / imagesPerSecond;
}

TrainingLog::TrainingLog(std::filesystem::path file)
    : m_file(std::move(file))
{
}

bool TrainingLog::update()
{
    std::error_code code;
    const std::uintmax_t size = std::filesystem::file_size(m_file, code);
    if (code || size == m_read)
        return false;
    if (size < m_read) { // another log in its place
        m_read = 0;
        m_pending.clear();
        m_progress = {};
    }
    if (size - m_read > mostBytes) {
        m_read = size - mostBytes;
        m_pending.clear();
        m_skipping = true;
    }
    std::ifstream stream(m_file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(m_read));
    std::string text(size - m_read, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
    if (text.empty())
        return false;
    m_read += text.size();
    m_pending += text;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = m_pending.find('\n', begin)) != std::string::npos; begin = end + 1)
        if (!std::exchange(m_skipping, false))
            takeLine(m_pending.substr(begin, end - begin));
    m_pending.erase(0, begin);
    return true;
}

void TrainingLog::takeLine(const std::string& line)
{
    const Json message = line.starts_with('{') ? Json::parse(line, nullptr, false) : Json();
    const std::string type = message.is_object() ? textOr(message, "type") : std::string();
    if (type.empty()) {
        if (line.empty())
            return;
        m_progress.lines.push_back(line);
        if (m_progress.lines.size() > keptLines)
            m_progress.lines.pop_front();
    } else if (type == "started") { // resumed into the same log: what ended is over
        m_progress.finished.clear();
        m_progress.error.clear();
        m_progress.device = textOr(message, "device");
        m_progress.epochs = countOr(message, "epochs", 0);
    } else if (type == "batch") {
        m_progress.epoch = countOr(message, "epoch", m_progress.epoch);
        m_progress.step = countOr(message, "step", m_progress.step);
        m_progress.steps = countOr(message, "steps", m_progress.steps);
        m_progress.loss = numberOr(message, "loss", std::nan(""));
        m_progress.imagesPerSecond = numberOr(message, "images_per_second", std::nan(""));
    } else if (type == "epoch") {
        m_progress.epoch = countOr(message, "epoch", m_progress.epoch);
        m_progress.step = m_progress.steps;
    } else if (type == "finished") {
        m_progress.finished = textOr(message, "reason");
    } else if (type == "error") {
        m_progress.error = textOr(message, "message");
    }
}

} // namespace nc::app

#pragma once

#include <cmath>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

namespace nc::app
{

/// How far a training is, by its protocol (docs/trainer-protocol.md).
struct TrainingProgress {
    std::string device;
    std::int64_t epochs = 0;          ///< to be trained in all; 0: not known
    std::int64_t epoch = 0;           ///< the pass under way, counted from 1
    std::int64_t step = 0, steps = 0; ///< within that pass
    double loss = std::nan("");       ///< of a recent batch
    double imagesPerSecond = std::nan("");
    std::string finished;          ///< "completed" or "stopped"; empty before
    std::string error;             ///< the trainer's sentence; empty where there is none
    std::deque<std::string> lines; ///< the last ones for people, oldest first

    [[nodiscard]] double share() const; ///< 0..1 of all passes
    /// At the present speed, without the time that recording takes. Nothing where the speed is not known.
    [[nodiscard]] std::optional<double> secondsLeft(std::int64_t batchSize) const;
};

/// Follows the log of a training: protocol lines and lines for people, as ncscope-train writes them to stdout and
/// stderr. Reads what was appended, once. Of a log longer than a megabyte only the end is read.
class TrainingLog
{
public:
    explicit TrainingLog(std::filesystem::path file);
    bool update(); ///< true where there was something new
    void takeLine(const std::string& line);
    [[nodiscard]] const TrainingProgress& progress() const { return m_progress; }
    [[nodiscard]] const std::filesystem::path& file() const { return m_file; }

private:
    std::filesystem::path m_file;
    std::uintmax_t m_read = 0;
    bool m_skipping = false; ///< up to the first line break: the read began inside a line
    std::string m_pending;   ///< the line that is not whole yet
    TrainingProgress m_progress;
};

} // namespace nc::app

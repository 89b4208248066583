#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <QBasicTimer>
#include <QObject>
#include <QString>

#include "app/training_log.h"
#include "core/result.h"

namespace nc::app
{

/// Where a training into this folder writes its log when it runs in the background: DIR.log beside it. (The folder
/// itself has to be empty when the trainer makes the run.)
[[nodiscard]] std::filesystem::path trainingLogOf(const std::filesystem::path& folder);

/// Starts a program (its path first) so that it outlives this one: own session, nothing on stdin, stdout and stderr
/// appended to the log. Returns the process. Errors (Environment): the program or the log cannot be opened.
[[nodiscard]] Result<std::int64_t> startInBackground(const std::vector<std::string>& words,
                                                     const std::filesystem::path& log);

/// One training, followed by its files alone: run.json and the log. So it can be one that this program started, one of
/// an earlier window, or one of a shell. Looks twice a second while it runs, never after. Lives on the GUI thread.
class Training : public QObject
{
    Q_OBJECT

public:
    enum class Phase { Starting, Running, Stopping, Stopped, Finished, Crashed };

    /// Attaches to the training of a folder that exists or will.
    explicit Training(std::filesystem::path folder, QObject* parent = nullptr);

    /// Starts the trainer: its path and all its words. Makes the parent folder where it is missing.
    [[nodiscard]] Result<void> start(const std::vector<std::string>& words);
    /// Asks it to finish the batch, write a checkpoint and end; it can be resumed. False where it cannot be reached
    /// (another machine, not ncscope-train).
    bool stop();
    /// Asks it to record the epoch under way too. False where it cannot be reached or does not listen for that.
    bool snapshot();
    /// Goes on from the last checkpoint.
    [[nodiscard]] Result<void> resume();

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    [[nodiscard]] Phase phase() const { return m_phase; }
    [[nodiscard]] bool isActive() const { return m_phase <= Phase::Stopping; }
    [[nodiscard]] const TrainingProgress& progress() const { return m_log.progress(); }
    [[nodiscard]] std::filesystem::path log() const { return m_log.file(); }
    [[nodiscard]] bool canStop() const;
    [[nodiscard]] bool takesSnapshots() const; ///< it waits for the signal of snapshot()
    [[nodiscard]] bool canResume() const;      ///< ended before its time, with a checkpoint
    /// Of a crash, in words: what happened, and what the trainer said last.
    [[nodiscard]] QString howItEnded() const;
    [[nodiscard]] QString whyItEnded() const;

    void look(); ///< at the files, now

Q_SIGNALS:
    void changed();

protected:
    void timerEvent(QTimerEvent* event) override;

private:
    [[nodiscard]] Phase phaseNow();
    [[nodiscard]] std::int64_t process() const; ///< the trainer's, on this machine; 0: none that is known

    std::filesystem::path m_folder;
    TrainingLog m_log;
    Phase m_phase = Phase::Starting;
    bool m_stopAsked = false;
    std::int64_t m_child = 0;         ///< started by this program and not yet ended
    std::optional<int> m_childStatus; ///< as waitpid gives it
    QBasicTimer m_timer;
};

} // namespace nc::app

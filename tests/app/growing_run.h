#pragma once

#include <filesystem>

#include <QTemporaryDir>

#include "app/synthetic_run.h"
#include "io/run_writer.h"

namespace nc::test
{

/// A training of another process, as far as the disk tells: the epochs of a synthetic run are put into a run folder one
/// at a time, each by a rename as the trainer does.
class GrowingRun
{
public:
    /// `epochs` are recorded in all; the folder exists at once, with epoch 0 in it.
    explicit GrowingRun(std::int64_t epochs)
    {
        app::SyntheticSettings settings;
        settings.classes = 4;
        settings.dim = 12;
        settings.samples = 1200;
        settings.epochs = epochs - 1;
        const std::filesystem::path whole = path("whole");
        m_good = static_cast<bool>(app::writeSyntheticRun(whole, settings));
        std::filesystem::create_directories(folder() / "epochs");
        std::filesystem::copy(whole / "run.h5", folder() / "run.h5");
        addEpoch();
        setState(io::RunWriter::State::Running);
    }

    [[nodiscard]] bool good() const { return m_good; }
    [[nodiscard]] std::filesystem::path folder() const { return path("growing"); }

    void addEpoch()
    {
        char name[16];
        std::snprintf(name, sizeof name, "%06d.h5", m_next++);
        std::error_code code;
        std::filesystem::rename(path("whole") / "epochs" / name, folder() / "epochs" / name, code);
        m_good = m_good && !code;
    }
    void setState(io::RunWriter::State state)
    {
        auto writer = io::RunWriter::resume(folder());
        m_good = m_good && writer && writer->setState(state);
    }

private:
    [[nodiscard]] std::filesystem::path path(const char* name) const
    {
        return std::filesystem::path(m_dir.path().toStdString()) / name;
    }
    QTemporaryDir m_dir;
    int m_next = 0;
    bool m_good = true;
};

} // namespace nc::test

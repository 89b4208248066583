#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <QTemporaryDir>

#include "io/run_writer.h"

/// Small runs on disk for the tests of io, and ways to damage them.
namespace nc::test {

/// What the fixture's runs hold, so that a test can compare.
struct FixtureRun {
    io::RunHeader header;
    std::vector<std::int64_t> epochs;
    std::vector<RowMatrixF> clean, mix; ///< penultimate features by epoch
    std::vector<RowMatrixF> hidden;     ///< layer "block1" of split "clean", float64 on disk
    std::vector<RowMatrixF> logits;     ///< of split "mix", W h + b
    std::vector<Classifier> classifiers;
};

/// 4 classes, d = 6, split "clean" (20 rows, with images) and "mix" (30 rows), epochs 0, 2 and 10. Seeded.
[[nodiscard]] FixtureRun makeFixture(io::FloatType type = io::FloatType::Float32);
/// Epoch `at` (an index into `epochs`) as the writer takes it; borrows from `run`.
[[nodiscard]] io::EpochData epochOf(const FixtureRun& run, std::size_t at, io::FloatType type = io::FloatType::Float32);
/// Writes it as a finished directory run.
void writeFixture(const FixtureRun& run, const std::filesystem::path& folder,
                  io::FloatType type = io::FloatType::Float32);

/// A fresh folder with a fixture run in it as "run", and the same as "run.h5".
class RunFolder {
public:
    explicit RunFolder(io::FloatType type = io::FloatType::Float32);

    [[nodiscard]] std::filesystem::path folder() const { return path("run"); }
    [[nodiscard]] std::filesystem::path file() const { return path("run.h5"); }
    [[nodiscard]] std::filesystem::path path(const std::string& name) const
    {
        return std::filesystem::path(m_dir.path().toStdString()) / name;
    }
    [[nodiscard]] const FixtureRun& expected() const { return m_run; }

private:
    QTemporaryDir m_dir;
    FixtureRun m_run;
};

/// Name, size, time of change and bytes of every file below `path`, as one text to compare.
[[nodiscard]] std::string fingerprint(const std::filesystem::path& path);

} // namespace nc::test

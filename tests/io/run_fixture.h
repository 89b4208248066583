#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <QTemporaryDir>
#include <QTest>

#include <hdf5.h>

#include "io/run_check.h"
#include "io/run_reader.h"
#include "io/run_writer.h"

/// Ends the test with the sentence of the error where the Result is none.
#define REQUIRE(...)                                                                                                   \
    do {                                                                                                               \
        const auto& required = __VA_ARGS__;                                                                            \
        QVERIFY2(required, required ? "" : required.error().message.c_str());                                          \
    } while (false)

/// Small runs on disk for the tests of io, and ways to damage them.
namespace nc::test
{

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
class RunFolder
{
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

/// Opens the file for writing and hands over its root, or the group `inside` it.
void edit(const std::filesystem::path& file, const std::function<void(hid_t group)>& change,
          const std::string& inside = "/");
/// Puts a contiguous dataset in the place of what is there; `data` may be null (zeros).
void putDataset(hid_t group, const std::string& path, hid_t type, const std::vector<hsize_t>& shape, const void* data);
/// The same in chunks that are never written, so that a huge shape costs nothing; `deflate` compresses.
void putChunked(hid_t group, const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                const std::vector<hsize_t>& chunk, const void* data = nullptr, bool deflate = false);
/// The same run as newer programs store it: links and headers of HDF5 1.8 and later.
void rewriteInNewerLayout(const std::filesystem::path& file);
void removeLink(hid_t group, const std::string& path);
void putAttribute(hid_t group, const std::string& object, const std::string& name, std::int64_t value);
void putAttribute(hid_t group, const std::string& object, const std::string& name, const std::string& value);
void removeAttribute(hid_t group, const std::string& object, const std::string& name);

/// Reads everything of the epoch that a program may ask for; the first error, or nothing.
[[nodiscard]] std::optional<Error> firstError(const io::RunReader& reader, std::int64_t epoch);

/// The first problem of severity Error of that file and dataset; null where there is none.
[[nodiscard]] const io::Problem* findError(const io::CheckReport& report, const std::filesystem::path& file,
                                           const std::string& dataset);

/// Name, size, time of change and bytes of every file below `path`, as one text to compare.
[[nodiscard]] std::string fingerprint(const std::filesystem::path& path);

} // namespace nc::test

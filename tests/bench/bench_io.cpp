#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/run_list.h"
#include "io/run_reader.h"
#include "io/run_writer.h"

using namespace nc;
namespace fs = std::filesystem;
using io::FloatType;

namespace
{

constexpr Index samples = 50000, dim = 512;

/// A folder that is gone when the program ends.
const fs::path& workFolder()
{
    static const std::unique_ptr<fs::path, void (*)(fs::path*)> folder(
        [] {
            std::string name = (fs::temp_directory_path() / "ncscope-bench-XXXXXX").string();
            if (!mkdtemp(name.data()))
                std::abort();
            return new fs::path(name);
        }(),
        [](fs::path* path) {
            fs::remove_all(*path);
            delete path;
        });
    return *folder;
}

const RowMatrixF& features()
{
    static const RowMatrixF matrix = RowMatrixF::Random(samples, dim);
    return matrix;
}

io::RunWriter makeRun(const std::string& name)
{
    io::RunHeader header;
    header.classNames.assign(10, "class");
    Split split;
    split.name = "clean";
    split.labelA.assign(samples, 3);
    header.splits.push_back(split);
    fs::remove_all(workFolder() / name);
    Result<io::RunWriter> writer = io::RunWriter::create(workFolder() / name, header);
    if (!writer) {
        std::fprintf(stderr, "%s\n", writer.error().message.c_str());
        std::abort();
    }
    return std::move(*writer);
}

void writeEpoch(io::RunWriter& writer, std::int64_t epoch, FloatType type)
{
    io::EpochData data;
    data.epoch = epoch;
    data.features.push_back({"clean", "penultimate", features(), type});
    if (!writer.writeEpoch(data))
        std::abort();
}

/// A run with one epoch of 50,000 x 512, written once.
const fs::path& runOf(FloatType type)
{
    static std::map<FloatType, fs::path> runs;
    fs::path& path = runs[type];
    if (path.empty()) {
        io::RunWriter writer = makeRun("read" + std::to_string(static_cast<int>(type)));
        writeEpoch(writer, 0, type);
        path = writer.folder();
    }
    return path;
}

void setBytes(benchmark::State& state, std::uint64_t bytes)
{
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

/// The yardstick: the same bytes by read(2) into memory that is there already.
void plainRead(benchmark::State& state, FloatType type)
{
    const fs::path file = runOf(type) / "epochs/000000.h5";
    const std::uint64_t size = fs::file_size(file);
    std::vector<char> buffer(size);
    for (auto _ : state) {
        const int fd = open(file.c_str(), O_RDONLY);
        std::uint64_t done = 0;
        while (done < size) {
            const ssize_t count = read(fd, buffer.data() + done, size - done);
            if (count <= 0)
                return state.SkipWithError("read failed");
            done += static_cast<std::uint64_t>(count);
        }
        close(fd);
        benchmark::DoNotOptimize(buffer.data());
    }
    setBytes(state, size);
}

/// The whole epoch of an open run into one matrix of floats, every number checked to be finite.
void readEpoch(benchmark::State& state, FloatType type)
{
    const fs::path run = runOf(type);
    RowMatrixF matrix = RowMatrixF::Constant(samples, dim, 1); // zeros would be memory that is not there yet
    const Result<io::RunReader> reader = io::RunReader::open(run);
    for (auto _ : state) {
        const auto rows = reader->features(0, "clean");
        if (!rows || !(*rows)->read(0, matrix))
            return state.SkipWithError("read failed");
        benchmark::DoNotOptimize(matrix.data());
    }
    setBytes(state, fs::file_size(run / "epochs/000000.h5"));
}

/// The same in blocks that stay in cache, as the projection and the metrics walk an epoch.
void readEpochInBlocks(benchmark::State& state, FloatType type)
{
    const fs::path run = runOf(type);
    const Result<io::RunReader> reader = io::RunReader::open(run);
    for (auto _ : state) {
        const auto rows = reader->features(0, "clean");
        const auto visit = [](Index, auto block) { benchmark::DoNotOptimize(block.data()); };
        if (!rows || !forEachBlock<float>(**rows, visit))
            return state.SkipWithError("read failed");
    }
    setBytes(state, fs::file_size(run / "epochs/000000.h5"));
}

/// The yardstick for writing: write(2), fsync, rename.
void plainWrite(benchmark::State& state)
{
    const std::size_t size = static_cast<std::size_t>(features().size()) * sizeof(float);
    const fs::path part = workFolder() / "plain.part", file = workFolder() / "plain";
    for (auto _ : state) {
        const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
        std::size_t done = 0;
        while (done < size) {
            const ssize_t count = write(fd, reinterpret_cast<const char*>(features().data()) + done, size - done);
            if (count <= 0)
                return state.SkipWithError("write failed");
            done += static_cast<std::size_t>(count);
        }
        fsync(fd);
        close(fd);
        fs::rename(part, file);
    }
    setBytes(state, size);
}

void writeWholeEpoch(benchmark::State& state, FloatType type)
{
    io::RunWriter writer = makeRun("write");
    for (auto _ : state)
        writeEpoch(writer, 0, type);
    setBytes(state, fs::file_size(writer.folder() / "epochs/000000.h5"));
}

/// What `ncscope info` does, for a run of so many epochs.
void summary(benchmark::State& state)
{
    io::RunWriter writer = makeRun("summary");
    const RowMatrixF few = features().leftCols(4);
    for (std::int64_t epoch = 0; epoch < state.range(0); ++epoch) {
        io::EpochData data;
        data.epoch = epoch;
        data.features.push_back({"clean", "penultimate", few, FloatType::Float16});
        if (!writer.writeEpoch(data))
            std::abort();
    }
    for (auto _ : state) {
        const Result<io::RunReader> reader = io::RunReader::open(writer.folder());
        if (!reader || !reader->summary())
            return state.SkipWithError("summary failed");
    }
}

/// What `ncscope runs` does, over so many runs of three epochs.
void listing(benchmark::State& state)
{
    const fs::path folder = workFolder() / "many";
    fs::remove_all(folder);
    fs::create_directory(folder);
    const RowMatrixF few = RowMatrixF::Random(30, 4);
    io::RunHeader header;
    header.configuration = R"({"epochs":3,"loss":{"kind":"cross-entropy"},"mixing":{"kind":"mixup"}})";
    header.classNames.assign(3, "class");
    Split split;
    split.name = "clean";
    split.labelA.assign(30, 1);
    header.splits.push_back(split);
    for (std::int64_t run = 0; run < state.range(0); ++run) {
        Result<io::RunWriter> writer = io::RunWriter::create(folder / std::to_string(run), header);
        for (std::int64_t epoch = 0; writer && epoch < 3; ++epoch) {
            io::EpochData data;
            data.epoch = epoch;
            data.features.push_back({"clean", "penultimate", few, FloatType::Float32});
            data.scalars = {{"train_loss", 0.5}, {"train_accuracy", 0.9}, {"test_accuracy", 0.8}};
            if (!writer->writeEpoch(data))
                std::abort();
        }
        if (!writer || !writer->setState(io::RunWriter::State::Finished))
            std::abort();
    }
    for (auto _ : state) {
        const auto runs = io::listRuns(folder);
        if (!runs || runs->size() != static_cast<std::size_t>(state.range(0)))
            return state.SkipWithError("listing failed");
    }
}

} // namespace

BENCHMARK_CAPTURE(plainRead, float32, FloatType::Float32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(readEpoch, float32, FloatType::Float32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(readEpochInBlocks, float32, FloatType::Float32)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(plainRead, float16, FloatType::Float16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(readEpoch, float16, FloatType::Float16)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(readEpochInBlocks, float16, FloatType::Float16)->Unit(benchmark::kMillisecond);
BENCHMARK(plainWrite)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(writeWholeEpoch, float32, FloatType::Float32)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(writeWholeEpoch, float16, FloatType::Float16)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(summary)->Arg(16)->Arg(500)->Unit(benchmark::kMillisecond);
BENCHMARK(listing)->Arg(1000)->Iterations(5)->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();

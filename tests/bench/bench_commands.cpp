// Whole processes, as a user's shell sees them, beside the script a researcher would write with matplotlib.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <benchmark/benchmark.h>

extern char** environ; // NOLINT: POSIX

namespace
{

/// What a process took.
struct Cost {
    double cpuSeconds = 0; ///< user and system: what a shared machine does not blur as it does the wall time
    double peakMegabytes = 0;
};

/// Runs a command to its end; nothing when it cannot start or fails.
std::optional<Cost> run(const std::vector<std::string>& words)
{
    std::vector<char*> list;
    for (const std::string& word : words)
        list.push_back(const_cast<char*>(word.c_str()));
    list.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    const int code = posix_spawnp(&child, list[0], &quiet, nullptr, list.data(), environ);
    posix_spawn_file_actions_destroy(&quiet);
    int status = 1;
    rusage used{};
    if (code != 0 || wait4(child, &status, 0, &used) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return std::nullopt;
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return Cost{seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<double>(used.ru_maxrss) / 1024};
}

std::string temporary(const std::string& name)
{
    return (std::filesystem::temp_directory_path() / name).string();
}

/// A synthetic run whose classes fill the view: `samples` mixes, all shown.
std::string syntheticRun(int samples, int epochs, int classes = 3, int dim = 64)
{
    const std::filesystem::path folder =
        temporary("ncscope-bench-" + std::to_string(samples) + "-" + std::to_string(epochs) + "-" +
                  std::to_string(classes) + "-" + std::to_string(dim));
    if (!std::filesystem::exists(folder / "run.h5")) {
        std::filesystem::remove_all(folder);
        run({NCSCOPE_PROGRAM, "demo", folder.string(), "--kind", "synthetic", "--classes", std::to_string(classes),
             "--dim", std::to_string(dim), "--samples", std::to_string(samples), "--epochs", std::to_string(epochs)});
    }
    return folder.string();
}

/// `output`: the file whose size is told, where there is one.
void measure(benchmark::State& state, const std::vector<std::string>& words, const std::string& output = {})
{
    if (!run(words)) { // once before, so that files and libraries are warm
        state.SkipWithError(("cannot run " + words[0]).c_str());
        return;
    }
    Cost all;
    for (auto _ : state)
        if (const auto cost = run(words)) {
            all.cpuSeconds += cost->cpuSeconds;
            all.peakMegabytes = std::max(all.peakMegabytes, cost->peakMegabytes);
        }
    state.counters["cpu_ms"] = benchmark::Counter(1000 * all.cpuSeconds, benchmark::Counter::kAvgIterations);
    state.counters["peak_MB"] = all.peakMegabytes;
    if (!output.empty())
        state.counters["file_MB"] = static_cast<double>(std::filesystem::file_size(output)) / 1e6;
}

/// `ncscope render` with more words, and the script beside it.
void render(benchmark::State& state, const std::string& run, const std::string& name,
            const std::vector<std::string>& more = {})
{
    const std::string output = temporary("ncscope-bench-" + name);
    std::vector<std::string> words{NCSCOPE_PROGRAM, "render", run, "-o", output};
    words.insert(words.end(), more.begin(), more.end());
    measure(state, words, output);
}

void matplotlib(benchmark::State& state, const std::string& run, const std::string& name)
{
    const char* python = std::getenv("NCSCOPE_PYTHON");
    const std::string output = temporary("matplotlib-bench-" + name);
    measure(state, {python ? python : "python3", NCSCOPE_SOURCE_DIR "/tests/bench/matplotlib_scatter.py", run, output},
            output);
}

void info(benchmark::State& state)
{
    measure(state, {NCSCOPE_PROGRAM, "info", syntheticRun(15'000, 10)});
}

void metricsOfAllEpochs(benchmark::State& state)
{
    measure(state, {NCSCOPE_PROGRAM, "metrics", syntheticRun(15'000, 10)});
}

void renderPdf15000(benchmark::State& state)
{
    render(state, syntheticRun(15'000, 10), "15000.pdf");
}

void matplotlibPdf15000(benchmark::State& state)
{
    matplotlib(state, syntheticRun(15'000, 10), "15000.pdf");
}

void renderPng15000(benchmark::State& state)
{
    render(state, syntheticRun(15'000, 10), "15000.png");
}

/// Four classes in space, every dot a vector behind or before the others.
void renderPdf50000InSpace(benchmark::State& state)
{
    render(state, syntheticRun(50'000, 1, 4), "50000.pdf", {"--vector", "always"});
}

void matplotlibPdf50000InSpace(benchmark::State& state)
{
    matplotlib(state, syntheticRun(50'000, 1, 4), "50000.pdf");
}

void renderPng1000000(benchmark::State& state)
{
    render(state, syntheticRun(1'000'000, 1, 3, 3), "1000000.png", {"--size", "1280x720"});
}

void matplotlibPng1000000(benchmark::State& state)
{
    matplotlib(state, syntheticRun(1'000'000, 1, 3, 3), "1000000.png");
}

BENCHMARK(info)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(metricsOfAllEpochs)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(renderPdf15000)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(matplotlibPdf15000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(5);
BENCHMARK(renderPng15000)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(renderPdf50000InSpace)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(matplotlibPdf50000InSpace)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);
BENCHMARK(renderPng1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(matplotlibPng1000000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

} // namespace

BENCHMARK_MAIN();

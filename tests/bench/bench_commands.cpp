// Whole processes, as a user's shell sees them, beside the script a researcher would write with matplotlib.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <benchmark/benchmark.h>

extern char** environ; // NOLINT: POSIX

namespace
{

/// Runs a command to its end; false when it cannot start or fails.
bool run(const std::vector<std::string>& words)
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
    return code == 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A synthetic run whose three classes fill the view: `samples` mixes, all shown.
std::string syntheticRun(int samples, int epochs)
{
    const std::filesystem::path folder = std::filesystem::temp_directory_path() /
                                         ("ncscope-bench-" + std::to_string(samples) + "-" + std::to_string(epochs));
    if (!std::filesystem::exists(folder / "run.h5")) {
        std::filesystem::remove_all(folder);
        run({NCSCOPE_PROGRAM, "demo", folder.string(), "--kind", "synthetic", "--classes", "3", "--dim", "64",
             "--samples", std::to_string(samples), "--epochs", std::to_string(epochs)});
    }
    return folder.string();
}

void measure(benchmark::State& state, const std::vector<std::string>& words)
{
    if (!run(words)) { // once before, so that files and libraries are warm
        state.SkipWithError(("cannot run " + words[0]).c_str());
        return;
    }
    for (auto _ : state)
        run(words);
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
    const std::string output = (std::filesystem::temp_directory_path() / "ncscope-bench.pdf").string();
    measure(state, {NCSCOPE_PROGRAM, "render", syntheticRun(15'000, 10), "-o", output});
}

void renderPng15000(benchmark::State& state)
{
    const std::string output = (std::filesystem::temp_directory_path() / "ncscope-bench.png").string();
    measure(state, {NCSCOPE_PROGRAM, "render", syntheticRun(15'000, 10), "-o", output});
}

void matplotlibPdf15000(benchmark::State& state)
{
    const char* python = std::getenv("NCSCOPE_PYTHON");
    const std::string output = (std::filesystem::temp_directory_path() / "matplotlib-bench.pdf").string();
    measure(state, {python ? python : "python3", NCSCOPE_SOURCE_DIR "/tests/bench/matplotlib_scatter.py",
                    syntheticRun(15'000, 10), output});
}

BENCHMARK(info)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(metricsOfAllEpochs)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(renderPdf15000)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(renderPng15000)->Unit(benchmark::kMillisecond)->UseRealTime()->MinTime(1);
BENCHMARK(matplotlibPdf15000)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(5);

} // namespace

BENCHMARK_MAIN();

// Steps of the trainer beside an equal plain PyTorch script (torch_training.py): one thread each, in turns, by CPU
// time, so that what else runs on the machine meets both alike.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/config/data_folder.h"
#include "core/training/trainer.h"

namespace
{

using namespace nc;

constexpr double secondsEach = 4;

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// CPU seconds of a step; 0 where that cannot be measured.
double ours(const TrainConfig& config, const training::ImageDataSet& data)
{
    Result<training::Trainer> trainer = training::Trainer::create(config, data);
    if (!trainer)
        return 0;
    const Result<training::TrialTimes> times = trainer->trial(secondsEach);
    return times ? times->cpuSecondsPerStep : 0;
}

double plainTorch(const std::string& folder, const char* layout)
{
    const char* python = std::getenv("NCSCOPE_PYTHON");
    const std::string command = std::string(python ? python : "python3") + " " + NCSCOPE_SOURCE_DIR +
                                "/tests/bench/torch_training.py " + folder + " " + std::to_string(secondsEach) + " " +
                                layout;
    double cpu = 0;
    if (std::FILE* output = popen(command.c_str(), "r")) {
        if (std::fscanf(output, "%lf", &cpu) != 1)
            cpu = 0;
        pclose(output);
    }
    return cpu;
}

} // namespace

int main()
{
    Result<TrainConfig> config = presetConfig("fashion-cnn");
    const Result<std::filesystem::path> folder = findDataSet("fashion-mnist", {});
    if (!config || !folder)
        return std::fprintf(stderr, "bench_training needs FashionMNIST\n"), 1;
    const Result<training::ImageDataSet> data = training::loadDataSet("fashion-mnist", *folder);
    if (!data)
        return std::fprintf(stderr, "%s\n", data.error().message.c_str()), 1;
    config->threads = 1;
    config->device = "cpu";
    std::vector<double> own, contiguous, channelsLast;
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round) {
        own.push_back(ours(*config, *data));
        contiguous.push_back(plainTorch(*folder, "contiguous"));
        channelsLast.push_back(plainTorch(*folder, "channels_last"));
        std::printf("round %d   ours %.1f ms   PyTorch %.1f ms   PyTorch, channels last %.1f ms\n", round + 1,
                    1e3 * own.back(), 1e3 * contiguous.back(), 1e3 * channelsLast.back());
        std::fflush(stdout);
        if (own.back() <= 0 || contiguous.back() <= 0)
            return std::fprintf(stderr, "one of the two does not run: NCSCOPE_PYTHON needs torch\n"), 1;
    }
    std::printf("medians   ours %.1f ms a step of 128 pictures; ratio to PyTorch %.2f, channels last %.2f (more is "
                "faster)\n",
                1e3 * median(own), median(contiguous) / median(own), median(channelsLast) / median(own));
    return 0;
}

#include "core/training/checkpoint.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

namespace nc::training
{
namespace
{

namespace fs = std::filesystem;

/// Each number of a Progress by its name in the file.
template <typename Visit>
void forEachNumber(Progress& progress, Visit&& visit)
{
    visit("epoch", progress.epoch);
    visit("step", progress.step);
    visit("total_steps", progress.totalSteps);
    visit("steps_per_epoch", progress.stepsPerEpoch);
    visit("loss_sum", progress.lossSum);
    visit("correct_sum", progress.correctSum);
    visit("seconds", progress.seconds);
    visit("loss_scale", progress.lossScale);
    visit("good_steps", progress.goodSteps);
}

/// Flushes a file or folder to disk.
bool flush(const fs::path& path)
{
    const int handle = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (handle < 0)
        return false;
    const bool good = fsync(handle) == 0;
    close(handle);
    return good;
}

/// The first line of what LibTorch says; the rest is a stack trace.
std::string firstLine(const std::exception& error)
{
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

} // namespace

std::string checkpointBytes(const Progress& progress, Network& network, torch::optim::Optimizer& optimiser)
{
    torch::serialize::OutputArchive archive, weights, momentum;
    network.save(weights);
    optimiser.save(momentum);
    archive.write("network", weights);
    archive.write("optimiser", momentum);
    Progress numbers = progress;
    forEachNumber(numbers, [&](const char* name, auto& value) { archive.write(name, c10::IValue(value)); });
    std::string bytes;
    archive.save_to([&](const void* data, std::size_t size) {
        bytes.append(static_cast<const char*>(data), size);
        return size;
    });
    return bytes;
}

Result<void> writeCheckpoint(const fs::path& file, const std::string& bytes)
{
    const fs::path part = file.string() + ".part";
    const auto failed = [&](const std::string& why) {
        std::error_code ignored;
        fs::remove(part, ignored);
        return environmentError("Cannot write the checkpoint: " + why + ": " + file.string(), file.string());
    };
    std::error_code code;
    fs::create_directories(file.parent_path(), code);
    if (code)
        return failed(code.message());
    std::ofstream out(part, std::ios::binary);
    if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
        return failed(std::strerror(errno));
    out.close();
    if (!flush(part))
        return failed(std::strerror(errno));
    fs::rename(part, file, code);
    if (code)
        return failed(code.message());
    flush(file.parent_path());
    return {};
}

Result<Progress> loadCheckpoint(const fs::path& file, Network& network, torch::optim::Optimizer& optimiser)
{
    const auto shapes = [&] {
        std::vector<std::vector<std::int64_t>> list;
        for (const torch::Tensor& parameter : network.parameters())
            list.push_back(parameter.sizes().vec());
        return list;
    };
    const auto damaged = [&](const std::string& why) {
        return dataError("Cannot resume from the checkpoint: " + why + ": " + file.string(), file.string());
    };
    const auto expected = shapes();
    try {
        torch::serialize::InputArchive archive, weights, momentum;
        archive.load_from(file.string());
        archive.read("network", weights);
        archive.read("optimiser", momentum);
        network.load(weights);
        if (shapes() != expected)
            return damaged("it holds another network");
        optimiser.load(momentum);
        Progress progress;
        forEachNumber(progress, [&](const char* name, auto& value) {
            c10::IValue stored;
            if (archive.try_read(name, stored)) // else written before there was such a number
                value = stored.to<std::decay_t<decltype(value)>>();
        });
        return progress;
    } catch (const std::exception& error) {
        return damaged(firstLine(error));
    }
}

} // namespace nc::training

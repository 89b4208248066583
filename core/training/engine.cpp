#include "core/training/engine.h"

#include <sstream>

#include "core/training/trainer.h"

namespace nc::training
{

Result<torch::Device> chooseDevice(const std::string& name)
{
    if (name == "cpu")
        return torch::Device(torch::kCPU);
    const auto visible = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
    if (name == "auto")
        return visible > 0 ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
    const int wanted = name.size() > 5 ? std::stoi(name.substr(5)) : 0;
    if (wanted >= visible)
        return environmentError("Cannot train on " + name + ": " +
                                (visible == 0 ? std::string("no CUDA device is visible")
                                              : "only " + std::to_string(visible) + " CUDA devices are visible"));
    return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(wanted));
}

std::string engineVersions()
{
    std::ostringstream text;
    text << "LibTorch " << TORCH_VERSION << '\n';
    const auto& hooks = at::detail::getCUDAHooks();
    const auto version = [](long number, long major, long minor) {
        return std::to_string(number / major) + "." + std::to_string(number % major / minor);
    };
    if (hooks.hasCUDA() || hooks.hasCuDNN() || hooks.versionCUDART() > 0) {
        text << "CUDA " << version(hooks.versionCUDART(), 1000, 10) << '\n';
        text << "cuDNN " << version(hooks.versionCuDNN(), 10000, 100) << '\n';
    } else {
        text << "CUDA none\ncuDNN none\n";
    }
#ifdef NC_CUDA_KERNELS
    text << "own CUDA kernels yes\n";
#else
    text << "own CUDA kernels no (built without nvcc)\n";
#endif
    const auto visible = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
    text << "GPUs " << visible << '\n';
    return text.str();
}

} // namespace nc::training

#include "core/training/engine.h"

#include <sstream>

#include <dlfcn.h>

#include "core/training/communicator.h"
#include "core/training/trainer.h"

namespace nc::training
{
namespace
{

/// "13.0" of CUDA's 13000, cuDNN's 91900 and NCCL's 22809, by the weight of the first two parts.
std::string version(long number, long major, long minor)
{
    return number > 0 ? std::to_string(number / major) + "." + std::to_string(number % major / minor) : "none";
}

/// NCCL comes with LibTorch's CUDA half and has no header here; it is asked where it is loaded.
std::string ncclVersion()
{
    const auto ask = reinterpret_cast<int (*)(int*)>(dlsym(RTLD_DEFAULT, "ncclGetVersion"));
    int number = 0;
    return ask && ask(&number) == 0 ? version(number, 10000, 100) : "none";
}

/// The driver's name of a GPU; LibTorch has told that it is there, so the driver is loaded.
std::string gpuName(int ordinal)
{
    char name[256] = "unknown";
    if (void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD)) {
        if (const auto ask = reinterpret_cast<int (*)(char*, int, int)>(dlsym(driver, "cuDeviceGetName")))
            ask(name, sizeof name, ordinal);
        dlclose(driver);
    }
    return name;
}

int visibleGpus()
{
    return torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
}

} // namespace

Result<torch::Device> chooseDevice(const std::string& name, int localRank)
{
    if (name == "cpu")
        return torch::Device(torch::kCPU);
    const int visible = visibleGpus();
    if (name == "auto" && visible == 0)
        return torch::Device(torch::kCPU);
    const bool named = name.starts_with("cuda:");
    const int wanted = named ? std::stoi(name.substr(5)) : localRank;
    if (wanted >= visible)
        return environmentError("Cannot train on " + name + ": " +
                                (visible == 0 ? std::string("no CUDA device is visible")
                                              : "only " + std::to_string(visible) + " CUDA devices are visible"));
    return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(wanted));
}

std::string engineVersions()
{
    const auto& hooks = at::detail::getCUDAHooks();
    const bool cuda = hooks.hasCUDART();
    std::ostringstream text;
    text << "LibTorch " << TORCH_VERSION << '\n';
    text << "CUDA " << (cuda ? version(hooks.versionCUDART(), 1000, 10) : "none") << '\n';
    text << "cuDNN " << (cuda ? version(hooks.versionCuDNN(), 10000, 100) : "none") << '\n';
    text << "NCCL " << ncclVersion() << '\n';
    text << "MPI " << messagePassingVersion() << '\n';
#ifdef NC_CUDA_KERNELS
    text << "own CUDA kernels: yes\n";
#else
    text << "own CUDA kernels: no, built without nvcc\n";
#endif
    const int visible = visibleGpus();
    text << "GPUs: " << (visible == 0 ? "none visible" : "");
    for (int i = 0; i < visible; ++i)
        text << (i == 0 ? "" : ", ") << "cuda:" << i << " " << gpuName(i);
    text << '\n';
    return text.str();
}

} // namespace nc::training

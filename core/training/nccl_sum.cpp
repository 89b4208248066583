#include "core/training/nccl_sum.h"

#include <cstring>
#include <stdexcept>

#ifdef NC_NCCL
#include <c10/cuda/CUDAStream.h>
#include <cuda_runtime_api.h>
#include <nccl.h>
#endif

namespace nc::training
{

#ifdef NC_NCCL

struct NcclSum::Impl {
    ncclComm_t group = nullptr;
    cudaStream_t stream = nullptr;
    cudaEvent_t filled = nullptr, summed = nullptr;
    c10::DeviceIndex device = 0;
};

Result<std::unique_ptr<NcclSum>> NcclSum::create(Communicator& group, const torch::Device& device)
{
    ncclUniqueId name{};
    if (group.isRoot())
        ncclGetUniqueId(&name);
    const std::string bytes = group.fromRoot(std::string(name.internal, sizeof name.internal));
    std::memcpy(name.internal, bytes.data(), sizeof name.internal);
    auto impl = std::make_unique<Impl>();
    impl->device = device.index();
    cudaSetDevice(device.index());
    if (const ncclResult_t code = ncclCommInitRank(&impl->group, group.size(), name, group.rank()); code != ncclSuccess)
        return environmentError("Cannot join the GPUs of " + std::to_string(group.size()) +
                                " processes: " + ncclGetErrorString(code));
    if (cudaStreamCreateWithFlags(&impl->stream, cudaStreamNonBlocking) != cudaSuccess ||
        cudaEventCreateWithFlags(&impl->filled, cudaEventDisableTiming) != cudaSuccess ||
        cudaEventCreateWithFlags(&impl->summed, cudaEventDisableTiming) != cudaSuccess)
        return environmentError("Cannot join the GPUs: no stream on " + device.str());
    return std::unique_ptr<NcclSum>(new NcclSum(std::move(impl)));
}

NcclSum::NcclSum(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

NcclSum::~NcclSum()
{
    cudaStreamSynchronize(m_impl->stream);
    ncclCommDestroy(m_impl->group);
    cudaEventDestroy(m_impl->filled);
    cudaEventDestroy(m_impl->summed);
    cudaStreamDestroy(m_impl->stream);
}

void NcclSum::start(torch::Tensor& numbers)
{
    cudaEventRecord(m_impl->filled, c10::cuda::getCurrentCUDAStream(m_impl->device).stream());
    cudaStreamWaitEvent(m_impl->stream, m_impl->filled, 0);
    float* data = numbers.data_ptr<float>();
    const ncclResult_t code = ncclAllReduce(data, data, static_cast<std::size_t>(numbers.numel()), ncclFloat, ncclSum,
                                            m_impl->group, m_impl->stream);
    if (code != ncclSuccess)
        throw std::runtime_error(std::string("NCCL cannot sum the gradients: ") + ncclGetErrorString(code));
}

void NcclSum::finish()
{
    cudaEventRecord(m_impl->summed, m_impl->stream);
    cudaStreamWaitEvent(c10::cuda::getCurrentCUDAStream(m_impl->device).stream(), m_impl->summed, 0);
}

#else

struct NcclSum::Impl {
};

Result<std::unique_ptr<NcclSum>> NcclSum::create(Communicator&, const torch::Device&)
{
    return environmentError("Cannot train on several GPUs: ncscope-train was built without NCCL");
}

NcclSum::NcclSum(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
NcclSum::~NcclSum() = default;
void NcclSum::start(torch::Tensor&) {}
void NcclSum::finish() {}

#endif

} // namespace nc::training

#include "core/training/step_graph.h"

#ifdef NC_CUDART
#include <ATen/cuda/CUDAGraph.h>
#include <c10/core/Event.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#endif

namespace nc::training
{

#ifdef NC_CUDART

namespace
{

void waitFor(const c10::Stream& earlier, const c10::Stream& later)
{
    c10::Event event(c10::kCUDA);
    event.record(earlier);
    event.block(later);
}

} // namespace

struct StepGraph::Impl {
    explicit Impl(c10::DeviceIndex device)
        : stream(c10::cuda::getStreamFromPool(false, device))
    {
    }
    c10::cuda::CUDAStream stream;
    at::cuda::CUDAGraph graph;
    int calls = 0;
    bool isRecorded = false;
};

Result<std::unique_ptr<StepGraph>> StepGraph::create(const torch::Device& device)
{
    return std::unique_ptr<StepGraph>(new StepGraph(std::make_unique<Impl>(device.index())));
}

void StepGraph::run(const std::function<void()>& work)
{
    constexpr int warmUp = 3;
    Impl& it = *m_impl;
    if (!it.isRecorded) {
        const c10::cuda::CUDAStream main = c10::cuda::getCurrentCUDAStream(it.stream.device_index());
        waitFor(main, it.stream);
        {
            const c10::cuda::CUDAStreamGuard here(it.stream);
            it.isRecorded = ++it.calls > warmUp;
            if (it.isRecorded) {
                c10::cuda::device_synchronize();
                // The thread that writes epochs may meanwhile ask CUDA for what it likes.
                it.graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
            }
            work();
            if (it.isRecorded)
                it.graph.capture_end();
        }
        waitFor(it.stream, main);
    }
    if (it.isRecorded)
        it.graph.replay();
}

#else

struct StepGraph::Impl {
};

Result<std::unique_ptr<StepGraph>> StepGraph::create(const torch::Device&)
{
    return environmentError("Cannot train with cuda_graph: ncscope-train was built without CUDA's runtime");
}

void StepGraph::run(const std::function<void()>& work)
{
    work();
}

#endif

StepGraph::StepGraph(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}
StepGraph::~StepGraph() = default;

} // namespace nc::training

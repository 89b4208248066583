#include "core/training/side_network.h"

#include <sched.h>

namespace nc::training
{
namespace
{

/// That this process may run on; mpirun, srun and taskset give it fewer than the machine has.
int usableCores()
{
    cpu_set_t cores;
    CPU_ZERO(&cores);
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

std::vector<torch::Tensor> tensorsOf(const Network& network)
{
    std::vector<torch::Tensor> tensors = network.parameters();
    const std::vector<torch::Tensor> buffers = network.buffers();
    tensors.insert(tensors.end(), buffers.begin(), buffers.end());
    return tensors;
}

} // namespace

SideNetwork::SideNetwork(std::shared_ptr<Network> network)
    : m_network(std::move(network))
{
}

std::unique_ptr<SideNetwork> SideNetwork::create(const TrainConfig& config, const ImageShape& shape,
                                                 std::int64_t classes, const torch::Device& device, int processes)
{
    const TrainConfig::Recording& recording = config.recording;
    const bool isPossible = device.is_cpu() && recording.mode == "eval" && recording.bnBatches == 0;
    if (!recording.beside || !isPossible || usableCores() < (processes + 1) * at::get_num_threads())
        return nullptr;
    std::shared_ptr<Network> network = makeNetwork(config.network, shape, classes);
    toChannelsLast(*network);
    return std::unique_ptr<SideNetwork>(new SideNetwork(std::move(network)));
}

SideNetwork::State SideNetwork::stateOf(const Network& network)
{
    State state;
    for (const torch::Tensor& tensor : tensorsOf(network))
        state.push_back(tensor.detach().clone());
    return state;
}

Network& SideNetwork::with(const State& state)
{
    const torch::NoGradGuard noGradient;
    const std::vector<torch::Tensor> tensors = tensorsOf(*m_network);
    for (std::size_t i = 0; i < tensors.size(); ++i)
        torch::Tensor(tensors[i]).copy_(state[i]);
    return *m_network;
}

} // namespace nc::training

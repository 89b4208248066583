#include "core/training/data_parallel.h"

#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "core/training/nccl_sum.h"

namespace nc::training
{

Result<std::unique_ptr<DataParallel>> DataParallel::create(const std::vector<torch::Tensor>& parameters,
                                                           Communicator& group)
{
    std::unique_ptr<DataParallel> result(new DataParallel(parameters, group));
    if (!parameters.empty() && parameters[0].is_cuda()) {
        Result<std::unique_ptr<NcclSum>> nccl = NcclSum::create(group, parameters[0].device());
        if (!nccl)
            return nccl.error();
        result->m_nccl = std::move(*nccl);
    }
    return result;
}

DataParallel::DataParallel(const std::vector<torch::Tensor>& parameters, Communicator& group)
    : m_group(group)
{
    constexpr std::int64_t bucketSize = 1 << 18; // numbers, one megabyte: long beside what a message costs by itself
    std::vector<torch::Tensor> members;
    std::int64_t count = 0;
    for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
        if (!parameter->requires_grad())
            continue;
        members.push_back(*parameter);
        count += parameter->numel();
        if (count < bucketSize)
            continue;
        addBucket(std::move(members), count);
        members.clear();
        count = 0;
    }
    if (!members.empty())
        addBucket(std::move(members), count);
}

DataParallel::~DataParallel()
{
    for (const Hook& hook : m_hooks)
        hook.accumulator->del_post_hook(hook.key);
}

void DataParallel::addBucket(std::vector<torch::Tensor> parameters, std::int64_t count)
{
    const std::size_t index = m_buckets.size();
    const torch::Tensor numbers = torch::zeros({count}, parameters[0].options().requires_grad(false));
    std::int64_t offset = 0;
    for (torch::Tensor& parameter : parameters) {
        // The backward pass adds to a gradient that is there: it so writes into the bucket itself.
        parameter.mutable_grad() = numbers.as_strided(parameter.sizes(), parameter.strides(), offset);
        offset += parameter.numel();
        auto accumulator = torch::autograd::impl::grad_accumulator(parameter);
        const std::uintptr_t key = accumulator->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
            [this, index](const torch::autograd::variable_list& outputs, const torch::autograd::variable_list&) {
                arrived(index);
                return outputs;
            }));
        m_hooks.push_back({std::move(accumulator), key});
    }
    m_buckets.push_back({numbers, parameters.size(), parameters.size()});
}

void DataParallel::begin()
{
    m_started = 0;
    for (Bucket& bucket : m_buckets) {
        bucket.missing = bucket.parameters;
        bucket.numbers.zero_();
    }
}

void DataParallel::arrived(std::size_t bucket)
{
    --m_buckets[bucket].missing;
    startReady();
    m_group.advanceSums();
}

void DataParallel::startReady()
{
    while (m_started < m_buckets.size() && m_buckets[m_started].missing == 0)
        start(m_buckets[m_started++].numbers);
}

void DataParallel::start(torch::Tensor& numbers)
{
    if (m_nccl)
        m_nccl->start(numbers);
    else
        m_group.startSum({numbers.data_ptr<float>(), static_cast<std::size_t>(numbers.numel())});
}

void DataParallel::finish()
{
    for (Bucket& bucket : m_buckets)
        bucket.missing = 0; // what had no gradient in this step is 0 everywhere
    startReady();
    if (m_nccl)
        m_nccl->finish();
    else
        m_group.finishSums();
    for (Bucket& bucket : m_buckets)
        bucket.numbers.div_(m_group.size());
}

void DataParallel::averageBuffers(torch::nn::Module& module)
{
    const torch::NoGradGuard noGradient;
    for (torch::Tensor& buffer : module.buffers()) {
        if (!buffer.is_floating_point())
            continue;
        torch::Tensor numbers = buffer.to(torch::kCPU, torch::kDouble).contiguous().clone();
        m_group.sum({numbers.data_ptr<double>(), static_cast<std::size_t>(numbers.numel())});
        buffer.copy_(numbers.div_(m_group.size()));
    }
}

} // namespace nc::training

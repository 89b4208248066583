#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include <torch/torch.h>

#include "core/training/class_sums.h"

/// Sums per class of a block of features, as recording.whole_train adds them: our twin of the kernel beside LibTorch's
/// own operations for the same numbers, in turns, one thread. See docs/benchmarks.md.
namespace
{

using Clock = std::chrono::steady_clock;
using namespace nc::training;

struct Sums {
    torch::Tensor counts, sums, squares;
    Sums(std::int64_t classes, std::int64_t dim, torch::ScalarType type)
        : counts(torch::zeros({classes}, torch::kInt64))
        , sums(torch::zeros({classes, dim}, type))
        , squares(torch::zeros({classes, dim}, type))
    {
    }
};

template <typename Work>
double secondsOf(int repeats, const Work& work)
{
    const auto start = Clock::now();
    for (int k = 0; k < repeats; ++k)
        work();
    return std::chrono::duration<double>(Clock::now() - start).count() / repeats;
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void compare(std::int64_t rows, std::int64_t dim, std::int64_t classes)
{
    const torch::Tensor features = torch::randn({rows, dim}), labels = torch::randint(classes, {rows}, torch::kInt64);
    const torch::Tensor centres = torch::randn({classes, dim}), ones = torch::ones({rows}, torch::kInt64);
    Sums ours(classes, dim, torch::kDouble), exact(classes, dim, torch::kDouble), rough(classes, dim, torch::kFloat);
    const LabelledRows block{features.data_ptr<float>(),
                             labels.data_ptr<std::int64_t>(),
                             centres.data_ptr<float>(),
                             rows,
                             dim,
                             classes,
                             ours.counts.data_ptr<std::int64_t>(),
                             ours.sums.data_ptr<double>(),
                             ours.squares.data_ptr<double>()};
    const auto torchSums = [&](Sums& into, const torch::Tensor& x) {
        into.counts.index_add_(0, labels, ones);
        into.sums.index_add_(0, labels, x);
        into.squares.index_add_(0, labels, x.square());
    };
    const auto repeats = static_cast<int>(std::max<std::int64_t>(1, 20'000'000 / (rows * dim)));
    std::vector<double> own, same, floats;
    for (int round = 0; round < 9; ++round) {
        own.push_back(secondsOf(repeats, [&] { addClassSumsCpu(block); }));
        same.push_back(secondsOf(
            repeats, [&] { torchSums(exact, features.to(torch::kDouble) - centres.index_select(0, labels)); }));
        floats.push_back(secondsOf(repeats, [&] { torchSums(rough, features); }));
    }
    if (!torch::allclose(ours.sums, exact.sums, 1e-9, 1e-6))
        std::printf("the sums differ\n");
    const double t = median(own), bytes = static_cast<double>(rows * dim) * sizeof(float);
    std::printf("%6ld x %4ld, %4ld classes: %8.1f us, %5.2f GB/s   of torch in double %.2f, in float %.2f\n",
                static_cast<long>(rows), static_cast<long>(dim), static_cast<long>(classes), 1e6 * t, bytes / t / 1e9,
                t / median(same), t / median(floats));
}

} // namespace

int main()
{
    torch::set_num_threads(1);
    for (const std::int64_t dim : {16, 64, 512})
        for (const std::int64_t classes : {10, 100})
            compare(100, dim, classes);
    compare(50'000, 512, 10);
    return 0;
}

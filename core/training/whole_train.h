#pragma once

#include <map>
#include <string>

#include "core/training/batch.h"

namespace nc::training
{

/// Count, mean and scatter of each class of rows that come in blocks and are not kept, summed where they are: by
/// addClassSumsCpu, on a GPU by the kernel where there is one, else by LibTorch.
class FeatureSums
{
public:
    FeatureSums(std::int64_t classes, const torch::Device& device);

    /// `features` n x d on the device, `labels` n. The first row of a class becomes its centre (class_sums.h): it lies
    /// about as far from the class mean as all rows do, so that what is taken off at the end is about as large as what
    /// is left.
    void add(const torch::Tensor& features, std::span<const std::int64_t> labels);

    [[nodiscard]] torch::Tensor counts() const { return m_counts; } ///< C, int64
    [[nodiscard]] torch::Tensor means() const;                      ///< C x d double, zero where a class has no rows
    [[nodiscard]] torch::Tensor squaredDeviation() const;           ///< C double, mean of |h - mu_c|^2, zero likewise

private:
    [[nodiscard]] torch::Tensor rowsOrOne() const;

    torch::Device m_device;
    std::vector<bool> m_seen;
    torch::Tensor m_counts, m_centres, m_sums, m_squares; ///< C, C x d each; all but the counts from the first add() on
};

/// LibTorch's own operations in the place of the kernel, the same numbers to rounding: for GPUs without nvcc and for
/// tests. In a fixed order too.
void addClassSumsByTorch(const torch::Tensor& features, const torch::Tensor& labels, const torch::Tensor& centres,
                         const torch::Tensor& counts, const torch::Tensor& sums, const torch::Tensor& squares);

/// What is left of the whole training set after a passage, on its way to (pinned) memory of the host.
struct PendingClasses {
    torch::Tensor counts, means, squaredDeviation; ///< as of FeatureSums
    torch::Tensor score;                           ///< 2 doubles: rows classified right, sum of -log p of the label
};

/// All training pictures with their labels as trained, unmixed and not augmented, for figures of the whole training set
/// at a recorded epoch.
class WholeTrain
{
public:
    /// `labels` has one entry a picture.
    WholeTrain(const TrainConfig& config, PixelStore pixels, std::span<const std::int32_t> labels);

    [[nodiscard]] std::int64_t rows() const { return m_pixels.count(); }

    /// Runs them through the network, which is in the mode of the recording, in blocks of at most `blockRows`; with
    /// batch statistics in a fixed random order.
    [[nodiscard]] PendingClasses record(Network& network, std::size_t blockRows) const;

private:
    PixelStore m_pixels;
    std::vector<std::int64_t> m_order, m_labels; ///< row m_order[i] stands at i and has label m_labels[i]
    std::int64_t m_classes;
};

/// The scalars of docs/training.md, all starting with whole_train_; figures that cannot be computed are left out.
[[nodiscard]] std::map<std::string, double> wholeTrainScalars(const PendingClasses& arrived,
                                                              const Classifier& classifier);

} // namespace nc::training

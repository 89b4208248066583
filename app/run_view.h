#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/subspace_projection.h"
#include "io/run_reader.h"

/// The view of a run: which classes, seen from which basis. Shared by project, render and the window.
namespace nc::app
{

/// Classifier, Means and Etf frame the rows of that name; Probe those of a linear probe fitted to the clean split, for
/// layers that have no classifier; Pca takes the principal axes of the shown rows.
enum class Basis { Classifier, Means, Etf, Probe, Pca };
[[nodiscard]] std::string_view basisName(Basis basis);

struct ViewRequest {
    std::string split;
    std::string layer = "penultimate";
    std::vector<Index> classes;
    std::optional<Basis> basis{}; ///< empty: classifier, or class means where none was recorded
    std::string meansSplit{};     ///< the clean split whose class means or probe serve; empty: the first clean one
    Frame frame = Frame::Simplex;
    std::optional<std::int64_t> basisEpoch{}; ///< empty: each epoch's own
    bool allRows = false;                     ///< shown are all rows, not those of the chosen classes only
};

/// The frame that an epoch is seen in.
struct EpochBasis {
    std::int64_t epoch = 0; ///< whose classifier or class means
    Basis basis = Basis::Classifier;
    std::string note; ///< why class means serve where nothing was asked for; else empty
    Matrix rows;      ///< K x d, the rows whose frame was taken; none for Pca
    SubspaceProjection projection;
};
[[nodiscard]] Result<EpochBasis> epochBasis(const io::RunReader& run, std::int64_t epoch, const ViewRequest& request,
                                            const TaskControl& control = {});

/// Rows of the split whose labels are both chosen, ascending; every row where `all`.
[[nodiscard]] std::vector<Index> chosenRows(const Split& split, const std::vector<Index>& classes, bool all = false);

} // namespace nc::app

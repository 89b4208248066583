#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/run_reader.h"

/// What the words `--epoch`, `--classes`, `--split` and `--layer` choose in a run. A word that does not parse is a
/// usage error; a thing the run does not hold is a data error that lists what it does hold.
namespace nc::app
{

/// N | first | last | all | A..B | A,B,C -> recorded epochs, ascending, each once.
[[nodiscard]] Result<std::vector<std::int64_t>> selectEpochs(std::string_view words, const io::RunReader& run);

/// same -> empty (each epoch's own); first, last or a number -> an epoch that the run holds.
[[nodiscard]] Result<std::optional<std::int64_t>> selectBasisEpoch(const std::string& words, const io::RunReader& run);

/// Indices or names, e.g. "0,3,9" or "Sneaker,Bag,Shirt", in the order given. A class named twice is a usage error.
[[nodiscard]] Result<std::vector<Index>> selectClasses(std::string_view words, const io::RunReader& run);

/// The classes of a view and the rule that chose them, for captions.
struct ViewClasses {
    std::vector<Index> classes;
    std::string rule; ///< "as named", "recorded with the run", "all classes", "the classes with the most mixes", …
};
/// What defaultViewClasses() answers whatever the rows are: those recorded, or all of up to four; else nothing.
[[nodiscard]] std::optional<ViewClasses> viewClassesWithoutRows(const std::vector<Index>& recorded, Index classes);

/// The run's view_classes where recorded, else all if C <= 4, else the three with the most mixes (clean rows on a clean
/// split), lowest index first.
[[nodiscard]] ViewClasses defaultViewClasses(const io::RunReader& run, const Split& split);

/// For views that show any number of classes: those recorded with the run where they are more than `least`, else every
/// class of which the split has rows.
[[nodiscard]] ViewClasses manyViewClasses(const io::RunReader& run, const Split& split, std::size_t least);

/// The named split, or the first of the preferred kind by name, or the first of any kind.
[[nodiscard]] Result<io::SplitInfo> selectSplit(const std::string& name, SplitKind preferred,
                                                const io::RunSummary& summary);

/// Data error unless the split has the layer.
[[nodiscard]] Result<void> requireLayer(const std::string& layer, const io::SplitInfo& split);

} // namespace nc::app

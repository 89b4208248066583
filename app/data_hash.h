#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/result.h"
#include "io/run_reader.h"

/// Content hashes of what a figure was made of, for recipes.
namespace nc::app
{

/// What is read of a run for a picture.
struct DataRead {
    std::set<std::pair<std::int64_t, std::string>> rows; ///< (epoch, split): features, logits, labels, lambda
    std::set<std::int64_t> classifiers;                  ///< epochs whose W and b are read
    std::string layer = "penultimate";
};

/// xxh64 of each dataset's numbers, as 16 hexadecimal digits, by the dataset's place in the run
/// ("epochs/12/features/mix/penultimate", "splits/mix/lambda"). The same in both containers, whatever the chunks and
/// compression; other float types give other numbers. Errors: those of reading.
using DataHashes = std::map<std::string, std::string>;
[[nodiscard]] Result<DataHashes> hashData(const io::RunReader& run, const DataRead& data);

/// The first dataset whose hash is another or missing, empty where all are the same.
[[nodiscard]] std::string firstChange(const DataHashes& before, const DataHashes& now);

} // namespace nc::app

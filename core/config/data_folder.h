#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

/// Where the data sets lie: asked by the trainer, which reads them, and by the form that starts it.
namespace nc
{

/// The files of a data set, as (pictures, labels) for IDX, or as binary batches whose records begin with label bytes.
struct DataSetFiles {
    std::vector<std::string> train, test;
    std::int64_t labelBytes = 0; ///< 0: IDX; else bytes before the pixels of a record, the last one is the label
};
[[nodiscard]] DataSetFiles dataSetFiles(std::string_view name);

/// The file as it is or with .gz; nothing where it is not there.
[[nodiscard]] std::optional<std::filesystem::path> dataSetFile(const std::filesystem::path& folder,
                                                               const std::string& name);

/// Folders searched for a data set, in order: `given` alone where it is not empty, else NCSCOPE_DATA, the Debian
/// packages' folder, the user's data folder. In each also the sub-folder named like the data set.
[[nodiscard]] std::vector<std::filesystem::path> dataSetFolders(std::string_view name,
                                                                const std::filesystem::path& given = {});

/// The first of these that holds all its files; of a name that is a file of pictures that file, in `given` or as it is.
/// Error (Data) names the folders and where the files come from.
[[nodiscard]] Result<std::filesystem::path> findDataSet(std::string_view name, const std::filesystem::path& given = {});

/// The user's data folder of this program: XDG_DATA_HOME/ncscope, else ~/.local/share/ncscope; empty without a home.
[[nodiscard]] std::filesystem::path userDataFolder();

} // namespace nc

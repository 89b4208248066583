#include "core/config/data_folder.h"

#include <algorithm>
#include <cstdlib>

#include "core/config/data_sets.h"

namespace nc
{

namespace fs = std::filesystem;

namespace
{

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

} // namespace

DataSetFiles dataSetFiles(std::string_view name)
{
    if (name == "cifar10")
        return {{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
                {"test_batch.bin"},
                1};
    if (name == "cifar100")
        return {{"train.bin"}, {"test.bin"}, 2};
    return {{"train-images-idx3-ubyte", "train-labels-idx1-ubyte"},
            {"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"}};
}

std::optional<fs::path> dataSetFile(const fs::path& folder, const std::string& name)
{
    std::error_code ignored;
    for (const char* ending : {"", ".gz"})
        if (const fs::path file = folder / (name + ending); fs::is_regular_file(file, ignored))
            return file;
    return std::nullopt;
}

fs::path userDataFolder()
{
    if (const std::string folder = environment("XDG_DATA_HOME"); !folder.empty())
        return fs::path(folder) / "ncscope";
    const std::string home = environment("HOME");
    return home.empty() ? fs::path() : fs::path(home) / ".local/share/ncscope";
}

std::vector<fs::path> dataSetFolders(std::string_view name, const fs::path& given)
{
    std::vector<fs::path> roots;
    if (!given.empty()) {
        roots.push_back(given);
    } else {
        if (const std::string folder = environment("NCSCOPE_DATA"); !folder.empty())
            roots.emplace_back(folder);
        roots.emplace_back("/usr/share/datasets");
        if (const fs::path folder = userDataFolder(); !folder.empty())
            roots.push_back(folder);
    }
    std::vector<fs::path> folders;
    for (const fs::path& root : roots) {
        // A shared root may hold several data sets whose files have the same names: its sub-folder comes first.
        folders.push_back(root / name);
        folders.push_back(root);
    }
    return folders;
}

Result<fs::path> findDataSet(std::string_view name, const fs::path& given)
{
    if (namesPictureFile(name)) {
        std::error_code ignored;
        for (const fs::path& file : {given / name, fs::path(name)})
            if (fs::is_regular_file(file, ignored))
                return fs::absolute(file, ignored);
        return dataError("Cannot find the pictures: no such file: " + std::string(name), std::string(name));
    }
    const DataSetFiles files = dataSetFiles(name);
    const DataSetFacts& facts = dataSetFacts(name);
    std::string searched;
    for (const fs::path& folder : dataSetFolders(name, given)) {
        const auto holds = [&](const std::string& file) { return dataSetFile(folder, file).has_value(); };
        if (std::all_of(files.train.begin(), files.train.end(), holds) &&
            std::all_of(files.test.begin(), files.test.end(), holds))
            return folder;
        searched += (searched.empty() ? "" : ", ") + folder.string();
    }
    return dataError("Cannot find " + std::string(facts.title) + " (" + std::string(facts.whereFrom) +
                         ", or --data DIR), searched in " + searched,
                     given.string());
}

} // namespace nc

#include "io/column_file.h"

#include <cassert>

#include "io/atomic_file.h"
#include "io/h5_writer.h"

namespace nc::io
{

Result<void> writeColumns(const std::filesystem::path& path, const std::vector<std::string>& names,
                          const RowMatrixD& values)
{
    assert(static_cast<Index>(names.size()) == values.cols());
    return writeAtomically(path, [&](const std::filesystem::path& part) {
        h5::Writer writer(part);
        for (std::size_t k = 0; k < names.size(); ++k) {
            const Vector column = values.col(static_cast<Index>(k));
            writer.dataset(names[k], std::span<const double>(column.data(), static_cast<std::size_t>(column.size())));
        }
        return writer.finish();
    });
}

} // namespace nc::io

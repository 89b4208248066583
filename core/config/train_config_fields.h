#pragma once

#include <string_view>
#include <variant>

#include "core/config/train_config.h"

/// The table behind configFields(), with the access that the parser needs. Private to core/config.
namespace nc::config
{

using Slot =
    std::variant<std::int64_t*, double*, bool*, std::string*, std::vector<std::int64_t>*, std::vector<double>*>;

struct FieldEntry {
    ConfigField field;
    Slot (*slot)(TrainConfig&);

    /// "an integer from 1 to 100000", "mixup or none": the end of a sentence about a wrong value.
    [[nodiscard]] std::string takes() const;
    /// Whether the value in the configuration is in range.
    [[nodiscard]] bool accepts(const TrainConfig& config) const;
};

[[nodiscard]] const std::vector<FieldEntry>& fieldEntries();
/// Null where there is no such key.
[[nodiscard]] const FieldEntry* findField(std::string_view key);

} // namespace nc::config

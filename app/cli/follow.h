#pragma once

#include "app/cli/arguments.h"
#include "app/cli/console.h"

namespace nc::cli
{

inline constexpr Option followOption{"--follow", "", "draw again at each new epoch, until the training ends"};

/// Draws; with --follow again whenever epochs of the runs that are the operands came, changed or went. Ends when no run
/// is being trained; one of which nobody can tell (no run.json: a foreign one) is followed until the program is
/// interrupted. While others may still come, a drawing that fails for want of data is a note, not the end.
[[nodiscard]] Result<int> drawAndFollow(const Arguments& arguments, Console& console,
                                        Result<int> (*draw)(const Arguments&, Console&));

} // namespace nc::cli

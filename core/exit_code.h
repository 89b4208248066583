#pragma once

#include "core/result.h"

namespace nc
{

/// The exit code of each kind of error (docs/cli.md), the same for both programs.
[[nodiscard]] inline int exitCode(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Data:
        return 1;
    case ErrorKind::Usage:
        return 2;
    case ErrorKind::Environment:
        return 3;
    case ErrorKind::Interrupted:
        return 130;
    }
    return 1;
}

} // namespace nc

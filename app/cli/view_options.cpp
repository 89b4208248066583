#include "app/cli/view_options.h"

namespace nc::cli
{

std::optional<app::Basis> readBasis(const Arguments& arguments)
{
    const std::string words = arguments.valueOr("--basis", "");
    for (app::Basis basis :
         {app::Basis::Classifier, app::Basis::Means, app::Basis::Etf, app::Basis::Probe, app::Basis::Pca})
        if (words == app::basisName(basis))
            return basis;
    return std::nullopt;
}

} // namespace nc::cli

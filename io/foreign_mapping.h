#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace nc::io
{

/// Where a foreign dump keeps what a run needs: names of arrays in an HDF5 file, a .npz archive or a folder of .npy
/// files, parted by '/', with or without one in front; empty = not recorded. `{epoch}` in a name is a number.
struct ForeignMapping {
    std::string features; ///< (N,d), or (E,N,d) with the epochs as leading dimension
    std::string labels;   ///< (N); of a mix split those that belong to lambda
    std::string weight;   ///< (C,d)
    std::string bias;     ///< (C)
    std::string lambda;   ///< (N) in [0,1]; a mix split has it and labelB
    std::string labelB;   ///< (N)
    /// With {epoch}: the group that is put before the other names (what is not in it is looked for at the root).
    /// Without: (E) integers, the numbers of the epochs of a leading dimension.
    std::string epoch;
    std::string file; ///< one file an epoch, e.g. "run-{epoch}.h5"; the path is then the folder

    /// `features=/h,labels=/y[,weight=/fc/w,bias=/fc/b,lambda=/lam,label_b=/y2,epoch=PATTERN][,file=PATTERN]`. Usage
    /// error for an unknown key, missing features or labels, and a mix without lambda.
    [[nodiscard]] static Result<ForeignMapping> parse(std::string_view text);
    [[nodiscard]] std::string text() const; ///< what parse() reads back

    /// One JSON object with the keys of parse(). Data error where it is none.
    [[nodiscard]] static Result<ForeignMapping> fromJson(std::string_view json);
    [[nodiscard]] std::string toJson() const;

    [[nodiscard]] bool isMix() const { return !lambda.empty(); }
    bool operator==(const ForeignMapping&) const = default;
};

} // namespace nc::io

#pragma once

#include <vector>

#include "core/ufm_optimum.h"

/// The optimum of all mixes of two classes, as a curve that is walked along: for either loss, with label smoothing, as
/// a function of lambda and of the place on it (docs/maths.md, 4.3 and 4.6).
namespace nc::ufm
{

enum class Loss { CrossEntropy, SquaredError };

struct ArmSetting {
    Index classes = 10; ///< C >= 2
    double beta = 1;    ///< kappa/mu > 0
    Loss loss = Loss::CrossEntropy;
    double smoothing = 0; ///< epsilon in [0, 1): every label becomes (1 - epsilon) t + epsilon/C
    bool operator==(const ArmSetting&) const = default;
};

/// The smoothed label of a mix, C entries: class i first, then j.
[[nodiscard]] Vector mixLabel(const ArmSetting& setting, double lambda);

/// The optimum of a mix: mixOptimum() and mixOptimumSquaredError() for smoothed labels too.
[[nodiscard]] MixOptimum armOptimum(const ArmSetting& setting, double lambda);

/// One equation that holds at the optimum: gap + pull = target. Cross-entropy: x_i + beta (p_i - q) = beta (1-eps)
/// lambda; squared error: x_i + x_i/beta = (1-eps) lambda. C = 2: the same for the one gap y = z_i - z_j.
struct Balance {
    double gap = 0, pull = 0, target = 0;
    [[nodiscard]] double residual() const { return gap + pull - target; }
    /// To what Newton in double precision reaches.
    [[nodiscard]] bool holds() const;
};
/// Of class i and of class j; one for C = 2.
[[nodiscard]] std::vector<Balance> armBalance(const ArmSetting& setting, const MixOptimum& optimum);

/// |h| at kappa = 1 as a view of `shown` of the classes, i and j among them, shows it (C = 2: |h| itself).
[[nodiscard]] double lengthInView(double xi, double xj, Index shown);

/// |h(1/2)|/|h_same| on the straight line between both ends of the curve: what squared error has, whatever beta.
[[nodiscard]] double chordRatio(Index classes);

/// Least data term that any features have at this label: the label's entropy, and for squared error 1/(2C), the part
/// that logits of sum 0 cannot reach.
[[nodiscard]] double leastLoss(const ArmSetting& setting, double lambda);

/// A place on the curve, by delta = x_i - x_j, in which the curve is smooth up to its ends.
struct ArmPoint {
    double delta = 0, lambda = 0;
    double xi = 0, xj = 0;
    double lambdaSlope = 0; ///< d lambda / d delta
};

class Arm
{
public:
    explicit Arm(const ArmSetting& setting);

    [[nodiscard]] double reach() const { return m_reach; } ///< delta runs from -reach at lambda 0 to reach at lambda 1
    [[nodiscard]] ArmPoint at(double delta) const;
    /// `count` >= 2 points, both ends included, evenly spaced in arc length to about 1 %.
    [[nodiscard]] std::vector<ArmPoint> even(Index count) const;

    /// Share of all mixes with lambda drawn from Beta(alpha, alpha) that lies in each of `bins` stretches of equal
    /// length in delta; sums to 1.
    [[nodiscard]] std::vector<double> shares(double alpha, Index bins) const;
    /// Density of those mixes in delta.
    [[nodiscard]] double densityAt(double alpha, const ArmPoint& point) const;

private:
    ArmSetting m_setting;
    double m_reach;
};

} // namespace nc::ufm

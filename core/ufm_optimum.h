#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.h"

/// Optimal features of the unconstrained features model with the classifier fixed to a simplex ETF (docs/maths.md, 4).
/// kappa: W W^T = kappa (I - 11^T/C); mu: weight of (mu/2)|h|^2; only beta = kappa/mu shapes the configuration.
namespace nc::ufm
{

/// Wright omega, the w > 0 with w + ln w = u, that is W0(e^u); full precision for every finite u.
[[nodiscard]] double wrightOmega(double u);

/// The optimum for one soft label t (C entries, sum 1) under cross-entropy: p solves p_k = W0(beta e^{beta t_k +
/// c})/beta.
struct SoftLabelOptimum {
    Vector probabilities;     ///< p, C
    Vector logits;            ///< z = beta (t - p), C, sum 0
    double logNormaliser = 0; ///< c
    double crossEntropy = 0;  ///< -sum t_k log p_k
    // |h| at kappa = 1 is |z|; the objective is crossEntropy + |z|^2/(2 beta).
};
[[nodiscard]] SoftLabelOptimum optimumForLabel(double beta, const Eigen::Ref<const Vector>& label);

/// The optimum of a mix of two classes, t = lambda e_i + (1-lambda) e_j, by its logit gaps to a third class.
/// h = (x_i w_i + x_j w_j)/kappa. For C = 2 xi, xj are z_i, z_j themselves and pRest is empty.
struct MixOptimum {
    double lambda = 0;
    double xi = 0, xj = 0;
    double pi = 0, pj = 0;
    std::optional<double> pRest{}; ///< probability of each third class
    double norm = 0;               ///< |h| at kappa = 1; divide by sqrt(kappa)
    double objective = 0;          ///< CE + (mu/2)|h|^2 (does not depend on kappa at given beta)
    double crossEntropy = 0;
    double logNormaliser = 0; ///< c
};
[[nodiscard]] MixOptimum mixOptimum(Index classes, double beta, double lambda);

/// The same for many lambdas at one beta, some three times as fast: Newton starts from normalisers known nearby.
class MixOptima
{
public:
    MixOptima(Index classes, double beta);
    [[nodiscard]] MixOptimum at(double lambda) const;

private:
    static constexpr Index pieces = 64;
    Index m_classes;
    double m_beta;
    std::array<double, pieces + 1> m_normalisers; ///< c where min(lambda, 1 - lambda) = (k/pieces)^2/2
};

/// The same for squared error, 1/2|Wh-t|^2 + (mu/2)|h|^2: an exact chord; probabilities,
/// cross-entropy and normaliser are NaN.
[[nodiscard]] MixOptimum mixOptimumSquaredError(Index classes, double beta, double lambda);

/// And for any soft label t (C entries, sum 1): z = beta/(1 + beta) (t - 1/C), |h| at kappa = 1 is |z|.
struct SquaredErrorOptimum {
    Vector logits;        ///< z, C
    double objective = 0; ///< 1/2|z-t|^2 + |z|^2/(2 beta)
};
[[nodiscard]] SquaredErrorOptimum squaredErrorOptimum(double beta, const Eigen::Ref<const Vector>& label);

/// Same-class logit gap x at beta, x (e^x + C - 1) = beta C, and its inverse. C = 2: the gap z_i - z_j.
[[nodiscard]] double sameClassGap(Index classes, double beta);
[[nodiscard]] double betaFromGap(Index classes, double gap);

/// `count` points from lambda 0 to 1, both included, evenly spaced in lambda or in arc length of the curve in span{w_i,
/// w_j}.
enum class Spacing { Lambda, Arc };
[[nodiscard]] std::vector<MixOptimum> mixCurve(Index classes, double beta, Index count,
                                               Spacing spacing = Spacing::Lambda);

/// Any learned W (C x d) and b (C): h by a damped Newton (docs/maths.md, 4.3, last bullet).
struct GeneralOptimum {
    Vector feature;       ///< h, d
    Vector probabilities; ///< C
    double objective = 0;
};
[[nodiscard]] GeneralOptimum optimumForClassifier(const Eigen::Ref<const Matrix>& weight,
                                                  const Eigen::Ref<const Vector>& bias, double mu,
                                                  const Eigen::Ref<const Vector>& label);

} // namespace nc::ufm

#pragma once

#include <cstdint>
#include <optional>

#include "core/matrix.h"

namespace nc
{

/// The unconstrained features model by gradient descent, step by step, so that it can be watched (docs/maths.md, 4.5):
/// minimises (1/n) sum_k [CE(W h_k + b, t_k) + (mu/2)|h_k|^2] over the features h_k alone, and with a `weightDecay`
/// also over W, of which (weightDecay/2)|W|_F^2 is added. Its end is what nc::ufm gives in closed form.
class FreeFeatures
{
public:
    struct Options {
        double mu = 0.01;                    ///< > 0
        std::optional<double> weightDecay{}; ///< > 0; empty: W stays as it is
        double momentum = 0;                 ///< 0 <= momentum < 1
        std::uint64_t seed = 0;              ///< of the random start
    };

    /// `weight` C x d, `bias` C, `labels` n x C soft labels (rows sum to 1). Features start at Gaussian values of
    /// length about 1/10.
    FreeFeatures(Matrix weight, Vector bias, RowMatrixD labels, const Options& options);

    /// So many steps down the gradient. The step length follows from the largest curvature, so that without momentum
    /// the objective never rises while W is fixed.
    void step(int count = 1);

    [[nodiscard]] const RowMatrixD& features() const { return m_features; } ///< n x d, a row h_k
    [[nodiscard]] const Matrix& weight() const { return m_weight; }
    [[nodiscard]] Index stepsTaken() const { return m_steps; }
    [[nodiscard]] double objective() const;
    /// Largest |W^T (p - t_k) + mu h_k| over k: 0 at the optimum of H.
    [[nodiscard]] double featureGradient() const;
    /// |(1/n) sum (p - t_k) h_k^T + weightDecay W|_F: 0 at the optimum of W; 0 where W is fixed.
    [[nodiscard]] double weightGradient() const;

private:
    [[nodiscard]] RowMatrixD residual() const; ///< n x C, p - t
    [[nodiscard]] RowMatrixD gradientOfFeatures(const RowMatrixD& residual) const;
    [[nodiscard]] Matrix gradientOfWeight(const RowMatrixD& residual) const;

    Options m_options;
    Matrix m_weight;
    Vector m_bias;
    RowMatrixD m_labels, m_features;
    RowMatrixD m_featureSpeed;
    Matrix m_weightSpeed;
    double m_squaredWeight = 0; ///< largest eigenvalue of W^T W
    Index m_steps = 0;
};

} // namespace nc

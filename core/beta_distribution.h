#pragma once

/// Beta(alpha, alpha), from which mixup draws lambda; alpha > 0, lambda in [0, 1].
namespace nc::beta
{

/// Infinite at both ends where alpha < 1.
[[nodiscard]] double density(double alpha, double lambda);
/// P(drawn <= lambda), by the continued fraction of the regularised incomplete beta function; to about 1e-14.
[[nodiscard]] double cumulative(double alpha, double lambda);
/// The lambda below which a share of all draws lies: a draw where the share is drawn uniformly.
[[nodiscard]] double quantile(double alpha, double share);

} // namespace nc::beta

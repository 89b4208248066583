#pragma once

#include <cstdint>
#include <vector>

#include "core/matrix.h"

/// Paths through the planes (D = 2) or spaces (D = 3) of R^n, n = K-1: the full coordinates of K classes seen from
/// turning sides (docs/maths.md, 3.7). A frame is D x n with orthonormal rows; what is
/// shown of full coordinates y is F y.
namespace nc::tour
{

/// D x n, drawn uniformly; the same for the same seed and number. n >= D.
[[nodiscard]] Matrix randomFrame(Index shown, Index dims, std::uint64_t seed, std::uint64_t number);

/// The shortest path from a frame to the space that another one spans, at constant speed: every point is a frame, and
/// what is shown does not spin within its space on the way.
class Geodesic
{
public:
    Geodesic(const Matrix& from, const Matrix& to);

    /// Length of the path: root of the sum of squared principal angles, in radians.
    [[nodiscard]] double length() const { return m_angles.norm(); }
    /// `fraction` 0: `from`; 1: a frame of the space of `to`.
    [[nodiscard]] Matrix at(double fraction) const;

private:
    Matrix m_start, m_across; ///< D x n: principal directions, and what each turns towards
    Matrix m_turn;            ///< D x D
    Vector m_angles;          ///< D
};

/// An endless walk from one random frame to the next, the same for the same seed.
class GrandTour
{
public:
    GrandTour(const Matrix& start, std::uint64_t seed);

    /// The frame after so many radians of the way, >= 0. Legs are made as they are needed.
    [[nodiscard]] Matrix at(double distance);

private:
    std::uint64_t m_seed;
    std::vector<Geodesic> m_legs;
    std::vector<double> m_ends; ///< distance at the end of each leg
};

/// The frame nearest to `frame` that shows the unit vector `direction` (n) at `place` (D): a class dragged by its
/// handle. A place outside the unit ball is taken to its border. n > D.
[[nodiscard]] Matrix dragged(const Matrix& frame, const Vector& direction, const Vector& place);

} // namespace nc::tour

#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/row_source.h"
#include "core/task_control.h"

namespace nc
{

/// The map y = B h of docs/maths.md 3: an orthogonal projection onto span{w_a - w_b} of the K chosen classes, turned so
/// that the classes sit as near as possible to a regular simplex. True lengths inside the view.
struct SubspaceProjection {
    Matrix basis;          ///< B, D x d with orthonormal rows; D = K-1, or 2 for the K-gon
    Matrix vertices;       ///< K x D, A e_k a row: the ideal simplex ETF's vertices; none (0 x D) for PCA
    Vector singularValues; ///< of the matrix whose frame was taken (P W_S for a classifier, centred rows for PCA)
    std::optional<double> fitError; ///< |M/|M|_F - Q/|Q|_F|_F; empty for PCA
    Vector explained{};             ///< D, share of the rows' variance along each axis; PCA only, else of size 0

    [[nodiscard]] Index dims() const { return basis.rows(); }
    [[nodiscard]] Index classes() const { return vertices.rows(); }
};

enum class Frame { Simplex, KGon };

/// B of K chosen rows (classifier rows or class means), K x d. Error (Data) naming the rank where it is below K-1.
[[nodiscard]] Result<SubspaceProjection> projectionOntoRows(const Eigen::Ref<const Matrix>& rows,
                                                            Frame frame = Frame::Simplex);

/// The first `dims` principal axes of the chosen rows (a flag a row; empty: all), turned so that each axis's largest
/// loading is positive. Error (Data) naming the rank where the rows vary in fewer directions, s > rankTolerance s_1.
[[nodiscard]] Result<SubspaceProjection> projectionOntoPrincipalAxes(const RowSource& rows,
                                                                     std::span<const char> chosen, Index dims,
                                                                     const TaskControl& control = {});

/// Restricted logits of the K chosen classes as an affine function of y: P z = slope y + offset, exact
/// (docs/maths.md, 3.2). Only for B made of the same W by projectionOntoRows with the simplex frame.
struct DecisionRegions {
    Matrix slope;       ///< K x D
    Vector offset;      ///< K, P b
    Vector triplePoint; ///< D, y0: where all K restricted logits agree
};
[[nodiscard]] DecisionRegions decisionRegions(const SubspaceProjection& projection,
                                              const Eigen::Ref<const Matrix>& rows,
                                              const Eigen::Ref<const Vector>& bias);

/// The same where y does not determine the logits (another epoch's basis, principal axes, a tour, the K-gon): on the
/// slice h0 + B^T (y - B h0) of feature space through h0, usually the mean feature. Without a triple point (size 0).
[[nodiscard]] DecisionRegions sliceRegions(const SubspaceProjection& projection, const Eigen::Ref<const Matrix>& rows,
                                           const Eigen::Ref<const Vector>& bias, const Eigen::Ref<const Vector>& h0);

/// Coordinates of every row, with what the view does not show.
template <typename Scalar>
struct ProjectedRows {
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> coordinates; ///< N x D
    std::vector<Scalar> offView;                                                        ///< N, |(h-m) - B^T B (h-m)|
    double inView = 0; ///< sum |B(h-m)|^2 / sum |h-m|^2 over all rows; 1 where nothing varies
};

/// `mean` is m (d), subtracted only for offView and inView: coordinates are B h. Double for files, float for the
/// screen.
template <typename Scalar>
[[nodiscard]] Result<ProjectedRows<Scalar>> project(const RowSource& rows, const SubspaceProjection& projection,
                                                    const Vector& mean, const TaskControl& control = {});

extern template Result<ProjectedRows<float>> project(const RowSource&, const SubspaceProjection&, const Vector&,
                                                     const TaskControl&);
extern template Result<ProjectedRows<double>> project(const RowSource&, const SubspaceProjection&, const Vector&,
                                                      const TaskControl&);

} // namespace nc

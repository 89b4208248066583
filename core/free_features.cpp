#include "core/free_features.h"

#include <cassert>
#include <cmath>

#include "core/random_normals.h"
#include "core/thin_svd.h"

namespace nc
{
namespace
{

double largestSquared(const Matrix& matrix)
{
    const double s = thinSvd(matrix).s(0);
    return s * s;
}

} // namespace

FreeFeatures::FreeFeatures(Matrix weight, Vector bias, RowMatrixD labels, const Options& options)
    : m_options(options)
    , m_weight(std::move(weight))
    , m_bias(std::move(bias))
    , m_labels(std::move(labels))
    , m_features(randomNormals(m_labels.rows(), m_weight.cols(), options.seed) /
                 (10 * std::sqrt(static_cast<double>(m_weight.cols()))))
    , m_featureSpeed(RowMatrixD::Zero(m_features.rows(), m_features.cols()))
    , m_weightSpeed(Matrix::Zero(m_weight.rows(), m_weight.cols()))
    , m_squaredWeight(largestSquared(m_weight))
{
    assert(m_labels.cols() == m_weight.rows() && m_bias.size() == m_weight.rows() && options.mu > 0);
}

RowMatrixD FreeFeatures::residual() const
{
    RowMatrixD p = m_features * m_weight.transpose();
    p.rowwise() += m_bias.transpose();
    p.colwise() -= p.rowwise().maxCoeff().eval();
    p = p.array().exp();
    p.array().colwise() /= p.rowwise().sum().eval().array();
    return p - m_labels;
}

RowMatrixD FreeFeatures::gradientOfFeatures(const RowMatrixD& residual) const
{
    return residual * m_weight + m_options.mu * m_features;
}

Matrix FreeFeatures::gradientOfWeight(const RowMatrixD& residual) const
{
    if (!m_options.weightDecay)
        return Matrix::Zero(m_weight.rows(), m_weight.cols());
    const auto n = static_cast<double>(m_labels.rows());
    return residual.transpose() * m_features / n + *m_options.weightDecay * m_weight;
}

void FreeFeatures::step(int count)
{
    const auto n = static_cast<double>(m_labels.rows());
    for (int k = 0; k < count; ++k, ++m_steps) {
        const RowMatrixD rest = residual();
        const RowMatrixD forFeatures = gradientOfFeatures(rest);
        const Matrix forWeight = gradientOfWeight(rest);
        // The curvature of the cross-entropy in the logits is at most 1/2.
        const double featureRate = 1 / (m_squaredWeight / 2 + m_options.mu);
        m_featureSpeed = m_options.momentum * m_featureSpeed - featureRate * forFeatures;
        if (m_options.weightDecay) {
            const double weightRate = 1 / (m_features.squaredNorm() / (2 * n) + *m_options.weightDecay);
            // Both move at once, so W goes half as far as it could alone.
            m_weightSpeed = m_options.momentum * m_weightSpeed - weightRate / 2 * forWeight;
            m_weight += m_weightSpeed;
            m_squaredWeight = largestSquared(m_weight);
        }
        m_features += m_featureSpeed;
    }
}

double FreeFeatures::objective() const
{
    RowMatrixD z = m_features * m_weight.transpose();
    z.rowwise() += m_bias.transpose();
    const Vector top = z.rowwise().maxCoeff();
    const Vector logSum = top.array() + (z.colwise() - top).array().exp().rowwise().sum().log();
    const double crossEntropy = logSum.sum() - z.cwiseProduct(m_labels).sum();
    const double features = m_options.mu / 2 * m_features.squaredNorm();
    const double weight = m_options.weightDecay ? *m_options.weightDecay / 2 * m_weight.squaredNorm() : 0;
    return (crossEntropy + features) / static_cast<double>(m_labels.rows()) + weight;
}

double FreeFeatures::featureGradient() const
{
    return gradientOfFeatures(residual()).rowwise().norm().maxCoeff();
}

double FreeFeatures::weightGradient() const
{
    return gradientOfWeight(residual()).norm();
}

} // namespace nc

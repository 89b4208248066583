#include <QTest>

#include <Eigen/LU>

#include "core/linear_probe.h"
#include "core/row_covariance.h"
#include "core/subspace_projection.h"
#include "test_data.h"

using namespace nc;

/// The bases of layers without a classifier: least-squares probe and principal axes.
class TestLinearProbe : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rowCovariance_chosenRows_isTheirs();
    void fit_anyRows_isStationary();
    void fit_turnedFeatures_turns();
    void fit_separableClasses_classifiesThem();
    void fit_equalFeatures_saysSo();
    void principalAxes_knownVariances_areFound();
    void principalAxes_anyRows_areOrthonormalWithPositiveLoadings();
    void principalAxes_tooFewDirections_namesTheRank();
};

namespace
{

std::vector<std::int32_t> labelsOf(Index rows, Index classes)
{
    std::vector<std::int32_t> labels;
    for (Index n = 0; n < rows; ++n)
        labels.push_back(static_cast<std::int32_t>(n * n % classes));
    return labels;
}

} // namespace

void TestLinearProbe::rowCovariance_chosenRows_isTheirs()
{
    const RowMatrixD data = test::gaussian(900, 7, 1); // several stretches
    std::vector<char> chosen;
    std::vector<Index> places;
    for (Index n = 0; n < data.rows(); ++n) {
        chosen.push_back(n % 3 != 0);
        if (chosen.back())
            places.push_back(n);
    }
    TaskControl two;
    two.threads = 2;
    const auto part = rowCovariance(test::BlockedRows(data, 31), chosen, two);
    const auto alone = rowCovariance(DoubleRows(RowMatrixD(data(places, Eigen::all))), {});
    QVERIFY(part && alone);
    QCOMPARE(part->count, 600);
    NC_CLOSE((part->mean - alone->mean).norm(), 0, 1e-14);
    NC_CLOSE((part->covariance - alone->covariance).norm(), 0, 1e-13);
    const RowMatrixD centred = data(places, Eigen::all).rowwise() - alone->mean.transpose();
    NC_CLOSE((alone->covariance - centred.transpose() * centred / 600.0).norm(), 0, 1e-13);
}

void TestLinearProbe::fit_anyRows_isStationary()
{
    // Gradients of (1/N) sum |W h + b - t|^2 + rho |W|^2 with rho = ridge times the mean variance, in full.
    const RowMatrixD data = test::gaussian(120, 6, 2).array() + 3;
    const auto labels = labelsOf(120, 4); // classes 0 and 1 only, and 2 and 3 without samples
    const double ridge = 0.05;
    const auto probe = fitLinearProbe(DoubleRows(data), labels, 4, ridge);
    QVERIFY(probe);
    Matrix targets = Matrix::Zero(120, 4);
    for (Index n = 0; n < 120; ++n)
        targets(n, labels[static_cast<std::size_t>(n)]) = 1;
    const Matrix rest = (data * probe->weight.transpose()).rowwise() + probe->bias.transpose() - targets;
    const RowMatrixD centred = data.rowwise() - data.colwise().mean();
    const double rho = ridge * centred.squaredNorm() / 120 / 6;
    const Matrix gradient = rest.transpose() * data / 120 + rho * probe->weight;
    NC_CLOSE(gradient.cwiseAbs().maxCoeff(), 0, 1e-13);
    NC_CLOSE(rest.colwise().mean().cwiseAbs().maxCoeff(), 0, 1e-13);
}

void TestLinearProbe::fit_turnedFeatures_turns()
{
    const RowMatrixD data = test::gaussian(200, 5, 3);
    const Matrix turn = test::rotation(5, 4);
    const auto labels = labelsOf(200, 3);
    const auto probe = fitLinearProbe(DoubleRows(data), labels, 3);
    const auto turned = fitLinearProbe(DoubleRows(RowMatrixD(2 * data * turn)), labels, 3);
    QVERIFY(probe && turned);
    NC_CLOSE((turned->weight - probe->weight * turn / 2).norm(), 0, 1e-13);
    NC_CLOSE((turned->bias - probe->bias).norm(), 0, 1e-13);
}

void TestLinearProbe::fit_separableClasses_classifiesThem()
{
    const Matrix means = test::simplexRows(5, 8, 9, 5);
    RowMatrixD data(200, 8);
    std::vector<std::int32_t> labels;
    const Matrix noise = 0.2 * test::gaussian(200, 8, 6);
    for (Index n = 0; n < 200; ++n) {
        labels.push_back(static_cast<std::int32_t>(n % 5));
        data.row(n) = means.row(n % 5) + noise.row(n);
    }
    const auto probe = fitLinearProbe(DoubleRows(data), labels, 5);
    QVERIFY(probe);
    const Matrix z = (data * probe->weight.transpose()).rowwise() + probe->bias.transpose();
    for (Index n = 0; n < 200; ++n) {
        Index best = 0;
        z.row(n).maxCoeff(&best);
        QCOMPARE(best, n % 5);
    }
}

void TestLinearProbe::fit_equalFeatures_saysSo()
{
    const auto probe = fitLinearProbe(DoubleRows(RowMatrixD::Ones(9, 2)), labelsOf(9, 3), 3);
    QVERIFY(!probe);
    QVERIFY(probe.error().message.find("all equal") != std::string::npos);
}

void TestLinearProbe::principalAxes_knownVariances_areFound()
{
    // Corners of a box with sides 6, 4, 2 about an offset, turned: variances 9, 4, 1.
    const Matrix turn = test::rotation(5, 7).topRows(3);
    RowMatrixD data(8, 5);
    for (Index n = 0; n < 8; ++n) {
        const Eigen::RowVector3d corner(n & 1 ? 3 : -3, n & 2 ? 2 : -2, n & 4 ? 1 : -1);
        data.row(n) = (corner * turn).array() + 10;
    }
    const auto view = projectionOntoPrincipalAxes(DoubleRows(data), {}, 2);
    QVERIFY(view);
    for (Index axis = 0; axis < 2; ++axis)
        NC_CLOSE(std::abs(view->basis.row(axis).dot(turn.row(axis))), 1, 1e-13);
    NC_CLOSE(view->explained(0), 9 / 14.0, 1e-13);
    NC_CLOSE(view->explained(1), 4 / 14.0, 1e-13);
    NC_CLOSE(view->singularValues(0), std::sqrt(8 * 9.0), 1e-12);
    QVERIFY(!view->fitError);
}

void TestLinearProbe::principalAxes_anyRows_areOrthonormalWithPositiveLoadings()
{
    const auto view = projectionOntoPrincipalAxes(DoubleRows(test::gaussian(50, 9, 8)), {}, 3);
    QVERIFY(view);
    NC_CLOSE((view->basis * view->basis.transpose() - Matrix::Identity(3, 3)).cwiseAbs().maxCoeff(), 0, 1e-12);
    for (Index axis = 0; axis < 3; ++axis)
        QCOMPARE(view->basis.row(axis).maxCoeff(), view->basis.row(axis).cwiseAbs().maxCoeff());
}

void TestLinearProbe::principalAxes_tooFewDirections_namesTheRank()
{
    RowMatrixD line = RowMatrixD::Constant(6, 4, 1e3);
    for (Index n = 0; n < 6; ++n)
        line.row(n) += static_cast<double>(n) * test::vectorOf({1, 2, 0, -1}).transpose();
    const auto view = projectionOntoPrincipalAxes(DoubleRows(line), {}, 2);
    QVERIFY(!view);
    QVERIFY2(view.error().message.find("only 1 direction") != std::string::npos, view.error().message.c_str());
    QVERIFY(!projectionOntoPrincipalAxes(DoubleRows(RowMatrixD::Constant(6, 4, 0.1)), {}, 1));
    const std::vector<char> nobody(6, 0);
    QVERIFY(!projectionOntoPrincipalAxes(DoubleRows(line), nobody, 1));
}

QTEST_APPLESS_MAIN(TestLinearProbe)
#include "tst_linear_probe.moc"

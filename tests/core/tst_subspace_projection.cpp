#include <QTest>

#include "core/simplex_etf.h"
#include "core/subspace_projection.h"
#include "core/ufm_optimum.h"
#include "test_data.h"

using namespace nc;

class TestSubspaceProjection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void projectionOntoRows_example_hasTheKnownBasis();
    void decisionRegions_example_hasTheKnownTriplePoint();
    void projectionOntoRows_anyRows_isOrthonormal_data();
    void projectionOntoRows_anyRows_isOrthonormal();
    void projectionOntoRows_exactSimplex_putsClassesOnTheVertices();
    void projectionOntoRows_kgon_isAProjection();
    void projectionOntoRows_permutedClasses_permutesTheSimplex();
    void projectionOntoRows_rotatedFeatures_keepsCoordinates();
    void projectionOntoRows_nearbyRows_hasNoSignFlip();
    void projectionOntoRows_badRows_saysWhy();
    void decisionRegions_anyFeature_agreesWithTheRestrictedLogits();
    void sliceRegions_pointsOfTheSlice_haveTheirLogits();
    void project_floatsInMemory_areReadAsDoublesToo();
    void project_hugeMean_keepsTheRemainder();
    void project_anyDims_agreesWithTheFormula_data();
    void project_anyDims_agreesWithTheFormula();
    void view_perfectCollapse_showsTheKnownShares();
    void project_float_agreesWithDouble();
    void project_anyBlockSize_isTheSame();
    void project_unreadableRows_passesTheErrorOn();
    void project_stopped_isInterrupted();
};

void TestSubspaceProjection::projectionOntoRows_example_hasTheKnownBasis()
{
    const Classifier classifier = test::exampleClassifier();
    const Matrix rows = classifier.weight;
    const auto projection = projectionOntoRows(rows);
    QVERIFY(projection);
    const Matrix basis =
        test::matrixOf({{0.64870805520534, -0.567184458248641, 0.170945131203614, -0.477762924001727},
                        {-0.213002417662829, -0.641403052479834, 0.403668899747203, 0.616671317410032}});
    NC_CLOSE((projection->basis - basis).cwiseAbs().maxCoeff(), 0, 2e-15); // 15 printed digits
    NC_CLOSE(projection->singularValues(0), 3.53788234378, 5e-12);
    NC_CLOSE(projection->singularValues(1), 2.73557827919, 5e-12);
    const Vector y = projection->basis * test::vectorOf({1, 2, 3, 4});
    NC_CLOSE(y(0), -1.88387716368801, 1e-14);
    NC_CLOSE(y(1), 2.18188344625924, 1e-14);
    // The public code's variant takes the mean classifier row off the features first.
    const Vector shifted = y - projection->basis * rows.colwise().mean().transpose();
    NC_CLOSE(shifted(0), -1.57442672512649, 1e-14);
    NC_CLOSE(shifted(1), 1.86570317577951, 1e-14);
    const Matrix tips = rows * projection->basis.transpose();
    const Matrix wanted = test::matrixOf({{1.94612416561602, -0.639007252988487},
                                          {-2.82802435395299, -1.09453542236664},
                                          {-0.0464511273475841, 2.6820834867943}});
    NC_CLOSE((tips - wanted).cwiseAbs().maxCoeff(), 0, 1e-14);
    NC_CLOSE((projection->vertices - etf::helmert(3).transpose()).cwiseAbs().maxCoeff(), 0, 0);
}

void TestSubspaceProjection::decisionRegions_example_hasTheKnownTriplePoint()
{
    const Classifier classifier = test::exampleClassifier();
    const Matrix rows = classifier.weight;
    const auto projection = projectionOntoRows(rows);
    QVERIFY(projection);
    const DecisionRegions regions = decisionRegions(*projection, rows, classifier.bias);
    NC_CLOSE(regions.triplePoint(0), -0.0540009925929741, 1e-15);
    NC_CLOSE(regions.triplePoint(1), -0.0926204875860721, 1e-15);
    const Vector y = projection->basis * test::vectorOf({1, 2, 3, 4});
    const Vector z = regions.slope * y + regions.offset;
    NC_CLOSE((z - test::vectorOf({-6.3, 1.4, 4.9})).cwiseAbs().maxCoeff(), 0, 1e-14);
    const Vector atPoint = regions.slope * regions.triplePoint + regions.offset;
    NC_CLOSE(atPoint.cwiseAbs().maxCoeff(), 0, 1e-15);
}

void TestSubspaceProjection::projectionOntoRows_anyRows_isOrthonormal_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("dim");
    for (const auto& [classes, dim] : {std::pair{2, 5}, {3, 2}, {3, 512}, {4, 16}, {10, 640}, {40, 64}})
        QTest::addRow("%d classes, %d columns", classes, dim) << classes << dim;
}

void TestSubspaceProjection::projectionOntoRows_anyRows_isOrthonormal()
{
    QFETCH(int, classes);
    QFETCH(int, dim);
    const Matrix rows = test::gaussian(classes, dim, 1);
    const auto projection = projectionOntoRows(rows);
    QVERIFY(projection);
    QCOMPARE(projection->dims(), classes - 1);
    const Matrix gram = projection->basis * projection->basis.transpose();
    NC_CLOSE((gram - Matrix::Identity(classes - 1, classes - 1)).cwiseAbs().maxCoeff(), 0, 1e-12);
    // It spans the differences of the rows: nothing of them is left out.
    const Matrix centred = etf::centredRows(rows);
    NC_CLOSE((centred - centred * projection->basis.transpose() * projection->basis).cwiseAbs().maxCoeff(), 0, 1e-12);
}

void TestSubspaceProjection::projectionOntoRows_exactSimplex_putsClassesOnTheVertices()
{
    const double kappa = 6.25;
    const Matrix all = test::simplexRows(10, 12, kappa, 3);
    const std::vector<Index> chosen{1, 4, 8};
    const auto projection = projectionOntoRows(Matrix(all(chosen, Eigen::all)));
    QVERIFY(projection);
    NC_CLOSE(*projection->fitError, 0, 1e-14);
    const Matrix tips = all * projection->basis.transpose();
    for (Index k = 0; k < 10; ++k) {
        const auto place = std::find(chosen.begin(), chosen.end(), k);
        // Classes outside the view fall on the origin, so do the mean row and anything else all classes share.
        const Vector wanted =
            place == chosen.end() ? Vector::Zero(2) : Vector(2.5 * projection->vertices.row(place - chosen.begin()));
        NC_CLOSE((tips.row(k).transpose() - wanted).norm(), 0, 1e-13);
    }
}

void TestSubspaceProjection::projectionOntoRows_kgon_isAProjection()
{
    const Matrix rows = test::simplexRows(10, 20, 4, 3);
    const auto projection = projectionOntoRows(rows, Frame::KGon);
    QVERIFY(projection);
    QCOMPARE(projection->dims(), 2);
    NC_CLOSE((projection->basis * projection->basis.transpose() - Matrix::Identity(2, 2)).cwiseAbs().maxCoeff(), 0,
             1e-13);
    NC_CLOSE((rows * projection->basis.transpose() - 2 * projection->vertices).cwiseAbs().maxCoeff(), 0, 1e-13);
}

void TestSubspaceProjection::projectionOntoRows_permutedClasses_permutesTheSimplex()
{
    const Matrix rows = test::gaussian(4, 9, 5);
    const std::vector<Index> order{2, 0, 3, 1};
    const auto straight = projectionOntoRows(rows);
    const auto permuted = projectionOntoRows(Matrix(rows(order, Eigen::all)));
    QVERIFY(straight && permuted);
    // The plane is the same: B^T B does not change, nor do the distances in the picture.
    const Matrix plane = straight->basis.transpose() * straight->basis;
    NC_CLOSE((plane - permuted->basis.transpose() * permuted->basis).cwiseAbs().maxCoeff(), 0, 1e-13);
    // Each class keeps its vertex: A e_k of the permuted frame is paired with the permuted row.
    NC_CLOSE((straight->vertices(order, Eigen::all) * straight->basis - permuted->vertices * permuted->basis)
                 .cwiseAbs()
                 .maxCoeff(),
             0, 1e-13);
}

void TestSubspaceProjection::projectionOntoRows_rotatedFeatures_keepsCoordinates()
{
    const Matrix rows = test::gaussian(3, 7, 6), turn = test::rotation(7, 7);
    const Vector h = test::gaussian(7, 1, 8).col(0);
    const auto straight = projectionOntoRows(rows);
    const auto turned = projectionOntoRows(Matrix(rows * turn));
    QVERIFY(straight && turned);
    NC_CLOSE((straight->basis * h - turned->basis * turn.transpose() * h).norm(), 0, 1e-13);
}

void TestSubspaceProjection::projectionOntoRows_nearbyRows_hasNoSignFlip()
{
    // Singular vectors may change sign from epoch to epoch, and swap where singular values cross; the polar factor may
    // not.
    Matrix rows = test::gaussian(3, 10, 9);
    auto before = projectionOntoRows(rows);
    QVERIFY(before);
    for (unsigned epoch = 0; epoch < 200; ++epoch) {
        rows += 0.01 * test::gaussian(3, 10, 100 + epoch);
        const auto after = projectionOntoRows(rows);
        QVERIFY(after);
        QVERIFY((after->basis - before->basis).norm() < 0.2); // a flip of one axis is 2
        before = after;
    }
}

void TestSubspaceProjection::projectionOntoRows_badRows_saysWhy()
{
    Matrix rows = test::gaussian(3, 5, 10);
    rows.row(2) = rows.row(1);
    const auto dependent = projectionOntoRows(rows);
    QVERIFY(!dependent);
    QCOMPARE(dependent.error().kind, ErrorKind::Data);
    QVERIFY(dependent.error().message.find("rank 1, expected 2") != std::string::npos);
    rows(0, 0) = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(projectionOntoRows(rows).error().message.find("not finite") != std::string::npos);
    QCOMPARE(projectionOntoRows(Matrix(rows.topRows(1))).error().kind, ErrorKind::Usage);
    QCOMPARE(projectionOntoRows(Matrix(rows.topRows(2)), Frame::KGon).error().kind, ErrorKind::Usage);
}

void TestSubspaceProjection::project_floatsInMemory_areReadAsDoublesToo()
{
    const Snapshot rows(RowMatrixF(test::gaussian(3000, 9, 91).cast<float>()));
    const auto view = projectionOntoRows(test::gaussian(3, 9, 92));
    const Vector mean = test::gaussian(9, 1, 93).col(0);
    TaskControl two;
    two.threads = 2;
    const auto exact = project<double>(rows, *view, mean, two);
    const auto single = project<float>(rows, *view, mean);
    QVERIFY(exact && single);
    const RowMatrixD wanted = rows.features().cast<double>() * view->basis.transpose();
    NC_CLOSE((exact->coordinates - wanted).cwiseAbs().maxCoeff(), 0, 1e-13);
    NC_CLOSE((single->coordinates.cast<double>() - wanted).cwiseAbs().maxCoeff(), 0, 1e-5);
    NC_CLOSE(exact->inView, single->inView, 1e-6);
}

void TestSubspaceProjection::sliceRegions_pointsOfTheSlice_haveTheirLogits()
{
    // A basis that has nothing to do with W: there the slice is what can be told.
    const Matrix weight = test::gaussian(4, 9, 81);
    const Vector bias = test::gaussian(4, 1, 82).col(0), h0 = test::gaussian(9, 1, 83).col(0);
    const auto view = projectionOntoRows(test::gaussian(3, 9, 84));
    QVERIFY(view);
    const DecisionRegions regions = sliceRegions(*view, weight, bias, h0);
    for (unsigned n = 0; n < 5; ++n) {
        const Vector y = test::gaussian(2, 1, 90 + n).col(0);
        const Vector h = h0 + view->basis.transpose() * (y - view->basis * h0);
        const Vector z = weight * h + bias;
        NC_CLOSE((regions.slope * y + regions.offset - Vector(z.array() - z.mean())).norm(), 0, 1e-13);
    }
    QCOMPARE(regions.triplePoint.size(), 0);
    // Where B is of this W the slice does not matter: the exact regions.
    const auto own = projectionOntoRows(Matrix(weight.topRows(3)));
    const DecisionRegions exact = decisionRegions(*own, weight.topRows(3), bias.head(3));
    const DecisionRegions slice = sliceRegions(*own, weight.topRows(3), bias.head(3), h0);
    NC_CLOSE((exact.slope - slice.slope).norm() + (exact.offset - slice.offset).norm(), 0, 1e-13);
}

void TestSubspaceProjection::decisionRegions_anyFeature_agreesWithTheRestrictedLogits()
{
    for (const Index classes : {2, 3, 4, 6}) {
        const Matrix rows = test::gaussian(classes, 11, 11);
        const Vector bias = test::gaussian(classes, 1, 12).col(0);
        const auto projection = projectionOntoRows(rows);
        QVERIFY(projection);
        const DecisionRegions regions = decisionRegions(*projection, rows, bias);
        for (unsigned seed = 20; seed < 40; ++seed) {
            const Vector h = 5 * test::gaussian(11, 1, seed).col(0);
            const Vector logits = rows * h + bias;
            const Vector restricted = logits.array() - logits.mean();
            const Vector painted = regions.slope * (projection->basis * h) + regions.offset;
            NC_CLOSE((restricted - painted).cwiseAbs().maxCoeff(), 0, 1e-12);
        }
        const Vector tie = regions.slope * regions.triplePoint + regions.offset;
        NC_CLOSE(tie.cwiseAbs().maxCoeff(), 0, 1e-13);
    }
}

void TestSubspaceProjection::project_hugeMean_keepsTheRemainder()
{
    // Features far from 0 whose remainder off the view is small: a difference of squares would lose it.
    const Matrix rows = test::gaussian(3, 20, 13);
    const auto projection = projectionOntoRows(rows);
    QVERIFY(projection);
    Vector off = test::gaussian(20, 1, 14).col(0);
    off -= projection->basis.transpose() * (projection->basis * off);
    off *= 1e-6 / off.norm();
    const Vector mean = Vector::Constant(20, 1000);
    RowMatrixD data(1, 20);
    data.row(0) = (mean + 3 * projection->basis.row(0).transpose() + off).transpose();
    const auto result = project<double>(DoubleRows(data), *projection, mean);
    QVERIFY(result);
    NC_CLOSE(result->offView[0], 1e-6, 1e-12); // 1000 * 2e-16 * sqrt(20)
    NC_CLOSE(result->inView, 1, 1e-12);
}

void TestSubspaceProjection::project_anyDims_agreesWithTheFormula_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("dim");
    for (const int classes : {2, 3, 4, 5, 9})  // one kernel each for 1, 2, 3 and more dimensions
        for (const int dim : {8, 13, 64, 101}) // with and without a tail of the eight lanes
            QTest::addRow("%d classes, %d columns", classes, dim) << classes << dim;
}

void TestSubspaceProjection::project_anyDims_agreesWithTheFormula()
{
    QFETCH(int, classes);
    QFETCH(int, dim);
    const auto projection = projectionOntoRows(test::gaussian(classes, dim, 15));
    QVERIFY(projection);
    const RowMatrixD data = test::gaussian(57, dim, 16);
    const Vector mean = test::gaussian(dim, 1, 17).col(0);
    const auto result = project<double>(DoubleRows(data), *projection, mean);
    QVERIFY(result);
    const Matrix centred = data.rowwise() - mean.transpose();
    const Matrix inside = centred * projection->basis.transpose();
    const Vector off = (centred - inside * projection->basis).rowwise().norm();
    NC_CLOSE((result->coordinates - data * projection->basis.transpose()).cwiseAbs().maxCoeff(), 0, 1e-13);
    for (Index n = 0; n < data.rows(); ++n)
        NC_CLOSE(result->offView[static_cast<std::size_t>(n)], off(n), 1e-13);
    NC_CLOSE(result->inView, inside.squaredNorm() / centred.squaredNorm(), 1e-14);
}

void TestSubspaceProjection::view_perfectCollapse_showsTheKnownShares()
{
    const Matrix rows = test::simplexRows(10, 12, 2.5, 3);
    const auto view = projectionOntoRows(Matrix(rows.topRows(3)));
    QVERIFY(view);
    const auto shown = [&](const Vector& h) { return (view->basis * h).norm(); };
    const auto share = [&](const Vector& h) { return shown(h) * shown(h) / h.squaredNorm(); };
    const Vector same = rows.row(0), half = rows.row(0) + rows.row(1);
    NC_CLOSE(share(same), 20.0 / 27, 1e-12); // 74 %
    NC_CLOSE(share(half), 5.0 / 12, 1e-12);  // 42 %
    // A half mix is longer than a same-class one in full space and looks shorter in the plane.
    const double bulge = ufm::mixOptimum(10, 89, 0.5).xi / ufm::sameClassGap(10, 89);
    NC_CLOSE(bulge * half.norm() / same.norm(), 1.03, 5e-3);
    NC_CLOSE(bulge * shown(half) / shown(same), 0.77, 5e-3);
}

void TestSubspaceProjection::project_float_agreesWithDouble()
{
    for (const Index classes : {3, 4, 6}) {
        const auto projection = projectionOntoRows(test::gaussian(classes, 512, 18));
        QVERIFY(projection);
        const RowMatrixD data = (test::gaussian(300, 512, 19).array() + 2.0).matrix().cast<float>().cast<double>();
        const Vector mean = data.colwise().mean();
        const DoubleRows rows(data);
        const auto exact = project<double>(rows, *projection, mean);
        const auto screen = project<float>(rows, *projection, mean);
        QVERIFY(exact && screen);
        // Lengths here are about 23: single precision leaves 1e-6 of it.
        NC_CLOSE((exact->coordinates - screen->coordinates.cast<double>()).cwiseAbs().maxCoeff(), 0, 3e-5);
        NC_CLOSE(static_cast<double>(screen->offView[7]), exact->offView[7], 3e-5);
        NC_CLOSE(screen->inView, exact->inView, 1e-6);
    }
}

void TestSubspaceProjection::project_anyBlockSize_isTheSame()
{
    const auto projection = projectionOntoRows(test::gaussian(4, 19, 20));
    QVERIFY(projection);
    const RowMatrixD data = test::gaussian(101, 19, 21);
    const Vector mean = data.colwise().mean();
    const auto whole = project<double>(test::BlockedRows(data, 1000), *projection, mean);
    const auto pieces = project<double>(test::BlockedRows(data, 7), *projection, mean);
    QVERIFY(whole && pieces);
    QVERIFY(whole->coordinates == pieces->coordinates);
    QVERIFY(whole->offView == pieces->offView);
    NC_CLOSE(whole->inView, pieces->inView, 1e-12);
}

void TestSubspaceProjection::project_unreadableRows_passesTheErrorOn()
{
    const auto projection = projectionOntoRows(test::gaussian(3, 6, 22));
    QVERIFY(projection);
    const auto result = project<float>(test::FailingRows(test::gaussian(9, 6, 23), 5), *projection, Vector::Zero(6));
    QVERIFY(!result);
    QCOMPARE(result.error().message, std::string("Cannot read rows: the file ends early"));
}

void TestSubspaceProjection::project_stopped_isInterrupted()
{
    const auto projection = projectionOntoRows(test::gaussian(3, 6, 24));
    QVERIFY(projection);
    std::stop_source source;
    source.request_stop();
    const auto result = project<float>(DoubleRows(test::gaussian(9, 6, 25)), *projection, Vector::Zero(6),
                                       TaskControl{source.get_token(), {}});
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Interrupted);
}

QTEST_APPLESS_MAIN(TestSubspaceProjection)
#include "tst_subspace_projection.moc"

#include <set>

#include <Eigen/QR>

#include <QTemporaryDir>
#include <QTest>

#include "app/figure_builder.h"
#include "app/figure_caption.h"
#include "app/plots/plot_builder.h"
#include "app/synthetic_run.h"
#include "app/third_axis.h"
#include "app/view_reasons.h"
#include "core/ufm_optimum.h"
#include "io/run_writer.h"
#include "viz/scene/figure_layout.h"

using namespace nc;
using namespace nc::app;

namespace
{

/// Where names and tips of arrows are on a page, by class.
struct NamedArrows {
    std::vector<QRectF> names;
    std::vector<QPointF> tips;

    [[nodiscard]] double distance(int name, int arrow) const
    {
        const QRectF& rect = names[static_cast<std::size_t>(name)];
        const QPointF tip = tips[static_cast<std::size_t>(arrow)];
        return std::hypot(std::max({rect.left() - tip.x(), tip.x() - rect.right(), 0.0}),
                          std::max({rect.top() - tip.y(), tip.y() - rect.bottom(), 0.0}));
    }
};

NamedArrows namedArrows(const scene::Drawing& drawing, int classes)
{
    NamedArrows found;
    for (const scene::DrawingItem& item : drawing.items) {
        const auto* head = std::get_if<scene::Fill>(&item);
        if (head && head->points.size() == 4 && std::ssize(found.tips) < classes)
            found.tips.push_back(head->points.front());
        const auto* text = std::get_if<scene::Text>(&item);
        if (text && text->halo) // of all texts only names lie over the cloud
            found.names.push_back(scene::outline(drawing.fonts, text->line).boundingRect().translated(text->baseline));
    }
    return found;
}

} // namespace

class FigureBuilderTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::optional<OpenRun> m_run;

private Q_SLOTS:
    void initTestCase()
    {
        const std::filesystem::path folder = std::filesystem::path(m_dir.path().toStdString()) / "run";
        SyntheticSettings settings;
        settings.classes = 5;
        settings.dim = 12;
        settings.samples = 900;
        settings.epochs = 3;
        QVERIFY(writeSyntheticRun(folder, settings));
        Result<OpenRun> run = OpenRun::open(folder.string());
        QVERIFY(run);
        m_run.emplace(std::move(*run));
    }
    void buildPanel_rows_areThoseOfTheChosenClasses()
    {
        FigureRequest request;
        request.view.classes = {4, 1, 2};
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel);
        QCOMPARE(panel->total, 900);
        QCOMPARE(panel->shown, panel->scene.cloud.size());
        QVERIFY(panel->shown > 100 && panel->shown < 900);
        for (Index r = 0; r < panel->shown; ++r)
            QVERIFY(panel->scene.slotOf(panel->scene.cloud.labelA[static_cast<std::size_t>(r)]) >= 0 &&
                    panel->scene.slotOf(panel->scene.cloud.labelB[static_cast<std::size_t>(r)]) >= 0);
        QVERIFY(scene::validate(panel->scene));
    }
    void buildPanel_exactEtf_arrowsReachTheSimplex()
    {
        FigureRequest request;
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel);
        QCOMPARE(panel->scene.classifiers.size(), std::size_t{3});
        for (std::size_t k = 0; k < 3; ++k) // the last epoch's classifier is an exact simplex ETF, stored in float
            QVERIFY((panel->scene.classifiers[k].tip -
                     panel->scene.simplex->vertices.row(static_cast<Index>(k)).transpose())
                        .norm() < 1e-6);
    }
    void buildPanel_theory_startsAtOneTipAndEndsAtTheOther()
    {
        FigureRequest request;
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel && panel->scene.theory);
        QVERIFY(panel->scene.theory->badge.empty());
        QCOMPARE(panel->scene.theory->curves.size(), std::size_t{3});
        const Matrix& arm = panel->scene.theory->curves[0]; // classes 0 and 1
        const Vector first = arm.row(arm.rows() - 1), last = arm.row(0);
        // lambda 1 lies on w_0's direction, lambda 0 on w_1's.
        QVERIFY(first.normalized().dot(panel->scene.classifiers[0].tip.normalized()) > 1 - 1e-9);
        QVERIFY(last.normalized().dot(panel->scene.classifiers[1].tip.normalized()) > 1 - 1e-9);
        // It bulges: the middle is farther out than the chord's.
        QVERIFY(arm.row(arm.rows() / 2).norm() > 1.2 * (first + last).norm() / 2);
    }
    void buildPanel_idealShare_isBelowOneForThreeOfFive()
    {
        const auto three = buildPanel(*m_run, 3, FigureRequest{});
        QVERIFY(three && three->inViewIdeal);
        QVERIFY(*three->inViewIdeal > 0.4 && *three->inViewIdeal < 0.95);
        QVERIFY(std::abs(three->inView - *three->inViewIdeal) < 0.1); // the run was put at the optimum, noise aside
    }
    void matrix_everyTripleOnce_atOneScale()
    {
        const auto figure = buildMatrix(*m_run, 3, 0, FigureRequest{});
        QVERIFY2(figure, figure ? "" : figure.error().message.c_str());
        QCOMPARE(figure->panels.size(), std::size_t{10}); // 3 of 5
        std::set<std::vector<std::int32_t>> triples;
        for (const scene::FigurePanel& panel : figure->panels) {
            std::vector<std::int32_t> triple;
            for (const scene::SceneClass& shown : panel.scene.classes)
                triple.push_back(shown.index);
            QCOMPARE(triple.size(), std::size_t{3});
            triples.insert(triple);
            QCOMPARE(panel.scene.classifierLength, figure->panels[0].scene.classifierLength);
        }
        QCOMPARE(triples.size(), std::size_t{10});
        for (const scene::FigurePanel& panel : figure->panels) // a class has one colour in all panels
            for (std::size_t slot = 0; slot < 3; ++slot)
                QCOMPARE(panel.scene.colourOf(static_cast<int>(slot)), panel.scene.classes[slot].index);
        QVERIFY(figure->caption.plain().find("Every triple") != std::string::npos);
    }
    void colours_valuesOfTheShownRows_comeWhereTheyAreAskedFor()
    {
        FigureRequest request;
        const auto plain = buildPanel(*m_run, 3, request);
        QVERIFY(plain);
        const scene::Cloud& none = plain->scene.cloud;
        QVERIFY(none.correct.empty() && none.confidence.empty() && none.residual.empty());
        request.colorBy = scene::ColorBy::Confidence;
        const auto sure = buildPanel(*m_run, 3, request);
        QVERIFY(sure && sure->colourAbsent.empty() && scene::validate(sure->scene));
        QCOMPARE(sure->scene.colorBy, scene::ColorBy::Confidence);
        QCOMPARE(static_cast<Index>(sure->scene.cloud.confidence.size()), sure->shown);
        // Collapsed same-class mixes are surer than mixes of two classes at one half.
        double same = 0, half = 0;
        Index sames = 0, halves = 0;
        for (std::size_t i = 0; i < sure->scene.cloud.confidence.size(); ++i) {
            const bool isSame = sure->scene.cloud.labelA[i] == sure->scene.cloud.labelB[i];
            const bool isHalf = !isSame && std::abs(sure->scene.cloud.lambda[i] - 0.5F) < 0.1F;
            same += isSame ? static_cast<double>(sure->scene.cloud.confidence[i]) : 0;
            half += isHalf ? static_cast<double>(sure->scene.cloud.confidence[i]) : 0;
            sames += isSame;
            halves += isHalf;
        }
        QVERIFY(sames > 0 && halves > 0);
        QVERIFY(same / static_cast<double>(sames) > half / static_cast<double>(halves) + 0.2);
        request.colorBy = scene::ColorBy::Residual;
        const auto off = buildPanel(*m_run, 3, request);
        QVERIFY(off && off->colourAbsent.empty());
        double sum = 0;
        for (const float residual : off->scene.cloud.residual)
            sum += static_cast<double>(residual);
        QVERIFY(sum / static_cast<double>(off->shown) < 0.5); // the run was put at the optimum, noise aside
    }
    void colours_thatCannotBeHad_areRefusedWithTheReason()
    {
        FigureRequest request;
        request.view.split = "train"; // clean
        for (const auto by :
             {scene::ColorBy::Pair, scene::ColorBy::Lambda, scene::ColorBy::Kind, scene::ColorBy::Residual}) {
            request.colorBy = by;
            const auto refused = buildFigure(*m_run, 3, request);
            QVERIFY(!refused);
            QVERIFY2(refused.error().message.find("holds no mixes") != std::string::npos,
                     refused.error().message.c_str());
            const auto panel = buildPanel(*m_run, 3, request); // the window draws by class and says why
            QVERIFY(panel && !panel->colourAbsent.empty());
            QCOMPARE(panel->scene.colorBy, scene::ColorBy::Class);
        }
        request.colorBy = scene::ColorBy::Correct;
        QVERIFY(buildFigure(*m_run, 3, request));
        request = {};
        request.shape = ViewShape::KGon;
        request.colorBy = scene::ColorBy::Pair;
        QVERIFY(buildFigure(*m_run, 3, request)); // five classes
        QVERIFY(!buildMatrix(*m_run, 3, 0, request));
    }
    void caption_keepsASymbolWithItsNumber()
    {
        const auto figure = buildFigure(*m_run, 3, {});
        QVERIFY(figure);
        const std::string caption = figure->caption.plain();
        QVERIFY(caption.find("β\u00a0=\u00a0") != std::string::npos);
        QVERIFY(caption.find(" =") == std::string::npos && caption.find("= ") == std::string::npos);
        QVERIFY(caption.find(" %") == std::string::npos && caption.find("\u00a0%") != std::string::npos);
    }
    void reliability_caption_explainsATemperature_onlyWhereOneIsDrawn()
    {
        std::set<bool> seen;
        for (const std::int64_t epoch : m_run->reader.epochs()) { // the last are all right, and have none
            const auto figure = buildReliability({{&*m_run, epoch, {}}}, {});
            QVERIFY(figure);
            const bool drawn = figure->plots.front().note.plain().find("T\u00a0=") != std::string::npos;
            QCOMPARE(figure->caption.plain().find("T: temperature") != std::string::npos, drawn);
            seen.insert(drawn);
        }
        QCOMPARE(seen.size(), std::size_t{2});
    }
    void curves_ofTheWholeTrainingSet_areDrawnWhereRecorded()
    {
        io::RunHeader header;
        header.classNames = {"a", "b", "c"};
        header.splits.push_back({.name = "clean", .labelA = {0, 1, 2, 0}, .labelB = {0, 1, 2, 0}});
        header.splits[0].lambda.assign(4, 1.0);
        const QTemporaryDir folder;
        const std::string path = folder.filePath("run").toStdString();
        auto writer = io::RunWriter::create(path, header);
        QVERIFY(writer);
        RowMatrixF rows(4, 3);
        rows << RowMatrixF::Identity(3, 3), 2, 0, 0;
        for (const int epoch : {0, 1}) {
            io::EpochData data;
            data.epoch = epoch;
            data.features.push_back({"clean", "penultimate", rows});
            data.scalars = {{"whole_train_nc1_quotient", 0.5 / (1 + epoch)}, {"train_loss", 2.0 - epoch}};
            QVERIFY(writer->writeEpoch(data));
        }
        std::vector<OpenRun> runs;
        for (const std::string& each : {path, m_run->reader.path().string()}) {
            auto run = OpenRun::open(each);
            QVERIFY(run);
            runs.clear();
            runs.push_back(std::move(*run));
            const auto figure = buildCurves(runs, "all", {});
            QVERIFY(figure);
            const auto whole = std::find_if(figure->plots.begin(), figure->plots.end(),
                                            [](const auto& plot) { return plot.title == "NC1, all pictures"; });
            QCOMPARE(whole != figure->plots.end(), each == path);
            QCOMPARE(figure->caption.plain().find("whole training set") != std::string::npos, each == path);
            if (each != path)
                continue;
            QCOMPARE(whole->curves[0].points, (std::vector<QPointF>{{0, 0.5}, {1, 0.25}}));
            const auto loss = std::find_if(figure->plots.begin(), figure->plots.end(),
                                           [](const auto& plot) { return plot.title == "loss"; });
            QVERIFY(loss != figure->plots.end());
            QCOMPARE(loss->curves[0].points, (std::vector<QPointF>{{0, 2}, {1, 1}}));
        }
    }
    void residuals_whereTheTheoryDoesNotHold_squeezeNoOtherPlot()
    {
        const PlotTarget first{&*m_run, 0, "first"}, last{&*m_run, 3, "last"};
        const auto alone = buildResiduals({last}, {}), both = buildResiduals({first, last}, {});
        QVERIFY(alone && both);
        QVERIFY(!both->plots[0].note.empty() && both->plots[1].note.empty());
        QCOMPARE(*both->plots[1].x.high, *alone->plots[0].x.high);
    }
    /// The last epoch lies at the optimum, noise aside, so its channels lie on the theory's arms.
    void channels_ofOptimalFeatures_lieOnTheArms()
    {
        SyntheticSettings settings;
        settings.classes = 3;
        settings.dim = 8;
        settings.samples = 3000;
        settings.epochs = 1;
        const std::filesystem::path folder = std::filesystem::path(m_dir.path().toStdString()) / "channels";
        QVERIFY(writeSyntheticRun(folder, settings));
        const Result<OpenRun> run = OpenRun::open(folder.string());
        QVERIFY(run);
        FigureRequest request;
        const auto without = buildPanel(*run, 1, request);
        QVERIFY(without && without->scene.channels.empty());
        request.layers.set(scene::Layer::Channels);
        for (const bool raised : {false, true}) {
            if (raised)
                request.third = scene::ThirdQuantity::Lambda;
            const auto panel = buildPanel(*run, 1, request);
            QVERIFY(panel && panel->scene.theory);
            QVERIFY(scene::validate(panel->scene));
            QVERIFY(panel->scene.channels.size() >= 3); // a piece a pair, or more
            const double side = panel->scene.theory->curves[0].leftCols(2).rowwise().norm().maxCoeff();
            Index points = 0;
            for (const Matrix& line : panel->scene.channels)
                for (Index n = 0; n < line.rows(); ++n, ++points) {
                    double nearest = 1e9;
                    for (const Matrix& arm : panel->scene.theory->curves)
                        nearest = std::min(nearest, (arm.rowwise() - line.row(n)).rowwise().norm().minCoeff());
                    // Smoothing pulls a bent ridge inward by its width squared over twice its radius.
                    QVERIFY2(nearest < 0.1 * side, std::to_string(nearest / side).c_str());
                }
            QVERIFY(points > 45); // most of 3 x 19
        }
    }
    void channels_ofATour_areRefused()
    {
        FigureRequest request;
        request.shape = ViewShape::Tour;
        request.layers.set(scene::Layer::Channels);
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(!panel && panel.error().message.find("stands still") != std::string::npos);
    }
    void kgon_withoutChoice_showsEveryClass()
    {
        FigureRequest request;
        request.shape = ViewShape::KGon;
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel);
        QCOMPARE(panel->scene.classes.size(), std::size_t{5});
        QCOMPARE(panel->shown, panel->total);
    }
    /// In the bundled run's real clouds every name of an arrow stands at its own arrow's tip, whatever the page.
    void kgon_names_standAtTheirArrows_data()
    {
        QTest::addColumn<std::string>("preset");
        for (const std::string_view preset : scene::pagePresetNames())
            QTest::newRow(std::string(preset).c_str()) << std::string(preset);
    }
    void kgon_names_standAtTheirArrows()
    {
        QFETCH(std::string, preset);
        const Result<OpenRun> run = OpenRun::open(NCSCOPE_SOURCE_DIR "/resources/demo-run.h5");
        QVERIFY(run);
        for (int classes = 4; classes <= 10; ++classes) {
            FigureRequest request;
            request.shape = ViewShape::KGon;
            request.page = *scene::pagePreset(preset);
            for (int k = 0; k < classes; ++k)
                request.view.classes.push_back(k);
            const auto figure = buildFigure(*run, 24, request);
            QVERIFY(figure);
            const Result<scene::Drawing> drawing = scene::layoutFigure(*figure);
            QVERIFY(drawing);
            const NamedArrows arrows = namedArrows(*drawing, classes);
            QCOMPARE(std::ssize(arrows.names), classes);
            for (int k = 0; k < classes; ++k) {
                const double own = arrows.distance(k, k) / request.page.fontSizePt;
                const QByteArray where = QByteArray::number(k) + " of " + QByteArray::number(classes);
                QVERIFY2(own < 3, where + ": " + QByteArray::number(own)); // em
                for (int other = 0; other < classes; ++other)
                    QVERIFY2(other == k || arrows.distance(k, other) > own * request.page.fontSizePt, where);
            }
        }
    }
    /// Curves are B h*, h* = s + (x_i wc_i + x_j wc_j)/kappa reckoned in the whole space (docs/maths.md, 4 and 5).
    void kgon_hasTheTheory_ofTheWholeSpace()
    {
        FigureRequest request;
        request.shape = ViewShape::KGon;
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel && panel->scene.theory && panel->beta && panel->inViewIdeal);
        QCOMPARE(panel->scene.theory->curves.size(), std::size_t{10}); // pairs of five
        QCOMPARE(layerAbsent(m_run->summary, *panel, scene::Layer::Theory), std::string());
        QVERIFY(!layerAbsent(m_run->summary, *panel, scene::Layer::Simplex).empty());
        const auto classifier = m_run->reader.classifier(3);
        const Matrix weight = (*classifier)->weight;
        const Matrix centred = weight.rowwise() - weight.colwise().mean();
        const Vector bias = (*classifier)->bias.array() - (*classifier)->bias.mean();
        const Vector s = -centred.completeOrthogonalDecomposition().solve(bias);
        const double kappa = centred.squaredNorm() / 4;
        const ufm::MixOptimum half = ufm::mixOptimum(5, *panel->beta, 0.5);
        const Vector h = s + (half.xi * centred.row(0) + half.xj * centred.row(1)).transpose() / kappa;
        const Matrix& arm = panel->scene.theory->curves[0];
        const Vector middle = arm.row(arm.rows() / 2).transpose(); // 65 points evenly along a symmetric arm
        QVERIFY((middle - panel->basis.projection.basis * h).norm() < 1e-9 * h.norm());
        QVERIFY(*panel->inViewIdeal > 0.2 && *panel->inViewIdeal < 1);
    }
    void tour_isAPlaneOfAllCoordinates()
    {
        FigureRequest request;
        request.shape = ViewShape::Tour;
        const auto whole = buildPanel(*m_run, 3, request);
        QVERIFY(whole);
        QCOMPARE(whole->scene.dims, 4);
        request.tour = TourPlace{1, 0};
        const auto start = figurePanel(*m_run, 3, request);
        QVERIFY(start && scene::validate(start->scene));
        QCOMPARE(start->scene.dims, 2);
        QVERIFY(start->scene.cloud.positions == whole->scene.cloud.positions.leftCols(2));
        request.tour = TourPlace{1, 2.5};
        const auto turned = figurePanel(*m_run, 3, request);
        QVERIFY(turned && scene::validate(turned->scene));
        QVERIFY(!turned->scene.regions && turned->scene.theory->curves.size() == 10);
        // What is shown is B h of the turned basis: arrows are B w, the share in view is that of its rows.
        const auto classifier = m_run->reader.classifier(3);
        const Matrix arrows = Matrix((*classifier)->weight) * turned->basis.projection.basis.transpose();
        for (const scene::ClassifierArrow& arrow : turned->scene.classifiers)
            QVERIFY((arrow.tip - arrows.row(arrow.slot).transpose()).norm() < 1e-9);
        const Matrix frame = turned->basis.projection.basis;
        QVERIFY((frame * frame.transpose() - Matrix::Identity(2, 2)).norm() < 1e-9);
        QVERIFY(turned->inView > 0 && turned->inView < whole->inView);
        QVERIFY(*turned->inViewIdeal > 0 && *turned->inViewIdeal < *whole->inViewIdeal);
        request.view.classes = {0, 1, 2};
        QVERIFY(!buildPanel(*m_run, 3, request));
    }
    void thirdAxis_lambda_isThatOfTheLowerClass()
    {
        FigureRequest request;
        request.view.classes = {2, 0, 1};
        const auto flat = buildPanel(*m_run, 3, request);
        request.third = scene::ThirdQuantity::Lambda;
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY2(panel, panel ? "" : panel.error().message.c_str());
        QVERIFY(scene::validate(panel->scene));
        QCOMPARE(panel->scene.dims, 3);
        QCOMPARE(panel->scene.third->high, 1.0);
        const scene::Cloud& cloud = panel->scene.cloud;
        QVERIFY(cloud.positions.leftCols(2) == flat->scene.cloud.positions);
        for (std::size_t r = 0; r < cloud.lambda.size(); ++r) {
            const float lambda = cloud.labelA[r] <= cloud.labelB[r] ? cloud.lambda[r] : 1 - cloud.lambda[r];
            const double height =
                static_cast<double>(cloud.positions(static_cast<Index>(r), 2)) / panel->scene.third->unit;
            QVERIFY(std::abs(height - static_cast<double>(lambda)) < 1e-5); // positions are floats
        }
        // Three arms and three pillars. The first arm joins 2 (its lambda 1) and 0, whose lambda the axis shows.
        QCOMPARE(panel->scene.theory->curves.size(), std::size_t{6});
        const Matrix& arm = panel->scene.theory->curves[0];
        const double unit = panel->scene.third->unit;
        QVERIFY(std::abs(arm(0, 2) - unit) < 1e-9 && std::abs(arm(arm.rows() - 1, 2)) < 1e-9);
        QVERIFY(arm.leftCols(2) == flat->scene.theory->curves[0]);
        for (std::size_t k = 3; k < 6; ++k) {
            const Matrix& pillar = panel->scene.theory->curves[k];
            QVERIFY(pillar.row(0).head(2) == pillar.row(1).head(2));
            QVERIFY(pillar(0, 2) == 0 && pillar(1, 2) == unit);
        }
        QVERIFY(panel->scene.theory->curves[3].row(0).head(2) == arm.row(arm.rows() - 1).head(2)); // class 2
    }
    void thirdAxis_offView_isTheNormLeftOut_andTheOptimums()
    {
        // Any simplex ETF gives the closed form: rows of sqrt(kappa) (I - 11^T/C), h* = (x_i w_i + x_j w_j)/kappa.
        const Index classes = 5;
        const double kappa = 3;
        const Matrix weight =
            std::sqrt(kappa) * (Matrix::Identity(classes, classes) - Matrix::Constant(classes, classes, 1.0 / 5));
        const auto view = projectionOntoRows(weight.topRows(3));
        QVERIFY(view);
        for (const double lambda : {0.0, 0.2, 0.5}) {
            const ufm::MixOptimum optimum = ufm::mixOptimum(classes, 100, lambda);
            const Vector h = (optimum.xi * weight.row(0) + optimum.xj * weight.row(2)).transpose() / kappa;
            const double left = (h - view->basis.transpose() * (view->basis * h)).norm();
            const ArmTheory theory{{}, classes, 3, kappa};
            QVERIFY(std::abs(optimalThird(scene::ThirdQuantity::OffView, optimum, theory) - left) < 1e-12);
            QCOMPARE(optimalThird(scene::ThirdQuantity::Loss, optimum, theory), optimum.crossEntropy);
        }
        FigureRequest request;
        request.third = scene::ThirdQuantity::OffView;
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel);
        const double most =
            static_cast<double>(panel->scene.cloud.positions.col(2).maxCoeff()) / panel->scene.third->unit;
        QVERIFY(most > 0 && most <= panel->scene.third->high * (1 + 1e-6)); // every point stands under the axis's end
        QVERIFY(most > 0.5 * panel->scene.third->high);
    }
    void thirdAxis_residualAndLoss_existForMixes()
    {
        for (const auto quantity : {scene::ThirdQuantity::Residual, scene::ThirdQuantity::Loss}) {
            FigureRequest request;
            request.third = quantity;
            const auto panel = buildPanel(*m_run, 3, request);
            QVERIFY2(panel, panel ? "" : panel.error().message.c_str());
            QVERIFY(panel->scene.cloud.positions.col(2).minCoeff() >= 0);
            QVERIFY(panel->scene.cloud.positions.col(2).maxCoeff() > 0);
        }
    }
    void thirdAxis_whatDoesNotApply_isRefusedWithTheReason()
    {
        FigureRequest request;
        request.third = scene::ThirdQuantity::Lambda;
        request.view.split = "train";
        const auto clean = buildPanel(*m_run, 3, request);
        QVERIFY(!clean && clean.error().message.find("needs mixes") != std::string::npos);
        request.view.split.clear();
        request.shape = ViewShape::Tetrahedron;
        request.view.classes = {0, 1, 2, 3};
        const auto space = buildPanel(*m_run, 3, request);
        QVERIFY(!space && space.error().message.find("--third") != std::string::npos);
    }
    void thirdAxis_grid_sharesTheScale()
    {
        FigureRequest request;
        request.third = scene::ThirdQuantity::Loss;
        std::vector<OpenRun> runs;
        runs.push_back(std::move(*OpenRun::open(m_run->reader.path().string())));
        const auto figure = buildGrid(runs, {0, 3}, 0, request);
        QVERIFY(figure);
        QVERIFY(figure->panels[0].scene.third == figure->panels[1].scene.third);
        QVERIFY(scene::validate(figure->panels[0].scene));
    }
    void buildPanel_means_areThoseOfTheShownRows()
    {
        FigureRequest request;
        request.view.classes = {4, 1, 2};
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel);
        QCOMPARE(panel->scene.means.rows(), 3);
        Vector sum = Vector::Zero(2);
        int count = 0;
        for (Index r = 0; r < panel->shown; ++r)
            if (panel->scene.cloud.labelA[static_cast<std::size_t>(r)] == 4 &&
                panel->scene.cloud.labelB[static_cast<std::size_t>(r)] == 4) {
                sum += panel->scene.cloud.positions.row(r).transpose().cast<double>();
                ++count;
            }
        QVERIFY(count > 10);
        // The cloud's positions are float, of size near 2.
        QVERIFY((panel->scene.means.row(0).transpose() - sum / count).norm() < 1e-5);
    }
    void buildPanel_otherBasisEpoch_regionsHaveNoTriplePoint()
    {
        FigureRequest request; // basis of the last epoch
        QVERIFY(buildPanel(*m_run, 3, request)->scene.regions->triplePoint);
        QVERIFY(!buildPanel(*m_run, 1, request)->scene.regions->triplePoint);
    }
    void buildPanel_regions_areTheRestrictedLogits()
    {
        FigureRequest request;
        request.view.classes = {0, 1, 2};
        const auto panel = buildPanel(*m_run, 3, request);
        QVERIFY(panel);
        const auto snapshot = m_run->reader.snapshot(3, "train-mix");
        const Matrix weight = snapshot->classifier->weight.topRows(3);
        for (Index r : {0, 17, 200}) {
            const Vector h = snapshot->features().row(r).transpose().cast<double>();
            Vector logits = weight * h;
            logits.array() -= logits.mean();
            const Vector y = panel->basis.projection.basis * h;
            const Vector shown = panel->scene.regions->slope * y + panel->scene.regions->offset;
            QVERIFY((logits - shown).norm() < 1e-9 * std::max(1.0, logits.norm()));
        }
    }
    void buildGrid_epochs_shareBasisAndSimplex()
    {
        std::vector<OpenRun> runs;
        runs.push_back(*OpenRun::open(m_run->reader.path().string()));
        const auto figure = buildGrid(runs, {0, 1, 3}, 0, FigureRequest{});
        QVERIFY(figure);
        QCOMPARE(figure->panels.size(), std::size_t{3});
        QCOMPARE(figure->panels[1].title.plain(), std::string("epoch 1"));
        QVERIFY(figure->panels[0].scene.simplex->vertices == figure->panels[2].scene.simplex->vertices);
    }
    void buildFigure_longClassifiers_areShortenedToOneDigit()
    {
        QCOMPARE(buildFigure(*m_run, 3, FigureRequest{})->panels[0].scene.classifierLength, 1.0);
        const std::filesystem::path folder = std::filesystem::path(m_dir.path().toStdString()) / "long";
        SyntheticSettings settings;
        settings.samples = 300;
        settings.epochs = 0;
        settings.kappa = 60; // features shrink with 1/sqrt(kappa), the classifier grows with sqrt(kappa)
        QVERIFY(writeSyntheticRun(folder, settings));
        const auto figure = buildFigure(*OpenRun::open(folder.string()), 0, FigureRequest{});
        QVERIFY(figure);
        const double length = figure->panels[0].scene.classifierLength;
        QVERIFY2(length > 0 && length < 0.5, qPrintable(QString::number(length)));
        QCOMPARE(QString::number(length, 'g', 1).toDouble(), length); // 0.1, not 0.13
    }
    void caption_saysWhatIsShown()
    {
        const auto figure = buildFigure(*m_run, 3, FigureRequest{});
        QVERIFY(figure);
        const QString caption = QString::fromStdString(scene::breakable(figure->caption.plain()));
        for (const char* part : {"(the three with the most mixes)", "epoch 3", "classifier W of epoch 3",
                                 "train mixes in eval mode", " of 900 shown", "in view (ideal ", "effective β = "})
            QVERIFY2(caption.contains(QString::fromUtf8(part)), qPrintable(caption));
    }
    void distinctNames_leaveOutWhatAllShare()
    {
        std::vector<OpenRun> runs;
        for (int k = 0; k < 2; ++k)
            runs.push_back(*OpenRun::open(m_run->reader.path().string()));
        QCOMPARE(distinctNames(runs),
                 (std::vector<std::string>(2, "Synthetic collapse, 5 classes"))); // nothing differs
        const std::filesystem::path folder = std::filesystem::path(m_dir.path().toStdString()) / "seven";
        SyntheticSettings settings;
        settings.classes = 7;
        settings.samples = 50;
        settings.epochs = 0;
        QVERIFY(writeSyntheticRun(folder, settings));
        runs[1] = *OpenRun::open(folder.string());
        QCOMPARE(distinctNames(runs), (std::vector<std::string>{"5 classes", "7 classes"}));
    }
    void buildGrid_severalRuns_areDrawnInUnitsOfTheirClassifier()
    {
        std::vector<OpenRun> runs;
        runs.push_back(*OpenRun::open(m_run->reader.path().string()));
        runs.push_back(*OpenRun::open(m_run->reader.path().string()));
        const auto figure = buildGrid(runs, {1, 3}, 0, FigureRequest{});
        QVERIFY(figure);
        QCOMPARE(figure->rowLabels.size(), std::size_t{2});
        QCOMPARE(figure->columnLabels.size(), std::size_t{2});
        const scene::SceneModel& panel = figure->panels[0].scene;
        QVERIFY(std::abs(panel.scale * panel.simplex->vertices.row(0).norm() - std::sqrt(2.0 / 3)) < 1e-9);
    }
};

QTEST_MAIN(FigureBuilderTest)
#include "tst_figure_builder.moc"

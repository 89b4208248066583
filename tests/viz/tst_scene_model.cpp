#include <limits>

#include <QtTest>

#include "synthetic_scene.h"
#include "viz/scene/rich_text.h"
#include "viz/scene/scene_model.h"

using namespace nc;
using namespace nc::scene;

class TestSceneModel : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void json_roundTrip_keepsEverything()
    {
        for (const int classes : {3, 4}) {
            SceneModel model = syntheticScene({classes, 20, 10, true, 7});
            model.cloud.row.assign(static_cast<std::size_t>(model.cloud.size()), 5'000'000'000);
            model.classes[0].name = "T-shirt \"top\" × é";
            model.theory->badge = "not valid here: plain training";
            model.means = Matrix::Random(classes, classes - 1);
            model.guides.push_back({Matrix::Random(3, classes - 1),
                                    RichText().italic("x").subscript("1").text(" = 4"),
                                    1,
                                    true,
                                    {0, 0.5, 1}});
            model.guides.push_back({Matrix::Random(1, classes - 1)});
            model.channels = {Matrix::Random(5, classes - 1), Matrix::Random(2, classes - 1)};
            model.layers.set(Layer::Channels);
            model.scale = 0.37;
            model.classifierLength = 0.4;
            model.axisNames = {"x", "", "λ"};
            model.colorBy = ColorBy::Confidence;
            const auto count = static_cast<std::size_t>(model.cloud.size());
            model.cloud.correct.assign(count, 1);
            model.cloud.correct[1] = 0;
            model.cloud.confidence.assign(count, 0.1F);
            model.cloud.residual.assign(count, 1.7F);
            model.classes[1].colour = 7;
            model.layers.set(Layer::Regions);
            model.layers.set(Layer::Legend, false);
            model.camera = {12.5, -3, 1.25};
            const auto again = sceneFromJson(toJson(model));
            QVERIFY2(again, again ? "" : again.error().message.c_str());
            QCOMPARE(again->dims, model.dims);
            QCOMPARE(again->classes, model.classes);
            QVERIFY(again->cloud.positions == model.cloud.positions); // exactly
            QCOMPARE(again->cloud.labelA, model.cloud.labelA);
            QCOMPARE(again->cloud.labelB, model.cloud.labelB);
            QCOMPARE(again->cloud.lambda, model.cloud.lambda);
            QCOMPARE(again->cloud.row, model.cloud.row);
            QCOMPARE(again->cloud.correct, model.cloud.correct);
            QCOMPARE(again->cloud.confidence, model.cloud.confidence);
            QCOMPARE(again->cloud.residual, model.cloud.residual);
            QVERIFY(again->classifiers.size() == model.classifiers.size() &&
                    again->classifiers[1].tip == model.classifiers[1].tip && again->classifiers[1].slot == 1);
            QVERIFY(again->simplex->vertices == model.simplex->vertices);
            QCOMPARE(again->simplex->edges, model.simplex->edges);
            QCOMPARE(again->theory->badge, model.theory->badge);
            QVERIFY(again->theory->curves == model.theory->curves);
            QVERIFY(again->regions->slope == model.regions->slope && again->regions->offset == model.regions->offset &&
                    *again->regions->triplePoint == *model.regions->triplePoint);
            QVERIFY(again->means == model.means);
            QCOMPARE(again->guides.size(), std::size_t{2});
            QVERIFY(again->guides[0].points == model.guides[0].points && again->guides[0].dashed &&
                    again->guides[0].label == model.guides[0].label &&
                    again->guides[0].lambdas == model.guides[0].lambdas && again->guides[0].slot == 1);
            QVERIFY(again->guides[1].label.empty() && again->guides[1].slot == -1);
            QVERIFY(again->channels == model.channels);
            QCOMPARE(again->scale, model.scale);
            QCOMPARE(again->classifierLength, model.classifierLength);
            QCOMPARE(again->axisNames, model.axisNames);
            QCOMPARE(again->colorBy, model.colorBy);
            QVERIFY(again->layers == model.layers);
            QVERIFY(again->camera == model.camera);
            QCOMPARE(toJson(*again), toJson(model));
        }
    }

    void json_thirdAxis_keepsItAndThePlanesRegions()
    {
        const SceneModel model = raisedScene({3, 20, 10, true, 7});
        const auto again = sceneFromJson(toJson(model));
        QVERIFY2(again, again ? "" : again.error().message.c_str());
        QVERIFY(again->third == model.third);
        QCOMPARE(again->flatDims(), 2);
        QCOMPARE(again->regions->slope.cols(), Index{2});
        QVERIFY(again->cloud.positions == model.cloud.positions);
    }

    void validate_colouringWithoutItsValues_isRefused()
    {
        SceneModel model = syntheticScene({3, 20, 10, true, 7});
        for (const ColorBy by : {ColorBy::Correct, ColorBy::Confidence, ColorBy::Residual}) {
            model.colorBy = by;
            QVERIFY(!validate(model));
            QCOMPARE(drawnColorBy(model.cloud, by), ColorBy::Class);
        }
        model.cloud.residual.assign(static_cast<std::size_t>(model.cloud.size()), 0.5F);
        QVERIFY(validate(model));
        model.cloud.residual[3] = -1;
        QVERIFY(!validate(model));
    }

    void rescaleThird_movesHeightsAndNothingElse()
    {
        const SceneModel model = raisedScene({3, 20, 10, true, 7});
        SceneModel twice = model;
        rescaleThird(twice, 2 * model.third->unit);
        QVERIFY(twice.cloud.positions.leftCols(2) == model.cloud.positions.leftCols(2));
        QVERIFY((twice.cloud.positions.col(2) - 2 * model.cloud.positions.col(2)).cwiseAbs().maxCoeff() <
                1e-5F); // float
        QVERIFY(twice.theory->curves[0].col(2).isApprox(2 * model.theory->curves[0].col(2)));
        QCOMPARE(twice.third->high, model.third->high);
    }

    void validate_thirdAxisInAPlane_isRefused()
    {
        SceneModel model = syntheticScene({3, 20, 10});
        model.third = ThirdAxis();
        QVERIFY(!validate(model));
    }

    void json_broken_saysWhatInOneSentence()
    {
        for (const char* text : {"", "{", "{}", R"({"dims":2})", "[1,2]"}) {
            const auto model = sceneFromJson(text);
            QVERIFY(!model);
            QVERIFY(model.error().message.starts_with("Cannot read the scene: "));
            QVERIFY(model.error().message.find('\n') == std::string::npos);
        }
        std::string json = toJson(syntheticScene({3, 2, 2}));
        json.replace(json.find("kind-lambda"), 11, "rainbow-hue");
        QVERIFY(sceneFromJson(json).error().message.find("rainbow-hue") != std::string::npos);
    }

    void validate_soundScene_isGood()
    {
        QVERIFY(validate(syntheticScene()));
        QVERIFY(validate(SceneModel{}));
    }

    void validate_unsoundScene_isRefused_data()
    {
        QTest::addColumn<int>("fault");
        for (int fault = 0; fault < 13; ++fault)
            QTest::addRow("fault %d", fault) << fault;
    }
    void validate_unsoundScene_isRefused()
    {
        QFETCH(int, fault);
        SceneModel model = syntheticScene({3, 3, 3});
        switch (fault) {
        case 0:
            model.dims = 3;
            break;
        case 1:
            model.cloud.labelA.pop_back();
            break;
        case 2:
            model.cloud.positions(1, 1) = std::numeric_limits<float>::quiet_NaN();
            break;
        case 3:
            model.cloud.lambda[0] = 1.5F;
            break;
        case 4:
            model.classifiers[0].slot = 3;
            break;
        case 5:
            model.simplex->edges.push_back({0, 3});
            break;
        case 6:
            model.scale = 0;
            break;
        case 7:
            model.regions->offset.resize(2);
            break;
        case 8:
            model.guides.push_back({Matrix::Zero(0, 2)});
            break;
        case 9:
            model.guides.push_back({Matrix::Zero(2, 3)});
            break;
        case 11:
            model.guides.push_back({Matrix::Zero(2, 2), {}, 0, false, {0.5}});
            break;
        case 10:
            model.guides.push_back({Matrix::Zero(2, 2), {}, 3});
            break;
        default:
            model.theory->curves[0](0, 0) = std::numeric_limits<double>::infinity();
        }
        const auto result = validate(model);
        QVERIFY(!result);
        QVERIFY(result.error().message.starts_with("Cannot draw the scene: "));
    }

    void names_goBothWays()
    {
        for (const ColorBy by : allColourings)
            QCOMPARE(colorByFromName(colorByName(by)), by);
        QCOMPARE(layerFromName("theory"), Layer::Theory);
        QVERIFY(!layerFromName("clouds"));
        QVERIFY(!colorByFromName(""));
        QVERIFY(!Layers::none().has(Layer::Cloud));
        QVERIFY(Layers().has(Layer::Theory) && !Layers().has(Layer::Regions));
    }

    void richText_joinsEqualRuns()
    {
        RichText text("a ");
        text.text("b").italic("W").subscript("7").text(" line\nbreak").italic("");
        QCOMPARE(text.runs().size(), std::size_t{4});
        QCOMPARE(text.plain(), std::string("a bW7 line break"));
        text.append(text);
        QCOMPARE(text.plain(), std::string("a bW7 line breaka bW7 line break"));
        QVERIFY(RichText("").empty());
    }
};

QTEST_APPLESS_MAIN(TestSceneModel)
#include "tst_scene_model.moc"

#include <QtTest>

#include "viz/scene/point_colours.h"

using namespace nc;
using namespace nc::scene;

namespace
{

struct Mix {
    int a, b;
    float lambda;
};

/// A scene of single points of classes 7 and 2 (in this order of choice) and an unchosen class 5.
SceneModel sceneOf(ColorBy colorBy, const std::vector<Mix>& mixes)
{
    SceneModel model;
    model.classes = std::vector<SceneClass>{{7, "Sneaker"}, {2, "Pullover"}};
    model.colorBy = colorBy;
    model.cloud.positions = RowMatrixF::Zero(static_cast<Index>(mixes.size()), 2);
    for (const Mix& mix : mixes) {
        model.cloud.labelA.push_back(mix.a);
        model.cloud.labelB.push_back(mix.b);
        model.cloud.lambda.push_back(mix.lambda);
    }
    return model;
}

std::vector<Rgb> colours(ColorBy colorBy, const std::vector<Mix>& mixes)
{
    const PointColours result = pointColours(sceneOf(colorBy, mixes), theme(ThemeMode::Light));
    std::vector<Rgb> each;
    for (const std::uint16_t entry : result.entry)
        each.push_back(result.table[entry]);
    return each;
}

const Theme& light()
{
    return theme(ThemeMode::Light);
}

} // namespace

class TestPointColours : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void lambda_isOfTheLowerClassInMixesOfTwo()
    {
        const auto c = colours(ColorBy::Lambda, {{2, 7, 0.25F}, {7, 2, 0.75F}, {7, 7, 1}, {2, 2, 0}});
        QCOMPARE(c[0], light().lambda.at(0.25));
        QCOMPARE(c[1], c[0]);
        QCOMPARE(c[2], light().lambda.at(1));
        QCOMPARE(c[3], light().lambda.at(0));
    }

    void kind_tellsSameFromDifferentWhateverLambdaIs()
    {
        const auto c = colours(ColorBy::Kind, {{7, 7, 0.5F}, {2, 2, 1}, {2, 7, 0.5F}, {7, 2, 1}});
        QCOMPARE(c[0], kindColour(true, light()));
        QCOMPARE(c[1], c[0]);
        QCOMPARE(c[2], kindColour(false, light()));
        QCOMPARE(c[3], c[2]);
        QVERIFY(c[0] != c[2]);
    }

    void pair_hasAColourOfItsOwnInEitherOrder()
    {
        SceneModel model =
            sceneOf(ColorBy::Pair, {{7, 2, 0.3F}, {2, 7, 0.9F}, {7, 9, 0.5F}, {9, 2, 0.5F}, {9, 9, 1}, {7, 5, 0.5F}});
        model.classes.push_back({9, "Bag"});
        const PointColours result = pointColours(model, light());
        const auto at = [&](std::size_t i) { return result.table[result.entry[i]]; };
        QCOMPARE(at(0), light().classColour(3)); // beside the classes' own three
        QCOMPARE(at(1), at(0));
        QCOMPARE(at(2), light().classColour(4));
        QCOMPARE(at(3), light().classColour(5));
        QCOMPARE(at(4), light().classColour(2));
        QCOMPARE(at(5), light().classColour(-1));
        QCOMPARE(result.rims[result.entry[3]], light().paleRim); // the sixth colour is the pale one
    }

    void correct_ringsWrongAnswersInInkAndNothingElse()
    {
        SceneModel model = sceneOf(ColorBy::Correct, {{7, 7, 1}, {7, 7, 1}, {2, 7, 0.6F}});
        model.cloud.correct = {1, 0, 1};
        const PointColours result = pointColours(model, light());
        QVERIFY(result.rings);
        const auto at = [&](const std::vector<Rgb>& table, std::size_t i) { return table[result.entry[i]]; };
        QCOMPARE(at(result.table, 0), light().classColour(0));
        QCOMPARE(at(result.table, 1), light().classColour(0));
        QCOMPARE(at(result.table, 2), light().classColour(1));
        QCOMPARE(at(result.rims, 0), light().classColour(0));
        QCOMPARE(at(result.rims, 1), light().ink);
        QCOMPARE(at(result.rims, 2), light().classColour(1));
        QVERIFY(rimWidth(true, 0.5, 6) > rimWidth(false, 0.5, 6));
        QVERIFY(cloudKinds(model).wrong);
    }

    void confidenceAndResidual_runAlongTheirBars()
    {
        SceneModel model = sceneOf(ColorBy::Confidence, {{7, 7, 1}, {7, 7, 1}, {7, 7, 1}});
        model.cloud.confidence = {0, 0.5F, 1};
        model.cloud.residual = {0, 0.5F, 12};
        for (const ColorBy by : {ColorBy::Confidence, ColorBy::Residual}) {
            const Ramp ramp = colourScale(by, light())->ramp;
            const PointColours result = pointColours(model, by, light());
            for (std::size_t i = 0; i < 3; ++i) // beyond the upper end: its colour
                QCOMPARE(result.table[result.entry[i]], ramp.at(static_cast<double>(i) / 2));
        }
        QCOMPARE(colourScale(ColorBy::Residual, light())->ramp.at(0), light().residual.at(0.5));
    }

    void values_missing_areDrawnByClass()
    {
        const auto c = colours(ColorBy::Confidence, {{7, 7, 1}, {2, 2, 1}});
        QCOMPARE(c[0], light().classColour(0));
        QCOMPARE(c[1], light().classColour(1));
    }

    void class_withAColourOfItsOwn_keepsItInAnySlot()
    {
        SceneModel model = sceneOf(ColorBy::Class, {{7, 7, 1}, {2, 2, 1}});
        model.classes[0].colour = 4;
        const PointColours result = pointColours(model, light());
        QCOMPARE(result.table[result.entry[0]], light().classColour(4));
        QCOMPARE(result.table[result.entry[1]], light().classColour(1));
    }

    void kindLambda_hueByKind_shadeByDistanceFromHalf()
    {
        const auto c = colours(ColorBy::KindLambda, {{7, 7, 0.5F}, {7, 7, 0}, {7, 7, 1}, {7, 2, 0.5F}, {7, 2, 1}});
        QCOMPARE(c[0], light().sameKind.at(0));
        QCOMPARE(c[1], light().sameKind.at(1));
        QCOMPARE(c[2], light().sameKind.at(1));
        QCOMPARE(c[3], light().differentKind.at(0));
        QCOMPARE(c[4], light().differentKind.at(1));
    }

    void repro_isRedOrBlueTimesTwiceTheDistanceFromHalf()
    {
        const auto c = colours(ColorBy::Repro, {{7, 7, 0.5F}, {2, 7, 0.5F}, {7, 7, 0.75F}, {2, 7, 1}});
        QCOMPARE(c[0], (Rgb{0, 0, 0}));
        QCOMPARE(c[1], (Rgb{0, 0, 0}));
        QCOMPARE(c[2], (Rgb{128, 0, 0}));
        QCOMPARE(c[3], (Rgb{0, 0, 255}));
    }

    void classLambda_mixesShowLambdaOfTheLowerIndex()
    {
        const auto c =
            colours(ColorBy::ClassLambda, {{7, 7, 0.3F}, {2, 2, 0.9F}, {5, 5, 1}, {2, 7, 0.25F}, {7, 2, 0.75F}});
        QCOMPARE(c[0], light().classColour(0));
        QCOMPARE(c[1], light().classColour(1));
        QCOMPARE(c[2], light().text3);
        QCOMPARE(c[3], light().lambda.at(0.25));
        QCOMPARE(c[4], c[3]); // the same mix, written the other way round
    }

    void class_isThatOfTheLargerShare()
    {
        const auto c = colours(ColorBy::Class, {{7, 2, 0.6F}, {7, 2, 0.4F}, {7, 2, 0.5F}, {2, 7, 0.5F}});
        QCOMPARE(c[0], light().classColour(0));
        QCOMPARE(c[1], light().classColour(1));
        QCOMPARE(c[2], c[3]); // a tie does not depend on the order of the pair
    }

    void rims_onlyForThePaleClass()
    {
        SceneModel model = sceneOf(ColorBy::Class, {{7, 7, 1}});
        QVERIFY(pointColours(model, light()).rims.empty());
        for (int k = 0; k < 6; ++k)
            model.classes.push_back({20 + k, ""});
        const PointColours result = pointColours(model, light());
        for (std::size_t slot = 0; slot < model.classes.size(); ++slot)
            QCOMPARE(result.rims[slot] == result.table[slot], slot != 5);
        QCOMPARE(result.rims[5], light().paleRim);
        QVERIFY(pointColours(model, theme(ThemeMode::Dark)).rims.empty());
    }

    void kinds_areThoseThatOccur()
    {
        const CloudKinds clean = cloudKinds(sceneOf(ColorBy::Class, {{7, 7, 1}, {2, 2, 1}}));
        QVERIFY(clean.same && !clean.different && !clean.other);
        const CloudKinds mixed = cloudKinds(sceneOf(ColorBy::Class, {{7, 5, 0.5F}}));
        QVERIFY(!mixed.same && mixed.different && mixed.other);
    }
};

QTEST_APPLESS_MAIN(TestPointColours)
#include "tst_point_colours.moc"

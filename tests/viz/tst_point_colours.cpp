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

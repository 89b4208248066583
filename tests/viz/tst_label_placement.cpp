#include <QtTest>

#include "viz/scene/label_placement.h"

using namespace nc::scene;

class TestLabelPlacement : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void placeLabels_inFreeSpace_standBeyondTheTip()
    {
        const QRectF area(0, 0, 200, 200);
        const InkMap ink(area, 8);
        const auto places = placeLabels({{{100, 60}, {0, -1}, {30, 8}}}, area, ink, 8);
        QVERIFY(places[0].bottom() <= 60);
        QVERIFY(places[0].bottom() > 50);
        QVERIFY(std::abs(places[0].center().x() - 100) < 1);
    }

    void placeLabels_evadeInk()
    {
        const QRectF area(0, 0, 200, 200);
        InkMap ink(area, 8);
        std::vector<QPointF> dots;
        for (double x = 60; x < 140; x += 1)
            for (double y = 20; y < 58; y += 1)
                dots.emplace_back(x, y);
        ink.addDots(dots);
        QVERIFY(ink.under(QRectF(80, 30, 20, 10)) > 0.9);
        const auto places = placeLabels({{{100, 60}, {0, -1}, {30, 8}}}, area, ink, 8);
        QVERIFY(ink.under(places[0]) == 0);
    }

    void placeLabels_neverOverlap_andStayInside()
    {
        const QRectF area(0, 0, 120, 90);
        const InkMap ink(area, 8);
        std::vector<LabelWish> wishes;
        for (int i = 0; i < 6; ++i) // tips so close that all want the same place, one at the corner
            wishes.push_back({{110 + i * 1.0, 5 + i * 0.5}, {1, -1}, {40, 9}});
        const auto places = placeLabels(wishes, area, ink, 8);
        for (std::size_t i = 0; i < places.size(); ++i) {
            QVERIFY(area.contains(places[i]));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!places[i].intersects(places[j]));
        }
    }

    void placeLabels_avoidsCrossingLines()
    {
        const QRectF area(0, 0, 200, 200);
        InkMap ink(area, 8);
        ink.addLine({{100, 0}, {100, 60}});
        const auto places = placeLabels({{{100, 60}, {0, -1}, {30, 8}}}, area, ink, 8);
        QVERIFY(places[0].left() > 100 || places[0].right() < 100 || places[0].top() > 60);
    }

    void placeBeside_crowdedTargets_keepsCardsApartAndInside()
    {
        const QRectF area(0, 0, 300, 200);
        const std::vector<LabelWish> wishes{{{2, 100}, {-1, 0}, {80, 20}},
                                            {{4, 104}, {-1, 0.1}, {80, 20}},
                                            {{298, 3}, {1, -1}, {80, 20}},
                                            {{150, 100}, {0, -1}, {80, 20}}};
        const std::vector<QRectF> cards = placeBeside(wishes, area, 8);
        QCOMPARE(cards.size(), wishes.size());
        for (std::size_t i = 0; i < cards.size(); ++i) {
            QVERIFY(area.contains(cards[i]));
            for (std::size_t j = 0; j < i; ++j)
                QVERIFY(!cards[i].intersects(cards[j]));
        }
        QCOMPARE(cards[3], QRectF(110, 72, 80, 20)); // alone: as wished, 8 above its target
    }
};

QTEST_APPLESS_MAIN(TestLabelPlacement)
#include "tst_label_placement.moc"

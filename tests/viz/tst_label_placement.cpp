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

    /// Ten arrows that end inside a cloud: a name far out would be read as the next arrow's.
    void placeLabels_insideACloud_standNearestToTheirOwnTip()
    {
        const QRectF area(0, 0, 160, 140);
        constexpr double em = 8;
        InkMap ink(area, em);
        for (int i = 0; i < 2000; ++i) // a sunflower's dots, thinner outwards
            ink.addDot(area.center() + 68 * (i / 2000.0) * QPointF(std::cos(2.4 * i), std::sin(2.4 * i)));
        std::vector<LabelWish> wishes;
        for (int k = 0; k < 10; ++k) {
            const QPointF arrow = (k == 5 ? 30 : 42) * QPointF(std::cos(0.63 * k), std::sin(0.63 * k));
            ink.addLine({area.center(), area.center() + arrow});
            wishes.push_back({area.center() + arrow, arrow, {32, 8}});
        }
        const auto places = placeLabels(wishes, area, ink, em);
        const auto distance = [](const QRectF& rect, QPointF p) {
            return std::hypot(std::max({rect.left() - p.x(), p.x() - rect.right(), 0.0}),
                              std::max({rect.top() - p.y(), p.y() - rect.bottom(), 0.0}));
        };
        for (std::size_t i = 0; i < places.size(); ++i) {
            QVERIFY2(distance(places[i], wishes[i].target) < 3 * em, std::to_string(i).c_str());
            for (std::size_t j = 0; j < places.size(); ++j)
                QVERIFY2(i == j || (distance(places[i], wishes[i].target) < distance(places[i], wishes[j].target) &&
                                    !places[i].intersects(places[j])),
                         std::to_string(i).c_str());
        }
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
    void placeBeside_whatIsCovered_staysFree()
    {
        const QRectF area(0, 0, 300, 200);
        const std::vector<LabelWish> wishes{{{150, 100}, {0, -1}, {80, 20}}, {{60, 150}, {-1, 0}, {50, 20}}};
        const QRectF corner(0, 120, 58, 80), above(100, 60, 55, 30), everything(-1, -1, 302, 202);
        const std::vector<QRectF> cards = placeBeside(wishes, area, 8, {corner, above});
        for (const QRectF& card : cards)
            QVERIFY(area.contains(card) && !card.intersects(corner) && !card.intersects(above));
        QVERIFY(!cards[0].intersects(cards[1]));
        QCOMPARE(placeBeside(wishes, area, 8, {everything}), placeBeside(wishes, area, 8)); // no room: as without
    }
};

QTEST_APPLESS_MAIN(TestLabelPlacement)
#include "tst_label_placement.moc"

#include <cmath>
#include <numbers>
#include <random>

#include <QtTest>

#include "viz/scene/splat_rasterizer.h"

using namespace nc::scene;

namespace
{

constexpr Rgb red{255, 0, 0}, blue{0, 0, 255}, dark{90, 0, 0};

struct Points {
    std::vector<float> x, y, depth;
    std::vector<std::uint16_t> entry;
    [[nodiscard]] SplatPoints splatted(float radius) const { return {x, y, depth, radius}; }
};

Points randomPoints(int count, unsigned seed)
{
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> uniform(0, 1);
    Points points;
    for (int i = 0; i < count; ++i) {
        points.x.push_back(uniform(random) * 220 - 10); // some lie outside
        points.y.push_back(uniform(random) * 170 - 10);
        points.depth.push_back(uniform(random));
        points.entry.push_back(static_cast<std::uint16_t>(i % 2));
    }
    return points;
}

} // namespace

class TestSplatRasterizer : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void splat_nearerPointOwnsThePixel_whateverTheOrder()
    {
        for (const bool nearFirst : {false, true}) {
            const Points points{{10, 13}, {10, 10}, {nearFirst ? 1.0F : 2.0F, nearFirst ? 2.0F : 1.0F}, {0, 1}};
            const IdBuffer buffer = splat(points.splatted(3.2F), {24, 20}, 1);
            for (int y = 0; y < 20; ++y)
                for (int x = 0; x < 24; ++x) {
                    const auto covers = [&](double cx) { return std::hypot(x + 0.5 - cx, y + 0.5 - 10) <= 3.2; };
                    const std::uint32_t front = nearFirst ? 0 : 1;
                    const bool byFront = covers(front == 0 ? 10 : 13);
                    const bool byBack = covers(front == 0 ? 13 : 10);
                    const std::uint32_t expected = byFront ? front : byBack ? 1 - front : IdBuffer::none;
                    QCOMPARE(buffer.at(x, y), expected);
                    QCOMPARE(buffer.depthAt(x, y), byFront  ? 1.0F
                                                   : byBack ? 2.0F
                                                            : std::numeric_limits<float>::infinity());
                }
        }
    }

    void splat_equalDepth_lowerNumberWins()
    {
        const Points points{{5, 5}, {5, 5}, {1, 1}, {0, 1}};
        QCOMPARE(splat(points.splatted(2), {10, 10}, 2).at(5, 5), 0U);
    }

    void splat_tinyPoint_stillOwnsItsPixel()
    {
        const Points points{{3.1F}, {4.9F}, {0}, {0}};
        const IdBuffer buffer = splat(points.splatted(0.05F), {8, 8}, 1);
        QCOMPARE(buffer.at(3, 4), 0U);
        int owned = 0;
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < 8; ++x)
                owned += buffer.at(x, y) != IdBuffer::none;
        QCOMPARE(owned, 1);
    }

    void splat_anyNumberOfThreads_givesTheSameWords()
    {
        const Points points = randomPoints(20'000, 4);
        const IdBuffer one = splat(points.splatted(2.3F), {200, 150}, 1);
        for (const int threads : {2, 3, 4, 64, 1000}) {
            const IdBuffer many = splat(points.splatted(2.3F), {200, 150}, threads);
            for (int y = 0; y < 150; ++y)
                QVERIFY(std::ranges::equal(many.row(y), one.row(y)));
        }
    }

    void splatImage_anyNumberOfThreads_givesTheSamePicture()
    {
        const Points points = randomPoints(5'000, 5);
        const std::vector<Rgb> table{red, blue};
        const SplatColours colours{table, points.entry};
        const QImage one = splatImage(points.splatted(1.4F), colours, {200, 150}, 4, 1);
        for (const int threads : {2, 4, 9})
            QCOMPARE(splatImage(points.splatted(1.4F), colours, {200, 150}, 4, threads), one);
    }

    /// A disc's coverage adds up to its area: 4 x 4 samples of a disc of radius 6 are 1,810 samples, 1 % off at most.
    void splatImage_discIsRound_andAntialiased()
    {
        const Points points{{10.3F}, {9.8F}, {0}, {0}};
        const std::vector<Rgb> table{red};
        const QImage image = splatImage(points.splatted(6), {table, points.entry}, {20, 20}, 4, 1);
        double covered = 0;
        int between = 0;
        for (int y = 0; y < 20; ++y)
            for (int x = 0; x < 20; ++x) {
                const QRgb pixel = image.pixel(x, y);
                covered += qAlpha(pixel) / 255.0;
                between += qAlpha(pixel) > 0 && qAlpha(pixel) < 255;
                if (qAlpha(pixel) == 255)
                    QCOMPARE(pixel, qRgb(255, 0, 0));
            }
        QVERIFY(std::abs(covered - std::numbers::pi * 36) < 0.01 * std::numbers::pi * 36);
        QVERIFY(between > 20);
    }

    void splatImage_rim_isAtTheEdgeOnly()
    {
        const Points points{{10}, {10}, {0}, {0}};
        const std::vector<Rgb> table{red}, rims{dark};
        const QImage image = splatImage(points.splatted(6), {table, points.entry, rims, 2}, {20, 20}, 2, 1);
        QCOMPARE(image.pixel(10, 10), qRgb(255, 0, 0));
        QCOMPARE(image.pixel(15, 10), qRgb(90, 0, 0));
        QCOMPARE(qAlpha(image.pixel(17, 10)), 0);
    }

    void splat_emptyInput_isEmpty()
    {
        const Points points;
        const IdBuffer buffer = splat(points.splatted(2), {4, 4}, 3);
        QCOMPARE(buffer.at(2, 2), IdBuffer::none);
        QVERIFY(splatImage(points.splatted(2), {}, {0, 0}, 4, 2).isNull());
    }
};

QTEST_APPLESS_MAIN(TestSplatRasterizer)
#include "tst_splat_rasterizer.moc"

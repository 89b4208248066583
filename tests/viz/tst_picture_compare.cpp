#include <QTest>

#include "viz/scene/picture_compare.h"

using namespace nc::scene;

namespace
{

QImage noise(unsigned seed)
{
    QImage picture(64, 48, QImage::Format_RGB32);
    for (int y = 0; y < 48; ++y)
        for (int x = 0; x < 64; ++x) {
            seed = seed * 1664525U + 1013904223U;
            const int v = static_cast<int>(seed >> 24);
            picture.setPixel(x, y, qRgb(v, v, v));
        }
    return picture;
}

QImage filled(QColor colour)
{
    QImage picture(64, 48, QImage::Format_RGB32);
    picture.fill(colour);
    return picture;
}

} // namespace

class TestPictureCompare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void alike_isOne()
    {
        QCOMPARE(structuralSimilarity(noise(1), noise(1)), 1.0);
        QCOMPARE(structuralSimilarity(filled(Qt::white), filled(Qt::white)), 1.0);
    }

    void unrelated_isAboutNone()
    {
        QVERIFY(std::abs(structuralSimilarity(noise(1), noise(2))) < 0.1); // 48 windows of independent noise
        QVERIFY(structuralSimilarity(filled(Qt::white), filled(Qt::black)) < 0.01);
        QVERIFY(structuralSimilarity(noise(1), filled(Qt::white)) < 0.2); // a blank picture passes for nothing
    }

    // One window of two tones, worked by hand.
    void formula_isThatOfThePaper()
    {
        QImage a(8, 8, QImage::Format_RGB32), b(8, 8, QImage::Format_RGB32);
        for (int y = 0; y < 8; ++y)
            for (int x = 0; x < 8; ++x) {
                const int va = x < 4 ? 50 : 150, vb = x < 4 ? 60 : 140;
                a.setPixel(x, y, qRgb(va, va, va));
                b.setPixel(x, y, qRgb(vb, vb, vb));
            }
        // Means 100, 100; variances 2500, 1600; covariance 2000; c1 = 6.5025, c2 = 58.5225.
        const double expected = (2 * 2000 + 58.5225) / (2500 + 1600 + 58.5225);
        QVERIFY(std::abs(structuralSimilarity(a, b) - expected) < 1e-12);
    }

    void rim_countsToo()
    {
        QImage changed = filled(Qt::white);
        changed.setPixel(63, 47, qRgb(0, 0, 0));
        QVERIFY(structuralSimilarity(filled(Qt::white), changed) < 0.5);
    }

    void ink_isTheShareThatIsNotBackground()
    {
        QImage picture = filled(Qt::white);
        for (int x = 0; x < 64; ++x)
            picture.setPixel(x, 3, qRgb(200, 0, 0));
        QCOMPARE(inkShare(picture, Qt::white), 1.0 / 48);
    }

    void difference_isRedWhereTheyDiffer()
    {
        QImage changed = noise(1);
        changed.setPixel(5, 6, changed.pixel(5, 6) ^ 0x00404040);
        const QImage where = differencePicture(noise(1), changed);
        QVERIFY(qRed(where.pixel(5, 6)) > 200 && qGreen(where.pixel(5, 6)) < 150);
        QCOMPARE(qRed(where.pixel(6, 6)), qGreen(where.pixel(6, 6)));
    }
};

QTEST_APPLESS_MAIN(TestPictureCompare)
#include "tst_picture_compare.moc"

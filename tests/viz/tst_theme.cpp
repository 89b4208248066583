#include <QtTest>

#include "viz/scene/theme.h"

using namespace nc::scene;

namespace
{

constexpr Rgb hex(unsigned number)
{
    return {static_cast<std::uint8_t>(number >> 16U), static_cast<std::uint8_t>(number >> 8U),
            static_cast<std::uint8_t>(number)};
}

double smallest(Rgb colour, std::initializer_list<Rgb> surfaces)
{
    double least = 21;
    for (const Rgb surface : surfaces)
        least = std::min(least, contrast(colour, surface));
    return least;
}

} // namespace

class TestTheme : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void contrast_blackOnWhite_is21() { QVERIFY(std::abs(contrast(hex(0x000000), hex(0xFFFFFF)) - 21) < 1e-12); }

    void colours_areThoseOfTheDesign()
    {
        const Theme& light = theme(ThemeMode::Light);
        const Theme& dark = theme(ThemeMode::Dark);
        QCOMPARE(light.canvas, hex(0xFFFFFF));
        QCOMPARE(dark.canvas, hex(0x121316));
        QCOMPARE(light.accent, hex(0x3B4BC8));
        QCOMPARE(light.ink, hex(0x101114));
        QCOMPARE(light.classes.size(), std::size_t{20});
        QCOMPARE(dark.classes.size(), std::size_t{20});
        QCOMPARE(light.classColour(0), hex(0xE39700));
        QCOMPARE(dark.classColour(19), hex(0xA5D666));
        QCOMPARE(light.classColour(20), light.text3);
        QCOMPARE(light.classColour(-1), light.text3);
        QCOMPARE(light.paleSlot, 5);
        QCOMPARE(light.paleRim, hex(0x908929));
        QCOMPARE(dark.paleSlot, -1);
        QCOMPARE(light.sameKind.at(0), hex(0x8F2D00));
        QCOMPARE(light.sameKind.at(1), hex(0xFF9A4D));
        QCOMPARE(light.differentKind.at(0), hex(0x063E73));
        QCOMPARE(light.differentKind.at(1), hex(0x6DB6F2));
        QCOMPARE(light.lambda.at(0), hex(0x00224E));
        QCOMPARE(dark.lambda.at(0), hex(0x486094));
        QCOMPARE(dark.lambda.at(1), hex(0xFEE838));
        QCOMPARE(light.reproSame.at(0), hex(0x000000));
        QCOMPARE(light.reproDifferent.at(1), hex(0x0000FF));
    }

    /// Text stands on every surface, states on all but hover, hints on three.
    void contrast_ofText_isAtLeastFourAndAHalf()
    {
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            const Theme& t = theme(mode);
            const bool dark = mode == ThemeMode::Dark;
            const auto all = {t.bg, t.panel, t.raised, t.control, t.hover, t.canvas};
            const auto calm = {t.bg, t.panel, t.raised, t.control, t.canvas};
            QVERIFY(smallest(t.text, all) >= (dark ? 8.5 : 12.4) - 0.05);
            QVERIFY(smallest(t.text2, all) >= (dark ? 4.7 : 5.7) - 0.05);
            QVERIFY(smallest(t.text3, {t.bg, t.panel, t.canvas}) >= 4.65);
            QVERIFY(smallest(t.accent, calm) >= (dark ? 5.3 : 5.5) - 0.05);
            for (const Rgb state : {t.ok, t.warn, t.err})
                QVERIFY(smallest(state, calm) >= (dark ? 5.3 : 4.7) - 0.05);
            QVERIFY(contrast(hex(0xFFFFFF), t.fill) >= (dark ? 4.9 : 5.6) - 0.05);
            QVERIFY(contrast(t.ink, t.canvas) >= 15);
        }
    }

    /// The dark end of a scale must still be seen on a dark canvas, the bright end is allowed to be bright.
    void ramps_standOutFromTheCanvas()
    {
        const Theme& dark = theme(ThemeMode::Dark);
        for (const Ramp* ramp : {&dark.lambda, &dark.sameKind, &dark.differentKind})
            for (int i = 0; i <= 20; ++i)
                QVERIFY(contrast(ramp->at(i / 20.0), dark.canvas) >= 2.95);
        const Theme& light = theme(ThemeMode::Light);
        for (const Ramp* ramp : {&light.sameKind, &light.differentKind})
            for (int i = 0; i <= 20; ++i)
                QVERIFY(contrast(ramp->at(i / 20.0), light.canvas) >= 2);
    }

    void kindRamps_areNeverBlack()
    {
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            const Theme& t = theme(mode);
            for (int i = 0; i <= 20; ++i) {
                QVERIFY(t.sameKind.at(i / 20.0).r > t.sameKind.at(i / 20.0).b + 60);           // orange
                QVERIFY(t.differentKind.at(i / 20.0).b > t.differentKind.at(i / 20.0).r + 60); // blue
            }
        }
    }

    void ramps_growLighter()
    {
        for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
            const Theme& t = theme(mode);
            for (const Ramp* ramp : {&t.lambda, &t.sameKind, &t.differentKind})
                for (int i = 1; i <= 40; ++i)
                    QVERIFY(contrast(ramp->at(i / 40.0), hex(0)) > contrast(ramp->at((i - 1) / 40.0), hex(0)));
        }
    }

    void ramp_outsideItsRange_isClamped()
    {
        const Ramp ramp{{hex(0x000000), hex(0x0000FF)}};
        QCOMPARE(ramp.at(-3), hex(0x000000));
        QCOMPARE(ramp.at(7), hex(0x0000FF));
        QCOMPARE(ramp.at(0.5), hex(0x000080));
    }
};

QTEST_APPLESS_MAIN(TestTheme)
#include "tst_theme.moc"

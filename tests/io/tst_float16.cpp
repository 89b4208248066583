#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include <QTest>

#include "io/float16.h"

using nc::io::floatToHalf;
using nc::io::floatToHalfPortable;
using nc::io::halfToFloat;
using nc::io::halfToFloatPortable;

namespace
{

/// The definition in IEEE 754: (-1)^s 2^(e-15) (1 + m/1024), subnormal 2^-14 m/1024.
double valueOf(std::uint16_t half)
{
    const int sign = half >> 15, exponent = (half >> 10) & 31, mantissa = half & 1023;
    const double magnitude = exponent == 31  ? (mantissa ? std::nan("") : std::numeric_limits<double>::infinity())
                             : exponent == 0 ? std::ldexp(mantissa, -24)
                                             : std::ldexp(1024 + mantissa, exponent - 25);
    return sign ? -magnitude : magnitude;
}

std::vector<std::uint16_t> allHalves()
{
    std::vector<std::uint16_t> halves(1u << 16);
    for (std::size_t i = 0; i < halves.size(); ++i)
        halves[i] = static_cast<std::uint16_t>(i);
    return halves;
}

} // namespace

class Float16Test : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyHalf_hasItsValue();
    void everyHalf_survivesTheRoundTrip();
    void everyPairOfNeighbours_roundsToNearestTiesToEven();
    void lengthsAndAlignments_giveTheSame();
};

void Float16Test::everyHalf_hasItsValue()
{
    const std::vector<std::uint16_t> halves = allHalves();
    std::vector<float> floats(halves.size());
    halfToFloat(halves.data(), floats.data(), halves.size());
    for (std::size_t i = 0; i < halves.size(); ++i) {
        const double expected = valueOf(halves[i]);
        for (const float found : {floats[i], halfToFloatPortable(halves[i])}) {
            if (std::isnan(expected))
                QVERIFY2(std::isnan(found), qPrintable(QString::number(i, 16)));
            else
                QVERIFY2(found == expected && std::signbit(found) == std::signbit(expected),
                         qPrintable(QString::number(i, 16)));
        }
    }
}

void Float16Test::everyHalf_survivesTheRoundTrip()
{
    const std::vector<std::uint16_t> halves = allHalves();
    std::vector<float> floats(halves.size());
    std::vector<std::uint16_t> back(halves.size());
    halfToFloat(halves.data(), floats.data(), halves.size());
    floatToHalf(floats.data(), back.data(), halves.size());
    for (std::size_t i = 0; i < halves.size(); ++i) {
        if (std::isnan(floats[i])) {
            QVERIFY(std::isnan(valueOf(back[i])) && std::isnan(valueOf(floatToHalfPortable(floats[i]))));
            continue;
        }
        QCOMPARE(back[i], halves[i]);
        QCOMPARE(floatToHalfPortable(floats[i]), halves[i]);
    }
}

void Float16Test::everyPairOfNeighbours_roundsToNearestTiesToEven()
{
    std::vector<float> floats;
    std::vector<std::uint16_t> expected;
    const auto add = [&](float value, std::uint16_t half) {
        floats.insert(floats.end(), {value, -value});
        expected.insert(expected.end(), {half, static_cast<std::uint16_t>(half | 0x8000u)});
    };
    for (std::uint16_t low = 0; low < 0x7c00; ++low) {
        const auto high = static_cast<std::uint16_t>(low + 1);
        // Above the largest half the next one would be 2^16, from whose half way on all is infinity.
        const double upper = high == 0x7c00 ? 65536.0 : valueOf(high);
        const auto middle = static_cast<float>((valueOf(low) + upper) / 2); // exact: one more bit than a half has
        add(std::nextafter(middle, 0.0f), low);
        add(middle, low % 2 == 0 ? low : high);
        add(std::nextafter(middle, 1e6f), high);
    }
    add(std::numeric_limits<float>::max(), 0x7c00);
    add(std::numeric_limits<float>::denorm_min(), 0);
    std::vector<std::uint16_t> found(floats.size());
    floatToHalf(floats.data(), found.data(), floats.size());
    for (std::size_t i = 0; i < floats.size(); ++i) {
        QCOMPARE(found[i], expected[i]);
        QCOMPARE(floatToHalfPortable(floats[i]), expected[i]);
    }
}

void Float16Test::lengthsAndAlignments_giveTheSame()
{
    const std::vector<std::uint16_t> halves = allHalves();
    for (std::size_t first = 0; first < 9; ++first)
        for (std::size_t count = 0; count < 40; ++count) {
            std::vector<float> floats(count + 1, -1.0f);
            halfToFloat(halves.data() + 15000 + first, floats.data(), count);
            std::vector<std::uint16_t> back(count + 1, 7);
            floatToHalf(floats.data(), back.data(), count);
            for (std::size_t i = 0; i < count; ++i)
                QCOMPARE(back[i], halves[15000 + first + i]);
            QCOMPARE(floats[count], -1.0f); // nothing written past the end
            QCOMPARE(back[count], std::uint16_t{7});
        }
}

QTEST_APPLESS_MAIN(Float16Test)
#include "tst_float16.moc"

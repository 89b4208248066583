#include <clocale>
#include <limits>

#include <QTest>

#include "app/table_writer.h"
#include "app/text.h"

using namespace nc;
using namespace nc::app;

class TextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parseNumber_wholeTextOnly()
    {
        QCOMPARE(parseNumber("-1.5e2"), std::optional<double>(-150));
        QVERIFY(!parseNumber(""));
        QVERIFY(!parseNumber("1,5"));
        QVERIFY(!parseNumber("3x"));
        QVERIFY(!parseNumber("nan"));
        QVERIFY(!parseNumber("inf"));
        QCOMPARE(parseInteger("12"), std::optional<std::int64_t>(12));
        QVERIFY(!parseInteger("12.0"));
    }
    void exactNumber_anyDouble_readsBack()
    {
        for (double value : {0.1, 1.0 / 3, 1e-300, 123456789.123456789, -0.0, 5e-324, 1.7976931348623157e308})
            QCOMPARE(*parseNumber(exactNumber(value)), value);
        QCOMPARE(exactNumber(3), std::string("3"));
        QCOMPARE(exactNumber(std::numeric_limits<double>::quiet_NaN()), std::string());
    }
    void shortNumber_keepsFourDigits_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("small") << 0.01234 << "0.012";
        QTest::newRow("tens") << 12.346 << "12.35";
        QTest::newRow("hundreds") << 123.46 << "123.5";
        QTest::newRow("thousands") << 1234.6 << "1235";
        QTest::newRow("tiny") << 1.23e-5 << "1.23e-05";
        QTest::newRow("none") << std::numeric_limits<double>::quiet_NaN() << "—";
    }
    void shortNumber_keepsFourDigits()
    {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(shortNumber(value)), text);
    }
    void groupedNumber_groupsThousands()
    {
        QCOMPARE(groupedNumber(0), std::string("0"));
        QCOMPARE(groupedNumber(999), std::string("999"));
        QCOMPARE(groupedNumber(1000), std::string("1,000"));
        QCOMPARE(groupedNumber(-1234567), std::string("-1,234,567"));
        QCOMPARE(groupedNumber(-123), std::string("-123"));
    }
    void joinedNames_many_countsTheRest()
    {
        QCOMPARE(joinedNames({"a"}), std::string("a"));
        QCOMPARE(joinedNames({"a", "b", "c"}), std::string("a, b and c"));
        QCOMPARE(joinedNames({"a", "b", "c", "d"}, 2), std::string("a, b and 2 more"));
    }
    void byteSize_usesPowersOfThousand()
    {
        QCOMPARE(byteSize(999), std::string("999 B"));
        QCOMPARE(byteSize(1536), std::string("1.5 kB"));
        QCOMPARE(byteSize(2'000'000), std::string("2.0 MB"));
    }
    void toCsv_numbersReadBack()
    {
        Table table{{"a", "b"}, RowMatrixD(2, 2)};
        table.values << 1, 0.1, -2, 1.0 / 3;
        QCOMPARE(toCsv(table), std::string("a,b\n1,0.1\n-2,0.3333333333333333\n"));
    }
    void toNpy_headerIsAlignedAndDataFollow()
    {
        Table table{{"a", "b"}, RowMatrixD(3, 2)};
        table.values << 1, 2, 3, 4, 5, 6;
        const std::string bytes = toNpy(table);
        const std::size_t header =
            10 + static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
        QCOMPARE(header % 64, std::size_t{0});
        QCOMPARE(bytes.size(), header + 6 * 8);
        QCOMPARE(bytes.substr(1, 5), std::string("NUMPY"));
        QVERIFY(bytes.find("(3, 2)") != std::string::npos);
        double last = 0;
        std::memcpy(&last, bytes.data() + bytes.size() - 8, 8);
        QCOMPARE(last, 6.0);
    }
};

QTEST_APPLESS_MAIN(TextTest)
#include "tst_text.moc"

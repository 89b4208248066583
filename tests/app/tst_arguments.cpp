#include <QTest>

#include "app/cli/arguments.h"

using namespace nc;
using namespace nc::cli;

namespace
{

constexpr Option table[] = {
    {"--output", "FILE", "where it goes", "-o"},  {"--epoch", "N", "which"}, {"--kind", "mix|clean", "one of two"},
    {"--set", "K=V", "may come again", "", true}, {"--deep", "", "a flag"},
};

Result<Arguments> parse(const std::vector<std::string>& words)
{
    return Arguments::parse(words, table);
}

} // namespace

class ArgumentsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parse_mixedOrder_separatesOperandsFromOptions()
    {
        const auto a = parse({"run", "-o", "x.pdf", "--epoch=last", "--deep"});
        QVERIFY(a);
        QCOMPARE(a->positionals(), std::vector<std::string>{"run"});
        QCOMPARE(a->value("--output"), std::optional<std::string>("x.pdf"));
        QCOMPARE(a->value("--epoch"), std::optional<std::string>("last"));
        QVERIFY(a->has("--deep"));
        QVERIFY(!a->has("--kind"));
    }
    void parse_negativeNumber_isAValue()
    {
        const auto a = parse({"--epoch", "-3", "-1.5"});
        QVERIFY(a);
        QCOMPARE(a->value("--epoch"), std::optional<std::string>("-3"));
        QCOMPARE(a->positionals(), std::vector<std::string>{"-1.5"});
    }
    void parse_doubleDash_endsTheOptions()
    {
        const auto a = parse({"--", "--deep"});
        QVERIFY(a);
        QCOMPARE(a->positionals(), std::vector<std::string>{"--deep"});
        QVERIFY(!a->has("--deep"));
    }
    void parse_repeatable_keepsAllInOrder()
    {
        const auto a = parse({"--set", "a=1", "--set", "b=2"});
        QVERIFY(a);
        QCOMPARE(a->values("--set"), (std::vector<std::string>{"a=1", "b=2"}));
    }
    void parse_faults_nameTheOption_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("part");
        QTest::newRow("unknown") << QStringList{"--what"} << "unknown option --what";
        QTest::newRow("near miss") << QStringList{"--epoc", "3"} << "did you mean --epoch";
        QTest::newRow("no value") << QStringList{"--epoch"} << "--epoch needs a value";
        QTest::newRow("empty value") << QStringList{"--epoch="} << "--epoch needs a value";
        QTest::newRow("flag with value") << QStringList{"--deep=1"} << "--deep takes no value";
        QTest::newRow("choice") << QStringList{"--kind", "dirty"} << "it takes mix|clean";
        QTest::newRow("twice") << QStringList{"--epoch", "1", "--epoch", "2"} << "--epoch is given twice";
    }
    void parse_faults_nameTheOption()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, part);
        std::vector<std::string> list;
        for (const QString& word : words)
            list.push_back(word.toStdString());
        const auto a = parse(list);
        QVERIFY(!a);
        QCOMPARE(a.error().kind, ErrorKind::Usage);
        QVERIFY2(QString::fromStdString(a.error().message).contains(part), a.error().message.c_str());
    }
    void number_outOfRange_saysTheRange()
    {
        const auto a = parse({"--epoch", "7"});
        QVERIFY(a);
        QCOMPARE(*a->number("--epoch", 0, 0, 10), 7.0);
        const auto bad = a->integer("--epoch", 0, 0, 5);
        QVERIFY(!bad);
        QVERIFY(QString::fromStdString(bad.error().message).contains("from 0 to 5"));
        QCOMPARE(*a->number("--absent", 2.5, 0, 10), 2.5);
    }
    void exclusive_two_isUsage()
    {
        const auto a = parse({"--deep", "--epoch", "1"});
        QVERIFY(a);
        QVERIFY(a->exclusive({"--deep", "--kind"}));
        QVERIFY(!a->exclusive({"--deep", "--epoch"}));
    }
};

QTEST_APPLESS_MAIN(ArgumentsTest)
#include "tst_arguments.moc"

#include <QTemporaryDir>
#include <QTest>

#include "app/figure_builder.h"
#include "app/run_selection.h"
#include "app/synthetic_run.h"

using namespace nc;
using namespace nc::app;

class RunSelectionTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::optional<OpenRun> m_run;

private Q_SLOTS:
    void initTestCase()
    {
        const std::filesystem::path folder = std::filesystem::path(m_dir.path().toStdString()) / "run";
        SyntheticSettings settings;
        settings.classes = 6;
        settings.samples = 120;
        settings.epochs = 9;
        QVERIFY(writeSyntheticRun(folder, settings));
        Result<OpenRun> run = OpenRun::open(folder.string());
        QVERIFY(run);
        m_run.emplace(std::move(*run));
    }
    void selectEpochs_words_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QList<qint64>>("epochs");
        QTest::newRow("number") << "3" << QList<qint64>{3};
        QTest::newRow("first") << "first" << QList<qint64>{0};
        QTest::newRow("last") << "last" << QList<qint64>{9};
        QTest::newRow("range") << "2..4" << QList<qint64>{2, 3, 4};
        QTest::newRow("range beyond the end") << "8..99" << QList<qint64>{8, 9};
        QTest::newRow("list, unsorted and doubled") << "5,1,5" << QList<qint64>{1, 5};
        QTest::newRow("list with words") << "last,0" << QList<qint64>{0, 9};
    }
    void selectEpochs_words()
    {
        QFETCH(QString, words);
        QFETCH(QList<qint64>, epochs);
        const auto chosen = selectEpochs(words.toStdString(), m_run->reader);
        QVERIFY(chosen);
        QCOMPARE(QList<qint64>(chosen->begin(), chosen->end()), epochs);
    }
    void selectEpochs_faults_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<int>("kind");
        QTest::newRow("not recorded") << "42" << static_cast<int>(ErrorKind::Data);
        QTest::newRow("one of a list not recorded") << "1,42" << static_cast<int>(ErrorKind::Data);
        QTest::newRow("empty range") << "40..50" << static_cast<int>(ErrorKind::Data);
        QTest::newRow("word") << "newest" << static_cast<int>(ErrorKind::Usage);
        QTest::newRow("turned range") << "4..2" << static_cast<int>(ErrorKind::Usage);
        QTest::newRow("half a range") << "4.." << static_cast<int>(ErrorKind::Usage);
        QTest::newRow("empty") << "" << static_cast<int>(ErrorKind::Usage);
    }
    void selectEpochs_faults()
    {
        QFETCH(QString, words);
        QFETCH(int, kind);
        const auto chosen = selectEpochs(words.toStdString(), m_run->reader);
        QVERIFY(!chosen);
        QCOMPARE(static_cast<int>(chosen.error().kind), kind);
    }
    void selectClasses_namesAndIndices_keepTheirOrder()
    {
        const auto chosen = selectClasses("5,0,3", m_run->reader);
        QVERIFY(chosen);
        QCOMPARE(*chosen, (std::vector<Index>{5, 0, 3}));
        QCOMPARE(selectClasses("7,1", m_run->reader).error().kind, ErrorKind::Data);
        QCOMPARE(selectClasses("1,1", m_run->reader).error().kind, ErrorKind::Usage);
    }
    void defaultViewClasses_manyClasses_takesTheThreeWithMostMixes()
    {
        Split split;
        split.kind = SplitKind::Mix;
        split.labelA = {5, 5, 4, 2, 2, 1};
        split.labelB = {5, 4, 2, 5, 2, 1};
        const ViewClasses view = defaultViewClasses(m_run->reader, split);
        QCOMPARE(view.classes, (std::vector<Index>{2, 4, 5}));
    }
    void filmStripEpochs_spreadsInLogAndKeepsBothEnds()
    {
        const std::vector<std::int64_t> recorded{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24};
        const auto chosen = filmStripEpochs(recorded, 6);
        QCOMPARE(chosen.size(), std::size_t{6});
        QCOMPARE(chosen.front(), 0);
        QCOMPARE(chosen.back(), 24);
        QVERIFY(std::is_sorted(chosen.begin(), chosen.end()));
        QCOMPARE(filmStripEpochs({3, 5}, 6), (std::vector<std::int64_t>{3, 5}));
    }
};

QTEST_APPLESS_MAIN(RunSelectionTest)
#include "tst_run_selection.moc"

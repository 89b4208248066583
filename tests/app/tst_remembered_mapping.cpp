#include <QCoreApplication>
#include <QFile>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "app/remembered_mapping.h"

using namespace nc;

class RememberedMappingTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_dir.path());
        QCoreApplication::setOrganizationName("ncscope-test");
        QCoreApplication::setApplicationName("ncscope-test-mapping");
        QVERIFY(QSettings().fileName().startsWith(m_dir.path()));
    }
    void mapping_isKeptForItsPath()
    {
        io::ForeignMapping first, second;
        first.features = "/enc";
        first.labels = "/cls";
        first.weight = "/top";
        second.features = "h";
        second.labels = "y";
        second.epoch = "/e{epoch}";
        QVERIFY(!app::rememberedMapping("/data/a.h5"));
        app::rememberMapping("/data/a.h5", second);
        app::rememberMapping("/data/a.h5", first);
        app::rememberMapping("/data/b.npz", second);
        QVERIFY(app::rememberedMapping("/data/a.h5") == first);
        QVERIFY(app::rememberedMapping("/data/b.npz") == second);
        QVERIFY(!app::rememberedMapping("/data/c.h5"));
    }
    void fileThatIsDamaged_isNoMapping()
    {
        QFile file(m_dir.filePath("ncscope-test/mappings.json"));
        QVERIFY(file.exists());
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{\"/data/b.npz\":{\"features\":3}") > 0);
        file.close();
        QVERIFY(!app::rememberedMapping("/data/b.npz"));
        io::ForeignMapping mapping;
        mapping.features = "h";
        mapping.labels = "y";
        app::rememberMapping("/data/a.h5", mapping);
        QVERIFY(app::rememberedMapping("/data/a.h5") == mapping);
    }
};

QTEST_GUILESS_MAIN(RememberedMappingTest)
#include "tst_remembered_mapping.moc"

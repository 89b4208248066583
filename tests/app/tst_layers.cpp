#include <algorithm>

#include <QDirIterator>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

namespace
{

/// A folder and the include patterns that must not be seen in it. Arrows point one way: core <- io, viz <- app.
struct Rule {
    const char* folder;
    const char* forbidden; ///< regular expression over the text between the include's brackets or quotes
};
constexpr Rule rules[] = {
    {"core", "^(io/|viz/|app/|Q[A-Z]|Qt|vtk|hdf5|H5|H5public)"},
    {"core/config", "^(torch/|ATen/|c10/|core/training)"},
    {"io", "^(viz/|app/|core/training|core/config|Q[A-Z]|Qt|vtk|torch/)"},
    {"viz/scene",
     "^(io/|app/|core/training|core/config|QtWidgets|QWidget|QApplication|QMainWindow|QDialog|vtk|torch/|hdf5|H5|X11)"},
    {"viz/vtk", "^(io/|app/|core/training|core/config|QtWidgets|QWidget|QApplication|torch/|hdf5|H5|X11)"},
    {"app", "^(vtk|torch/|hdf5|H5public|H5[A-Z]|QtWidgets|QWidget|QApplication|X11)"},
    {"app/window", "^(vtk|torch/|hdf5|H5public|H5[A-Z]|core/training|app/cli|X11)"},
    {"app/trainer", "^(Q[A-Z]|Qt|vtk|viz/|app/cli)"},
};

QStringList includesOf(const QString& file)
{
    QFile source(file);
    if (!source.open(QIODevice::ReadOnly))
        return {};
    static const QRegularExpression pattern("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]",
                                            QRegularExpression::MultilineOption);
    QStringList found;
    auto matches = pattern.globalMatch(QString::fromUtf8(source.readAll()));
    while (matches.hasNext())
        found << matches.next().captured(1);
    return found;
}

QStringList sourcesIn(const QString& folder)
{
    QStringList files;
    QDirIterator walk(folder, {"*.h", "*.cpp", "*.cu", "*.cuh"}, QDir::Files, QDirIterator::Subdirectories);
    while (walk.hasNext())
        files << walk.next();
    return files;
}

} // namespace

class LayersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void includes_pointOneWay_data()
    {
        QTest::addColumn<QString>("folder");
        QTest::addColumn<QString>("forbidden");
        for (const Rule& rule : rules)
            QTest::newRow(rule.folder) << rule.folder << rule.forbidden;
    }
    void includes_pointOneWay()
    {
        QFETCH(QString, folder);
        QFETCH(QString, forbidden);
        const QRegularExpression pattern(forbidden);
        const QString root = QStringLiteral(NCSCOPE_SOURCE_DIR "/") + folder;
        const QStringList files = sourcesIn(root);
        QVERIFY2(files.size() >= 3, qPrintable("hardly any source in " + root));
        qsizetype includes = 0;
        for (const QString& file : files) {
            if (folder == QLatin1String("app") && file.contains("/app/window/"))
                continue; // has a row of its own
            for (const QString& include : includesOf(file)) {
                ++includes;
                const bool inside = include.startsWith(folder + "/");
                QVERIFY2(inside || !pattern.match(include).hasMatch(), qPrintable(file + " includes " + include));
            }
        }
        QVERIFY(includes > 0);
    }
    void torch_staysInTraining()
    {
        for (const QString& file : sourcesIn(QStringLiteral(NCSCOPE_SOURCE_DIR "/core"))) {
            if (file.contains("/core/training/"))
                continue;
            for (const QString& include : includesOf(file))
                QVERIFY2(!include.startsWith("torch/"), qPrintable(file + " includes " + include));
        }
    }
    void coreHeaders_knowOnlyEigenAndStd()
    {
        for (const QString& file : sourcesIn(QStringLiteral(NCSCOPE_SOURCE_DIR "/core"))) {
            if (!file.endsWith(".h") || file.contains("/core/training/"))
                continue;
            for (const QString& include : includesOf(file))
                QVERIFY2(!include.startsWith("nlohmann"), qPrintable(file + " includes " + include));
        }
    }
    void program_loadsNoWindowLibraries()
    {
        QProcess ldd;
        ldd.start("ldd", {NCSCOPE_PROGRAM});
        QVERIFY(ldd.waitForFinished());
        const QString libraries = QString::fromLocal8Bit(ldd.readAllStandardOutput());
        QVERIFY2(libraries.contains("libQt6Gui"), "ldd printed no libraries"); // the test sees what it looks at
        for (const char* unwanted : {"libvtk", "libQt6Widgets", "libtorch", "libc10", "libcuda"})
            QVERIFY2(!libraries.contains(unwanted), unwanted);
    }
};

QTEST_APPLESS_MAIN(LayersTest)
#include "tst_layers.moc"

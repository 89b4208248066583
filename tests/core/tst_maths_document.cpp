#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

namespace
{

QString textOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// What docs/maths.md calls tests: `*file: slot, slot*`, by file. Words without an underscore are remarks.
QMap<QString, QStringList> namedTests(const QString& document)
{
    static const QRegularExpression mention(R"(\*([a-z_]+):\s([^*]+)\*)"), slot("[A-Za-z0-9]+(_[A-Za-z0-9]+)+");
    QMap<QString, QStringList> tests;
    for (const QRegularExpressionMatch& found : mention.globalMatch(document))
        for (const QRegularExpressionMatch& name : slot.globalMatch(found.captured(2)))
            tests[found.captured(1)] << name.captured();
    return tests;
}

} // namespace

class TestMathsDocument : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namedTests_allExist();
};

void TestMathsDocument::namedTests_allExist()
{
    const QString root = QStringLiteral(NCSCOPE_SOURCE_DIR);
    QMap<QString, QString> sources;
    for (QDirIterator file(root + "/tests", {"tst_*"}, QDir::Files, QDirIterator::Subdirectories); file.hasNext();) {
        const QString path = file.next();
        sources[file.fileInfo().baseName().mid(4)] += textOf(path);
    }

    const QMap<QString, QStringList> named = namedTests(textOf(root + "/docs/maths.md"));
    QVERIFY(named.size() >= 10);
    QStringList missing;
    for (auto wanted = named.begin(); wanted != named.end(); ++wanted)
        for (const QString& slot : wanted.value())
            if (!sources[wanted.key()].contains("void " + slot + "()"))
                missing << wanted.key() + ": " + slot;
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(", ")));
}

QTEST_APPLESS_MAIN(TestMathsDocument)
#include "tst_maths_document.moc"

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include <QTest>

namespace fs = std::filesystem;

namespace
{

std::string textOf(const fs::path& path)
{
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

/// What docs/maths.md calls tests: `*file: slot, slot*`, by file. Words without an underscore are remarks.
std::map<std::string, std::vector<std::string>> namedTests(const std::string& document)
{
    static const std::regex mention(R"(\*([a-z_]+):\s([^*]+)\*)"), slot(R"([A-Za-z0-9]+(_[A-Za-z0-9]+)+)");
    std::map<std::string, std::vector<std::string>> tests;
    for (std::sregex_iterator found(document.begin(), document.end(), mention), end; found != end; ++found) {
        const std::string words = (*found)[2];
        for (std::sregex_iterator name(words.begin(), words.end(), slot); name != end; ++name)
            tests[(*found)[1]].push_back(name->str());
    }
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
    const fs::path root = NCSCOPE_SOURCE_DIR;
    std::map<std::string, std::string> sources;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "tests"))
        if (const std::string name = entry.path().stem().string(); name.starts_with("tst_"))
            sources[name.substr(4)] += textOf(entry.path());

    const auto named = namedTests(textOf(root / "docs" / "maths.md"));
    QVERIFY(named.size() >= 10);
    QStringList missing;
    for (const auto& [file, wanted] : named)
        for (const std::string& slot : wanted)
            if (sources[file].find("void " + slot + "()") == std::string::npos)
                missing << QString::fromStdString(file + ": " + slot);
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(", ")));
}

QTEST_APPLESS_MAIN(TestMathsDocument)
#include "tst_maths_document.moc"

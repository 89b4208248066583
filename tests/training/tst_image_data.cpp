#include <filesystem>
#include <fstream>

#include <QTemporaryDir>
#include <QTest>

#include <zlib.h>

#include "core/config/data_folder.h"
#include "core/training/idx_file.h"
#include "core/training/image_data.h"

using namespace nc;
using namespace nc::training;
namespace fs = std::filesystem;

namespace
{

std::string idx(std::vector<std::uint32_t> shape, const std::string& bytes)
{
    std::string text{'\0', '\0', '\x08', static_cast<char>(shape.size())};
    for (const std::uint32_t size : shape)
        for (const int shift : {24, 16, 8, 0})
            text += static_cast<char>(size >> shift & 0xff);
    return text + bytes;
}

void writePlain(const fs::path& file, const std::string& bytes)
{
    std::ofstream(file, std::ios::binary) << bytes;
}

void writeGzip(const fs::path& file, const std::string& bytes)
{
    gzFile out = gzopen(file.c_str(), "wb");
    gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(out);
}

void truncate(const fs::path& file, std::uintmax_t by)
{
    fs::resize_file(file, fs::file_size(file) - by);
}

/// All four files, `count` pictures each.
void writeDataSet(const fs::path& folder, std::uint32_t count)
{
    fs::create_directories(folder);
    for (const char* part : {"train", "t10k"}) {
        writeGzip(folder / (std::string(part) + "-images-idx3-ubyte.gz"),
                  idx({count, 28, 28}, std::string(count * 784U, '\x05')));
        writePlain(folder / (std::string(part) + "-labels-idx1-ubyte"), idx({count}, std::string(count, '\x03')));
    }
}

} // namespace

class TestImageData : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] fs::path path(const std::string& name) const { return fs::path(m_dir.path().toStdString()) / name; }

private Q_SLOTS:
    void plainAndGzip_readTheSame()
    {
        const std::string bytes = idx({2, 3}, std::string("\x01\x02\xff\x00\x10\x20", 6));
        writePlain(path("plain"), bytes);
        writeGzip(path("packed.gz"), bytes);
        for (const char* name : {"plain", "packed.gz"}) {
            const auto array = readIdx(path(name));
            QVERIFY(array);
            QCOMPARE(array->shape, (std::vector<std::int64_t>{2, 3}));
            QCOMPARE(array->bytes, (std::vector<std::uint8_t>{1, 2, 255, 0, 16, 32}));
        }
    }

    void gzipWithoutItsEnding_readsAllTheSame()
    {
        writeGzip(path("packed"), idx({1}, "x"));
        QVERIFY(readIdx(path("packed")));
    }

    void damagedFile_isOneSentence_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const std::string& bytes, const char* reason) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())) << reason;
        };
        row("empty", "", "ends early");
        row("header cut", idx({2, 3}, "").substr(0, 9), "ends early");
        row("data cut", idx({2, 3}, "12345"), "ends early");
        row("too long", idx({2, 3}, "1234567"), "longer");
        row("other type", std::string("\0\0\x0d\x01\0\0\0\1", 8) + "x", "no IDX file");
        row("text", "hello, world", "no IDX file");
        row("multiplies past memory", idx({0xffffffff, 0xffffffff, 0xffffffff}, "x"), "16 GB");
    }
    void damagedFile_isOneSentence()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, reason);
        writePlain(path("damaged"), bytes.toStdString());
        const auto array = readIdx(path("damaged"));
        QVERIFY(!array);
        QVERIFY(array.error().kind == ErrorKind::Data);
        const QString message = QString::fromStdString(array.error().message);
        QVERIFY2(message.contains(reason) && message.contains("damaged"), qPrintable(message));
    }

    void gzipCutShort_isOneSentence()
    {
        std::string noise;
        for (std::uint32_t i = 0, x = 1; i < 5000; ++i)
            noise += static_cast<char>((x = x * 1664525 + 1013904223) >> 24);
        writeGzip(path("cut.gz"), idx({5000}, noise));
        truncate(path("cut.gz"), 2000);
        const auto array = readIdx(path("cut.gz"));
        QVERIFY(!array);
        QVERIFY(array.error().message.find("cut.gz") != std::string::npos);
    }

    void gzipWithAFlippedBit_isOneSentence()
    {
        writeGzip(path("flipped.gz"), idx({3000}, std::string(3000, 'a')));
        std::fstream file(path("flipped.gz"), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-6, std::ios::end); // inside the checksum
        file.put('\x55');
        file.close();
        const auto array = readIdx(path("flipped.gz"));
        QVERIFY(!array);
        QVERIFY(array.error().message.find("damaged gzip") != std::string::npos);
    }

    void missingFile_isOneSentence() { QVERIFY(!readIdx(path("none"))); }

    void givenFolder_isTheOnlyOneSearched()
    {
        const auto found = findDataSet("fashion-mnist", path("nowhere"));
        QVERIFY(!found);
        QVERIFY(found.error().kind == ErrorKind::Data);
        QVERIFY(found.error().message.find("/usr/share") == std::string::npos);
    }

    void folders_areSearchedInOrder()
    {
        qputenv("NCSCOPE_DATA", "/first");
        qputenv("XDG_DATA_HOME", "/last");
        const auto folders = dataSetFolders("fashion-mnist");
        qunsetenv("NCSCOPE_DATA");
        qunsetenv("XDG_DATA_HOME");
        QCOMPARE(folders.front(), fs::path("/first/fashion-mnist"));
        QCOMPARE(folders.at(1), fs::path("/first"));
        QVERIFY(std::find(folders.begin(), folders.end(), "/usr/share/datasets/fashion-mnist") != folders.end());
        QCOMPARE(folders.back(), fs::path("/last/ncscope"));
    }

    void dataSet_loadsFromTheFolderOrItsSubFolder()
    {
        writeDataSet(path("root/fashion-mnist"), 7);
        for (const char* name : {"root", "root/fashion-mnist"}) {
            const auto folder = findDataSet("fashion-mnist", path(name));
            QVERIFY(folder);
            const auto data = loadDataSet("fashion-mnist", *folder);
            QVERIFY(data);
            QCOMPARE(data->train.count(), 7);
            QCOMPARE(data->test.height, 28);
            QCOMPARE(int(data->train.image(6)[783]), 5);
        }
    }

    void cifar_loadsWithTheChannelsOfAPixelTogether_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("cifar10") << "cifar10";
        QTest::newRow("cifar100") << "cifar100";
    }
    void cifar_loadsWithTheChannelsOfAPixelTogether()
    {
        QFETCH(QString, name);
        const bool ten = name == "cifar10";
        fs::create_directories(path(name.toStdString()));
        const auto record = [&](char label, char red, char green, char blue) {
            return (ten ? std::string() : std::string(1, '\x07')) + std::string(1, label) + std::string(1024, red) +
                   std::string(1024, green) + std::string(1024, blue);
        };
        const std::string two = record('\x03', '\x0a', '\x14', '\x1e') + record('\x09', '\x01', '\x02', '\x03');
        for (const char* file : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                                 "data_batch_5.bin", "test_batch.bin", "train.bin", "test.bin"})
            writePlain(path(name.toStdString() + "/" + file), two);
        const auto folder = findDataSet(name.toStdString(), path(name.toStdString()));
        QVERIFY(folder);
        const auto data = loadDataSet(name.toStdString(), *folder);
        QVERIFY2(data, data ? "" : data.error().message.c_str());
        QCOMPARE(data->train.count(), ten ? 10 : 2);
        QCOMPARE(data->train.channels, 3);
        QCOMPARE(int(data->train.labels[1]), 9);
        const std::uint8_t* pixel = data->train.image(0) + 3 * 700;
        QCOMPARE(int(pixel[0]) * 10000 + int(pixel[1]) * 100 + int(pixel[2]), 102030);
        writePlain(path(name.toStdString() + (ten ? "/test_batch.bin" : "/test.bin")), two + "x");
        const auto damaged = loadDataSet(name.toStdString(), *folder);
        QVERIFY(!damaged && damaged.error().message.find("no whole number of records") != std::string::npos);
    }

    void labelsThatDoNotFit_areOneSentence()
    {
        writeDataSet(path("odd"), 4);
        writePlain(path("odd/train-labels-idx1-ubyte"), idx({3}, "\x01\x01\x01"));
        const auto fewer = loadDataSet("fashion-mnist", path("odd"));
        QVERIFY(!fewer && fewer.error().message.find("3 labels for 4") != std::string::npos);
        writePlain(path("odd/train-labels-idx1-ubyte"), idx({4}, "\x01\x0b\x01\x01"));
        const auto beyond = loadDataSet("fashion-mnist", path("odd"));
        QVERIFY(!beyond && beyond.error().message.find("above 9") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestImageData)
#include "tst_image_data.moc"

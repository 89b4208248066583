#include <filesystem>
#include <fstream>

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "io/image_file.h"

using namespace nc;
namespace fs = std::filesystem;

/// Files of pictures as numpy and h5py write them (make_picture_files.py).
class ImageFileTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    [[nodiscard]] fs::path path(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

private Q_SLOTS:
    void initTestCase()
    {
        if (QStringLiteral(NCSCOPE_PYTHON).isEmpty())
            QSKIP("no Python that has numpy and h5py");
        QProcess python;
        python.start(NCSCOPE_PYTHON, {NCSCOPE_PICTURE_FILES, m_dir.path()});
        QVERIFY2(python.waitForFinished() && python.exitCode() == 0, python.readAllStandardError());
    }

    void usualNames_areRead()
    {
        const auto file = io::readImageFile(path("keras.npz"));
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        QCOMPARE(file->train.labels.size(), 36U);
        QCOMPARE(file->test.labels.size(), 12U);
        QCOMPARE(file->train.side, 8);
        QCOMPARE(file->train.pixels.size(), 36U * 64);
        QCOMPARE(int(file->train.pixels[1]), 128);
        const auto facts = io::readImageFileFacts(path("keras.npz"));
        QCOMPARE(facts->classNames, (std::vector<std::string>{"0", "1", "2"}));
        QCOMPARE(facts->testImages, 12);
    }

    void floats_becomeTheSameBytes()
    {
        const auto bytes = io::readImageFile(path("keras.npz")), floats = io::readImageFile(path("floats.h5"));
        QVERIFY2(floats, floats ? "" : floats.error().message.c_str());
        QVERIFY(floats->train.pixels == bytes->train.pixels);
        QVERIFY(floats->test.pixels == bytes->test.pixels);
        QCOMPARE(io::readImageFileFacts(path("floats.h5"))->classNames,
                 (std::vector<std::string>{"one", "two", "three"}));
    }

    void withoutATestPart_everySixthOfAClassIsHeldOut()
    {
        const auto file = io::readImageFile(path("whole.npz"));
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        QCOMPARE(file->test.labels, (std::vector<std::uint8_t>{0, 1, 2, 0, 1, 2})); // 12 of each class
        QCOMPARE(file->train.labels.size(), 30U);
        const auto all = io::readImageFile(path("keras.npz"));
        const auto picture = all->train.pixels.begin() + 15 * 64; // the sixth of class 0
        QVERIFY(std::equal(picture, picture + 64, file->test.pixels.begin()));
        const auto facts = io::readImageFileFacts(path("whole.npz"));
        QCOMPARE(facts->trainImages, 30);
        QCOMPARE(facts->testImages, 6);
    }

    void oblongPictures_standInTheMiddleOfSquares()
    {
        const auto file = io::readImageFile(path("oblong.npz"));
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        QCOMPARE(file->train.side, 6);
        QCOMPARE(file->train.channels, 3);
        QVERIFY(
            std::all_of(file->train.pixels.begin(), file->train.pixels.begin() + 18, [](auto p) { return p == 0; }));
        QCOMPARE(int(file->train.pixels[18]), 1);
        QCOMPARE(int(file->train.pixels[20]), 3);
    }

    void badFile_isOneSentence_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::newRow("planes.npz") << "has shape 6 x 3 x 8 x 8 uint8, expected pictures x height x width";
        QTest::newRow("normalised.npz") << "expected floats from 0 to 1 or from 0 to 255, not normalised";
        QTest::newRow("fewer.npz") << "expected one label for each of 36 pictures";
        QTest::newRow("negative.npz") << "holds label -1 in row 0";
        QTest::newRow("wide.npz") << "has type int32, expected uint8 or floats";
        QTest::newRow("unlabelled.npz") << "or images and labels, found images";
        QTest::newRow("other.npz") << "but the training pictures 36 x 8 x 8 uint8";
        QTest::newRow("names.h5") << "has 2 names, but there are labels up to 2";
        QTest::newRow("missing.npz") << "missing.npz";
    }
    void badFile_isOneSentence()
    {
        QFETCH(QString, reason);
        const auto file = io::readImageFile(path(QTest::currentDataTag()));
        QVERIFY(!file);
        const QString message = QString::fromStdString(file.error().message);
        QVERIFY2(message.contains(reason) && message.contains(QTest::currentDataTag()), qPrintable(message));
        QVERIFY(!message.contains('\n'));
    }

    void truncatedFile_isOneSentence()
    {
        for (const char* name : {"whole.npz", "floats.h5"}) {
            fs::copy_file(path(name), path("cut"), fs::copy_options::overwrite_existing);
            fs::resize_file(path("cut"), fs::file_size(path("cut")) / 2);
            QVERIFY(!io::readImageFile(path("cut")));
        }
    }
};

QTEST_GUILESS_MAIN(ImageFileTest)
#include "tst_image_file.moc"

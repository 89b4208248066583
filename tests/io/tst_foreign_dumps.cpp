#include <cstdlib>
#include <fstream>

#include <QTest>

#include "io/foreign_detection.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using io::ForeignMapping;

namespace
{

constexpr Index rows = 20, dim = 6, classes = 3;

/// What make_foreign_dumps.py writes.
RowMatrixD expectedFeatures(double epoch)
{
    RowMatrixD h(rows, dim);
    for (Index n = 0; n < rows; ++n)
        for (Index k = 0; k < dim; ++k)
            h(n, k) = epoch + static_cast<double>(n) / 2 + static_cast<double>(k) / 4;
    return h;
}

RowMatrixD expectedWeight(double epoch)
{
    RowMatrixD w(classes, dim);
    for (Index c = 0; c < classes; ++c)
        for (Index k = 0; k < dim; ++k)
            w(c, k) = epoch + static_cast<double>(c) - static_cast<double>(k) / 2;
    return w;
}

/// One HDF5 file with features (20 x 6), labels and what `more` adds.
fs::path writeDump(const QTemporaryDir& dir, const std::function<void(hid_t)>& more = {})
{
    const fs::path path = fs::path(dir.path().toStdString()) / "dump.h5";
    H5Fclose(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    const RowMatrixD h = expectedFeatures(0);
    std::vector<std::int64_t> labels(rows);
    for (std::size_t n = 0; n < labels.size(); ++n)
        labels[n] = static_cast<std::int64_t>(n % classes);
    test::edit(path, [&](hid_t root) {
        test::putDataset(root, "h", H5T_NATIVE_DOUBLE, {rows, dim}, h.data());
        test::putDataset(root, "y", H5T_NATIVE_INT64, {rows}, labels.data());
        if (more)
            more(root);
    });
    return path;
}

/// A .npy file whose header says what it is told.
void writeNpy(const fs::path& path, const std::string& dictionary, const std::string& numbers)
{
    std::string header = dictionary + "\n";
    header.insert(header.end() - 1, (64 - (10 + header.size()) % 64) % 64, ' ');
    std::ofstream file(path, std::ios::binary);
    file << std::string("\x93NUMPY\x01\x00", 8) << static_cast<char>(header.size() % 256)
         << static_cast<char>(header.size() / 256) << header << numbers;
}

} // namespace

class ForeignDumpsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void dump_isReadWithoutBeingTold_data();
    void dump_isReadWithoutBeingTold();
    void dump_isReadByMapping_data();
    void dump_isReadByMapping();
    void mixes_areRecognised();
    void rows_areReadInAnyOrder();
    void refused_saysWhy_data();
    void refused_saysWhy();
    void unclearNames_areNamedWithTheMapping();
    void mapping_goesThroughTextAndJson();
    void mapping_wrongWords_data();
    void mapping_wrongWords();
    void h5_needsNoPython();
    void fault_concernsItsEpoch();
    void damagedRun_isNoForeignDump();
    void npy_wrongHeaders_data();
    void npy_wrongHeaders();
    void truncated_isOneSentence();
    void nothing_isChanged();

private:
    [[nodiscard]] fs::path dump(const QString& name) const
    {
        return fs::path(m_dir.path().toStdString()) / name.toStdString();
    }
    QTemporaryDir m_dir;
    bool m_written = false;
};

void ForeignDumpsTest::initTestCase()
{
    const std::string python = NCSCOPE_PYTHON;
    if (!python.empty() && std::system((python + " -c 'import h5py' 2>/dev/null").c_str()) == 0)
        m_written = std::system((python + " " NCSCOPE_FOREIGN_DUMPS " " + m_dir.path().toStdString()).c_str()) == 0;
}

#define NEED_DUMPS()                                                                                                   \
    if (!m_written)                                                                                                    \
    QSKIP("no Python with h5py")

void ForeignDumpsTest::dump_isReadWithoutBeingTold_data()
{
    QTest::addColumn<bool>("several");
    QTest::addColumn<bool>("hasWeight");
    QTest::addColumn<QString>("mapping");
    const auto row = [](const char* name, bool several, bool weight, const char* mapping) {
        QTest::newRow(name) << several << weight << QString::fromLatin1(mapping);
    };
    row("plain.h5", false, true, "features=/features,labels=/labels,weight=/fc.weight,bias=/fc.bias");
    row("groups.hdf5", true, true,
        "features=/h,labels=/y,weight=/model/classifier/weight,bias=/model/classifier/bias,epoch=/epoch_{epoch}");
    row("names.h5", true, true, "features=/penultimate_{epoch},labels=/targets,weight=/head_weight_{epoch}");
    row("scopes.h5", false, false, "features=/train/features,labels=/train/labels");
    row("unnamed.h5", false, false, "features=/blob,labels=/ids");
    row("files", true, true, "features=/features,labels=/labels,weight=/weight,file=run-{epoch}.h5");
    row("archives", true, true, "features=/features,labels=/labels,weight=/weight,file=run-{epoch}.npz");
    row("stored.npz", false, true, "features=/features,labels=/labels,weight=/W");
    row("deflated.npz", false, false, "features=/emb/h,labels=/emb/y");
    row("arrays", true, true, "features=/features_{epoch},labels=/labels,weight=/weight_{epoch}");
    row("array_groups", true, false, "features=/h,labels=/y,epoch=/epoch{epoch}");
}

void ForeignDumpsTest::dump_isReadWithoutBeingTold()
{
    NEED_DUMPS();
    QFETCH(bool, several);
    QFETCH(bool, hasWeight);
    QFETCH(QString, mapping);
    const fs::path path = dump(QString::fromLatin1(QTest::currentDataTag()));
    const Result<ForeignMapping> found = io::detectForeignMapping(path);
    REQUIRE(found);
    QCOMPARE(QString::fromStdString(found->text()), mapping);
    const Result<io::RunReader> run = io::RunReader::open(path);
    REQUIRE(run);
    QCOMPARE(run->epochs(), several ? std::vector<std::int64_t>({3, 10}) : std::vector<std::int64_t>({0}));
    QCOMPARE(run->classNames(), (std::vector<std::string>{"0", "1", "2"}));
    for (const std::int64_t epoch : run->epochs()) {
        const Result<Snapshot> snapshot = run->snapshot(epoch, "data");
        REQUIRE(snapshot);
        QCOMPARE(snapshot->features().cast<double>(), expectedFeatures(static_cast<double>(epoch)));
        QCOMPARE(snapshot->split.kind, SplitKind::Clean);
        for (std::size_t n = 0; n < rows; ++n)
            QCOMPARE(snapshot->split.labelA[n], static_cast<std::int32_t>(n % classes));
        QCOMPARE(snapshot->classifier.has_value(), hasWeight);
        if (hasWeight)
            QCOMPARE(snapshot->classifier->weight, expectedWeight(static_cast<double>(epoch)));
    }
    const Result<io::RunSummary> summary = run->summary();
    REQUIRE(summary);
    QVERIFY(summary->complete);
    QVERIFY(summary->bytes > 0);
    QCOMPARE(QString::fromStdString(summary->mapping).remove('/'), QString(mapping).remove('/'));
    QVERIFY(io::checkRun(path, true).problems.empty());
}

void ForeignDumpsTest::dump_isReadByMapping_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("mapping");
    QTest::addColumn<QList<qint64>>("epochs");
    const auto row = [](const char* what, const char* file, const char* mapping, const QList<qint64>& epochs) {
        QTest::newRow(what) << QString::fromLatin1(file) << QString::fromLatin1(mapping) << epochs;
    };
    row("no slash in front", "plain.h5", "features=features,labels=labels", {0});
    row("group an epoch", "groups.hdf5", "features=/h,labels=/y,epoch=/epoch_{epoch}", {3, 10});
    row("number in the name", "names.h5", "features=penultimate_{epoch},labels=targets", {3, 10});
    row("leading dimension, numbered", "leading.h5",
        "features=/embeddings,labels=/label,weight=/fc/weight,bias=/fc/bias,epoch=/when", {3, 10});
    row("file an epoch", "files", "features=/features,labels=/labels,file=run-{epoch}.h5", {3, 10});
    row(".npy named whole", "arrays", "features=features_{epoch}.npy,labels=labels.npy", {3, 10});
}

void ForeignDumpsTest::dump_isReadByMapping()
{
    NEED_DUMPS();
    QFETCH(QString, file);
    QFETCH(QString, mapping);
    QFETCH(QList<qint64>, epochs);
    const Result<ForeignMapping> parsed = ForeignMapping::parse(mapping.toStdString());
    REQUIRE(parsed);
    const Result<io::RunReader> run = io::RunReader::open(dump(file), {*parsed});
    REQUIRE(run);
    QCOMPARE(run->epochs(), std::vector<std::int64_t>(epochs.begin(), epochs.end()));
    for (const std::int64_t epoch : run->epochs()) {
        const Result<Snapshot> snapshot = run->snapshot(epoch, "data");
        REQUIRE(snapshot);
        QCOMPARE(snapshot->features().cast<double>(), expectedFeatures(static_cast<double>(epoch)));
        if (snapshot->classifier) {
            QCOMPARE(snapshot->classifier->weight, expectedWeight(static_cast<double>(epoch)));
            QVERIFY(snapshot->classifier->hasBias);
            QCOMPARE(snapshot->classifier->bias[2], 0.5);
        }
    }
}

void ForeignDumpsTest::mixes_areRecognised()
{
    NEED_DUMPS();
    const Result<io::RunReader> run = io::RunReader::open(dump("mix.h5"));
    REQUIRE(run);
    const Result<Split> split = run->split(0, "mix");
    REQUIRE(split);
    QCOMPARE(split->kind, SplitKind::Mix);
    QCOMPARE(split->labelA[4], 1);
    QCOMPARE(split->labelB[4], 2);
    QCOMPARE(split->lambda[4], 0.125);
    QVERIFY(!run->split(0, "data"));
}

/// An archive is unpacked as a stream: going back starts anew.
void ForeignDumpsTest::rows_areReadInAnyOrder()
{
    NEED_DUMPS();
    for (const char* name : {"deflated.npz", "stored.npz", "scopes.h5"}) {
        const Result<io::RunReader> run = io::RunReader::open(dump(QString::fromLatin1(name)));
        REQUIRE(run);
        const auto source = run->features(0, "data");
        REQUIRE(source);
        RowMatrixF wide = RowMatrixF::Zero(3, dim + 2); // memory with gaps between the rows
        for (const Index first : {12, 2, 2, 17, 0}) {
            QVERIFY((*source)->read(first, wide.leftCols(dim)));
            QCOMPARE(RowMatrixD(wide.leftCols(dim).cast<double>()), expectedFeatures(0).middleRows(first, 3));
        }
    }
}

void ForeignDumpsTest::refused_saysWhy_data()
{
    QTest::addColumn<QString>("reason");
    QTest::newRow("fortran.npz") << "is stored in Fortran order, expected C order";
    QTest::newRow("objects.npz") << "has type '|O', expected little-endian floats or integers";
    QTest::newRow("big_endian.npz") << "has type '>f8', expected little-endian floats or integers";
}

void ForeignDumpsTest::refused_saysWhy()
{
    NEED_DUMPS();
    QFETCH(QString, reason);
    const fs::path path = dump(QString::fromLatin1(QTest::currentDataTag()));
    const Result<ForeignMapping> mapping = ForeignMapping::parse("features=features,labels=labels");
    const Result<io::RunReader> run = io::RunReader::open(path, {*mapping});
    QVERIFY(!run);
    QCOMPARE(run.error().kind, ErrorKind::Data);
    QCOMPARE(run.error().file, path.string());
    QCOMPARE(run.error().dataset, std::string("features"));
    QVERIFY2(QString::fromStdString(run.error().message).contains(reason), run.error().message.c_str());
}

void ForeignDumpsTest::unclearNames_areNamedWithTheMapping()
{
    NEED_DUMPS();
    const Result<io::RunReader> run = io::RunReader::open(dump("unclear.h5"));
    QVERIFY(!run);
    QCOMPARE(
        run.error().message,
        "Cannot read the run: it is no NCScope run: attribute 'format' is missing, and no features and labels were "
        "recognised in it; it holds '/blob' (20 x 6 float64), '/ids' (20 int64), '/other' (20 x 6 float64); name "
        "them by --map features=/blob,labels=/ids: " +
            dump("unclear.h5").string());
    const auto arrays = io::foreignArrays(dump("unclear.h5"));
    REQUIRE(arrays);
    QCOMPARE(arrays->size(), std::size_t{3});
    QCOMPARE((*arrays)[1].name, std::string("/ids"));
    QCOMPARE((*arrays)[1].shape, std::string("20 int64"));
}

void ForeignDumpsTest::mapping_goesThroughTextAndJson()
{
    const std::string text = "features=/h,labels=/y,weight=/fc/w,bias=/fc/b,lambda=/lam,label_b=/y2,epoch=/"
                             "e{epoch},file=run-{epoch}.h5";
    const Result<ForeignMapping> mapping = ForeignMapping::parse(text);
    REQUIRE(mapping);
    QCOMPARE(mapping->text(), text);
    QCOMPARE(mapping->labelB, std::string("/y2"));
    const Result<ForeignMapping> again = ForeignMapping::fromJson(mapping->toJson());
    REQUIRE(again);
    QVERIFY(*again == *mapping);
    for (const char* wrong : {"", "[]", R"({"features":"/h"})", R"({"features":"/h","labels":3})",
                              R"({"features":"/h","labels":"/y","colour":"red"})"})
        QVERIFY(!ForeignMapping::fromJson(wrong));
}

void ForeignDumpsTest::mapping_wrongWords_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");
    QTest::newRow("unknown key") << "features=/h,labels=/y,colour=/c"
                                 << "does not know 'colour'";
    QTest::newRow("no features") << "labels=/y"
                                 << "needs features=NAME";
    QTest::newRow("no labels") << "features=/h"
                               << "needs labels=NAME";
    QTest::newRow("nothing") << ""
                             << "needs features=NAME";
    QTest::newRow("no value") << "features=,labels=/y"
                              << "needs a value: features=NAME";
    QTest::newRow("twice") << "features=/h,features=/g,labels=/y"
                           << "names features twice";
    QTest::newRow("mix without lambda") << "features=/h,labels=/y,label_b=/y2"
                                        << "lambda=NAME";
    QTest::newRow("lambda alone") << "features=/h,labels=/y,lambda=/l"
                                  << "label_b=NAME";
    QTest::newRow("bias alone") << "features=/h,labels=/y,bias=/b"
                                << "weight=NAME";
    QTest::newRow("file without a number") << "features=/h,labels=/y,file=run.h5"
                                           << "{epoch} once";
}

void ForeignDumpsTest::mapping_wrongWords()
{
    QFETCH(QString, text);
    QFETCH(QString, reason);
    const Result<ForeignMapping> mapping = ForeignMapping::parse(text.toStdString());
    QVERIFY(!mapping);
    QCOMPARE(mapping.error().kind, ErrorKind::Usage);
    QVERIFY2(QString::fromStdString(mapping.error().message).contains(reason), mapping.error().message.c_str());
}

void ForeignDumpsTest::h5_needsNoPython()
{
    const QTemporaryDir dir;
    const RowMatrixD weight = expectedWeight(0);
    const fs::path path = writeDump(dir, [&](hid_t root) {
        test::putDataset(root, "W", H5T_NATIVE_DOUBLE, {classes, dim}, weight.data());
    });
    const Result<io::RunReader> run = io::RunReader::open(path);
    REQUIRE(run);
    const Result<Snapshot> snapshot = run->snapshot(0, "data");
    REQUIRE(snapshot);
    QCOMPARE(snapshot->features().cast<double>(), expectedFeatures(0));
    QCOMPARE(snapshot->classifier->weight, weight);
    const Result<ForeignMapping> missing = ForeignMapping::parse("features=/nothing,labels=/y");
    const Result<io::RunReader> none = io::RunReader::open(path, {*missing});
    QVERIFY(!none);
    QCOMPARE(none.error().kind, ErrorKind::Data);
    QCOMPARE(none.error().message, "Cannot read the run: dataset 'nothing' is missing: " + path.string());
}

void ForeignDumpsTest::fault_concernsItsEpoch()
{
    const QTemporaryDir dir;
    const RowMatrixD h = expectedFeatures(0);
    const fs::path path = writeDump(dir, [&](hid_t root) {
        for (const char* name : {"e1/h", "e2/h"})
            test::putDataset(root, name, H5T_NATIVE_DOUBLE, {rows, dim}, h.data());
        test::putDataset(root, "e3/h", H5T_NATIVE_DOUBLE, {rows - 1, dim}, h.data());
    });
    const Result<ForeignMapping> mapping = ForeignMapping::parse("features=/h,labels=/y,epoch=/e{epoch}");
    const Result<io::RunReader> run = io::RunReader::open(path, {*mapping});
    REQUIRE(run);
    QCOMPARE(run->epochs(), (std::vector<std::int64_t>{1, 2, 3}));
    REQUIRE(run->snapshot(2, "data"));
    const Result<Snapshot> short3 = run->snapshot(3, "data");
    QVERIFY(!short3);
    QCOMPARE(short3.error().message,
             "Cannot read epoch 3: dataset 'e3/h' has 19 rows, but 'y' has 20 labels: " + path.string());
    QVERIFY(!run->summary()->complete);
    const io::CheckReport report = io::checkRun(path, true, {}, *mapping);
    QCOMPARE(report.problems.size(), std::size_t{1});
    QCOMPARE(report.problems.front().epoch, std::optional<std::int64_t>(3));
}

void ForeignDumpsTest::damagedRun_isNoForeignDump()
{
    const test::RunFolder run;
    QVERIFY(!io::looksForeign(run.folder()));
    QVERIFY(!io::looksForeign(run.file()));
    test::edit(run.file(), [](hid_t root) { test::removeAttribute(root, ".", "format"); });
    QVERIFY(!io::looksForeign(run.file()));
}

void ForeignDumpsTest::npy_wrongHeaders_data()
{
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char* what, const char* header, const char* reason) {
        QTest::newRow(what) << QString::fromLatin1(header) << QString::fromLatin1(reason);
    };
    row("empty", "", "has type");
    row("too many", "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 2), }", "more numbers than the file holds");
    row("overflow", "{'descr': '<f8', 'fortran_order': False, 'shape': (2147483648, 2147483648, 16), }",
        "more numbers than the file holds");
    row("negative", "{'descr': '<f8', 'fortran_order': False, 'shape': (-4, 2), }", "more numbers");
    row("no shape", "{'descr': '<f8', 'fortran_order': False}", "more numbers");
    row("structured", "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (4, 2), }", "has type");
    row("odd size", "{'descr': '<f3', 'fortran_order': False, 'shape': (4, 2), }", "has type");
}

void ForeignDumpsTest::npy_wrongHeaders()
{
    QFETCH(QString, header);
    QFETCH(QString, reason);
    const QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    writeNpy(folder / "h.npy", header.toStdString(), std::string(64, '\0'));
    writeNpy(folder / "y.npy", "{'descr': '|i1', 'fortran_order': False, 'shape': (4,), }", std::string(4, '\1'));
    const Result<io::RunReader> run = io::RunReader::open(folder, {*ForeignMapping::parse("features=h,labels=y")});
    QVERIFY(!run);
    QVERIFY2(QString::fromStdString(run.error().message).contains(reason), run.error().message.c_str());
}

void ForeignDumpsTest::truncated_isOneSentence()
{
    NEED_DUMPS();
    const Result<ForeignMapping> mapping = ForeignMapping::parse("features=emb/h,labels=emb/y");
    const std::uintmax_t size = fs::file_size(dump("deflated.npz"));
    const fs::path cut = dump("cut.npz");
    for (std::uintmax_t length = 0; length < size; length += 13) {
        fs::copy_file(dump("deflated.npz"), cut, fs::copy_options::overwrite_existing);
        fs::resize_file(cut, length);
        const Result<io::RunReader> run = io::RunReader::open(cut, {*mapping});
        QVERIFY(!run);
        QVERIFY(run.error().message.starts_with("Cannot read"));
    }
}

void ForeignDumpsTest::nothing_isChanged()
{
    NEED_DUMPS();
    const std::string before = test::fingerprint(m_dir.path().toStdString());
    for (const char* name : {"plain.h5", "files", "stored.npz", "arrays"}) {
        const Result<io::RunReader> run = io::RunReader::open(dump(QString::fromLatin1(name)));
        REQUIRE(run);
        REQUIRE(run->snapshot(run->epochs().front(), "data"));
    }
    QCOMPARE(test::fingerprint(m_dir.path().toStdString()), before);
}

QTEST_APPLESS_MAIN(ForeignDumpsTest)
#include "tst_foreign_dumps.moc"

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTest>

#include "io/h5_handle.h"
#include "run_fixture.h"

using namespace nc;
namespace fs = std::filesystem;
using io::H5Handle;
using test::RunFolder;

namespace
{

std::string typeOf(hid_t type)
{
    std::size_t size = 0;
    H5Tencode(type, nullptr, &size);
    std::string bytes(size, '\0');
    H5Tencode(type, bytes.data(), &size);
    return bytes;
}

/// Value of an attribute or dataset as bytes; texts of variable length as their characters.
std::string valueOf(hid_t type, hid_t space, const std::function<herr_t(void*)>& read)
{
    const auto count = static_cast<std::size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space)));
    std::vector<char> bytes(count * H5Tget_size(type) + 1);
    if (count > 0 && read(bytes.data()) < 0)
        return "unreadable";
    if (H5Tis_variable_str(type) <= 0)
        return {bytes.begin(), bytes.end()};
    std::string texts;
    for (std::size_t i = 0; i < count; ++i)
        texts += std::string(reinterpret_cast<char**>(bytes.data())[i]) + '\n';
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, bytes.data());
    return texts;
}

void describeAttributes(hid_t object, const std::string& name, std::multiset<std::string>& lines)
{
    std::vector<std::string> names;
    H5Aiterate2(
        object, H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* attribute, const H5A_info_t*, void* into) -> herr_t {
            static_cast<std::vector<std::string>*>(into)->emplace_back(attribute);
            return 0;
        },
        &names);
    for (const std::string& attribute : names) {
        const H5Handle id(H5Aopen(object, attribute.c_str(), H5P_DEFAULT), H5Aclose);
        const H5Handle type(H5Aget_type(id.get()), H5Tclose), space(H5Aget_space(id.get()), H5Sclose);
        lines.insert(name + " @" + attribute + " " + typeOf(type.get()) +
                     valueOf(type.get(), space.get(), [&](void* into) { return H5Aread(id.get(), type.get(), into); }));
    }
}

/// Everything below a group, one line each, under the name that it has in a file run.
void describe(hid_t group, const std::string& prefix, std::multiset<std::string>& lines)
{
    describeAttributes(group, prefix, lines);
    std::vector<std::pair<std::string, H5L_type_t>> links;
    H5Literate(
        group, H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5L_info_t* info, void* into) -> herr_t {
            static_cast<std::vector<std::pair<std::string, H5L_type_t>>*>(into)->emplace_back(name, info->type);
            return 0;
        },
        &links);
    for (const auto& [name, kind] : links) {
        const std::string path = prefix + "/" + name;
        if (kind != H5L_TYPE_HARD) {
            char target[256] = {};
            H5Lget_val(group, name.c_str(), target, sizeof target, H5P_DEFAULT);
            lines.insert(path + " -> " + std::to_string(kind) + std::string(target, sizeof target));
            continue;
        }
        const H5Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
        const H5I_type_t type = H5Iget_type(object.get());
        if (type == H5I_GROUP) {
            lines.insert(path + " group");
            describe(object.get(), path, lines);
        } else if (type == H5I_DATASET) {
            const H5Handle values(H5Dget_type(object.get()), H5Tclose), space(H5Dget_space(object.get()), H5Sclose);
            const H5Handle creation(H5Dget_create_plist(object.get()), H5Pclose);
            lines.insert(path + " dataset " + std::to_string(H5Pget_layout(creation.get())) +
                         std::to_string(H5Pget_nfilters(creation.get())) + typeOf(values.get()) +
                         valueOf(values.get(), space.get(), [&](void* into) {
                             return H5Dread(object.get(), values.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
                         }));
            describeAttributes(object.get(), path, lines);
        } else {
            lines.insert(path + " type " + typeOf(object.get()));
        }
    }
}

std::multiset<std::string> contentOf(const fs::path& run)
{
    std::multiset<std::string> lines;
    if (!fs::is_directory(run)) {
        test::edit(run, [&](hid_t root) { describe(root, "", lines); });
        return lines;
    }
    test::edit(run / "run.h5", [&](hid_t root) { describe(root, "", lines); });
    if (lines.count("/epochs group") == 0)
        lines.insert("/epochs group");
    for (const fs::directory_entry& entry : fs::directory_iterator(run / "epochs")) {
        const std::string path = "/epochs/" + entry.path().stem().string();
        lines.insert(path + " group");
        test::edit(entry.path(), [&](hid_t root) { describe(root, path, lines); });
    }
    return lines;
}

void putCompound(hid_t group, const std::string& path)
{
    struct Pair {
        std::int32_t index;
        double value;
    };
    const H5Handle type(H5Tcreate(H5T_COMPOUND, sizeof(Pair)), H5Tclose);
    H5Tinsert(type.get(), "index", HOFFSET(Pair, index), H5T_NATIVE_INT32);
    H5Tinsert(type.get(), "value", HOFFSET(Pair, value), H5T_NATIVE_DOUBLE);
    const Pair pairs[] = {{1, 0.5}, {2, 0.25}};
    test::putDataset(group, path, type.get(), {2}, pairs);
}

/// What others may have added: groups, types, filters, links and attributes that the format does not know.
void addUnknownParts(const RunFolder& run)
{
    test::edit(run.folder() / "run.h5", [](hid_t root) {
        putCompound(root, "lab/notes/pairs");
        test::putAttribute(root, "lab/notes", "by", std::string("someone"));
        test::putAttribute(root, ".", "licence", std::string("CC0"));
        H5Lcreate_soft("/lab/notes", root, "shortcut", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_external("other.h5", "/x", root, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
        const H5Handle type(H5Tcopy(H5T_NATIVE_INT16), H5Tclose);
        H5Tcommit2(root, "named type", type.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    });
    test::edit(run.folder() / "epochs/000002.h5", [](hid_t root) {
        putCompound(root, "gradients/pairs");
        std::vector<float> values(2000, 0.25f);
        test::putChunked(root, "gradients/packed", H5T_NATIVE_FLOAT, {200, 10}, {50, 10}, values.data(), true);
        test::putAttribute(root, ".", "host", std::string("node 7"));
        test::putAttribute(root, "features/mix/penultimate", "unit", std::string("1"));
    });
}

} // namespace

class RunPackTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void packAndUnpack_keepEverything();
    void whatStandsBesideTheEpochs_isKept();
    void unpackedRun_isAFinishedDirectoryRun();
    void damagedEpoch_isAnErrorAndLeavesTheOldFile();
    void output_thatCannotBeWritten_isAnEnvironmentError();
    void fullDisk_isAnEnvironmentErrorAndLeavesNothing();
    void output_thatExists();
    void wrongContainer_isAnError();
};

void RunPackTest::packAndUnpack_keepEverything()
{
    const RunFolder run(io::FloatType::Float16);
    addUnknownParts(run);
    const std::multiset<std::string> original = contentOf(run.folder());
    QVERIFY(original.size() > 80);
    const std::string before = test::fingerprint(run.folder());
    REQUIRE(io::packRun(run.folder(), run.path("packed.h5")));
    QCOMPARE(test::fingerprint(run.folder()), before);
    QVERIFY(contentOf(run.path("packed.h5")) == original);
    REQUIRE(io::unpackRun(run.path("packed.h5"), run.path("again")));
    QVERIFY(contentOf(run.path("again")) == original);
    for (const fs::path& path : {run.path("packed.h5"), run.path("again")}) {
        const io::CheckReport report = io::checkRun(path, true);
        QVERIFY2(report.valid(), report.problems.empty() ? "" : report.problems.front().message.c_str());
    }
}

void RunPackTest::whatStandsBesideTheEpochs_isKept()
{
    const RunFolder run;
    test::edit(run.file(), [](hid_t root) {
        test::putAttribute(root, "epochs", "note", std::string("every second one"));
        test::putDataset(root, "epochs/index", H5T_NATIVE_INT32, {3}, nullptr);
    });
    const std::multiset<std::string> original = contentOf(run.file());
    REQUIRE(io::unpackRun(run.file(), run.path("again")));
    QVERIFY(contentOf(run.path("again")) == original);
    REQUIRE(io::packRun(run.path("again"), run.path("packed.h5")));
    QVERIFY(contentOf(run.path("packed.h5")) == original);
}

void RunPackTest::unpackedRun_isAFinishedDirectoryRun()
{
    const RunFolder run;
    fs::create_directory(run.path("again")); // an empty folder is as good as none
    REQUIRE(io::unpackRun(run.file(), run.path("again")));
    const Result<io::RunReader> reader = io::RunReader::open(run.path("again"));
    REQUIRE(reader);
    QCOMPARE(reader->epochs(), run.expected().epochs);
    QCOMPARE(reader->summary()->state, std::string("finished"));
    for (std::size_t i = 0; i < run.expected().epochs.size(); ++i)
        QVERIFY(reader->snapshot(run.expected().epochs[i], "mix")->features() == run.expected().mix[i]);
    std::ostringstream json;
    json << std::ifstream(run.path("again") / "run.json").rdbuf();
    QVERIFY(json.str().find("\"kind\": \"mixup\"") != std::string::npos);
}

void RunPackTest::damagedEpoch_isAnErrorAndLeavesTheOldFile()
{
    const RunFolder run;
    const std::string before = test::fingerprint(run.file());
    fs::resize_file(run.folder() / "epochs/000010.h5", 500);
    const Result<void> packed = io::packRun(run.folder(), run.file());
    QVERIFY(!packed && packed.error().kind == ErrorKind::Data);
    QCOMPARE(packed.error().file, (run.folder() / "epochs/000010.h5").string());
    QCOMPARE(test::fingerprint(run.file()), before);
    test::edit(run.file(), [](hid_t root) { test::putAttribute(root, "epochs/000010", "epoch", std::int64_t{11}); });
    QVERIFY(!io::unpackRun(run.file(), run.path("again")));
    for (const fs::directory_entry& entry : fs::directory_iterator(run.path("")))
        QVERIFY2(entry.path().string().find("part") == std::string::npos, entry.path().c_str());
    QVERIFY(!fs::exists(run.path("again")));
}

void RunPackTest::output_thatCannotBeWritten_isAnEnvironmentError()
{
    const RunFolder run;
    for (const fs::path& file : {fs::path("/no/such/place/run.h5"), fs::path("/proc/run.h5")}) {
        const Result<void> packed = io::packRun(run.folder(), file);
        QVERIFY(!packed && packed.error().kind == ErrorKind::Environment);
        const Result<void> unpacked = io::unpackRun(run.file(), file);
        QVERIFY(!unpacked && unpacked.error().kind == ErrorKind::Environment);
    }
}

/// A limit on the size of files stands for the full disk.
void RunPackTest::fullDisk_isAnEnvironmentErrorAndLeavesNothing()
{
    const RunFolder run;
    const auto fails = [](const Result<void>& done) {
        return !done && done.error().kind == ErrorKind::Environment &&
               done.error().message.find("File too large") != std::string::npos;
    };
    for (rlim_t limit = 0; limit < 6000; limit += 971) {
        const pid_t child = fork();
        if (child == 0) {
            std::signal(SIGXFSZ, SIG_IGN);
            const rlimit sizes{limit, limit};
            setrlimit(RLIMIT_FSIZE, &sizes);
            const bool good = fails(io::packRun(run.folder(), run.path("packed.h5"))) &&
                              fails(io::unpackRun(run.file(), run.path("again")));
            H5close(); // must not fail over what could not be written
            _exit(good ? 0 : 1);
        }
        int status = -1;
        waitpid(child, &status, 0);
        QCOMPARE(status, 0);
        const auto entries = fs::directory_iterator(run.path(""));
        QCOMPARE(std::distance(begin(entries), end(entries)), 2); // the run in both containers
    }
}

void RunPackTest::output_thatExists()
{
    const RunFolder run;
    std::ofstream(run.path("old.h5")) << "old";
    REQUIRE(io::packRun(run.folder(), run.path("old.h5"))); // a file is replaced
    QVERIFY(io::checkRun(run.path("old.h5"), true).valid());
    const std::string before = test::fingerprint(run.folder());
    const Result<void> unpacked = io::unpackRun(run.file(), run.folder()); // a folder with something in it is not
    QVERIFY(!unpacked && unpacked.error().kind == ErrorKind::Data);
    QCOMPARE(test::fingerprint(run.folder()), before);
}

void RunPackTest::wrongContainer_isAnError()
{
    const RunFolder run;
    QVERIFY(!io::packRun(run.file(), run.path("x.h5")));
    QVERIFY(!io::unpackRun(run.folder(), run.path("x")));
    QVERIFY(!io::packRun(run.path("nothing"), run.path("x.h5")));
    QVERIFY(!fs::exists(run.path("x.h5")) && !fs::exists(run.path("x")));
}

QTEST_APPLESS_MAIN(RunPackTest)
#include "tst_run_pack.moc"

#include "run_fixture.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

#include "io/h5_handle.h"

namespace nc::test
{

namespace fs = std::filesystem;

namespace
{

RowMatrixF randomMatrix(Index rows, Index cols, std::mt19937& random)
{
    std::normal_distribution<float> normal;
    RowMatrixF matrix(rows, cols);
    for (Index i = 0; i < matrix.size(); ++i)
        matrix.data()[i] = normal(random);
    return matrix;
}

/// What float16 keeps of a number of moderate size: 11 bits.
void roundToHalf(RowMatrixF& matrix)
{
    for (Index i = 0; i < matrix.size(); ++i) {
        int exponent = 0;
        const float mantissa = std::frexp(matrix.data()[i], &exponent);
        matrix.data()[i] = std::ldexp(std::nearbyint(std::ldexp(mantissa, 11)), exponent - 11);
    }
}

Split makeClean()
{
    Split clean;
    clean.name = "clean";
    clean.origin = "test";
    clean.batchNorm = "running";
    for (int i = 0; i < 20; ++i) {
        clean.labelA.push_back(i % 4);
        clean.sampleA.push_back(100 + i);
    }
    clean.labelB = clean.labelA;
    clean.sampleB = clean.sampleA;
    clean.lambda.assign(20, 1.0);
    return clean;
}

Split makeMix()
{
    Split mix;
    mix.name = "mix";
    mix.kind = SplitKind::Mix;
    mix.lambdaPer = "sample";
    for (int i = 0; i < 30; ++i) {
        mix.labelA.push_back(i % 4);
        mix.labelB.push_back((i / 4) % 4);
        mix.lambda.push_back(i / 32.0); // exact in float32
        mix.sampleA.push_back(i);
        mix.sampleB.push_back(1000 - i);
    }
    return mix;
}

io::RunHeader makeHeader()
{
    io::RunHeader header;
    header.title = "fixture";
    header.generator = "tests";
    header.created = "2024-01-02T03:04:05Z";
    header.configuration = R"({"epochs":11,"mixing":{"kind":"mixup"}})";
    header.featureLayer = "linear 6, no ReLU";
    header.classNames = {"Shirt", "Größe", "靴", "Bag"};
    header.viewClasses = {0, 2, 3};
    header.splits = {makeClean(), makeMix()};
    io::Images images{20, 3, 2, 1, {}};
    for (int i = 0; i < 120; ++i)
        images.bytes.push_back(static_cast<std::uint8_t>(2 * i));
    header.images["clean"] = images;
    return header;
}

} // namespace

FixtureRun makeFixture(io::FloatType type)
{
    std::mt19937 random(7);
    FixtureRun run;
    run.header = makeHeader();
    run.epochs = {0, 2, 10};
    for (std::size_t i = 0; i < run.epochs.size(); ++i) {
        run.clean.push_back(randomMatrix(20, 6, random));
        run.mix.push_back(randomMatrix(30, 6, random));
        run.hidden.push_back(randomMatrix(20, 5, random));
        if (type == io::FloatType::Float16) {
            roundToHalf(run.clean.back());
            roundToHalf(run.mix.back());
        }
        run.classifiers.push_back(
            {randomMatrix(4, 6, random).cast<double>(), randomMatrix(4, 1, random).cast<double>().col(0), true});
        const Classifier& last = run.classifiers.back();
        const RowMatrixD products = run.mix.back().cast<double>() * last.weight.transpose();
        run.logits.push_back((products.rowwise() + last.bias.transpose()).cast<float>());
    }
    return run;
}

io::EpochData epochOf(const FixtureRun& run, std::size_t at, io::FloatType type)
{
    io::EpochData data;
    data.epoch = run.epochs[at];
    data.step = 100 * data.epoch;
    data.seconds = 1.5 * static_cast<double>(data.epoch);
    data.classifier = run.classifiers[at];
    data.features.push_back({"clean", "penultimate", run.clean[at], type});
    data.features.push_back({"clean", "block1", run.hidden[at], io::FloatType::Float64});
    data.features.push_back({"mix", "penultimate", run.mix[at], type});
    data.logits.push_back({"mix", run.logits[at]});
    data.scalars = {{"train_loss", 0.25 * static_cast<double>(at)}, {"learning_rate", 0.1}};
    return data;
}

void writeFixture(const FixtureRun& run, const fs::path& folder, io::FloatType type)
{
    Result<io::RunWriter> writer = io::RunWriter::create(folder, run.header);
    if (!writer)
        qFatal("%s", writer.error().message.c_str());
    for (std::size_t i = 0; i < run.epochs.size(); ++i)
        if (const Result<std::string> written = writer->writeEpoch(epochOf(run, i, type)); !written)
            qFatal("%s", written.error().message.c_str());
    if (const Result<void> stated = writer->setState(io::RunWriter::State::Finished); !stated)
        qFatal("%s", stated.error().message.c_str());
}

namespace
{

/// Written once a process for each type, because flushing to disk takes most of the time.
struct Prototype {
    explicit Prototype(io::FloatType type)
        : run(makeFixture(type))
    {
        const fs::path folder = fs::path(dir.path().toStdString());
        writeFixture(run, folder / "run", type);
        if (const Result<void> packed = io::packRun(folder / "run", folder / "run.h5"); !packed)
            qFatal("%s", packed.error().message.c_str());
    }
    QTemporaryDir dir;
    FixtureRun run;
};

const Prototype& prototype(io::FloatType type)
{
    static std::map<io::FloatType, std::unique_ptr<Prototype>> known;
    std::unique_ptr<Prototype>& entry = known[type];
    if (!entry)
        entry = std::make_unique<Prototype>(type);
    return *entry;
}

} // namespace

RunFolder::RunFolder(io::FloatType type)
    : m_run(prototype(type).run)
{
    fs::copy(prototype(type).dir.path().toStdString(), m_dir.path().toStdString(), fs::copy_options::recursive);
}

namespace
{

using io::H5Handle;

H5Handle makeSpace(const std::vector<hsize_t>& shape)
{
    if (shape.empty())
        return {H5Screate(H5S_SCALAR), H5Sclose};
    return {H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose};
}

void put(hid_t group, const std::string& path, hid_t type, const std::vector<hsize_t>& shape, const void* data,
         const H5Handle& creation)
{
    if (H5Lexists(group, path.c_str(), H5P_DEFAULT) > 0)
        removeLink(group, path);
    const H5Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(links.get(), 1);
    const H5Handle space = makeSpace(shape);
    const H5Handle made(H5Dcreate2(group, path.c_str(), type, space.get(), links.get(), creation.get(), H5P_DEFAULT),
                        H5Dclose);
    if (!made || (data && H5Dwrite(made.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0))
        qFatal("cannot put %s", path.c_str());
}

void putAttribute(hid_t group, const std::string& object, const std::string& name, hid_t type, const void* value)
{
    H5Adelete_by_name(group, object.c_str(), name.c_str(), H5P_DEFAULT);
    const H5Handle made(H5Acreate_by_name(group, object.c_str(), name.c_str(), type, makeSpace({}).get(), H5P_DEFAULT,
                                          H5P_DEFAULT, H5P_DEFAULT),
                        H5Aclose);
    if (!made || H5Awrite(made.get(), type, value) < 0)
        qFatal("cannot put attribute %s", name.c_str());
}

} // namespace

void edit(const fs::path& file, const std::function<void(hid_t)>& change, const std::string& inside)
{
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    const H5Handle handle(H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const H5Handle group(H5Gopen2(handle.get(), inside.c_str(), H5P_DEFAULT), H5Gclose);
    if (!group)
        qFatal("cannot edit %s", file.c_str());
    change(group.get());
}

void putDataset(hid_t group, const std::string& path, hid_t type, const std::vector<hsize_t>& shape, const void* data)
{
    std::size_t count = 1;
    for (const hsize_t extent : shape)
        count *= extent;
    const std::vector<char> zeros(data ? 0 : count * H5Tget_size(type));
    put(group, path, type, shape, data ? data : zeros.data(), {H5Pcreate(H5P_DATASET_CREATE), H5Pclose});
}

void putChunked(hid_t group, const std::string& path, hid_t type, const std::vector<hsize_t>& shape,
                const std::vector<hsize_t>& chunk, const void* data, bool deflate)
{
    H5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data());
    if (deflate)
        H5Pset_deflate(creation.get(), 6);
    put(group, path, type, shape, data, creation);
}

namespace
{

herr_t copyMember(hid_t group, const char* name, const H5L_info_t*, void* into)
{
    return H5Ocopy(group, name, static_cast<H5Handle*>(into)->get(), name, H5P_DEFAULT, H5P_DEFAULT);
}

herr_t copyAttribute(hid_t group, const char* name, const H5A_info_t*, void* into)
{
    const H5Handle from(H5Aopen(group, name, H5P_DEFAULT), H5Aclose);
    const H5Handle type(H5Aget_type(from.get()), H5Tclose), space(H5Aget_space(from.get()), H5Sclose);
    const H5Handle to(
        H5Acreate2(static_cast<H5Handle*>(into)->get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    std::vector<char> value(H5Tget_size(type.get()) *
                            static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get())));
    if (H5Aread(from.get(), type.get(), value.data()) < 0)
        return -1;
    const herr_t written = H5Awrite(to.get(), type.get(), value.data());
    H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, value.data());
    return written;
}

} // namespace

void rewriteInNewerLayout(const fs::path& file)
{
    const fs::path fresh = file.string() + ".new";
    {
        const H5Handle from(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
        const H5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18);
        H5Handle to(H5Fcreate(fresh.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get()), H5Fclose);
        if (H5Literate(from.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, copyMember, &to) < 0 ||
            H5Aiterate2(from.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, copyAttribute, &to) < 0)
            qFatal("cannot rewrite %s", file.c_str());
    }
    fs::rename(fresh, file);
}

void removeLink(hid_t group, const std::string& path)
{
    if (H5Ldelete(group, path.c_str(), H5P_DEFAULT) < 0)
        qFatal("cannot remove %s", path.c_str());
}

void putAttribute(hid_t group, const std::string& object, const std::string& name, std::int64_t value)
{
    putAttribute(group, object, name, H5T_NATIVE_INT64, &value);
}

void putAttribute(hid_t group, const std::string& object, const std::string& name, const std::string& value)
{
    const H5Handle type(H5Tcopy(H5T_C_S1), H5Tclose); // of fixed length, as some tools write it
    H5Tset_size(type.get(), value.size() + 1);
    putAttribute(group, object, name, type.get(), value.c_str());
}

void removeAttribute(hid_t group, const std::string& object, const std::string& name)
{
    if (H5Adelete_by_name(group, object.c_str(), name.c_str(), H5P_DEFAULT) < 0)
        qFatal("cannot remove attribute %s", name.c_str());
}

std::optional<Error> firstError(const io::RunReader& reader, std::int64_t epoch)
{
    for (const auto& [split, layer] : {std::pair("mix", "penultimate"), {"clean", "penultimate"}, {"clean", "block1"}})
        if (const Result<Snapshot> read = reader.snapshot(epoch, split, layer); !read)
            return read.error();
    const auto logits = reader.logits(epoch, "mix");
    if (!logits)
        return logits.error();
    if (*logits) {
        RowMatrixD values((*logits)->rows(), (*logits)->dim());
        if (const Result<void> read = (*logits)->read(0, values); !read)
            return read.error();
    }
    if (const auto scalars = reader.scalars(epoch); !scalars)
        return scalars.error();
    if (const auto images = reader.images("clean"); !images)
        return images.error();
    return {};
}

const io::Problem* findError(const io::CheckReport& report, const fs::path& file, const std::string& dataset)
{
    const auto it = std::find_if(report.problems.begin(), report.problems.end(), [&](const io::Problem& problem) {
        return problem.severity == io::Severity::Error && problem.file == file.string() && problem.dataset == dataset;
    });
    return it == report.problems.end() ? nullptr : &*it;
}

std::string fingerprint(const fs::path& path)
{
    std::vector<fs::path> files;
    if (fs::is_directory(path)) {
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path))
            files.push_back(entry.path());
        std::sort(files.begin(), files.end());
    } else {
        files.push_back(path);
    }
    std::ostringstream text;
    for (const fs::path& file : files) {
        text << file.string() << ' ' << fs::last_write_time(file).time_since_epoch().count() << ' ';
        if (fs::is_regular_file(file)) {
            std::ifstream stream(file, std::ios::binary);
            text << stream.rdbuf();
        }
        text << '\n';
    }
    return text.str();
}

} // namespace nc::test

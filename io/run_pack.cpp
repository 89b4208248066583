#include <cerrno>

#include <unistd.h>

#include "io/atomic_file.h"
#include "io/own_process.h"
#include "io/run_copy.h"
#include "io/run_source.h"
#include "io/run_state.h"
#include "io/run_writer.h"
#include "io/utf8.h"

namespace nc::io
{

namespace fs = std::filesystem;

namespace
{

hid_t intermediateGroups()
{
    static const H5Handle list = [] {
        H5Handle creation(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
        H5Pset_create_intermediate_group(creation.get(), 1);
        return creation;
    }();
    return list.get();
}

Result<void> fillFolder(const OpenRun& run, const fs::path& folder)
{
    const fs::path header = folder / "run.h5";
    if (Result<void> done = writeCopy(header, [&](h5::Writer& file) { return copyStaticPart(run, file); }); !done)
        return done;
    std::error_code code;
    if (!fs::create_directory(folder / "epochs", code))
        return cannotWrite(folder / "epochs", code.value());
    for (const EpochEntry& entry : run.entries) {
        const Result<h5::Group> epoch = openEpoch(run, entry);
        if (!epoch)
            return epoch.error();
        const fs::path target = folder / (entry.names.front() + ".h5");
        const auto nothing = [](const std::string&) { return false; };
        const auto fill = [&](h5::Writer& file) { return copyContents(*epoch, file, file.file(), nothing); };
        if (Result<void> done = writeCopy(target, fill); !done)
            return done;
    }
    return writeRunState(folder, run.header.title, run.header.configuration, "finished");
}

} // namespace

Result<void> packHere(const fs::path& folder, const fs::path& file)
{
    const Result<OpenRun> run = openRun(folder);
    if (!run)
        return run.error();
    if (!run->isFolder)
        return dataError("Cannot pack the run: it is a file, expected a folder: " + printable(folder.string()),
                         folder.string());
    return writeCopy(file, [&](h5::Writer& writer) -> Result<void> {
        if (Result<void> copied = copyStaticPart(*run, writer); !copied)
            return copied;
        for (const EpochEntry& entry : run->entries) {
            const Result<h5::Group> epoch = openEpoch(*run, entry);
            if (!epoch)
                return epoch.error();
            const std::string name = fs::path(entry.names.front()).replace_extension().string();
            if (!isSafeToCopy(epoch->id.get(), ".") ||
                H5Ocopy(epoch->id.get(), ".", writer.file(), name.c_str(), H5P_DEFAULT, intermediateGroups()) < 0 ||
                writer.hasFailed())
                return copyFault(*epoch, "/", writer);
        }
        return {};
    });
}

Result<void> unpackHere(const fs::path& file, const fs::path& folder, const fs::path& part)
{
    const Result<OpenRun> run = openRun(file);
    if (!run)
        return run.error();
    if (run->isFolder)
        return dataError("Cannot unpack the run: it is a folder, expected a file: " + printable(file.string()),
                         file.string());
    std::error_code code;
    if (fs::exists(folder, code) && !(fs::is_directory(folder, code) && fs::is_empty(folder, code)))
        return dataError("Cannot unpack the run: there is something already: " + printable(folder.string()),
                         folder.string());
    if (!fs::create_directory(part, code))
        return cannotWrite(folder, code ? code.value() : EEXIST);
    Result<void> done = fillFolder(*run, part);
    if (done && std::rename(part.c_str(), folder.c_str()) != 0)
        done = cannotWrite(folder, errno);
    return done ? flushFolder(folder.parent_path()) : done;
}

namespace
{

/// Copying meets all that HDF5 does not survive: it is done in a process of its own, and `part` goes where that fails.
Result<void> convert(const fs::path& from, const fs::path& part, std::vector<std::string> words)
{
    if (Result<void> expected = expectRun(from, words.front()); !expected)
        return expected;
    constexpr std::uintmax_t slowestBytesPerSecond = 10'000'000;
    Job job{std::move(words), {from.string(), "", {}}};
    job.cpuSeconds += static_cast<unsigned>(bytesOf(from) / slowestBytesPerSecond);
    const Result<std::string> done = inOwnProcess(job);
    if (done)
        return {};
    std::error_code code;
    fs::remove_all(part, code);
    return done.error();
}

} // namespace

Result<void> packRun(const fs::path& folder, const fs::path& file)
{
    return convert(folder, file.string() + ".part", {"pack", folder.string(), file.string()});
}

Result<void> unpackRun(const fs::path& file, const fs::path& folder)
{
    const std::string part = folder.string() + ".part" + std::to_string(getpid());
    return convert(file, part, {"unpack", file.string(), folder.string(), part});
}

} // namespace nc::io

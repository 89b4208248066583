#include <cerrno>

#include <unistd.h>

#include "io/atomic_file.h"
#include "io/h5_writer.h"
#include "io/open_run.h"
#include "io/run_state.h"
#include "io/run_writer.h"
#include "io/utf8.h"
#include "io/within_memory.h"

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

/// A copy from `from` failed: the disk's fault or the data's.
Error copyFault(const h5::Group& from, const std::string& name, h5::Writer& writer)
{
    if (writer.hasFailed())
        return writer.finish().error();
    return from.place.fault(name, "cannot be copied (truncated or damaged)");
}

/// The attribute with its own type, whatever that is.
bool copyAttribute(hid_t from, const char* name, hid_t to)
{
    const H5Handle attribute(H5Aopen(from, name, H5P_DEFAULT), H5Aclose);
    const H5Handle recorded(H5Aget_type(attribute.get()), H5Tclose), space(H5Aget_space(attribute.get()), H5Sclose);
    const H5Handle type(H5Tcopy(recorded.get()), H5Tclose), creation(H5Aget_create_plist(attribute.get()), H5Pclose);
    const H5Handle made(H5Acreate2(to, name, type.get(), space.get(), creation.get(), H5P_DEFAULT), H5Aclose);
    if (!attribute || !type || !space || !made)
        return false;
    const hssize_t count = H5Sget_simple_extent_npoints(space.get());
    if (count <= 0 || H5Sget_simple_extent_type(space.get()) == H5S_NULL)
        return count >= 0;
    std::vector<char> value(static_cast<std::size_t>(count) * H5Tget_size(type.get()));
    if (H5Aread(attribute.get(), type.get(), value.data()) < 0)
        return false;
    const bool written = H5Awrite(made.get(), type.get(), value.data()) >= 0;
    if (H5Tdetect_class(type.get(), H5T_VLEN) > 0 || H5Tis_variable_str(type.get()) > 0)
        H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, value.data());
    return written;
}

bool copySoftLink(hid_t from, const char* name, const H5L_info_t& info, hid_t to)
{
    std::vector<char> value(info.u.val_size + 1, '\0');
    if (H5Lget_val(from, name, value.data(), value.size(), H5P_DEFAULT) < 0)
        return false;
    if (info.type == H5L_TYPE_SOFT)
        return H5Lcreate_soft(value.data(), to, name, H5P_DEFAULT, H5P_DEFAULT) >= 0;
    const char *file = nullptr, *object = nullptr;
    return info.type == H5L_TYPE_EXTERNAL &&
           H5Lunpack_elink_val(value.data(), info.u.val_size, nullptr, &file, &object) >= 0 &&
           H5Lcreate_external(file, object, to, name, H5P_DEFAULT, H5P_DEFAULT) >= 0;
}

struct Names {
    std::vector<std::string> list;
    template <typename Info>
    static herr_t add(hid_t, const char* name, const Info*, void* into)
    {
        static_cast<Names*>(into)->list.emplace_back(name);
        return 0;
    }
};

/// Everything in the group `from`, and its attributes, into the group `to`; links whose name `skip` accepts are left
/// out. Nothing is interpreted, so that what others have added survives.
Result<void> copyContents(const h5::Group& from, h5::Writer& writer, hid_t to,
                          const std::function<bool(const std::string&)>& skip)
{
    Names attributes, links;
    if (H5Aiterate2(from.id.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, Names::add<H5A_info_t>, &attributes) < 0 ||
        H5Literate(from.id.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, Names::add<H5L_info_t>, &links) < 0)
        return from.place.fault("its table of contents is damaged");
    for (const std::string& name : attributes.list)
        if (!copyAttribute(from.id.get(), name.c_str(), to))
            return copyFault(from, name, writer);
    for (const std::string& name : links.list) {
        if (skip(name))
            continue;
        H5L_info_t info;
        bool copied = H5Lget_info(from.id.get(), name.c_str(), &info, H5P_DEFAULT) >= 0;
        if (copied && info.type == H5L_TYPE_HARD)
            copied = H5Ocopy(from.id.get(), name.c_str(), to, name.c_str(), H5P_DEFAULT, H5P_DEFAULT) >= 0;
        else if (copied)
            copied = copySoftLink(from.id.get(), name.c_str(), info, to);
        if (!copied || writer.hasFailed())
            return copyFault(from, name, writer);
    }
    return {};
}

/// The parts that never change, and what others may have put beside the epochs.
Result<void> copyStaticPart(const OpenRun& run, h5::Writer& file)
{
    const auto isEpochs = [](const std::string& name) { return name == "epochs"; };
    const auto isEpoch = [](const std::string& name) { return epochNumber(name).has_value(); };
    if (Result<void> copied = copyContents(run.root, file, file.file(), isEpochs); !copied)
        return copied;
    const Result<bool> has = h5::exists(run.root, "epochs");
    if (!has)
        return has.error();
    if (!*has)
        return {};
    const Result<h5::Group> epochs = h5::openGroup(run.root, "epochs");
    if (!epochs)
        return epochs.error();
    file.group("epochs");
    const H5Handle made(H5Gopen2(file.file(), "epochs", H5P_DEFAULT), H5Gclose);
    return copyContents(*epochs, file, made.get(), isEpoch);
}

/// Writes one file by `fill`, which may find fault with what it reads.
Result<void> writeCopy(const fs::path& path, const std::function<Result<void>(h5::Writer&)>& fill)
{
    return writeAtomically(path, [&](const fs::path& part) -> Result<void> {
        h5::Writer writer(part);
        if (writer.hasFailed())
            return writer.finish();
        if (Result<void> filled = fill(writer); !filled)
            return filled;
        return writer.finish();
    });
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

Result<void> pack(const fs::path& folder, const fs::path& file)
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
            if (H5Ocopy(epoch->id.get(), ".", writer.file(), name.c_str(), H5P_DEFAULT, intermediateGroups()) < 0 ||
                writer.hasFailed())
                return copyFault(*epoch, "/", writer);
        }
        return {};
    });
}

Result<void> unpack(const fs::path& file, const fs::path& folder)
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
    fs::path part = folder;
    part += ".part" + std::to_string(getpid());
    if (!fs::create_directory(part, code))
        return cannotWrite(folder, code ? code.value() : EEXIST);
    Result<void> done = fillFolder(*run, part);
    if (done && std::rename(part.c_str(), folder.c_str()) != 0)
        done = cannotWrite(folder, errno);
    if (!done) {
        fs::remove_all(part, code);
        return done;
    }
    return flushFolder(folder.parent_path());
}

} // namespace

Result<void> packRun(const fs::path& folder, const fs::path& file)
{
    return withinMemory(folder, [&] { return pack(folder, file); });
}

Result<void> unpackRun(const fs::path& file, const fs::path& folder)
{
    return withinMemory(file, [&] { return unpack(file, folder); });
}

} // namespace nc::io

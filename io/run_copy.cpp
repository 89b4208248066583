#include "io/run_copy.h"

#include "io/atomic_file.h"
#include "io/foreign_detection.h"
#include "io/h5_heap.h"
#include "io/utf8.h"

namespace nc::io
{

namespace
{

bool isSoundAttribute(hid_t attribute)
{
    const H5Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space.get());
    return count >= 0 && h5::hasSoundReferences(attribute, type.get(), static_cast<std::size_t>(count),
                                                [=](hid_t memoryType, void* into) {
                                                    return count == 0 ? 0 : H5Aread(attribute, memoryType, into);
                                                });
}

bool isSoundDataset(hid_t dataset)
{
    const H5Handle type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose);
    const hssize_t count = H5Sget_simple_extent_npoints(space.get());
    constexpr hssize_t mostUnstored = hssize_t{1} << 20, mostOfAByte = 128;
    const hsize_t stored = H5Dget_storage_size(dataset);
    if (count < 0 || (count > mostUnstored && static_cast<hsize_t>(count / mostOfAByte) > stored))
        return false;
    return h5::hasSoundReferences(
        dataset, type.get(), static_cast<std::size_t>(count), [=](hid_t memoryType, void* into) {
            return count == 0 ? 0 : H5Dread(dataset, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
        });
}

/// The attribute with its own type, whatever that is.
bool copyAttribute(hid_t from, const char* name, hid_t to)
{
    const H5Handle attribute(H5Aopen(from, name, H5P_DEFAULT), H5Aclose);
    const H5Handle recorded(H5Aget_type(attribute.get()), H5Tclose), space(H5Aget_space(attribute.get()), H5Sclose);
    const H5Handle type(H5Tcopy(recorded.get()), H5Tclose), creation(H5Aget_create_plist(attribute.get()), H5Pclose);
    const H5Handle made(H5Acreate2(to, name, type.get(), space.get(), creation.get(), H5P_DEFAULT), H5Aclose);
    if (!attribute || !type || !space || !made || !isSoundAttribute(attribute.get()))
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

} // namespace

Error copyFault(const h5::Group& from, const std::string& name, h5::Writer& writer)
{
    if (writer.hasFailed())
        return writer.finish().error();
    return from.place.fault(name, "cannot be copied (truncated or damaged)");
}

bool isSafeToCopy(hid_t group, const std::string& name)
{
    const auto visitAttribute = [](hid_t owner, const char* attribute, const H5A_info_t*, void*) -> herr_t {
        const H5Handle opened(H5Aopen(owner, attribute, H5P_DEFAULT), H5Aclose);
        return opened && isSoundAttribute(opened.get()) ? 0 : -1;
    };
    const auto visit = [](hid_t root, const char* path, const H5O_info_t* info, void* attributeVisitor) -> herr_t {
        const H5Handle object(H5Oopen(root, path, H5P_DEFAULT), H5Oclose);
        const auto callback = *static_cast<H5A_operator2_t*>(attributeVisitor);
        if (!object || (info->type == H5O_TYPE_DATASET && !isSoundDataset(object.get())))
            return -1;
        return H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, callback, nullptr);
    };
    H5A_operator2_t callback = visitAttribute;
    return H5Ovisit_by_name2(group, name.c_str(), H5_INDEX_NAME, H5_ITER_NATIVE, visit, &callback, H5O_INFO_BASIC,
                             H5P_DEFAULT) >= 0;
}

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
            copied = isSafeToCopy(from.id.get(), name) &&
                     H5Ocopy(from.id.get(), name.c_str(), to, name.c_str(), H5P_DEFAULT, H5P_DEFAULT) >= 0;
        else if (copied)
            copied = copySoftLink(from.id.get(), name.c_str(), info, to);
        if (!copied || writer.hasFailed())
            return copyFault(from, name, writer);
    }
    return {};
}

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

Result<void> expectRun(const std::filesystem::path& path, const std::string& verb)
{
    if (!looksForeign(path))
        return {};
    return dataError("Cannot " + verb +
                         " the run: it is a foreign dump, which every reading command takes as it is (--map); a run of "
                         "its arrays is written by the Python package ncscope-logger: " +
                         printable(path.string()),
                     path.string());
}

Result<void> writeCopy(const std::filesystem::path& path, const std::function<Result<void>(h5::Writer&)>& fill)
{
    return writeAtomically(path, [&](const std::filesystem::path& part) -> Result<void> {
        h5::Writer writer(part);
        if (writer.hasFailed())
            return writer.finish();
        if (Result<void> filled = fill(writer); !filled)
            return filled;
        return writer.finish();
    });
}

} // namespace nc::io

#include "app/cli/run_argument.h"

#include "app/text.h"

namespace nc::cli
{

Result<io::ReadOptions> readOptions(const Arguments& arguments)
{
    io::ReadOptions options;
    if (const std::optional<std::string> text = arguments.value("--memory-limit")) {
        const std::optional<std::uint64_t> bytes = app::parseByteSize(*text);
        if (!bytes)
            return usageError("--memory-limit does not take '" + *text +
                              "', it takes a size such as 512M, 1.5G or 4GiB");
        options.memoryLimit = static_cast<std::size_t>(*bytes);
    }
    if (const std::optional<std::string> text = arguments.value("--map")) {
        Result<io::ForeignMapping> mapping = io::ForeignMapping::parse(*text);
        if (!mapping)
            return mapping.error();
        options.mapping = std::move(*mapping);
    }
    return options;
}

Result<io::RunReader> openReader(const Arguments& arguments, const std::string& path)
{
    const Result<io::ReadOptions> options = readOptions(arguments);
    if (!options)
        return options.error();
    return io::RunReader::open(path, *options);
}

Result<app::OpenRun> openRun(const Arguments& arguments, const std::string& path)
{
    const Result<io::ReadOptions> options = readOptions(arguments);
    if (!options)
        return options.error();
    return app::OpenRun::open(path, *options);
}

} // namespace nc::cli

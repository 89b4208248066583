#include "app/cli/command.h"
#include "io/run_writer.h"

namespace nc::cli
{

namespace
{

Result<int> convert(const Arguments& arguments, Console& console,
                    Result<void> (*conversion)(const std::filesystem::path&, const std::filesystem::path&))
{
    const std::string& from = arguments.positionals()[0];
    const std::string& to = arguments.positionals()[1];
    if (Result<void> done = conversion(from, to); !done)
        return done.error();
    if (console.json)
        console.printJson(Json{{"run", to}});
    else
        console.note("wrote " + to);
    return 0;
}

Result<int> runPack(const Arguments& arguments, Console& console)
{
    return convert(arguments, console, io::packRun);
}

Result<int> runUnpack(const Arguments& arguments, Console& console)
{
    return convert(arguments, console, io::unpackRun);
}

} // namespace

const Command packCommand{"pack",
                          "DIR FILE.h5",
                          2,
                          2,
                          "Writes a directory run as one file, without loss.",
                          {},
                          "  ncscope pack runs/mixup mixup.h5\n  ncscope pack runs/mixup mixup.h5 --json",
                          runPack};
const Command unpackCommand{"unpack",
                            "FILE.h5 DIR",
                            2,
                            2,
                            "Writes a file run as a directory, without loss.",
                            {},
                            "  ncscope unpack mixup.h5 runs/mixup\n  ncscope unpack mixup.h5 runs/mixup --json",
                            runUnpack};

} // namespace nc::cli

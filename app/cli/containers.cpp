#include "app/cli/command.h"
#include "io/run_writer.h"

namespace nc::cli
{

namespace
{

constexpr Option packOptions[] = {
    {"--reduce", "", "only the coordinates that views and figures need: some thirty numbers a sample"},
};

Result<int> tell(const Result<void>& done, const std::string& to, Console& console)
{
    if (!done)
        return done.error();
    if (console.json)
        console.printJson(Json{{"run", to}});
    else
        console.note("wrote " + to);
    return 0;
}

Result<int> runPack(const Arguments& arguments, Console& console)
{
    const std::string &from = arguments.positionals()[0], &to = arguments.positionals()[1];
    return tell(arguments.has("--reduce") ? io::packReduced(from, to, console.progress("reducing"))
                                          : io::packRun(from, to),
                to, console);
}

Result<int> runUnpack(const Arguments& arguments, Console& console)
{
    const std::string &from = arguments.positionals()[0], &to = arguments.positionals()[1];
    return tell(io::unpackRun(from, to), to, console);
}

} // namespace

const Command packCommand{"pack",
                          "DIR FILE.h5",
                          2,
                          2,
                          "Writes a directory run as one file, without loss; with --reduce a small one.",
                          packOptions,
                          "  ncscope pack runs/mixup mixup.h5\n  ncscope pack --reduce runs/mixup small.h5",
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

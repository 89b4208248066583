#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/console.h"

namespace nc::cli
{

/// A sub-command: one row of the table in commands.cpp, from which dispatch and help are made.
struct Command {
    std::string_view name;
    std::string_view operands; ///< as shown in the help, e.g. "PATH"
    std::size_t leastOperands, mostOperands;
    std::string_view summary;
    std::span<const Option> options;
    std::string_view examples; ///< two lines
    /// The exit code, or the error that main prints; stdout carries the result only.
    Result<int> (*run)(const Arguments&, Console&);
    bool readsRuns = false; ///< takes --map too
};

[[nodiscard]] std::span<const Command> commands();
/// Its own, and those that it shares with others.
[[nodiscard]] std::vector<Option> optionsOf(const Command& command);

/// Runs the command line without the program's name and returns the exit code of docs/cli.md.
int runCommandLine(std::span<const std::string> words);

// One of each a file in app/cli/.
extern const Command infoCommand, checkCommand, metricsCommand, projectCommand, theoryCommand, renderCommand,
    gridCommand, movieCommand, compareCommand, trainCommand, demoCommand, packCommand, unpackCommand, runsCommand;

} // namespace nc::cli

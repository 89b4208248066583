#include "io/jobs.h"

#include <functional>
#include <map>

#include "io/array_store.h"
#include "io/foreign_detection.h"
#include "io/image_file.h"
#include "io/open_run.h"
#include "io/run_copy.h"
#include "io/run_list.h"
#include "io/within_memory.h"

namespace nc::io
{

namespace
{

using Words = std::vector<std::string>;

Result<std::string> done(const Result<void>& result)
{
    return result ? Result<std::string>(std::string()) : result.error();
}

struct Kind {
    std::size_t words = 2; ///< its name and what it is about
    std::function<Result<std::string>(const Words&)> work;
};

const std::map<std::string, Kind> kinds{
    {"open", {2, [](const Words& w) { return done(tryRun(w[1])); }}},
    {"epoch", {3, [](const Words& w) { return done(tryEpochFile(w[1], std::stoll(w[2]))); }}},
    {"header", {3, [](const Words& w) { return done(tryEpochHeader(w[1], std::stoll(w[2]))); }}},
    {"arrays", {2, [](const Words& w) { return done(tryArrays(w[1])); }}},
    {"foreign", {2, [](const Words& w) { return Result<std::string>(isForeignH5(w[1]) ? "yes" : "no"); }}},
    {"rows",
     {6, [](const Words& w) { return done(h5::decodeRows(w[1], w[2], std::stoll(w[3]), std::stoll(w[4]), w[5])); }}},
    {"pictures", {2, [](const Words& w) { return imageFileFactsHere(w[1]); }}},
    {"list", {2, [](const Words& w) { return listedRun(w[1]); }}},
    {"pack", {3, [](const Words& w) { return done(packHere(w[1], w[2])); }}},
    {"unpack", {4, [](const Words& w) { return done(unpackHere(w[1], w[2], w[3])); }}},
};

} // namespace

Result<std::string> doJob(const Words& words)
{
    const auto kind = words.empty() ? kinds.end() : kinds.find(words.front());
    if (kind == kinds.end() || words.size() != kind->second.words)
        return usageError("no such job");
    return withinMemory(words[1], [&] { return kind->second.work(words); });
}

} // namespace nc::io

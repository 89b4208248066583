#include "app/trainer/data_fetch.h"

#include <array>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nc::trainer
{
namespace
{

namespace fs = std::filesystem;

constexpr int noProgram = 127;

struct Finished {
    int code = noProgram;
    std::string out;
};

/// Runs a program of the PATH to its end; its stderr stays ours.
Finished run(const std::vector<std::string>& words)
{
    std::vector<char*> arguments;
    for (const std::string& word : words)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0)
        return {};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    pid_t child = -1;
    const int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    Finished finished;
    std::array<char, 4096> block{};
    for (ssize_t got = 0; failed == 0 && (got = read(ends[0], block.data(), block.size())) > 0;)
        finished.out.append(block.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    if (failed == 0 && waitpid(child, &status, 0) == child)
        finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return finished;
}

/// Empty where it cannot be had.
std::string sha256Of(const fs::path& file)
{
    const Finished sum = run({"sha256sum", "--binary", file.string()});
    return sum.code == 0 ? sum.out.substr(sum.out[0] == '\\' ? 1 : 0, 64) : std::string();
}

/// What curl's exit codes mean.
std::string reasonOf(int code)
{
    switch (code) {
    case noProgram:
        return "the program curl is not installed";
    case 5:
    case 6:
        return "no such host, or no network";
    case 18:
        return "the connection broke; fetching it again goes on from there";
    case 7:
    case 28:
    case 35:
    case 56:
        return "no connection";
    case 22:
    case 37:
    case 78:
        return "the server does not have it";
    case 23:
        return "it cannot be written";
    default:
        return "curl ended with code " + std::to_string(code);
    }
}

/// Goes on with what `part` holds; curl's exit code. A minute without a byte counts as no connection.
int download(const std::string& url, const fs::path& part)
{
    return run({"curl", "--fail", "--location", isatty(STDERR_FILENO) ? "--progress-bar" : "--silent",
                "--connect-timeout", "20", "--speed-limit", "1", "--speed-time", "60", "--continue-at", "-", "--output",
                part.string(), url})
        .code;
}

std::string byHand(const RemoteSet& set, const fs::path& folder)
{
    std::string names;
    for (const RemoteFile& file : set.files)
        names += (names.empty() ? "" : ", ") + file.name;
    return set.members.empty() ? "; put " + names + " into " + folder.string()
                               : "; unpack the .bin files of " + names + " into " + folder.string();
}

std::string lastPart(const std::string& member)
{
    return fs::path(member).filename().string();
}

Result<void> fetchFile(const RemoteSet& set, const RemoteFile& file, const fs::path& folder)
{
    const std::string url = set.url + "/" + file.name;
    const fs::path target = folder / file.name, part = target.string() + ".part";
    std::error_code ignored;
    if (fs::exists(target, ignored) && sha256Of(target) == file.sha256)
        return {};
    // A part that is as long as it should be only wants its checksum.
    if (const auto size = fs::file_size(part, ignored); ignored || size < static_cast<std::uintmax_t>(file.bytes)) {
        int code = download(url, part);
        if (constexpr int noRanges = 33; code == noRanges) {
            fs::remove(part, ignored);
            code = download(url, part);
        }
        if (code != 0)
            return environmentError("Cannot fetch " + url + ": " + reasonOf(code) + byHand(set, folder), part.string());
    }
    const std::string sum = sha256Of(part);
    if (sum != file.sha256) {
        fs::remove(part, ignored);
        return dataError("Cannot use " + url + ": its SHA-256 is " + (sum.empty() ? "unknown" : sum) + ", expected " +
                             file.sha256 + byHand(set, folder),
                         target.string());
    }
    std::error_code code;
    fs::rename(part, target, code);
    if (code)
        return environmentError("Cannot write " + target.string() + ": " + code.message(), target.string());
    return {};
}

/// Beside the folder's files first, then renamed: what is there is whole.
Result<void> unpack(const RemoteSet& set, const fs::path& folder)
{
    const fs::path archive = folder / set.files.front().name, aside = folder / "unpacked.part";
    std::error_code code, ignored;
    fs::create_directory(aside, ignored);
    std::vector<std::string> words{"tar", "-xzf", archive.string(), "-C", aside.string()};
    words.insert(words.end(), set.members.begin(), set.members.end());
    if (run(words).code != 0)
        return environmentError("Cannot unpack " + archive.string() + byHand(set, folder), archive.string());
    for (const std::string& member : set.members)
        if (!code)
            fs::rename(aside / member, folder / lastPart(member), code);
    if (code)
        return environmentError("Cannot write into " + folder.string() + ": " + code.message(), folder.string());
    fs::remove_all(aside, ignored);
    fs::remove(archive, ignored);
    return {};
}

bool isUnpacked(const RemoteSet& set, const fs::path& folder)
{
    std::error_code ignored;
    for (const std::string& member : set.members)
        if (!fs::exists(folder / lastPart(member), ignored))
            return false;
    return !set.members.empty();
}

} // namespace

// Sizes and checksums: tensorflow/datasets, tensorflow_datasets/url_checksums.
RemoteSet remoteSet(std::string_view name)
{
    if (name == "cifar10") {
        RemoteSet set{
            "https://www.cs.toronto.edu/~kriz",
            {{"cifar-10-binary.tar.gz", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", 170052171}},
            {"cifar-10-batches-bin/test_batch.bin"}};
        for (int batch = 1; batch <= 5; ++batch)
            set.members.push_back("cifar-10-batches-bin/data_batch_" + std::to_string(batch) + ".bin");
        return set;
    }
    if (name == "cifar100")
        return {"https://www.cs.toronto.edu/~kriz",
                {{"cifar-100-binary.tar.gz", "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
                  168513733}},
                {"cifar-100-binary/train.bin", "cifar-100-binary/test.bin"}};
    if (name == "mnist")
        return {
            "https://storage.googleapis.com/cvdf-datasets/mnist",
            {{"train-images-idx3-ubyte.gz", "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
              9912422},
             {"train-labels-idx1-ubyte.gz", "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881},
             {"t10k-images-idx3-ubyte.gz", "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877},
             {"t10k-labels-idx1-ubyte.gz", "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542}},
            {}};
    return {
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
        {{"train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880},
         {"train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515},
         {"t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102},
         {"t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148}},
        {}};
}

Result<void> fetch(const RemoteSet& set, const fs::path& folder, const std::function<void(const std::string&)>& tell)
{
    std::error_code code;
    fs::create_directories(folder, code);
    if (code)
        return environmentError("Cannot make the folder " + folder.string() + ": " + code.message(), folder.string());
    if (isUnpacked(set, folder))
        return {};
    for (const RemoteFile& file : set.files) {
        tell(set.url + "/" + file.name + ", " + std::to_string((file.bytes + 999) / 1000) + " kB");
        if (Result<void> done = fetchFile(set, file, folder); !done)
            return done;
    }
    return set.members.empty() ? Result<void>() : unpack(set, folder);
}

} // namespace nc::trainer

#pragma once

#include "io/open_run.h"
#include "io/run_reader.h"

/// What a RunReader reads from: a run in the project's own format, or a foreign dump. Private to io.
namespace nc::io
{

/// The functions answer as RunReader's of the same name do.
class RunSource
{
public:
    RunSource() = default;
    RunSource(const RunSource&) = delete;
    RunSource& operator=(const RunSource&) = delete;
    virtual ~RunSource() = default;

    [[nodiscard]] virtual const std::filesystem::path& path() const = 0;
    [[nodiscard]] virtual const StaticPart& header() const = 0;
    [[nodiscard]] virtual const std::vector<std::int64_t>& epochs() const = 0;
    [[nodiscard]] virtual Result<RunSummary> summary() const = 0;
    /// Takes in the epochs that came since, opens no other, and brings the summary up to date where there is one.
    /// False: the run has to be opened anew for that.
    [[nodiscard]] virtual Result<bool> refresh(std::optional<RunSummary>& summary);
    [[nodiscard]] virtual Result<Split> split(std::int64_t epoch, const std::string& name) const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<RowSource>> features(std::int64_t epoch, const std::string& split,
                                                                      const std::string& layer) const = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<RowSource>> logits(std::int64_t epoch,
                                                                    const std::string& split) const = 0;
    [[nodiscard]] virtual Result<std::optional<Classifier>> classifier(std::int64_t epoch) const = 0;
    [[nodiscard]] virtual Result<std::map<std::string, double>> scalars(std::int64_t epoch) const = 0;
    [[nodiscard]] virtual Result<Images> images(const std::string& split, Index first, Index count) const = 0;
};

/// A run in the format of docs/format.md.
[[nodiscard]] std::unique_ptr<RunSource> makeNativeRun(OpenRun run);

/// Sum of the sizes of a file, or of the files below a folder.
[[nodiscard]] std::uintmax_t bytesOf(const std::filesystem::path& path);

} // namespace nc::io

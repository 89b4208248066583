#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/snapshot.h"
#include "io/run_reader.h"

namespace nc::io {

enum class FloatType { Float16, Float32, Float64 };

/// The parts of a run that never change.
struct RunHeader {
    std::string title, generator, created; ///< created: ISO 8601, empty = now
    std::string configuration;             ///< JSON text, may be empty
    std::string featureLayer;              ///< e.g. "linear 16, no ReLU"; may be empty
    std::vector<std::string> classNames;
    std::vector<Index> viewClasses;        ///< may be empty
    std::vector<Split> splits;
    std::map<std::string, Images> images;  ///< by split; may be empty
};

/// One epoch as it is written. Matrices are borrowed for the call.
struct EpochData {
    struct Layer {
        std::string split, layer;
        Eigen::Ref<const RowMatrixF> features; ///< N x d
        FloatType type = FloatType::Float32;
    };
    struct Logits {
        std::string split;
        Eigen::Ref<const RowMatrixF> values; ///< N x C
    };
    std::int64_t epoch = 0;
    std::optional<std::int64_t> step{};
    std::optional<double> seconds{};
    std::optional<Classifier> classifier{};
    std::vector<Layer> features{};
    std::vector<Logits> logits{};
    std::map<std::string, double> scalars{}; ///< metrics/<name>
};

/// Writes a directory run. Every file is written as NAME.part, closed, flushed to disk, renamed, and its folder flushed: a
/// reader sees whole epochs only, and a kill at any moment leaves a valid run. Each dataset carries its xxh64.
class RunWriter {
public:
    /// Makes the folder with run.h5 and run.json ("running"). Errors: a folder that is not empty (Data), not writable
    /// (Environment).
    [[nodiscard]] static Result<RunWriter> create(const std::filesystem::path& folder, const RunHeader& header);
    /// Goes on with a run that exists, for resuming; the static part stays as it is.
    [[nodiscard]] static Result<RunWriter> resume(const std::filesystem::path& folder);

    /// Replaces the epoch if it is there already. Returns the file's path relative to the run, "epochs/000012.h5".
    [[nodiscard]] Result<std::string> writeEpoch(const EpochData& data);

    enum class State { Running, Finished, Stopped };
    /// Rewrites run.json {title, config, state, pid, host, updated}.
    [[nodiscard]] Result<void> setState(State state);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

private:
    explicit RunWriter(std::filesystem::path folder) : m_folder(std::move(folder)) {}
    std::filesystem::path m_folder;
};

/// The same run in the other container, without loss: unknown groups, attributes and types are kept, checkpoints left out.
[[nodiscard]] Result<void> packRun(const std::filesystem::path& folder, const std::filesystem::path& file);
[[nodiscard]] Result<void> unpackRun(const std::filesystem::path& file, const std::filesystem::path& folder);

} // namespace nc::io

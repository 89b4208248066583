#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/snapshot.h"
#include "core/task_control.h"
#include "io/run_reader.h"

namespace nc::io
{

enum class FloatType { Float16, Float32, Float64 };

/// The parts of a run that never change.
struct RunHeader {
    std::string title, generator, created; ///< created: ISO 8601, empty = now
    std::string configuration;             ///< JSON text, may be empty
    std::string featureLayer;              ///< e.g. "linear 16, no ReLU"; may be empty
    std::vector<std::string> classNames;   ///< one a class
    std::vector<Index> viewClasses;        ///< may be empty
    std::vector<Split> splits;
    std::map<std::string, Images> images; ///< by split; may be empty
};

/// One epoch as it is written. Matrices are borrowed for the call. Float16 is for numbers up to 65504: features that go
/// beyond are written as float32.
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

/// Writes a directory run; examples/epoch_writer.cpp is a whole program. Every file is written as NAME.part, closed,
/// flushed to disk, renamed, and its folder flushed: a reader sees whole epochs only, and a kill at any moment leaves a
/// valid run. Each dataset carries its xxh64.
class RunWriter
{
public:
    /// Makes the folder with run.h5 and run.json ("running"). Errors: a header without classes (Usage), a folder that
    /// is not empty (Data), not writable (Environment).
    [[nodiscard]] static Result<RunWriter> create(const std::filesystem::path& folder, const RunHeader& header);
    /// Goes on with a run that exists, for resuming. The static part and run.json stay as they are; *.part files that a
    /// killed writer left behind are removed.
    [[nodiscard]] static Result<RunWriter> resume(const std::filesystem::path& folder);

    /// Replaces the epoch if it is there already and rewrites run.json, so that `updated` tells that the run lives.
    /// Returns the file's path relative to the run, "epochs/000012.h5". Errors: shapes that disagree with the static
    /// part (Data), a full disk (Environment).
    [[nodiscard]] Result<std::string> writeEpoch(const EpochData& data);

    enum class State { Running, Finished, Stopped };
    /// Rewrites run.json {title, config, state, pid, host, updated}. A run that calls itself running on another host
    /// counts as stopped after ten minutes without a call of this or of writeEpoch.
    [[nodiscard]] Result<void> setState(State state);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

private:
    RunWriter() = default;
    [[nodiscard]] Result<void> checkShapes(const EpochData& data) const;
    std::filesystem::path m_folder;
    std::string m_title, m_configuration;
    State m_state = State::Running;
    Index m_classes = 0;
    std::map<std::string, Index> m_rows; ///< samples by split
};

/// The same run in the other container, without loss: unknown groups, attributes and types are kept, checkpoints left
/// out.
[[nodiscard]] Result<void> packRun(const std::filesystem::path& folder, const std::filesystem::path& file);
/// The same run in one file, its features in coordinates that keep every view of classes and every figure of
/// docs/maths.md 3 and 5 (docs/format.md, "Reduced runs"). A layer that would not become smaller stays as it is.
[[nodiscard]] Result<void> packReduced(const std::filesystem::path& run, const std::filesystem::path& file,
                                       const TaskControl& control = {});
[[nodiscard]] Result<void> unpackRun(const std::filesystem::path& file, const std::filesystem::path& folder);

} // namespace nc::io

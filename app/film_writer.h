#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <QByteArray>

#include "core/result.h"

namespace nc::app
{

/// Where the frames of a film go, by the name: F.mp4, F.webm, F.gif (needs the program ffmpeg), or a name with
/// {frame} or {frame:05}, a PNG each.
class FilmWriter
{
public:
    /// Errors: a name of neither kind (Usage), a folder that is missing or not writable, no ffmpeg (Environment).
    [[nodiscard]] static Result<FilmWriter> forOutput(const std::string& output);

    /// Hands on `count` frames (PNG), in order, as `frame` makes them; a film is there whole or not at all.
    [[nodiscard]] Result<void> write(double framesPerSecond, std::int64_t count,
                                     const std::function<Result<QByteArray>(std::int64_t)>& frame) const;

private:
    enum class Kind { Frames, Mp4, WebM, Gif };

    [[nodiscard]] Result<void> writeFrames(std::int64_t count,
                                           const std::function<Result<QByteArray>(std::int64_t)>& frame) const;

    std::string m_output, m_program;
    Kind m_kind = Kind::Frames;
};

/// "frame-00012.png" of "frame-{frame:05}.png"; empty where the pattern has no {frame}.
[[nodiscard]] std::string framePath(const std::string& pattern, std::int64_t frame);

} // namespace nc::app

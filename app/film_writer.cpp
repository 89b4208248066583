#include "app/film_writer.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>

#include "app/atomic_file.h"
#include "io/atomic_file.h"

namespace nc::app
{
namespace
{

namespace fs = std::filesystem;

QStringList encoderWords(const std::string& ending)
{
    if (ending == ".mp4")
        return {"-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart", "-f", "mp4"};
    if (ending == ".webm")
        return {"-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-crf", "24", "-b:v", "0", "-f", "webm"};
    // One palette for the whole film: no flicker of colours that stand for classes.
    return {"-filter_complex", "split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none", "-f", "gif"};
}

} // namespace

std::string framePath(const std::string& pattern, std::int64_t frame)
{
    static const QRegularExpression place(QStringLiteral(R"(\{frame(?::0?([0-9]{1,2}))?\})"));
    const QString text = QString::fromStdString(pattern);
    const QRegularExpressionMatch match = place.match(text);
    if (!match.hasMatch())
        return {};
    const QString number = QString::number(frame).rightJustified(match.captured(1).toInt(), QLatin1Char('0'));
    return (text.left(match.capturedStart()) + number + text.mid(match.capturedEnd())).toStdString();
}

Result<FilmWriter> FilmWriter::forOutput(const std::string& output)
{
    FilmWriter writer;
    writer.m_output = output;
    const std::string ending = fs::path(output).extension().string();
    if (const std::string first = framePath(output, 0); !first.empty()) {
        if (ending != ".png")
            return usageError("frames are PNG: -o takes DIR/frame-{frame:05}.png, not '" + output + "'");
        if (Result<void> writable = checkWritable(first); !writable)
            return writable.error();
        return writer;
    }
    if (ending != ".mp4" && ending != ".webm" && ending != ".gif")
        return usageError("-o does not take '" + output +
                          "', it takes FILE.mp4, .webm, .gif or DIR/frame-{frame:05}.png");
    writer.m_kind = ending == ".mp4" ? Kind::Mp4 : ending == ".webm" ? Kind::WebM : Kind::Gif;
    if (Result<void> writable = checkWritable(output); !writable)
        return writable.error();
    writer.m_program = QStandardPaths::findExecutable(QStringLiteral("ffmpeg")).toStdString();
    if (writer.m_program.empty())
        return environmentError("Cannot write a film: the program ffmpeg is not installed (Debian package ffmpeg), "
                                "or write frames with -o DIR/frame-{frame:05}.png: " +
                                    output,
                                output);
    return writer;
}

Result<void> FilmWriter::writeFrames(std::int64_t count,
                                     const std::function<Result<QByteArray>(std::int64_t)>& frame) const
{
    for (std::int64_t i = 0; i < count; ++i) {
        const Result<QByteArray> bytes = frame(i);
        if (!bytes)
            return bytes.error();
        if (Result<void> written = writeFileAtomically(
                framePath(m_output, i), std::string_view(bytes->constData(), static_cast<std::size_t>(bytes->size())));
            !written)
            return written;
    }
    return {};
}

Result<void> FilmWriter::write(double framesPerSecond, std::int64_t count,
                               const std::function<Result<QByteArray>(std::int64_t)>& frame) const
{
    if (m_kind == Kind::Frames)
        return writeFrames(count, frame);
    return io::writeAtomically(m_output, [&](const fs::path& part) -> Result<void> {
        QProcess encoder;
        encoder.setProcessChannelMode(QProcess::MergedChannels);
        const QStringList words = QStringList{"-loglevel",
                                              "error",
                                              "-y",
                                              "-f",
                                              "image2pipe",
                                              "-c:v",
                                              "png",
                                              "-framerate",
                                              QString::number(framesPerSecond),
                                              "-i",
                                              "-",
                                              "-fflags",
                                              "+bitexact",
                                              "-flags:v",
                                              "+bitexact",
                                              "-map_metadata",
                                              "-1"} +
                                  encoderWords(fs::path(m_output).extension().string()) +
                                  QStringList{QString::fromStdString(part.string())};
        encoder.start(QString::fromStdString(m_program), words);
        const auto failed = [&](const std::string& why) {
            return environmentError("Cannot write a film: ffmpeg says: " + why + ": " + m_output, m_output);
        };
        if (!encoder.waitForStarted())
            return failed(encoder.errorString().toStdString());
        for (std::int64_t i = 0; i < count && encoder.state() == QProcess::Running; ++i) {
            const Result<QByteArray> bytes = frame(i);
            if (!bytes) {
                encoder.kill();
                encoder.waitForFinished();
                return bytes.error();
            }
            encoder.write(*bytes);
            while (encoder.bytesToWrite() > 0 && encoder.waitForBytesWritten(-1)) {
            }
        }
        encoder.closeWriteChannel();
        encoder.waitForFinished(-1);
        if (encoder.exitStatus() != QProcess::NormalExit || encoder.exitCode() != 0)
            return failed(encoder.readAll().trimmed().split('\n').last().toStdString());
        return {};
    });
}

} // namespace nc::app

#include "app/window/renderer.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <QDir>
#include <QGuiApplication>
#include <QOffscreenSurface>
#include <QOpenGLContext>
#include <QOpenGLFunctions>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/program_files.h"

namespace nc::window
{

namespace
{

constexpr int answerWithinMs = 5000;

void setDefault(const char* name, const char* value)
{
    if (!qEnvironmentVariableIsSet(name))
        qputenv(name, value);
}

/// VTK's OpenGL is GLX, so Qt's has to be.
void useGlx()
{
    if (qEnvironmentVariableIsEmpty("DISPLAY"))
        return;
    setDefault("QT_QPA_PLATFORM", "xcb");
    setDefault("QT_XCB_GL_INTEGRATION", "xcb_glx");
}

/// In the child: writes the renderer's name into `out`. What drivers say on the way is nobody's concern.
void tellRenderer(int out)
{
    const rlimit noCore{0, 0};
    setrlimit(RLIMIT_CORE, &noCore);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    useGlx();
    std::string name = "ncscope";
    std::array<char*, 2> argv{name.data(), nullptr};
    int argc = 1;
    const QGuiApplication application(argc, argv.data());
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    QOffscreenSurface surface;
    surface.setFormat(format);
    surface.create();
    QOpenGLContext context;
    context.setFormat(format);
    if (!context.create() || !context.makeCurrent(&surface) || context.format().version() < std::pair(3, 2))
        return;
    const GLubyte* text = context.functions()->glGetString(GL_RENDERER);
    if (!text)
        return;
    const char* renderer = reinterpret_cast<const char*>(text);
    [[maybe_unused]] const ssize_t written = write(out, renderer, std::strlen(renderer));
}

/// All that comes out of a pipe until it closes or the time is up.
std::string readWithin(int pipe, int milliseconds)
{
    std::string text;
    std::array<char, 256> piece{};
    pollfd wait{pipe, POLLIN, 0};
    while (poll(&wait, 1, milliseconds) > 0) {
        const ssize_t count = read(pipe, piece.data(), piece.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        text.append(piece.data(), static_cast<std::size_t>(count));
    }
    return text;
}

/// Device files of a GPU: where there are none it is not worth loading OpenGL to ask.
bool hasGpuDevice()
{
    return !QDir("/dev/dri").entryList({"renderD*"}, QDir::System).isEmpty() || QFile::exists("/dev/nvidiactl") ||
           QFile::exists("/dev/dxg");
}

} // namespace

std::optional<QString> openGlRenderer()
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        return {};
    const pid_t child = fork();
    if (child == 0) {
        tellRenderer(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    const std::string name = child > 0 ? readWithin(ends[0], answerWithinMs) : std::string();
    close(ends[0]);
    if (child > 0) {
        kill(child, SIGKILL); // it has answered, or never will
        waitpid(child, nullptr, 0);
    }
    if (name.empty())
        return {};
    return QString::fromStdString(name);
}

bool isSoftwareRenderer(const QString& renderer)
{
    constexpr std::array names{"llvmpipe", "softpipe", "swr", "swrast", "software", "lavapipe"};
    return std::any_of(names.begin(), names.end(),
                       [&](const char* name) { return renderer.contains(QLatin1String(name), Qt::CaseInsensitive); });
}

RendererChoice chooseRenderer(app::Renderer wanted)
{
    if (wanted == app::Renderer::Cpu)
        return {};
    if (wanted == app::Renderer::Auto && !hasGpuDevice())
        return {false, QStringLiteral("the CPU draws: there is no GPU")};
    const std::optional<QString> renderer = openGlRenderer();
    if (!renderer)
        return {false, QStringLiteral("the CPU draws: there is no OpenGL 3.2")};
    if (wanted == app::Renderer::Auto && isSoftwareRenderer(*renderer))
        return {false, QStringLiteral("the CPU draws: OpenGL is software (%1)").arg(*renderer)};
    useGlx();
    return {true, {}};
}

Result<std::unique_ptr<ViewBody>> makeGpuBody()
{
    const std::string path = app::gpuViewLibrary().string();
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return environmentError("the GPU view's library cannot be opened: " + std::string(dlerror()), path);
    using Make = ViewBody* (*)();
    const auto make = reinterpret_cast<Make>(dlsym(library, "ncscopeMakeVtkBody"));
    if (!make)
        return environmentError("the GPU view's library has no entry, it belongs to another version: " + path, path);
    return std::unique_ptr<ViewBody>(make());
}

} // namespace nc::window

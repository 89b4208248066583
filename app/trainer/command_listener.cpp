#include "app/trainer/command_listener.h"

#include <csignal>
#include <cstdio>
#include <string>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace nc::trainer
{

CommandListener::CommandListener()
{
    // The window that reads our lines may go away; the training does not.
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
    m_signals = signalfd(-1, &wanted, SFD_CLOEXEC);
    m_thread = std::jthread([this](const std::stop_token& end) { listen(end); });
}

CommandListener::~CommandListener()
{
    m_thread.request_stop();
    m_thread.join();
    close(m_signals);
}

void CommandListener::obey(std::string_view line)
{
    if (line == "stop")
        m_stop.request_stop();
    else if (line == "snapshot")
        m_snapshot = true;
    else if (!line.empty())
        std::fprintf(stderr, "ncscope-train: unknown command '%.*s', the commands are stop and snapshot\n",
                     static_cast<int>(line.size()), line.data());
}

void CommandListener::listen(const std::stop_token& end)
{
    constexpr int wakeMs = 100; // how long the program may wait for this thread when it ends
    pollfd sources[2] = {{m_signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    std::string pending;
    while (!end.stop_requested()) {
        if (poll(sources, 2, wakeMs) <= 0)
            continue;
        if (signalfd_siginfo info;
            (sources[0].revents & POLLIN) != 0 && read(m_signals, &info, sizeof info) == sizeof info) {
            if (info.ssi_signo == SIGUSR1) {
                m_snapshot = true;
            } else {
                m_interrupted = m_interrupted || info.ssi_signo == SIGINT;
                m_stop.request_stop();
            }
        }
        if (sources[1].revents == 0)
            continue;
        char buffer[256];
        const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got <= 0) {
            sources[1].fd = -1; // poll skips it from now on
            continue;
        }
        pending.append(buffer, static_cast<std::size_t>(got));
        for (std::size_t newline = 0; (newline = pending.find('\n')) != std::string::npos;) {
            obey(pending.substr(0, newline));
            pending.erase(0, newline + 1);
        }
    }
}

} // namespace nc::trainer

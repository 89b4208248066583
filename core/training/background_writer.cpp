#include "core/training/background_writer.h"

namespace nc::training
{
namespace
{

constexpr std::size_t mostWaiting = 2;

Result<EpochProgress> done(const BackgroundWriter::Job& job)
{
    try {
        return job();
    } catch (const std::exception& error) {
        const std::string text = error.what();
        return environmentError("Cannot record the epoch: " + text.substr(0, text.find('\n')));
    }
}

} // namespace

BackgroundWriter::BackgroundWriter()
    : m_thread([this](const std::stop_token& stop) { work(stop); })
{
}

BackgroundWriter::~BackgroundWriter()
{
    drain();
}

void BackgroundWriter::push(Job job)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_waiting.size() < mostWaiting; });
    m_waiting.push_back(std::move(job));
    m_changed.notify_all();
}

void BackgroundWriter::drain()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_waiting.empty() && !m_busy; });
}

std::vector<EpochProgress> BackgroundWriter::takeFinished()
{
    const std::scoped_lock lock(m_mutex);
    return std::exchange(m_finished, {});
}

std::optional<Error> BackgroundWriter::failure() const
{
    const std::scoped_lock lock(m_mutex);
    return m_failure;
}

void BackgroundWriter::work(const std::stop_token& stop)
{
    std::unique_lock lock(m_mutex);
    while (m_changed.wait(lock, stop, [this] { return !m_waiting.empty(); })) {
        const Job job = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_busy = true;
        if (!m_failure) {
            lock.unlock();
            Result<EpochProgress> result = done(job);
            lock.lock();
            if (result)
                m_finished.push_back(std::move(*result));
            else
                m_failure = result.error();
        }
        m_busy = false;
        m_changed.notify_all();
    }
}

} // namespace nc::training

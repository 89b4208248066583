#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/result.h"

namespace nc::training
{

/// The processes that train one network together, each on its share of every batch: this one alone, or as many as
/// mpirun or srun started, which then speak by MPI. What all of them must call, and in the same order, says "together".
/// Calls come from one thread. No MPI and no LibTorch in this header.
class Communicator
{
public:
    /// This process alone: every call below does nothing.
    Communicator();
    Communicator(Communicator&&) noexcept;
    Communicator& operator=(Communicator&&) noexcept;
    ~Communicator();

    /// The processes this one was started with, together. Error (Environment): several, but built without MPI.
    [[nodiscard]] static Result<Communicator> join();

    [[nodiscard]] int rank() const;
    [[nodiscard]] int size() const;
    [[nodiscard]] int localRank() const; ///< among those on this machine: the number of its GPU
    [[nodiscard]] bool isRoot() const { return rank() == 0; }

    /// Each number becomes its sum over all processes. Together.
    void sum(std::span<double> values) const;
    /// The root's text, at every process. Together.
    [[nodiscard]] std::string fromRoot(const std::string& text) const;

    /// Begins to sum numbers in place over all processes; they must stay where they are until finishSums(). Together.
    void startSum(std::span<float> values);
    /// Lets the sums that were begun move on; MPI itself works only while it is called.
    void advanceSums();
    /// Waits for all of them.
    void finishSums();

    /// The last call of the program: returns `exitCode`. With an error the other processes are ended too, without that
    /// together.
    [[nodiscard]] int leave(int exitCode, bool isError);

private:
    struct Group;
    std::unique_ptr<Group> m_group; ///< null: alone
};

/// "Open MPI v4.1.4, …", or that there is none.
[[nodiscard]] std::string messagePassingVersion();

} // namespace nc::training

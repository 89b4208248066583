#include "core/training/communicator.h"

#include <cstdlib>
#include <vector>

#ifdef NC_MPI
#include <mpi.h>
#endif

namespace nc::training
{
namespace
{

/// How many processes a launcher says it started; 1 where there is none.
int startedTogether()
{
    // Open MPI, MPICH and its kin, and srun, which sets the last in a step only, not in the batch script around it.
    for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"})
        if (const char* text = std::getenv(name))
            return std::max(1, std::atoi(text));
    return 1;
}

} // namespace

#ifdef NC_MPI

struct Communicator::Group {
    int rank = 0, size = 1, localRank = 0;
    std::vector<MPI_Request> sums;
};

Result<Communicator> Communicator::join()
{
    Communicator result;
    const int started = startedTogether();
    if (started == 1)
        return result;
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    auto group = std::make_unique<Group>();
    MPI_Comm_rank(MPI_COMM_WORLD, &group->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &group->size);
    if (group->size != started) // a launcher of another MPI: every process believes to be alone
        return environmentError("Cannot train on " + std::to_string(started) + " processes: MPI sees " +
                                std::to_string(group->size) + "; start them with the mpirun of " +
                                messagePassingVersion() + ", or srun --mpi=pmix");
    MPI_Comm here = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, group->rank, MPI_INFO_NULL, &here);
    MPI_Comm_rank(here, &group->localRank);
    MPI_Comm_free(&here);
    result.m_group = std::move(group);
    return result;
}

void Communicator::sum(std::span<double> values) const
{
    if (m_group)
        MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM,
                      MPI_COMM_WORLD);
}

std::string Communicator::fromRoot(const std::string& text) const
{
    if (!m_group)
        return text;
    std::string answer = text;
    std::uint64_t bytes = text.size();
    MPI_Bcast(&bytes, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
    answer.resize(bytes);
    MPI_Bcast(answer.data(), static_cast<int>(bytes), MPI_CHAR, 0, MPI_COMM_WORLD);
    return answer;
}

void Communicator::startSum(std::span<float> values)
{
    if (!m_group)
        return;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD,
                   &request);
    m_group->sums.push_back(request);
}

void Communicator::advanceSums()
{
    if (!m_group || m_group->sums.empty())
        return;
    int all = 0;
    MPI_Testall(static_cast<int>(m_group->sums.size()), m_group->sums.data(), &all, MPI_STATUSES_IGNORE);
}

void Communicator::finishSums()
{
    if (!m_group)
        return;
    MPI_Waitall(static_cast<int>(m_group->sums.size()), m_group->sums.data(), MPI_STATUSES_IGNORE);
    m_group->sums.clear();
}

int Communicator::leave(int exitCode, bool isError)
{
    if (!m_group)
        return exitCode;
    if (isError)
        MPI_Abort(MPI_COMM_WORLD, exitCode);
    MPI_Finalize();
    return exitCode;
}

std::string messagePassingVersion()
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING];
    int length = 0;
    MPI_Get_library_version(text, &length);
    const std::string whole(text, static_cast<std::size_t>(length));
    return whole.substr(0, whole.find_first_of(",\n"));
}

#else

struct Communicator::Group {
    int rank = 0, size = 1, localRank = 0;
};

Result<Communicator> Communicator::join()
{
    if (const int started = startedTogether(); started > 1)
        return environmentError("Cannot train on " + std::to_string(started) +
                                " processes: ncscope-train was built without MPI (libopenmpi-dev)");
    return Communicator();
}

void Communicator::sum(std::span<double>) const {}
std::string Communicator::fromRoot(const std::string& text) const
{
    return text;
}
void Communicator::startSum(std::span<float>) {}
void Communicator::advanceSums() {}
void Communicator::finishSums() {}
int Communicator::leave(int exitCode, bool)
{
    return exitCode;
}
std::string messagePassingVersion()
{
    return "none";
}

#endif

Communicator::Communicator() = default;
Communicator::Communicator(Communicator&&) noexcept = default;
Communicator& Communicator::operator=(Communicator&&) noexcept = default;
Communicator::~Communicator() = default;

int Communicator::rank() const
{
    return m_group ? m_group->rank : 0;
}

int Communicator::size() const
{
    return m_group ? m_group->size : 1;
}

int Communicator::localRank() const
{
    return m_group ? m_group->localRank : 0;
}

} // namespace nc::training

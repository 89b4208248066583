#include "io/jobs.h"

/// Reads what a crash of HDF5 shall not take with it; started by the other programs, see io/own_process.h.
int main()
{
    nc::io::serveJobs(nc::io::doJob);
}

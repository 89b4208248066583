"""Steps of fashion-cnn on one thread, on two threads, and on two processes of one thread each.

    python3 tests/bench/processes.py build/app/bin/ncscope-train [ROUNDS]

In turns; each figure is that of 50 steps of 128 pictures: a training of 54 steps less one of 4, so that start, recording and
end are left out. Medians of images a second on the wall and of CPU seconds of all processes for 1,000 images.
"""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
batch, few, many = 128, 4, 54
ways = {"1 process x 1 thread": ([], 1), "1 process x 2 threads": ([], 2),
        "1 process x 2 threads, spinning": (["env", "GOMP_SPINCOUNT=300000"], 2),  # libgomp's own choice
        "2 processes x 1 thread": (["mpirun", "-n", "2"], 1)}
environment = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")


def training(launcher, threads, steps):
    """Wall and CPU seconds of a whole training."""
    settings = [f"train_samples={steps * batch}", f"threads={threads}", "epochs=1", "device=cpu", "probe_samples=100",
                "recording.clean_train=100", "recording.clean_test=100"]
    with tempfile.TemporaryDirectory() as folder:
        words = launcher + [program, "--preset", "fashion-cnn", "--quiet", "-o", f"{folder}/run"]
        for setting in settings:
            words += ["--set", setting]
        start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, check=True, env=environment, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


figures = {way: ([], []) for way in ways}
for number in range(rounds):
    for way, (launcher, threads) in ways.items():
        short, long = training(launcher, threads, few), training(launcher, threads, many)
        images = (many - few) * batch
        figures[way][0].append(images / (long[0] - short[0]))
        figures[way][1].append(1000 * (long[1] - short[1]) / images)
        print(f"round {number + 1}   {way:32} {figures[way][0][-1]:6.0f} images/s   {figures[way][1][-1]:.2f} CPU s per 1,000",
              flush=True)
for way, (speeds, cpu) in figures.items():
    print(f"median    {way:32} {statistics.median(speeds):6.0f} images/s   {statistics.median(cpu):.2f} CPU s per 1,000")

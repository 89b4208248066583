"""NC1 alone as notebooks compute it with torch in float32, by covariance and pseudo-inverse, for bench_core:
torch_nc1.py SAMPLES DIM CLASSES prints the shortest of ten times in seconds: on the wall, and of all
cores together."""
import os
import sys
import time

import torch

samples, dim, classes = map(int, sys.argv[1:])
torch.set_num_threads(os.cpu_count())
torch.manual_seed(1)
labels = torch.arange(samples) % classes
h = torch.randn(classes, dim)[labels] + 0.5 * torch.randn(samples, dim)


def nc1():
    means = torch.stack([h[labels == c].mean(0) for c in range(classes)])
    within = h - means[labels]
    sigma_w = within.T @ within / samples
    between = means - means.mean(0)
    sigma_b = between.T @ between / classes
    return torch.trace(sigma_w @ torch.linalg.pinv(sigma_b, hermitian=True)) / classes


times, work = [], []
with torch.no_grad():
    for _ in range(10 if classes <= 100 else 4):
        start, worked = time.perf_counter(), time.process_time()
        nc1()
        times.append(time.perf_counter() - start)
        work.append(time.process_time() - worked)
print(min(times), min(work))

"""The figure as a researcher's notebook makes it, for bench_commands: RUN OUTPUT.pdf|.png (PNG: 1280 x 720)"""
import pathlib
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

run, output = pathlib.Path(sys.argv[1]), sys.argv[2]
with h5py.File(run / "run.h5") as static:
    split = static["splits/train-mix"]
    a, b, lam = split["label_a"][:], split["label_b"][:], split["lambda"][:]
with h5py.File(sorted((run / "epochs").glob("*.h5"))[-1]) as epoch:
    h = epoch["features/train-mix/penultimate"][:].astype(float)
    W = epoch["classifier/weight"][:].astype(float)

K = len(W)  # 3: a plane, 4: space
U, s, Vt = np.linalg.svd(W - W.mean(0), full_matrices=False)
A = np.array([[-1.0] * r + [r] + [0.0] * (K - 1 - r) for r in range(1, K)])
A /= np.linalg.norm(A, axis=1, keepdims=True)
B = A @ U[:, : K - 1] @ Vt[: K - 1]
y, arrows = h @ B.T, W @ B.T
shade = 2 * np.abs(lam - 0.5)
colours = np.zeros((len(a), 3))
colours[a == b, 0] = shade[a == b]
colours[a != b, 2] = shade[a != b]

size = (12.8, 7.2) if output.endswith(".png") else (5.5, 5.5)
figure = plt.figure(figsize=size, dpi=100)
if K == 4:
    axes = figure.add_subplot(projection="3d")
    axes.scatter(*y.T, c=colours, s=2, depthshade=False)
    for x in arrows:
        axes.quiver(0, 0, 0, *x, color="black")
else:
    plt.scatter(y[:, 0], y[:, 1], c=colours, s=2)
    for x in arrows:
        plt.annotate("", x, (0, 0), arrowprops={"arrowstyle": "->", "color": "black"})
    plt.axis("equal")
plt.savefig(output)

"""Small runs at the edges of what metrics and projections are defined for, as file runs of format version 1."""
import json

import h5py
import numpy as np


def simplex(classes, dim, kappa, rng):
    frame = np.linalg.qr(rng.normal(size=(dim, classes)))[0].T
    return np.sqrt(kappa) * (frame - frame.mean(0))


def write(path, classes, dim, seed, *, size=240, kappa=2.0, gap=4.0, noise=0.5, bias=True, logits=False, weight=True,
          clean=True, dtype="f4", labels=None, same_class=True, config=None, sharp_simplex=True, epochs=(0, 3),
          layers=()):
    """One run; the mixes lie near the chords between class means at `gap` in logits, with noise. `layers`: names and
    dimensions of earlier layers, which hold a rectified random map of the penultimate one."""
    rng = np.random.default_rng(seed)
    with h5py.File(path, "w") as run:
        run.attrs.update(format="ncscope-run", format_version=1, generator="edge_runs.py", created="2024-01-01T00:00:00")
        if config:
            run.attrs["config"] = json.dumps(config)
        run.create_dataset("classes/names", data=[f"class {k}" for k in range(classes)], dtype=h5py.string_dtype())
        a = rng.integers(classes, size=size)
        b = np.where(rng.random(size) < 0.4, a, rng.integers(classes, size=size))
        if not same_class:
            b = np.where(a == b, (a + 1) % classes, b)
        lam = rng.random(size)
        own = np.arange(size) % classes if labels is None else np.asarray(labels)
        mix = run.create_group("splits/mix")
        mix.attrs.update(kind="mix", origin="train", mode="eval")
        for name, values, kind in (("label_a", a, "i4"), ("label_b", b, "i4"), ("lambda", lam, "f4")):
            mix.create_dataset(name, data=values.astype(kind))
        if clean:
            split = run.create_group("splits/train")
            split.attrs.update(kind="clean", origin="train", mode="eval")
            split.create_dataset("labels", data=own.astype("i4"))
        for epoch in epochs:
            if dim >= classes and sharp_simplex:
                w = simplex(classes, dim, kappa, rng) + 0.05 * rng.normal(size=(classes, dim))
            else:
                w = rng.normal(size=(classes, dim))
            offset = rng.normal(size=dim)
            means = gap / kappa * (w - w.mean(0)) + offset
            group = run.create_group(f"epochs/{epoch:06}")
            group.attrs["epoch"] = epoch
            beta = rng.normal(size=classes) if bias else np.zeros(classes)
            if weight:
                group.create_dataset("classifier/weight", data=w.astype("f4"))
                if bias:
                    group.create_dataset("classifier/bias", data=beta.astype("f4"))
            mixed = lam[:, None] * means[a] + (1 - lam[:, None]) * means[b]
            features = {"mix": mixed}
            if clean:
                features["train"] = means[own]
            for name, rows in features.items():
                rows = (rows + noise * rng.normal(size=rows.shape)).astype(dtype)
                group.create_dataset(f"features/{name}/penultimate", data=rows)
                for layer, layer_dim in layers:
                    turned = rows.astype(float) @ np.random.default_rng(seed).normal(size=(dim, layer_dim)) / dim**0.5
                    group.create_dataset(f"features/{name}/{layer}", data=np.maximum(turned, 0).astype(dtype))
                if logits:
                    group.create_dataset(f"logits/{name}", data=(rows @ w.T + beta).astype(dtype))


def write_random(folder, seed, count):
    """Runs drawn from a seed: 2 to 200 classes, unbalanced, every float type, two layers. Returns the paths."""
    rng = np.random.default_rng(seed)
    paths = []
    for n in range(count):
        classes = int(np.exp(rng.uniform(np.log(2), np.log(60)))) if n else 200
        size = int(rng.integers(300, 900))
        shares = rng.dirichlet(np.full(classes, 0.7))
        dim = int(rng.integers(3, 64)) if n else 220
        options = dict(
            classes=classes, dim=dim, seed=int(rng.integers(1 << 30)), size=size,
            kappa=rng.uniform(0.5, 8) if dim >= classes else dim, gap=rng.uniform(1, 8), noise=rng.uniform(0.1, 1), bias=bool(rng.random() < 0.5),
            logits=bool(rng.random() < 0.3), dtype=str(rng.choice(["f2", "f4", "f8"])),
            labels=rng.choice(classes, size=size, p=shares), epochs=(0, 7) if classes < 60 else (2,),
            layers=(("block1", int(rng.integers(4, 40))),))
        paths.append(folder / f"random-{seed}-{n}.h5")
        write(paths[-1], **options)
    return paths


def write_all(folder):
    """Writes every run and returns the paths."""
    thin = np.repeat([0, 1, 2, 4], [100, 60, 1, 39])  # class 3 empty, class 2 with one sample
    runs = {
        "plain": dict(classes=5, dim=9, seed=1),
        "two classes": dict(classes=2, dim=4, seed=2, noise=0.2),
        "three classes in the plane": dict(classes=3, dim=2, seed=3),
        "recorded logits, float16": dict(classes=4, dim=8, seed=4, logits=True, dtype="f2"),
        "no classifier": dict(classes=4, dim=6, seed=5, weight=False),
        "no clean split": dict(classes=4, dim=6, seed=6, clean=False, bias=False),
        "more classes than columns": dict(classes=6, dim=3, seed=7),
        "no same-class mixes": dict(classes=4, dim=6, seed=8, same_class=False),
        "classes point backwards": dict(classes=4, dim=6, seed=9, gap=-2.0, bias=False),
        "unbalanced": dict(classes=5, dim=8, seed=10, labels=thin, size=200),
        "huge margins": dict(classes=4, dim=6, seed=11, gap=30.0),
        "tiny margins": dict(classes=4, dim=6, seed=12, gap=0.05, noise=0.001, bias=False),
        "squared error": dict(classes=4, dim=6, seed=13, config={"mixing": {"kind": "mixup"}, "loss": {"kind": "mse"}}),
        "all right": dict(classes=3, dim=5, seed=14, noise=0.01, bias=False),
        "far from a simplex": dict(classes=5, dim=7, seed=15, sharp_simplex=False),
        "few mixes": dict(classes=4, dim=6, seed=16, size=40),
    }
    paths = []
    for name, options in runs.items():
        paths.append(folder / (name.replace(",", "").replace(" ", "-") + ".h5"))
        write(paths[-1], **options)
    return paths

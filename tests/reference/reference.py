#!/usr/bin/env python3
"""Every figure of docs/maths.md, computed once more with numpy, straight from the definitions.

    reference.py metrics RUN [--epoch E] [--split S] [--classes 0,1,2] [--unbiased] [--weights centred]
                             [--ece-bins N] [--per-pair] [--triples]
    reference.py project RUN [--epoch E] [--split S] [--classes 0,1,2] [--basis classifier|means|etf|probe|pca|kgon]
                             [--layer L] [--all]

RUN is a run of format version 1 (docs/format.md), a folder or a file. `metrics` prints what `ncscope metrics --json`
prints, `project` the table that `ncscope project -o F.csv` writes. All in float64, and written without looking at the
program: matrices are built in full, inverses are pseudo-inverses, equations are solved by other means.
"""
import argparse
import itertools
import json
import math
import pathlib
import sys

import h5py
import numpy as np

MOST_TRIPLES = 20_000

# ----------------------------------------------------------------------------------------------------- reading a run


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Run:
    def __init__(self, path):
        path = pathlib.Path(path)
        if path.is_dir():
            self.static = h5py.File(path / "run.h5", "r")
            groups = [(p.stem, h5py.File(p, "r")) for p in sorted((path / "epochs").glob("*.h5"))]
        else:
            self.static = h5py.File(path, "r")
            groups = list(self.static.get("epochs", {}).items())
        self.epochs = dict(sorted((int(g.attrs.get("epoch", int(name))), g) for name, g in groups))
        self.config = text(self.static.attrs.get("config", ""))
        self.view_classes = [int(k) for k in self.static.attrs.get("view_classes", [])]
        self.classes = self.count_classes()

    def count_classes(self):
        if "classes/names" in self.static:
            return len(self.static["classes/names"])
        last = list(self.epochs.values())[-1]
        if "classifier/weight" in last:
            return last["classifier/weight"].shape[0]
        for logits in last.get("logits", {}).values():
            return logits.shape[1]
        return 1 + max(int(max(s.a.max(), s.b.max())) for s in (self.split(last, n) for n in self.split_names()))

    def split_names(self):
        last = list(self.epochs.values())[-1]
        return sorted(set(self.static.get("splits", {})) | set(last.get("splits", {})))

    def split(self, epoch, name):
        own = epoch.get(f"splits/{name}")
        return Split(name, own if own is not None else self.static[f"splits/{name}"])

    def first_split(self, epoch, kind, origin=None, layer="penultimate"):
        for name in self.split_names():
            split = self.split(epoch, name)
            if split.kind == kind and origin in (None, split.origin) and f"features/{name}/{layer}" in epoch:
                return split
        return None

    def view(self, split):
        """Default classes of a view: recorded, all of at most four, else the three with the most mixes."""
        if self.view_classes:
            return self.view_classes
        if self.classes <= 4:
            return list(range(self.classes))
        rows = [np.sum((split.a == k) | (split.b == k)) for k in range(self.classes)]
        return sorted(sorted(range(self.classes), key=lambda k: (-rows[k], k))[:3])


class Split:
    def __init__(self, name, group):
        self.name, self.kind = name, text(group.attrs["kind"])
        self.origin = text(group.attrs.get("origin", "train"))
        if self.kind == "clean":
            self.a = self.b = group["labels"][:].astype(int)
            self.lam = np.ones(len(self.a))
        else:
            self.a, self.b = group["label_a"][:].astype(int), group["label_b"][:].astype(int)
            self.lam = group["lambda"][:].astype(float)
        self.same = self.a == self.b


# ------------------------------------------------------------------------------------------------- small mathematics


def spread(values, unbiased):
    """Variance; None for too few values."""
    values = np.asarray(values, float)
    if len(values) < (2 if unbiased else 1):
        return None
    return float(np.var(values, ddof=1 if unbiased else 0))


def deviation(values, unbiased):
    variance = spread(values, unbiased)
    return None if variance is None else float(np.sqrt(variance))


def norm_cv(norms, unbiased):
    std = deviation(norms, unbiased)
    return None if std is None or np.mean(norms) == 0 else std / float(np.mean(norms))


def simplex_distance(gram):
    n = len(gram)
    ideal = (np.eye(n) - 1 / n) / np.sqrt(n - 1)
    return float(np.linalg.norm(gram / np.linalg.norm(gram) - ideal))


def pairs_of(n):
    return list(itertools.combinations(range(n), 2))


def cosine(a, b):
    with np.errstate(all="ignore"):
        return np.sum(a * b, -1) / (np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1))


def mean_or_none(values):
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    return float(np.mean(values)) if len(values) else None


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def helmert(k):
    frame = np.zeros((k - 1, k))
    frame[0, :2] = 1, -1
    for r in range(2, k):
        frame[r - 1, :r], frame[r - 1, r] = -1, r
    return frame / np.linalg.norm(frame, axis=1, keepdims=True)


def kgon(k):
    angle = 2 * np.pi * np.arange(k) / k
    return np.sqrt(2 / k) * np.array([np.cos(angle), np.sin(angle)])


def polar(rows):
    """Partial polar factor of the centred rows, and their rank."""
    u, s, vt = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    rank = int(np.sum(s > 1e-6 * s[0]))
    rank = min(rank, len(rows) - 1)
    return u[:, :rank] @ vt[:rank], rank


def view_basis(rows, frame=helmert):
    factor, rank = polar(rows)
    return frame(len(rows)) @ factor if rank == len(rows) - 1 else None


# ------------------------------------------------------------------------------------------------------------ theory


def mix_gaps(classes, beta, lam):
    """x_i, x_j of the optimum for each lambda: Newton on the convex objective, then on the equations in logarithms."""
    if classes == 2:
        low, high = -beta * np.ones_like(lam), beta * np.ones_like(lam)
        for _ in range(200):
            mid = (low + high) / 2
            below = mid + beta * np.tanh(mid / 2) < beta * (2 * lam - 1)
            low, high = np.where(below, mid, low), np.where(below, high, mid)
        gap = (low + high) / 2
        return gap / 2, -gap / 2

    target = np.stack([lam, 1 - lam], -1)
    ridge = (np.eye(2) - 1 / classes) / beta

    def objective(x):
        top = np.maximum(x.max(-1), 0)
        log_sum = top + np.log(np.exp(x - top[:, None]).sum(-1) + (classes - 2) * np.exp(-top))
        return log_sum - np.sum(target * x, -1) + 0.5 * np.einsum("ni,ij,nj->n", x, ridge, x)

    x = np.zeros_like(target)
    for _ in range(100):
        top = np.maximum(x.max(-1, keepdims=True), 0)
        weight = np.exp(x - top)
        p = weight / (weight.sum(-1, keepdims=True) + (classes - 2) * np.exp(-top))
        gradient = p - target + x @ ridge
        hessian = p[:, :, None] * np.eye(2) - p[:, :, None] * p[:, None, :] + ridge
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        damping = np.ones(len(x))
        here = objective(x)
        for _ in range(40):
            worse = objective(x - damping[:, None] * step) > here + 1e-13 * (1 + abs(here))
            damping = np.where(worse, damping / 2, damping)
        x = x - damping[:, None] * step
    for _ in range(4):  # beta p_i = beta t_i - x_i + r and e^{x_i} = p_i/q with r = beta q = (x_i + x_j)/C
        r = x.sum(-1, keepdims=True) / classes
        share = beta * target - x + r
        value = x + np.log(r) - np.log(share)
        slope = np.eye(2) * (1 + 1 / share)[:, :, None] + ((1 / r - 1 / share) / classes)[:, :, None] * np.ones(2)
        x = x - np.linalg.solve(slope, value[:, :, None])[:, :, 0]
    return x[:, 0], x[:, 1]


# ------------------------------------------------------------------------------------------------------ chance level


def split_mix(seed, places):
    """Outputs of SplitMix64 at these places of its stream."""
    mask = np.uint64
    with np.errstate(over="ignore"):
        x = mask(seed) + (places.astype(np.uint64) + mask(1)) * mask(0x9E3779B97F4A7C15)
        x = (x ^ (x >> mask(30))) * mask(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> mask(27))) * mask(0x94D049BB133111EB)
        return x ^ (x >> mask(31))


def some_triples(classes):
    """All triples, or where there are more than MOST_TRIPLES one of each of so many equal parts."""
    everyone = itertools.combinations(range(classes), 3)
    count = math.comb(classes, 3)
    if count <= MOST_TRIPLES:
        return list(everyone)
    everyone = list(everyone)
    borders = [count * n // MOST_TRIPLES for n in range(MOST_TRIPLES + 1)]
    drawn = split_mix(0, np.arange(MOST_TRIPLES)) >> np.uint64(1)
    return [everyone[a + int(draw) % (b - a)] for a, b, draw in zip(borders, borders[1:], drawn)]


def chance_level(classes, dim):
    """Means over 64 Gaussian matrices: SplitMix64 from (C << 32) + d, Box-Muller, one row-major stream."""
    count = 64 * classes * dim
    count += count % 2
    x = split_mix((classes << 32) + dim, np.arange(count))
    uniform = ((x >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53
    radius, angle = np.sqrt(-2 * np.log(uniform[0::2])), 2 * np.pi * uniform[1::2]
    normals = np.stack([radius * np.cos(angle), radius * np.sin(angle)], -1).ravel()[: 64 * classes * dim]
    errors, spreads = [], []
    for weight in normals.reshape(64, classes, dim):
        weight = weight - weight.mean(0)
        gram = weight @ weight.T
        errors.append(simplex_distance(gram))
        norms = np.sqrt(np.diag(gram))
        spreads.append(np.std((gram / np.outer(norms, norms))[np.triu_indices(classes, 1)]))
    return float(np.mean(errors)), float(np.mean(spreads))


# ------------------------------------------------------------------------------------------------------- the figures


def etf_figures(out, prefix, rows, unbiased):
    n = len(rows)
    norms = np.linalg.norm(rows, axis=1)
    cosines = np.array([cosine(rows[i], rows[j]) for i, j in pairs_of(n)])
    out[prefix + "norm_cv"] = norm_cv(norms, unbiased)
    if np.all(norms > 0):
        out[prefix + "cos_std"] = deviation(cosines, unbiased)
        out[prefix + "cos_dev"] = float(np.mean(np.abs(cosines + 1 / (n - 1))))
    out[prefix + "etf_error"] = simplex_distance(rows @ rows.T)


def means_figures(out, h, labels, classes, unbiased):
    """NC1 and NC2 of the class means; returns them where there are any."""
    present = [c for c in range(classes) if np.any(labels == c)]
    means = {c: h[labels == c].mean(0) for c in present}
    centre = np.mean([means[c] for c in present], axis=0)
    if len(present) < 2:
        return present, means, centre
    between = np.array([means[c] - centre for c in present])
    residual = h - np.array([means.get(c, centre) for c in range(classes)])[labels]
    sigma_w = residual.T @ residual / len(h)
    sigma_b = between.T @ between / len(present)
    if np.linalg.norm(between) > 0:
        # Sigma_B has the squares of the singular values of the means, of which at most C'-1 count.
        s = np.linalg.svd(between, compute_uv=False)
        cut = max(classes, h.shape[1]) * np.finfo(float).eps * s[0]
        rank = min(int(np.sum(s > cut)), len(present) - 1)
        vt = np.linalg.svd(between, full_matrices=False)[2][:rank]
        inverse = vt.T @ np.diag(len(present) / s[:rank] ** 2) @ vt
        out["nc1.pinv"] = float(np.trace(sigma_w @ inverse)) / len(present)
        out["nc1.quotient"] = float(np.trace(sigma_w) / np.trace(sigma_b))
    variance = [np.mean(np.sum((h[labels == c] - means[c]) ** 2, 1)) for c in present]
    distance = {(i, j): np.sum((means[present[i]] - means[present[j]]) ** 2) for i, j in pairs_of(len(present))}
    if min(distance.values()) > 0:
        out["nc1.cdnv"] = float(np.mean([(variance[i] + variance[j]) / 2 / d for (i, j), d in distance.items()]))
    etf_figures(out, "nc2.means_", between, unbiased)
    norms = np.linalg.norm(between, axis=1, keepdims=True)
    if np.all(norms > 0):
        unit = between / norms
        gaps = [np.linalg.norm(unit[i] - unit[j]) for i, j in pairs_of(len(present))]
        if min(gaps) > 0:
            out["nc2.gnc2"] = spread(np.log(1 / np.array(gaps)), unbiased)
    return present, means, centre


def duality_figures(out, present, means, centre, weight, bias, h, unbiased, centred):
    out["bias_relation"] = float(np.linalg.norm(weight @ centre + bias))
    distances = np.stack([np.sum((h - means[c]) ** 2, 1) for c in present], 1)
    nearest = np.array(present)[distances.argmin(1)]
    out["nc4.mismatch"] = float(np.mean((h @ weight.T + bias).argmax(1) != nearest))
    if len(present) < len(weight):
        return
    w = weight - weight.mean(0) if centred else weight
    m = np.array([means[c] - centre for c in present])
    if np.linalg.norm(m) == 0 or np.linalg.norm(w) == 0:
        return
    out["nc3.duality"] = float(np.linalg.norm(w / np.linalg.norm(w) - m / np.linalg.norm(m)) ** 2)
    out["nc3.structure"] = simplex_distance(w @ m.T)
    out["nc3.unc3"] = spread(np.sum(w * m, 1), unbiased)


def calibration_errors(p, labels, bins):
    confidence, right = p.max(1), p.argmax(1) == labels
    edges = np.arange(1, bins) / bins
    place = np.searchsorted(edges, confidence, side="left")  # an edge belongs to the bin on its left
    ece, mce = 0.0, 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            gap = abs(np.mean(right[inside]) - np.mean(confidence[inside]))
            ece, mce = ece + gap * inside.sum() / len(labels), max(mce, gap)
    return float(ece), float(mce)


def fit_temperature(z, labels):
    """Bisection on the slope of the likelihood in 1/T."""
    own = z[np.arange(len(z)), labels]
    if not np.any(z.max(1) > own):
        return None

    def slope(s):
        return np.sum(np.sum(softmax(s * z) * z, 1) - own)

    if slope(0.0) >= 0:
        return None
    low, high = 0.0, 1e-6
    while slope(high) < 0:
        low, high = high, 2 * high
    for _ in range(200):
        mid = (low + high) / 2
        low, high = (mid, high) if slope(mid) < 0 else (low, mid)
    return 2 / (low + high)


def calibration_figures(out, z, labels, bins):
    out["calibration.ece"], out["calibration.mce"] = calibration_errors(softmax(z), labels, bins)
    shifted = z - z.max(1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    out["calibration.nll"] = float(-np.mean(log_p[np.arange(len(z)), labels]))
    temperature = fit_temperature(z[0::2], labels[0::2])
    if temperature is not None:
        out["calibration.temperature"] = float(temperature)
        if len(z) > 1:
            out["calibration.ece_after_temperature"] = calibration_errors(softmax(z[1::2] / temperature), labels[1::2], bins)[0]


def not_valid(config, right_share, weight):
    try:
        config = json.loads(config)
    except ValueError:
        config = {}

    def kind(section):
        part = config.get(section) if isinstance(config, dict) else None
        return part.get("kind", "") if isinstance(part, dict) else ""

    centred = weight - weight.mean(0)
    return (
        kind("mixing") == "none"
        or kind("loss") not in ("", "cross-entropy")
        or right_share < 0.9
        or simplex_distance(centred @ centred.T) > 0.35
    )


def span_share(u, a, b):
    """|u - P u|^2/|u|^2 for the projector on span{a, b}."""
    columns = np.stack([a, b], 1)
    projected = u @ (columns @ np.linalg.pinv(columns, rcond=1e-6))
    return np.sum((u - projected) ** 2, 1) / np.sum(u**2, 1)


def mixup_figures(entry, h, split, weight, bias, classes, clean, view, config, options):
    out = {}
    a, b, lam, same = split.a, split.b, split.lam, split.same
    wc, bc = weight - weight.mean(0), bias - bias.mean()
    inverse = np.linalg.pinv(wc, rcond=1e-6)
    s = -inverse @ bc
    u = h @ (inverse @ wc) - s
    z = h @ weight.T + bias
    kappa = float(np.sum(wc**2) / (classes - 1))
    out["kappa"] = kappa

    def own_means(rows, labels):
        return {c: rows[labels == c].mean(0) for c in range(classes) if np.any(labels == c)}

    same_means = own_means(h[same], a[same])
    m = np.mean(list(same_means.values()), axis=0) if same_means else np.zeros(h.shape[1])
    hs, us, ks = h[same], u[same], a[same]
    if same.any():
        out["cosine_same"] = mean_or_none(cosine(hs, weight[ks]))
        out["cosine_same_centred"] = mean_or_none(cosine(hs - m, wc[ks]))
        out["cosine_same_subspace"] = mean_or_none(cosine(us, wc[ks]))
        out["norm_cv_same"] = norm_cv(np.linalg.norm(us, axis=1), options.unbiased)

    def view_cosine(chosen):
        basis = view_basis(weight[list(chosen)])
        inside = np.isin(ks, chosen)
        if basis is None or not inside.any():
            return None
        return mean_or_none(cosine(us[inside] @ basis.T, wc[ks[inside]] @ basis.T))

    if classes >= 3 and view:
        out["cosine_same_view"] = view_cosine(view)
    if options.triples:
        ranked = sorted((c, t) for t in some_triples(classes) if (c := view_cosine(t)) is not None)
        entry["triples"] = None
        if ranked:
            places = [quarter * (len(ranked) - 1) // 4 for quarter in range(5)]
            entry["triples"] = {
                name: dict(classes=list(ranked[place][1]), cosine_same_view=ranked[place][0])
                for name, place in zip(("min", "q1", "median", "q3", "max"), places)
            }
            if math.comb(classes, 3) > MOST_TRIPLES:
                entry["triples"] |= {"measured": len(ranked), "all": math.comb(classes, 3)}

    centred = h - m
    outside = centred - centred @ (inverse @ wc)
    with np.errstate(all="ignore"):
        out["off_classifier"] = mean_or_none(np.sum(outside**2, 1) / np.sum(centred**2, 1))
    pair_rows = {(i, j): np.flatnonzero(((a == i) & (b == j)) | ((a == j) & (b == i))) for i, j in pairs_of(classes)}
    pair_rows = {pair: rows for pair, rows in pair_rows.items() if len(rows)}
    with np.errstate(all="ignore"):
        out["off_pair"] = mean_or_none(np.concatenate([span_share(u[r], wc[i], wc[j]) for (i, j), r in pair_rows.items()] or [[]]))
    ends = own_means(clean[0] @ (inverse @ wc) - s, clean[1]) if clean else own_means(us, ks)
    gaps = [
        np.linalg.norm(u[n] - lam[n] * ends[a[n]] - (1 - lam[n]) * ends[b[n]]) / np.linalg.norm(ends[a[n]] - ends[b[n]])
        for n in np.flatnonzero(~same)
        if a[n] in ends and b[n] in ends
    ]
    out["convexity_gap"] = mean_or_none(gaps)

    # The run's own theory.
    pair_figures = {pair: {} for pair in pair_rows}
    right_share = float(np.mean(z[same].argmax(1) == ks)) if same.any() else 0.0
    own = z[same, ks] if same.any() else np.array([])
    gap = own - (z[same].sum(1) - own) / (classes - 1)
    medians = [np.median(gap[ks == c]) for c in range(classes) if np.any(ks == c)]
    beta = None
    if medians:
        x = float(np.mean(medians))
        with np.errstate(over="ignore"):
            beta = float(x * (np.exp(x) + classes - 1) / classes)
        out["beta"] = beta if np.isfinite(beta) else None
    theory = beta is not None and np.isfinite(beta) and beta > 0
    if theory:
        if len(medians) > 1:
            out["ln_beta_se"] = float((1 + 1 / x) * np.std(medians, ddof=1) / np.sqrt(len(medians)))
        different = np.flatnonzero(~same)
        xi, xj = np.zeros(len(h)), np.zeros(len(h))
        if len(different):
            values, place = np.unique(lam[different], return_inverse=True)
            gi, gj = mix_gaps(classes, beta, values)
            xi[different], xj[different] = gi[place], gj[place]
        xi[same], xj[same] = x, 0
        optimum = (xi[:, None] * wc[a] + xj[:, None] * wc[b]) / kappa
        length = np.linalg.norm(optimum, axis=1)
        with np.errstate(all="ignore"):
            residual = np.where(length > 0, np.linalg.norm(u - optimum, axis=1) / length, np.nan)
        out["theory_gap"] = mean_or_none(residual)
        out["theory_gap_same"] = mean_or_none(residual[same])
        out["theory_gap_different"] = mean_or_none(residual[~same])
        if classes >= 3:
            hi, _ = mix_gaps(classes, beta, np.array([0.5]))
            out["arm_ratio_theory"] = float(hi[0] / x)
        arms, across, along = [], [], []
        for (i, j), rows in pair_rows.items():
            figures = pair_figures[i, j]
            figures["theory_gap"] = mean_or_none(residual[rows])
            zi, zj = z[rows, i], z[rows, j]
            ti = np.where(a[rows] == i, xi[rows], xj[rows])
            tj = np.where(a[rows] == i, xj[rows], xi[rows])
            inner = (lam[rows] > 0.1) & (lam[rows] < 0.9)
            if inner.sum() >= 10:
                across.append(np.var(((zi - zj) - (ti - tj))[inner] / np.sqrt(2)))
                figures["channel_width"] = float(np.sqrt(across[-1]))
            if classes < 3:
                continue
            third = (z[rows].sum(1) - zi - zj) / (classes - 2)
            both = zi + zj - 2 * third
            half = np.abs(lam[rows] - 0.5) <= 0.05
            if half.any():
                arms.append(np.mean(both[half] / 2))
                figures["arm_ratio"] = float(arms[-1] / x)
            if inner.sum() >= 10:
                along.append(np.var((both - (ti + tj))[inner] / np.sqrt(2)))
                figures["channel_along"] = float(np.sqrt(along[-1]))
        if arms:
            out["arm_ratio"] = float(np.mean(arms) / x)
        if across:
            out["channel_width"] = float(np.sqrt(np.mean(across)))
        if along:
            out["channel_along"] = float(np.sqrt(np.mean(along)))
    if options.per_pair:
        names = ("theory_gap", "arm_ratio", "channel_width", "channel_along")
        entry["pairs"] = [
            dict(i=i, j=j, samples=len(rows), **{name: pair_figures[i, j].get(name) for name in names})
            for (i, j), rows in pair_rows.items()
        ]
    valid = bool(theory and not not_valid(config, right_share, weight))
    return out, valid


NAMES = """nc1.pinv nc1.quotient nc1.cdnv nc2.means_norm_cv nc2.means_cos_std nc2.means_cos_dev nc2.means_etf_error
nc2.weights_norm_cv nc2.weights_cos_std nc2.weights_cos_dev nc2.weights_etf_error nc2.gnc2 nc3.duality nc3.structure
nc3.unc3 nc4.mismatch bias_relation accuracy calibration.ece calibration.mce calibration.nll calibration.temperature
calibration.ece_after_temperature""".split()
MIXUP_NAMES = """cosine_same cosine_same_centred cosine_same_subspace cosine_same_view norm_cv_same off_classifier
off_pair theory_gap theory_gap_same theory_gap_different convexity_gap arm_ratio arm_ratio_theory channel_width
channel_along beta ln_beta_se kappa""".split()


def measure(run, number, split, layer, options):
    epoch = run.epochs[number]
    h = epoch[f"features/{split.name}/{layer}"][:].astype(float)
    weight = bias = logits = None
    if layer == "penultimate":
        if "classifier/weight" in epoch:
            weight = epoch["classifier/weight"][:].astype(float)
            bias = epoch["classifier/bias"][:].astype(float) if "classifier/bias" in epoch else np.zeros(len(weight))
        if f"logits/{split.name}" in epoch:
            logits = epoch[f"logits/{split.name}"][:].astype(float)
        elif weight is not None:
            logits = h @ weight.T + bias
    mix = split.kind == "mix"
    entry = dict(epoch=number, split=split.name, layer=layer, samples=len(h), classes=run.classes)
    out = {}
    chance = {"nc2.weights_etf_error": None, "nc2.weights_cos_std": None}
    if weight is not None:
        etf_figures(out, "nc2.weights_", weight - weight.mean(0) if options.weights == "centred" else weight, options.unbiased)
        error, std = chance_level(*weight.shape)
        pairs = len(pairs_of(len(weight)))
        chance["nc2.weights_etf_error"] = error
        if not options.unbiased:
            chance["nc2.weights_cos_std"] = std
        elif pairs > 1:
            chance["nc2.weights_cos_std"] = std * np.sqrt(pairs / (pairs - 1))
    if logits is not None and len(h):
        top = logits.argmax(1)
        out["accuracy"] = float(np.mean(split.lam * (top == split.a) + (1 - split.lam) * (top == split.b)))
    if not mix and len(h):
        if logits is not None:
            calibration_figures(out, logits, split.a, options.ece_bins)
        present, means, centre = means_figures(out, h, split.a, run.classes, options.unbiased)
        if weight is not None:
            centred = options.weights == "centred"
            duality_figures(out, present, means, centre, weight, bias, h, options.unbiased, centred)
    for name in NAMES:
        *section, key = name.split(".")
        place = entry.setdefault(section[0], {}) if section else entry
        place[key] = out.get(name)
    entry["calibration"]["bins"] = options.ece_bins
    if not mix:
        entry["mixup"] = None
    else:
        figures, valid = {}, None
        if weight is not None and len(h):
            clean = None
            twin = run.first_split(epoch, "clean", split.origin, layer)
            if twin:
                clean = epoch[f"features/{twin.name}/{layer}"][:].astype(float), twin.a
            view = options.classes or run.view(split)
            figures, valid = mixup_figures(entry, h, split, weight, bias, run.classes, clean, view, run.config, options)
        entry["mixup"] = {name: figures.get(name) for name in MIXUP_NAMES} | {"valid": valid}
    entry["chance"] = chance
    return entry


def probe_rows(h, labels, classes):
    """Ridge regression of one-hot labels on the features, as least squares with the penalty for further rows."""
    targets = np.eye(classes)[labels]
    penalty = np.sqrt(len(h) * 1e-3 * np.mean(np.var(h, 0))) * np.eye(h.shape[1])
    design = np.r_[h - h.mean(0), penalty]
    return np.linalg.lstsq(design, np.r_[targets - targets.mean(0), np.zeros((h.shape[1], classes))], rcond=None)[0].T


def principal_axes(shown, count):
    _, s, vt = np.linalg.svd(shown - shown.mean(0), full_matrices=False)
    if np.sum(s > 1e-6 * s[0]) < count:
        return None
    axes = vt[:count]
    return axes * np.sign(axes[np.arange(count), np.abs(axes).argmax(1)])[:, None]


def project(run, numbers, options):
    lines = []
    for number in numbers:
        epoch = run.epochs[number]
        split = run.split(epoch, options.split) if options.split else run.first_split(epoch, "mix") or run.first_split(epoch, "clean")
        h = epoch[f"features/{split.name}/{options.layer}"][:].astype(float)
        chosen = options.classes or run.view(split)
        shown = np.isin(split.a, chosen) & np.isin(split.b, chosen) | options.all
        with_classifier = "classifier/weight" in epoch and options.layer == "penultimate"
        own_rows = "classifier" if with_classifier else "means"
        basis = own_rows if options.basis in (None, "kgon") else options.basis
        rows = None
        if basis in ("means", "probe"):
            clean = split if split.kind == "clean" else run.first_split(epoch, "clean", layer=options.layer)
            if clean is None or not np.all(np.isin(chosen, clean.a)):
                sys.exit("no class means of the chosen classes")
            rows = epoch[f"features/{clean.name}/{options.layer}"][:].astype(float)
            if basis == "probe":
                rows = probe_rows(rows, clean.a, run.classes)[chosen]
            else:
                rows = np.array([rows[clean.a == k].mean(0) for k in chosen])
        elif basis != "pca":
            if not with_classifier:
                sys.exit("no classifier")
            rows = epoch["classifier/weight"][:].astype(float)
            rows = (polar(rows)[0] if basis == "etf" else rows)[chosen]
        if basis == "pca":
            b = principal_axes(h[shown], len(chosen) - 1)
        else:
            b = view_basis(rows, kgon if options.basis == "kgon" else helmert)
        if b is None:
            sys.exit("the chosen rows do not span the view")
        means = [h[split.same & (split.a == k)].mean(0) for k in range(run.classes) if np.any(split.same & (split.a == k))]
        m = np.mean(means, axis=0) if means else np.zeros(h.shape[1])
        centred = h - m
        off = np.linalg.norm(centred - centred @ b.T @ b, axis=1)
        if not lines:
            axes = ["x", "y", "z"] + [f"x{k}" for k in range(4, 1 + len(b))]
            lines.append(",".join(["epoch", "index", *axes[: len(b)], "label_a", "label_b", "lambda", "off_view"]))
        for n in np.flatnonzero(shown):
            values = [number, n, *(b @ h[n]), split.a[n], split.b[n], split.lam[n], off[n]]
            lines.append(",".join(repr(float(v)) if isinstance(v, (float, np.floating)) else str(v) for v in values))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["metrics", "project"])
    parser.add_argument("run")
    parser.add_argument("--epoch", default="all")
    parser.add_argument("--split")
    parser.add_argument("--layer", default="penultimate")
    parser.add_argument("--classes", type=lambda words: [int(word) for word in words.split(",")])
    parser.add_argument("--basis", choices=["classifier", "means", "etf", "probe", "pca", "kgon"])
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--all-dims", action="store_true")
    parser.add_argument("--unbiased", action="store_true")
    parser.add_argument("--weights", default="raw", choices=["raw", "centred"])
    parser.add_argument("--ece-bins", type=int, default=15)
    parser.add_argument("--per-pair", action="store_true")
    parser.add_argument("--triples", action="store_true")
    options = parser.parse_args()
    run = Run(options.run)
    numbers = list(run.epochs)
    if options.epoch != "all":
        numbers = [numbers[-1] if options.epoch == "last" else int(options.epoch)]
    if options.what == "project":
        print(project(run, numbers, options))
        return
    entries = []
    for number in numbers:
        epoch = run.epochs[number]
        splits = [run.split(epoch, options.split)] if options.split else [run.first_split(epoch, kind, layer=options.layer) for kind in ("clean", "mix")]
        entries += [measure(run, number, split, options.layer, options) for split in splits if split]
    json.dump({"epochs": entries}, sys.stdout)


if __name__ == "__main__":
    main()

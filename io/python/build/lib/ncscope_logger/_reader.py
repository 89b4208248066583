"""Reads runs, format version 1, in both containers."""
from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Sequence, Union

import h5py
import numpy as np

from ._splits import Clean, Mix, Split


@dataclass(frozen=True)
class Projection:
    """Rows of one epoch in the view of K classes: the table of `ncscope project`.

    index (n) rows of the split; coordinates (n, K-1); label_a, label_b, lam (n); off_view (n): what the view does not
    show of each row, a length; basis (K-1, d): coordinates = h basis^T.
    """

    epoch: int
    index: np.ndarray
    coordinates: np.ndarray
    label_a: np.ndarray
    label_b: np.ndarray
    lam: np.ndarray
    off_view: np.ndarray
    basis: np.ndarray


def helmert(k: int) -> np.ndarray:
    """A_K: (K-1) x K, orthonormal rows that are orthogonal to the vector of ones (docs/maths.md, section 3.1)."""
    rows = np.zeros((k - 1, k))
    rows[0, :2] = 1, -1
    for r in range(2, k):
        rows[r - 1, :r], rows[r - 1, r] = -1, r
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def view_basis(rows: np.ndarray) -> np.ndarray:
    """B = A_K Q of K x d rows, Q their partial polar factor about their mean (docs/maths.md, section 3.1).

    ValueError where the rows span fewer than K-1 dimensions.
    """
    k = len(rows)
    u, s, vt = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    rank = int(np.sum(s > 1e-6 * s[0])) if s[0] > 0 else 0
    if rank < k - 1:
        raise ValueError(f"the {k} rows of the chosen classes have rank {rank} about their mean, {k - 1} are needed")
    return helmert(k) @ (u[:, : k - 1] @ vt[: k - 1])


class Run:
    """A run that is opened for reading. Files are open only while a call lasts, so the run may grow meanwhile."""

    def __init__(self, path: Union[str, "os.PathLike[str]"]) -> None:
        self.path = Path(path)
        self._is_folder = self.path.is_dir()
        with self._static() as root:
            if root.attrs.get("format") != "ncscope-run":
                raise ValueError(f"it is no NCScope run: {self.path}")
            if root.attrs["format_version"] > 1:
                raise ValueError(f"its format_version {root.attrs['format_version']} is newer than 1: {self.path}")
            self.title: str = root.attrs.get("title", "")
            text = root.attrs.get("config", "")
            self.config: Any = json.loads(text) if text else None
            self.view_classes: List[int] = [int(k) for k in root.attrs.get("view_classes", [])]
            self.static_splits: List[str] = sorted(root.get("splits", {}))
            names = root.get("classes/names")
            self.class_names: List[str] = [] if names is None else [str(name) for name in names.asstr()[:]]
        if not self.class_names:
            self.class_names = [str(k) for k in range(self._inferred_classes())]

    @contextmanager
    def _static(self) -> Iterator[h5py.Group]:
        with h5py.File(self.path / "run.h5" if self._is_folder else self.path, "r", locking=False) as file:
            yield file

    @contextmanager
    def _epoch(self, epoch: int) -> Iterator[h5py.Group]:
        files = self._names()
        if epoch not in files:
            raise KeyError(f"epoch {epoch} is not recorded: {self.path}")
        if self._is_folder:
            with h5py.File(self.path / "epochs" / f"{files[epoch]}.h5", "r", locking=False) as file:
                yield file
        else:
            with self._static() as file:
                yield file["epochs"][files[epoch]]

    def _names(self) -> Dict[int, str]:
        if self._is_folder:
            names = [file.stem for file in (self.path / "epochs").glob("*.h5")]
        else:
            with self._static() as file:
                names = list(file.get("epochs", []))
        return {int(name): name for name in sorted(names) if re.fullmatch("[0-9]{6,}", name)}

    def _inferred_classes(self) -> int:
        largest = -1
        for epoch in self.epochs:
            weight = self.weight(epoch)
            if weight is not None:
                return len(weight)
            with self._epoch(epoch) as group:
                for logits in group.get("logits", {}).values():
                    return int(logits.shape[1])
            for name in self.splits(epoch):
                split = self.split(name, epoch)
                for labels in ([split.label_a, split.label_b] if isinstance(split, Mix) else [split.labels]):
                    largest = max(largest, int(labels.max(initial=-1)))
        return largest + 1

    @property
    def epochs(self) -> List[int]:
        """The numbers of the recorded epochs, ascending, as they are now."""
        return sorted(self._names())

    def splits(self, epoch: Optional[int] = None) -> List[str]:
        """Names of the splits that have features in that epoch (default: the last)."""
        with self._epoch(self.epochs[-1] if epoch is None else epoch) as group:
            return sorted(group.get("features", {}))

    def split(self, name: str, epoch: Optional[int] = None) -> Split:
        """The samples of a split: the epoch's own, else the run's."""
        if epoch is not None:
            with self._epoch(epoch) as group:
                if f"splits/{name}" in group:
                    return _read_split(group[f"splits/{name}"])
        with self._static() as root:
            if f"splits/{name}" not in root:
                raise KeyError(f"there is no split '{name}': {self.path}")
            return _read_split(root[f"splits/{name}"])

    def features(self, epoch: int, split: Optional[str] = None, layer: str = "penultimate") -> np.ndarray:
        """(N,d) features as they are stored, float32 or float16; of the first mix split where none is named, else of
        the first clean one."""
        name = split or self._default_split(epoch)
        with self._epoch(epoch) as group:
            return group[f"features/{name}/{layer}"][:]

    def labels(self, epoch: Optional[int] = None, split: Optional[str] = None) -> np.ndarray:
        """(N) labels of a clean split (default: the first)."""
        name = split or self._first(Clean, epoch)
        found = self.split(name, epoch) if name else None
        if not isinstance(found, Clean):
            raise KeyError(f"there is no clean split{f' {name!r}' if name else ''}: {self.path}")
        return found.labels

    def logits(self, epoch: int, split: Optional[str] = None) -> Optional[np.ndarray]:
        """(N,C), or None where none were recorded."""
        return self._optional(epoch, f"logits/{split or self._default_split(epoch)}")

    def weight(self, epoch: int) -> Optional[np.ndarray]:
        """(C,d) of the last linear layer, or None."""
        return self._optional(epoch, "classifier/weight")

    def bias(self, epoch: int) -> Optional[np.ndarray]:
        """(C), or None."""
        return self._optional(epoch, "classifier/bias")

    def metrics(self, epoch: int) -> Dict[str, float]:
        """The numbers that were recorded with the epoch, by name."""
        with self._epoch(epoch) as group:
            return {name: float(value[()]) for name, value in group.get("metrics", {}).items()}

    def project(self, classes: Optional[Sequence[int]] = None, *, epoch: Optional[int] = None,
                split: Optional[str] = None) -> Projection:
        """The rows whose labels are both among `classes`, in the plane or space of these classes.

        The frame is the one of the chosen classifier rows of the same epoch (default: the last), or of the class means
        of the first clean split where no classifier was recorded (docs/maths.md, section 3.1). Equal to
        `ncscope project --all-dims`, `--epoch`, `--split` and `--classes` chosen alike.
        """
        number = self.epochs[-1] if epoch is None else epoch
        name = split or self._default_split(number)
        found = self.split(name, number)
        if isinstance(found, Mix):
            a, b, lam = found.label_a, found.label_b, found.lam.astype(float)
        else:
            a = b = found.labels
            lam = np.ones(len(a))
        chosen = list(classes) if classes is not None else self._view(a, b)
        if len(set(chosen)) != len(chosen) or not set(chosen) <= set(range(len(self.class_names))) or len(chosen) < 2:
            raise ValueError(f"{chosen} are not two classes or more of 0..{len(self.class_names) - 1}")
        h = self.features(number, name).astype(float)
        weight = self.weight(number)
        basis = view_basis(self._class_means(number, chosen) if weight is None else weight[chosen].astype(float))
        same = a == b
        means = [h[same & (a == k)].mean(axis=0) for k in range(len(self.class_names)) if np.any(same & (a == k))]
        centred = h - np.mean(means, axis=0) if means else h
        off = np.linalg.norm(centred - centred @ basis.T @ basis, axis=1)
        rows = np.flatnonzero(np.isin(a, chosen) & np.isin(b, chosen))
        return Projection(number, rows, h[rows] @ basis.T, a[rows], b[rows], lam[rows], off[rows], basis)

    def _class_means(self, epoch: int, chosen: Sequence[int]) -> np.ndarray:
        name = self._first(Clean, epoch)
        labels = self.labels(epoch, name)
        h = self.features(epoch, name).astype(float)
        missing = [k for k in chosen if not np.any(labels == k)]
        if missing:
            raise ValueError(f"class {missing[0]} has no sample in split '{name}', so no mean: {self.path}")
        return np.array([h[labels == k].mean(axis=0) for k in chosen])

    def _view(self, a: np.ndarray, b: np.ndarray) -> List[int]:
        """Classes of a picture when nobody chose any: the run's own, all of up to four, else the three with the most
        mixes."""
        if self.view_classes:
            return self.view_classes
        count = len(self.class_names)
        if count <= 4:
            return list(range(count))
        mixes = np.bincount(a, minlength=count) + np.bincount(b[a != b], minlength=count)
        return sorted(np.argsort(-mixes, kind="stable")[:3].tolist())

    def _optional(self, epoch: int, path: str) -> Optional[np.ndarray]:
        with self._epoch(epoch) as group:
            return group[path][:] if path in group else None

    def _first(self, kind: type, epoch: Optional[int]) -> Optional[str]:
        number = self.epochs[-1] if epoch is None and self.epochs else epoch
        names = self.static_splits if number is None else self.splits(number)
        return next((name for name in names if isinstance(self.split(name, number), kind)), None)

    def _default_split(self, epoch: int) -> str:
        name = self._first(Mix, epoch) or self._first(Clean, epoch)
        if name is None:
            raise KeyError(f"epoch {epoch} has no features: {self.path}")
        return name


def _read_split(group: h5py.Group) -> Split:
    def get(name: str) -> Optional[np.ndarray]:
        return group[name][:] if name in group else None

    kind = group.attrs.get("kind", "mix" if "label_a" in group else "clean")
    common = dict(images=get("images"), origin=group.attrs.get("origin", "train"), mode=group.attrs.get("mode", "eval"),
                  bn=group.attrs.get("bn"))
    if kind == "mix":
        return Mix(label_a=get("label_a"), label_b=get("label_b"), lam=get("lambda"), sample_a=get("sample_a"),
                   sample_b=get("sample_b"), lambda_per=group.attrs.get("lambda_per"), **common)
    return Clean(labels=get("labels"), sample=get("sample"), **common)


def read(path: Union[str, "os.PathLike[str]"]) -> Run:
    """Opens a run, a folder or a file."""
    return Run(path)

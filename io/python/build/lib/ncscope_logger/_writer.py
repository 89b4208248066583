"""Writes directory runs, format version 1."""
from __future__ import annotations

import datetime
import json
import os
import re
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Dict, Mapping, Optional, Sequence, Type, Union

import h5py
import numpy as np

from ._files import atomic, atomic_h5, flush, put
from ._splits import Clean, Mix, Split, as_split, attributes_of, datasets_of, to_numpy

LARGEST_HALF = 65504.0

Features = Union[Any, Mapping[str, Any]]  # (N,d), or by split: (N,d) or by layer (N,d)


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def same_split(a: Split, b: Split, classes: int) -> bool:
    """Whether two splits hold the same samples; pictures do not count."""
    if type(a) is not type(b) or attributes_of(a) != attributes_of(b):
        return False
    first, second = datasets_of(a, classes), datasets_of(b, classes)
    first.pop("images", None)
    second.pop("images", None)
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def write_split(file: h5py.Group, name: str, split: Split, classes: int) -> None:
    group = file.require_group(f"splits/{name}")
    group.attrs.update(attributes_of(split))
    for dataset, values in datasets_of(split, classes).items():
        put(group, dataset, values)


class RunWriter:
    """Writes a run as a folder that NCScope opens, and follows while it grows.

        with RunWriter("run", classes=["cat", "dog", "bird"]) as writer:
            writer.epoch(0, features=h, labels=y, weight=W, bias=b)

    Every file is written under another name, flushed to the disk and renamed: whoever looks sees whole epochs only, and
    a program that is killed at any moment leaves a valid run.

    Args:
        path: the folder; made where it is missing. It must be empty, unless `resume` is set.
        classes: C names, label k means classes[k]; an integer C names them "0", "1", …
        splits: the samples that are recorded at every epoch, by name: `Clean`, `Mix` or an array of labels. What is not
            said here is taken from the first epoch.
        title, config, feature_layer, view_classes: texts and choices that the run keeps; `config` is any JSON value.
        dtype: "float32", or "float16" for features in half the space (where they fit: up to 65504).
        resume: go on with the run that is there, or start one. Classes and splits may then be left out.
    """

    def __init__(self, path: Union[str, "os.PathLike[str]"], classes: Union[Sequence[str], int, None] = None, *,
                 splits: Optional[Mapping[str, Any]] = None, title: str = "", config: Any = None,
                 feature_layer: str = "", view_classes: Optional[Sequence[int]] = None, dtype: str = "float32",
                 resume: bool = False) -> None:
        if dtype not in ("float16", "float32"):
            raise ValueError(f"dtype is '{dtype}', expected 'float16' or 'float32'")
        self.path = Path(path)
        self._dtype = dtype
        self._splits: Dict[str, Split] = {name: as_split(split) for name, split in (splits or {}).items()}
        self._title, self._config, self._feature_layer = title, config, feature_layer
        self._view_classes = None if view_classes is None else [int(k) for k in view_classes]
        self._has_static = False
        self._is_open = True
        names = [str(k) for k in range(classes)] if isinstance(classes, int) else classes
        self.classes = [] if names is None else [str(name) for name in names]
        if resume and (self.path / "run.h5").exists():
            self._resume()
        elif not self.classes:
            raise ValueError("a new run needs 'classes'")
        else:
            self._create()
        self._write_state("running")

    def _create(self) -> None:
        for name, split in self._splits.items():
            self._check_name(name)
            datasets_of(split, len(self.classes))
        self.path.mkdir(parents=True, exist_ok=True)
        if any(self.path.iterdir()):
            raise FileExistsError(f"the folder is not empty: {self.path}")
        (self.path / "epochs").mkdir()
        flush(self.path)
        if self._splits:
            self._write_static()

    def _resume(self) -> None:
        from ._reader import read

        run = read(self.path)
        if self.classes and self.classes != run.class_names:
            raise ValueError(f"the run has the classes {run.class_names}, not {self.classes}: {self.path}")
        self.classes = run.class_names
        self._title, self._config = run.title, run.config
        found = {name: run.split(name) for name in run.static_splits}
        for name, split in self._splits.items():
            if name not in found or not same_split(split, found[name], len(self.classes)):
                raise ValueError(f"the samples of split '{name}' are not those of the run: {self.path}")
        self._splits = found
        self._has_static = True
        (self.path / "epochs").mkdir(exist_ok=True)
        for folder in (self.path, self.path / "epochs"):
            for part in folder.glob("*.part"):
                part.unlink()

    @staticmethod
    def _check_name(name: str) -> None:
        if not name or "/" in name or name in (".", ".."):
            raise ValueError(f"'{name}' is no name for a split or layer")

    def _write_static(self) -> None:
        classes = len(self.classes)
        if self._view_classes is not None and sorted(set(self._view_classes) & set(range(classes))) != sorted(self._view_classes):
            raise ValueError(f"view_classes names a class twice or outside 0..{classes - 1}")
        texts = {"generator": "ncscope-logger 0.1.0", "created": now(), "title": self._title,
                 "feature_layer": self._feature_layer, "config": "" if self._config is None else json.dumps(self._config)}
        with atomic_h5(self.path / "run.h5") as file:
            file.attrs["format"] = "ncscope-run"
            file.attrs.create("format_version", 1, dtype="int64")
            for name, text in texts.items():
                if text:
                    file.attrs[name] = text
            if self._view_classes is not None:
                file.attrs.create("view_classes", self._view_classes, dtype="int32")
            file.create_dataset("classes/names", data=self.classes, dtype=h5py.string_dtype())
            for name, split in self._splits.items():
                write_split(file, name, split, classes)
        self._has_static = True

    def _write_state(self, state: str) -> None:
        content = {"title": self._title, "config": self._config, "state": state, "pid": os.getpid(),
                   "host": socket.gethostname(), "updated": now()}
        with atomic(self.path / "run.json") as part:
            part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @property
    def splits(self) -> Dict[str, Split]:
        """The samples that are recorded at every epoch, by name."""
        return dict(self._splits)

    @property
    def epochs(self) -> Sequence[int]:
        """The numbers of the epochs that are written, ascending."""
        files = (self.path / "epochs").glob("*.h5")
        return sorted(int(file.stem) for file in files if re.fullmatch("[0-9]{6,}", file.stem))

    def epoch(self, epoch: int, *, features: Features, labels: Any = None, mixes: Optional[Mix] = None,
              weight: Any = None, bias: Any = None, logits: Any = None, splits: Optional[Mapping[str, Any]] = None,
              step: Optional[int] = None, seconds: Optional[float] = None,
              metrics: Optional[Mapping[str, float]] = None) -> Path:
        """Writes epoch `epoch`: the state after so many whole passes over the training set, 0 before the first.

        Args:
            features: inputs h of the last linear layer, (N,d), of split "clean" (or "mix", where only mixes are known);
                or by split {"clean": h, "mix": h_mix}; or by split and layer {"clean": {"penultimate": h, "block3": g}}.
            labels: the samples of split "clean": (N) integers or a `Clean`. Needed once; samples that differ from the
                first epoch's are kept with the epoch.
            mixes: the same of split "mix".
            splits: the same of splits of any name.
            weight, bias: the last linear layer, (C,d) and (C): logits = weight h + bias.
            logits: (N,C), or by split.
            step, seconds: optimiser steps and time since the start.
            metrics: numbers such as train_loss, test_accuracy, learning_rate.

        Returns the file. An epoch that was written before is replaced. ValueError, and nothing written, where shapes
        disagree or numbers are not finite.
        """
        if not self._is_open:
            raise ValueError(f"the run is closed: {self.path}")
        if epoch < 0:
            raise ValueError(f"epoch {epoch} is negative")
        known = self._known_splits(labels, mixes, splits)
        arrays = self._arrays(epoch, known, features, weight, bias, logits)
        own = {name: split for name, split in known.items() if self._has_static and not self._is_static(name, split)}
        if not self._has_static:
            before = self._splits
            self._splits = known
            try:
                self._write_static()
            except BaseException:
                self._splits = before
                raise
        path = self.path / "epochs" / f"{epoch:06}.h5"
        with atomic_h5(path) as file:
            file.attrs.create("epoch", epoch, dtype="int64")
            if step is not None:
                file.attrs.create("step", step, dtype="int64")
            if seconds is not None:
                file.attrs.create("seconds", seconds, dtype="float64")
            for name, array in arrays.items():
                put(file, name, array)
            for name, split in own.items():
                write_split(file, name, split, len(self.classes))
            for name, value in (metrics or {}).items():
                put(file, f"metrics/{name}", np.float64(value))
        self._write_state("running")
        return path

    def _is_static(self, name: str, split: Split) -> bool:
        return name in self._splits and (split is self._splits[name]
                                         or same_split(split, self._splits[name], len(self.classes)))

    def _known_splits(self, labels: Any, mixes: Optional[Mix], splits: Optional[Mapping[str, Any]]) -> Dict[str, Split]:
        known = dict(self._splits)
        given = dict(splits or {})
        if labels is not None:
            given["clean"] = labels
        if mixes is not None:
            given["mix"] = mixes
        for name, split in given.items():
            self._check_name(name)
            known[name] = as_split(split)
        return known

    def _arrays(self, epoch: int, splits: Mapping[str, Split], features: Features, weight: Any, bias: Any,
                logits: Any) -> Dict[str, np.ndarray]:
        """Everything but splits and metrics by its path in the file, checked."""
        classes = len(self.classes)
        rows = {name: len(next(iter(datasets_of(split, classes).values()))) for name, split in splits.items()}
        alone = "clean" if "clean" in splits else "mix"
        by_split = features if isinstance(features, Mapping) else {alone: features}
        arrays: Dict[str, np.ndarray] = {}

        def add(path: str, values: Any, shape: Sequence[Optional[int]], dtype: str) -> None:
            array = to_numpy(values)
            fits = array.ndim == len(shape) and all(n in (None, m) for n, m in zip(shape, array.shape))
            if not fits or 0 in array.shape[1:]:
                expected = " x ".join("any" if n is None else str(n) for n in shape)
                raise ValueError(f"epoch {epoch}: '{path}' has shape {' x '.join(map(str, array.shape))}, expected {expected}")
            if dtype == "float16" and array.size and np.abs(array).max() > LARGEST_HALF:
                dtype = "float32"
            with np.errstate(over="ignore"):
                arrays[path] = array.astype(dtype, copy=False)
            if not np.all(np.isfinite(arrays[path])):
                raise ValueError(f"epoch {epoch}: '{path}' holds a number that is not finite as {dtype}")

        if weight is not None:
            add("classifier/weight", weight, (classes, None), "float32")
        if bias is not None:
            add("classifier/bias", bias, (classes,), "float32")
        width = arrays["classifier/weight"].shape[1] if weight is not None else None
        for name, layers in by_split.items():
            if name not in rows:
                raise ValueError(f"epoch {epoch}: the labels of split '{name}' are not known; pass them once")
            for layer, values in (layers if isinstance(layers, Mapping) else {"penultimate": layers}).items():
                self._check_name(layer)
                add(f"features/{name}/{layer}", values,
                    (rows[name], width if layer == "penultimate" else None), self._dtype)
        if not arrays or not any(path.startswith("features/") for path in arrays):
            raise ValueError(f"epoch {epoch}: no features")
        if logits is not None:
            for name, values in (logits if isinstance(logits, Mapping) else {alone: logits}).items():
                if name not in rows:
                    raise ValueError(f"epoch {epoch}: the labels of split '{name}' are not known; pass them once")
                add(f"logits/{name}", values, (rows[name], classes), "float32")
        return arrays

    def close(self, state: str = "finished") -> None:
        """Ends the run: `state` is "finished" or "stopped"."""
        if not self._is_open:
            return
        if not self._has_static:
            self._write_static()
        self._write_state(state)
        self._is_open = False

    def __enter__(self) -> "RunWriter":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close("finished" if kind is None else "stopped")

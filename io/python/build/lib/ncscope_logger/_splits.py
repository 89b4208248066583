"""Which samples a split holds, as values."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple, Union

import numpy as np


def to_numpy(values: Any) -> np.ndarray:
    """A NumPy array of anything array-like; tensors of PyTorch are detached and brought to the CPU."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        if str(values.dtype) == "torch.bfloat16":  # NumPy has no such type
            values = values.float()
        values = values.numpy()
    return np.asarray(values)


@dataclass(frozen=True)
class Clean:
    """N samples, one label each.

    labels (N) integers; sample (N) indices into the data set; images (N,H,W) or (N,H,W,3) uint8. `origin` is "train"
    or "test", `mode` the network's when it was recorded: "eval", "train" or "train-chosen".
    """

    labels: Any
    sample: Any = None
    images: Any = None
    origin: str = "train"
    mode: str = "eval"
    bn: Optional[str] = None


@dataclass(frozen=True)
class Mix:
    """N mixes `lam * x_a + (1 - lam) * x_b`.

    label_a, label_b (N) integers, may be equal; lam (N) in [0,1] belongs to a; sample_a, sample_b (N) indices into the
    data set; images (N,H,W) or (N,H,W,3) uint8 of the mixed pictures. `lambda_per` is "sample" or "batch".
    """

    label_a: Any
    label_b: Any
    lam: Any
    sample_a: Any = None
    sample_b: Any = None
    images: Any = None
    origin: str = "train"
    mode: str = "eval"
    lambda_per: Optional[str] = "sample"
    bn: Optional[str] = None


Split = Union[Clean, Mix]


def as_split(value: Any) -> Split:
    """A split as it is; anything else is taken as the labels of a clean one."""
    return value if isinstance(value, (Clean, Mix)) else Clean(labels=value)


def _integers(name: str, values: Any, dtype: str) -> np.ndarray:
    array = to_numpy(values)
    if array.ndim != 1:
        raise ValueError(f"'{name}' has rank {array.ndim}, expected 1")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"'{name}' has type {array.dtype}, expected integers")
    return array.astype(dtype)


def _labels(name: str, values: Any, classes: int) -> np.ndarray:
    array = _integers(name, values, "int64")
    if array.size and not (0 <= array.min() and array.max() < classes):
        raise ValueError(f"'{name}' holds a label outside 0..{classes - 1}")
    return array.astype("int32")


def _images(values: Any, rows: int) -> np.ndarray:
    images = to_numpy(values)
    if images.dtype != np.uint8 or images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[3] != 3):
        raise ValueError("'images' are not (N,H,W) or (N,H,W,3) uint8")
    if len(images) != rows:
        raise ValueError(f"'images' are {len(images)}, expected {rows}")
    return images


def attributes_of(split: Split) -> Dict[str, str]:
    """The attributes of the split's group."""
    kind = "mix" if isinstance(split, Mix) else "clean"
    found = {"kind": kind, "origin": split.origin, "mode": split.mode, "bn": split.bn}
    if isinstance(split, Mix):
        found["lambda_per"] = split.lambda_per
    return {name: text for name, text in found.items() if text}


def datasets_of(split: Split, classes: int) -> Dict[str, np.ndarray]:
    """The datasets of the split's group, checked. ValueError where they are not what the format says."""
    if isinstance(split, Mix):
        found = {"label_a": _labels("label_a", split.label_a, classes),
                 "label_b": _labels("label_b", split.label_b, classes),
                 "lambda": to_numpy(split.lam).astype("float32")}
        if found["lambda"].ndim != 1 or not np.all((found["lambda"] >= 0) & (found["lambda"] <= 1)):
            raise ValueError("'lam' is no list of numbers in [0,1]")
        samples: Tuple[Tuple[str, Any], ...] = (("sample_a", split.sample_a), ("sample_b", split.sample_b))
    else:
        found = {"labels": _labels("labels", split.labels, classes)}
        samples = (("sample", split.sample),)
    for name, values in samples:
        if values is not None:
            found[name] = _integers(name, values, "int64")
    rows = len(next(iter(found.values())))
    for name, array in found.items():
        if len(array) != rows:
            raise ValueError(f"'{name}' has {len(array)} entries, expected {rows}")
    if split.images is not None:
        found["images"] = _images(split.images, rows)
    return found

"""Files that are there whole or not at all."""
from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import h5py
import numpy as np

try:
    import xxhash
except ImportError:  # checksums are optional in the format
    xxhash = None


def flush(path: Path) -> None:
    """Flushes a file or the entries of a folder to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows flushes no folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Gives the name of a file to write; afterwards that is flushed to the disk and renamed to `path`.

    Where the body fails, the file is removed and `path` is as before.
    """
    part = path.with_name(path.name + ".part")
    try:
        yield part
        flush(part)
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    flush(path.parent)


@contextmanager
def atomic_h5(path: Path) -> Iterator[h5py.File]:
    """The same for an HDF5 file, which HDF5 1.10 can read."""
    with atomic(path) as part:
        with h5py.File(part, "w", libver=("earliest", "v108")) as file:
            yield file


def put(group: h5py.Group, path: str, array: Any) -> None:
    """A contiguous dataset with its checksum, if the package xxhash is there."""
    array = np.ascontiguousarray(array) if np.ndim(array) else np.asarray(array)
    dataset = group.create_dataset(path, data=array)
    if xxhash is not None:
        dataset.attrs.create("xxh64", xxhash.xxh64(array.tobytes() if array.ndim == 0 else array).intdigest(), dtype="uint64")

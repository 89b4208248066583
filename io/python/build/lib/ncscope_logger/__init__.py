"""Writes and reads runs of NCScope: the last-layer features, the classifier and the mixes of a training, epoch by epoch.

`RunWriter` writes what you hand it, `MixupProbe` takes it from a PyTorch model by itself, `read` opens a run. Only
`MixupProbe`, `ProbeCallback` and `convert` need PyTorch, and import it when they are used.
"""
from __future__ import annotations

from typing import Any

from ._reader import Projection, Run, read
from ._splits import Clean, Mix
from ._writer import RunWriter

__version__ = "0.1.0"
__all__ = ["Clean", "Mix", "MixupProbe", "ProbeCallback", "Projection", "Run", "RunWriter", "convert", "read"]


def __getattr__(name: str) -> Any:
    if name == "MixupProbe":
        from ._probe import MixupProbe

        return MixupProbe
    if name == "ProbeCallback":
        from .lightning import ProbeCallback

        return ProbeCallback
    if name == "convert":
        from ._convert import convert

        return convert
    raise AttributeError(f"module 'ncscope_logger' has no attribute '{name}'")

"""A callback for Lightning that records a `MixupProbe`. Works without Lightning too: then any loop may call its hooks."""
from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Optional, Union

from ._probe import MixupProbe


def _callback_base() -> type:
    """Lightning's Callback, of the package that the program uses; `object` where there is none."""
    names = ("lightning.pytorch", "pytorch_lightning")
    for name in sorted(names, key=lambda known: known not in sys.modules):
        try:
            return importlib.import_module(name).Callback
        except ImportError:
            continue
    return object


class ProbeCallback(_callback_base()):  # type: ignore[misc]
    """Records epoch 0 before training and each epoch after its pass, with what the module logged as numbers.

        trainer = Trainer(callbacks=[ProbeCallback(train_set, run="runs/mine")])

    Args:
        dataset, run, **options: as of `MixupProbe`.
        every: record each so many epochs, and the last.
    """

    def __init__(self, dataset: Any, run: Union[str, "os.PathLike[str]"], *, every: int = 1, **options: Any) -> None:
        super().__init__()
        self._dataset, self._run, self._every, self._options = dataset, run, every, options
        self._probe: Optional[MixupProbe] = None

    def on_train_start(self, trainer: Any, module: Any) -> None:
        if not getattr(trainer, "is_global_zero", True):
            return
        self._probe = MixupProbe(module, self._dataset, self._run, **self._options)
        if trainer.current_epoch not in self._probe.writer.epochs:
            self._record(trainer, trainer.current_epoch)

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        done = trainer.current_epoch + 1
        if self._probe and (done % self._every == 0 or done == trainer.max_epochs):
            self._record(trainer, done)

    def on_train_end(self, trainer: Any, module: Any) -> None:
        if self._probe:
            interrupted = bool(getattr(trainer, "interrupted", False))
            self._probe.close("stopped" if interrupted else "finished")
            self._probe = None

    def on_exception(self, trainer: Any, module: Any, exception: BaseException) -> None:
        if self._probe:
            self._probe.close("stopped")
            self._probe = None

    def _record(self, trainer: Any, epoch: int) -> None:
        numbers = {}
        for name, value in dict(getattr(trainer, "callback_metrics", {})).items():
            if "/" not in name and getattr(value, "numel", lambda: 1)() == 1:
                numbers[name] = float(value)
        assert self._probe is not None
        self._probe.record(epoch, step=getattr(trainer, "global_step", None), **numbers)

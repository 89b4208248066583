"""Records fixed samples and mixes of a data set through a PyTorch model, epoch by epoch."""
from __future__ import annotations

import os
import random
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple, Type, Union

import numpy as np
import torch
from torch import nn

from ._splits import Clean, Mix, to_numpy
from ._writer import RunWriter


def plain_model(model: nn.Module) -> nn.Module:
    """The model inside DataParallel, DistributedDataParallel and torch.compile."""
    while isinstance(getattr(model, "module", None), nn.Module) or isinstance(getattr(model, "_orig_mod", None), nn.Module):
        model = model._orig_mod if hasattr(model, "_orig_mod") else model.module
    return model


def last_linear(model: nn.Module, classes: Optional[int] = None) -> nn.Linear:
    """The last linear layer in the order of `model.modules()`, of those with `classes` outputs."""
    found = [module for module in model.modules()
             if isinstance(module, nn.Linear) and classes in (None, module.out_features)]
    if not found:
        raise ValueError(f"the model has no linear layer{'' if classes is None else f' with {classes} outputs'}; name it by layer=…")
    return found[-1]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers of PyTorch, NumPy and Python from `seed`; afterwards they go on as if nothing had been drawn."""
    states = random.getstate(), np.random.get_state()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        np.random.seed(seed)
        random.seed(seed)
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])


@contextmanager
def in_mode(model: nn.Module, training: bool) -> Iterator[None]:
    """The model in eval or training mode, without gradients; then each module's mode and all buffers are what they were."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.detach().clone()) for buffer in model.buffers()]
    model.train(training)
    try:
        with torch.no_grad():
            yield
    finally:
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for buffer, saved in buffers:
                buffer.copy_(saved)


def labels_of(dataset: Any) -> np.ndarray:
    """(N) labels of a map-style data set: `targets` or `labels` where it (or what a Subset selects from) has them,
    else by going through it once."""
    for name in ("targets", "labels"):
        if hasattr(dataset, name):
            return to_numpy(getattr(dataset, name)).astype("int64")
    if hasattr(dataset, "dataset") and hasattr(dataset, "indices"):
        return labels_of(dataset.dataset)[np.asarray(dataset.indices, dtype="int64")]
    if isinstance(dataset, torch.utils.data.TensorDataset):
        return to_numpy(dataset.tensors[1]).astype("int64")
    return np.array([int(dataset[n][1]) for n in range(len(dataset))], dtype="int64")


def draw_clean(labels: np.ndarray, classes: int, per_class: int, rng: np.random.Generator) -> np.ndarray:
    """Up to `per_class` samples of each class, ascending."""
    chosen = [rng.permutation(np.flatnonzero(labels == k))[:per_class] for k in range(classes)]
    return np.sort(np.concatenate(chosen))


def draw_mixes(labels: np.ndarray, classes: int, per_pair: int, rng: np.random.Generator) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(sample_a, sample_b, lam): `per_pair` mixes of each unordered pair of classes, of a class with itself too; lam
    uniform for each. Partners are never the same sample where a class has two."""
    lists = [np.flatnonzero(labels == k) for k in range(classes)]
    a: List[int] = []
    b: List[int] = []
    for i in range(classes):
        for j in range(i, classes):
            if not len(lists[i]) or not len(lists[j]):
                continue
            for _ in range(per_pair):
                first = rng.integers(len(lists[i]))
                second = rng.integers(len(lists[j]))
                if i == j and first == second and len(lists[i]) > 1:
                    second = (first + rng.integers(1, len(lists[i]))) % len(lists[i])
                a.append(lists[i][first])
                b.append(lists[j][second])
    return np.array(a, dtype="int64"), np.array(b, dtype="int64"), rng.random(len(a), dtype="float32")


def thumbnails_of(inputs: torch.Tensor, side: int) -> np.ndarray:
    """(N,H,W) or (N,H,W,3) uint8 of (N,1|3,H,W) inputs, at most `side` wide and high; brightness stretched to what
    all of them span."""
    scale = max(inputs.shape[-2:]) / side
    if scale > 1:
        size = [max(1, round(n / scale)) for n in inputs.shape[-2:]]
        inputs = nn.functional.interpolate(inputs, size=size, mode="area")
    low, high = inputs.min(), inputs.max()
    bytes_ = ((inputs - low) / (high - low).clamp_min(1e-12) * 255).round().to(torch.uint8)
    return (bytes_[:, 0] if bytes_.shape[1] == 1 else bytes_.permute(0, 2, 3, 1)).contiguous().numpy()


class MixupProbe:
    """Draws fixed samples and fixed mixes of a data set once, and records how the model answers to them.

        with MixupProbe(model, train_set, run="runs/mine", classes=names) as probe:
            probe.record(0)
            for epoch in range(1, epochs + 1):
                train_one_pass(model, train_set)
                probe.record(epoch, train_loss=loss)

    The run gets a split "clean" (samples as they are) and a split "mix" (`lam * x_a + (1 - lam) * x_b`, mixed before
    the model runs), for each the inputs h of the last linear layer and its outputs, and the layer's weight and bias.
    The model's mode, its buffers (running statistics of batch normalisation) and all random numbers are afterwards what
    they were.

    Args:
        model: any module with a linear layer at its end; DataParallel, DistributedDataParallel and torch.compile are
            looked through. The model may be on any device.
        dataset: map-style, dataset[n] = (x, y, …) with x a float tensor. The samples of the probe are fetched once and
            kept, random augmentation is thus fixed too.
        run: the folder to write, or an open `RunWriter`.
        classes: names, or their number; default: `dataset.classes`, else as many as the last linear layer has outputs.
        labels: (N) labels of the data set, where finding them in it would take long.
        per_class: clean samples of each class. per_pair: mixes of each pair of classes, equal ones too.
        seed: which samples and which lam; the same seed on the same data set is the same probe.
        layer: the last linear layer or its name, where it is not the last one in `model.modules()`.
        mode: "eval", or "train" for batch statistics (in batches of `batch_size` that hold all classes).
        batch_size: samples that go through the model at once.
        thumbnails: largest side of the pictures that are kept with the samples, 0 for none. Only of inputs (1,H,W) or
            (3,H,W).
        dtype: of the features on disk, "float32" or "float16".
        config, title, feature_layer: kept with the run. Of `config`, NCScope reads {"mixing": {"kind": "mixup" | "none"
            | …}, "loss": {"kind": "cross-entropy" | "mse" | …}} to know whether the theory of mixup applies.
        resume: go on with the run that is there, or start one.
    """

    def __init__(self, model: nn.Module, dataset: Any, run: Union[str, "os.PathLike[str]", RunWriter], *,
                 classes: Union[Sequence[str], int, None] = None, labels: Any = None, per_class: int = 100,
                 per_pair: int = 100, seed: int = 0, layer: Union[nn.Linear, str, None] = None, mode: str = "eval",
                 batch_size: int = 256, thumbnails: int = 28, dtype: str = "float32", config: Any = None,
                 title: str = "", feature_layer: str = "", resume: bool = False) -> None:
        if mode not in ("eval", "train"):
            raise ValueError(f"mode is '{mode}', expected 'eval' or 'train'")
        self.model = plain_model(model)
        self._mode, self._batch_size, self._seed = mode, batch_size, seed
        names = classes if classes is not None else getattr(dataset, "classes", None)
        if isinstance(run, RunWriter):
            names = run.classes
        count = names if isinstance(names, int) else len(names) if names is not None else None
        self.layer = layer if isinstance(layer, nn.Linear) else (
            self.model.get_submodule(layer) if layer else last_linear(self.model, count))
        names = names if names is not None else self.layer.out_features
        splits = self._draw(dataset, labels_of(dataset) if labels is None else to_numpy(labels).astype("int64"),
                            self.layer.out_features, per_class, per_pair, thumbnails)
        self.writer = run if isinstance(run, RunWriter) else RunWriter(
            run, names, splits=splits, title=title, config=config, feature_layer=feature_layer, dtype=dtype, resume=resume)
        self._splits = splits

    def _draw(self, dataset: Any, labels: np.ndarray, classes: int, per_class: int, per_pair: int,
              thumbnails: int) -> Dict[str, Union[Clean, Mix]]:
        if labels.size and not (0 <= labels.min() and labels.max() < classes):
            raise ValueError(f"the data set has labels outside 0..{classes - 1}")
        rng = np.random.default_rng(self._seed)
        sample = draw_clean(labels, classes, per_class, rng)
        a, b, lam = draw_mixes(labels, classes, per_pair, rng)
        used = np.unique(np.concatenate([sample, a, b]))
        if not used.size:
            raise ValueError("the data set is empty")
        with seeded(self._seed):
            self._inputs = torch.stack([torch.as_tensor(dataset[int(n)][0]) for n in used]).float()
        ones = np.ones(len(sample), dtype="float32")
        rows = [np.searchsorted(used, n) for n in (sample, a, b)]
        self._plans = {"clean": (rows[0], rows[0], ones), "mix": (rows[1], rows[2], lam)}
        pictures: Dict[str, Optional[np.ndarray]] = dict.fromkeys(self._plans)
        if thumbnails and self._inputs.ndim == 4 and self._inputs.shape[1] in (1, 3):
            for name in self._plans:
                pictures[name] = thumbnails_of(self._mixed(name, slice(None)), thumbnails)
        bn = "running" if self._mode == "eval" else None
        return {"clean": Clean(labels[sample], sample, pictures["clean"], mode=self._mode, bn=bn),
                "mix": Mix(labels[a], labels[b], lam, a, b, pictures["mix"], mode=self._mode, bn=bn)}

    def _mixed(self, split: str, rows: Any) -> torch.Tensor:
        """lam x_a + (1 - lam) x_b of some rows of a split, on the CPU."""
        first, second, lam = (values[rows] for values in self._plans[split])
        if split == "clean":
            return self._inputs[first]
        weight = torch.from_numpy(lam).view(-1, *[1] * (self._inputs.ndim - 1))
        return weight * self._inputs[first] + (1 - weight) * self._inputs[second]

    def record(self, epoch: int, *, step: Optional[int] = None, seconds: Optional[float] = None, **metrics: float) -> None:
        """Runs all samples and mixes through the model as it is now, and writes them as epoch `epoch`: the state after
        so many whole passes over the training set, 0 before the first. Further numbers, such as train_loss=…, are kept
        with the epoch."""
        features, logits = {}, {}
        with in_mode(self.model, self._mode == "train"), seeded(self._seed):
            for name in self._plans:
                features[name], logits[name] = self._run(name)
        weight, bias = self.layer.weight, self.layer.bias
        self.writer.epoch(epoch, features=features, logits=logits, weight=weight.detach().float(),
                          bias=None if bias is None else bias.detach().float(), splits=self._splits, step=step,
                          seconds=seconds, metrics={name: float(value) for name, value in metrics.items()})

    def _run(self, split: str) -> Tuple[np.ndarray, np.ndarray]:
        """(N,d) inputs and (N,C) outputs of the last linear layer."""
        count = len(self._plans[split][0])
        # Batch statistics need batches that hold all classes: a fixed shuffle, undone at the end.
        order = np.random.default_rng(self._seed).permutation(count) if self._mode == "train" else np.arange(count)
        caught: List[Tuple[torch.Tensor, torch.Tensor]] = []
        hook = self.layer.register_forward_hook(lambda _, given, answer: caught.append((given[0], answer)))
        features: List[torch.Tensor] = []
        logits: List[torch.Tensor] = []
        try:
            for rows in np.array_split(order, max(1, -(-count // self._batch_size))):
                caught.clear()
                self.model(self._mixed(split, rows).to(self.layer.weight.device))
                if len(caught) != 1 or caught[0][0].shape[:-1] != (len(rows),):
                    raise ValueError("the last linear layer does not see one row for each sample; name the right one by layer=…")
                features.append(caught[0][0].detach().float().cpu())
                logits.append(caught[0][1].detach().float().cpu())
        finally:
            hook.remove()
        back = np.argsort(order)
        return torch.cat(features).numpy()[back], torch.cat(logits).numpy()[back]

    def close(self, state: str = "finished") -> None:
        """Ends the run: `state` is "finished" or "stopped"."""
        self.writer.close(state)

    def __enter__(self) -> "MixupProbe":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close("finished" if kind is None else "stopped")

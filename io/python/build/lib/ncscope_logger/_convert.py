"""State dicts of torch.save as safetensors, which programs read without running any code."""
from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, Mapping, Union

import torch

from ._files import atomic

TYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
         torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL"}
WRAPPERS = ("state_dict", "model_state_dict", "model")  # where training programs keep it inside a checkpoint
PREFIXES = ("module.", "_orig_mod.")  # of DistributedDataParallel and of torch.compile


def state_dict_of(loaded: Any) -> Dict[str, torch.Tensor]:
    """The tensors by name in what torch.load returns: a state dict, or a checkpoint that holds one."""
    for wrapper in WRAPPERS:
        if isinstance(loaded, Mapping) and isinstance(loaded.get(wrapper), Mapping):
            loaded = loaded[wrapper]
    if not isinstance(loaded, Mapping):
        raise ValueError("it holds no state dict; save model.state_dict()")
    tensors = {str(name): value for name, value in loaded.items() if isinstance(value, torch.Tensor)}
    if not tensors:
        raise ValueError("it holds no tensors")
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in tensors):
            tensors = {name[len(prefix):]: value for name, value in tensors.items()}
    return tensors


def write_safetensors(tensors: Mapping[str, torch.Tensor], path: Union[str, "os.PathLike[str]"]) -> None:
    """Writes tensors by name: eight bytes with the length of the header, the header in JSON, then the numbers."""
    order = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))  # keeps every start aligned
    header: Dict[str, Any] = {}
    start = 0
    for name in order:
        tensor = tensors[name]
        if tensor.dtype not in TYPES:
            raise ValueError(f"tensor '{name}' has type {tensor.dtype}, which safetensors has no word for")
        end = start + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with atomic(Path(path)) as part:
        with open(part, "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for name in order:
                plain = tensors[name].detach().cpu().contiguous().reshape(-1)
                file.write(plain.view(torch.uint8).numpy().tobytes() if plain.numel() else b"")


def convert(source: Union[str, "os.PathLike[str]"], target: Union[str, "os.PathLike[str]"]) -> int:
    """Turns a file of torch.save into one of safetensors; returns how many tensors there are.

    Only tensors and plain containers are unpickled, no code of the file is run.
    """
    loaded = torch.load(source, map_location="cpu", weights_only=True)
    tensors = state_dict_of(loaded)
    write_safetensors(tensors, target)
    return len(tensors)

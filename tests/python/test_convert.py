import json
import subprocess
import sys
import unittest

import torch
from support import RunTest
from torch import nn

from ncscope_logger import convert

TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
         "U8": torch.uint8, "BOOL": torch.bool}


def tensors_of(path):
    """Reads safetensors by its description: length, header, numbers."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header, numbers = json.loads(content[8:8 + length]), content[8 + length:]
    assert length % 8 == 0
    ends = sorted(entry["data_offsets"] for entry in header.values())
    assert [start for start, _ in ends] == [0] + [end for _, end in ends[:-1]] and ends[-1][1] == len(numbers)
    found = {}
    for name, entry in header.items():
        start, end = entry["data_offsets"]
        plain = torch.frombuffer(bytearray(numbers[start:end]), dtype=TYPES[entry["dtype"]]) if end > start else torch.empty(0, dtype=TYPES[entry["dtype"]])
        found[name] = plain.reshape(entry["shape"])
    return found


class ConvertTest(RunTest):
    def compare(self, saved, expected):
        source, target = self.folder / "model.pt", self.folder / "model.safetensors"
        torch.save(saved, source)
        self.assertEqual(convert(source, target), len(expected))
        found = tensors_of(target)
        self.assertEqual(found.keys(), expected.keys())
        for name, tensor in expected.items():
            self.assertEqual(found[name].dtype, tensor.dtype)
            self.assertTrue(torch.equal(found[name], tensor), name)

    def test_stateDict_keepsNamesTypesAndNumbers(self):
        model = nn.Sequential(nn.Conv2d(1, 3, 2), nn.BatchNorm2d(3), nn.Linear(4, 2).half())
        self.compare(model.state_dict(), dict(model.state_dict()))

    def test_oddTensors_areStoredWhole(self):
        odd = {"transposed": torch.arange(6.0).reshape(2, 3).T, "scalar": torch.tensor(5), "empty": torch.empty(0, 3),
               "bfloat16": torch.ones(3).bfloat16(), "part": torch.arange(10)[::2], "flags": torch.tensor([True, False])}
        self.compare(odd, odd)

    def test_checkpoint_isSearchedAndPrefixesAreDropped(self):
        state = nn.Linear(2, 3).state_dict()
        wrapped = {f"module.{name}": value for name, value in state.items()}
        self.compare({"epoch": 3, "state_dict": wrapped}, dict(state))
        self.compare({"model": {f"_orig_mod.{name}": value for name, value in state.items()}}, dict(state))

    def test_command_answersInOneSentence(self):
        source, target = self.folder / "model.pt", self.folder / "model.safetensors"
        torch.save(nn.Linear(2, 3).state_dict(), source)
        command = [sys.executable, "-m", "ncscope_logger", "convert", source, target]
        self.assertEqual(subprocess.run(command, capture_output=True).returncode, 0)
        self.assertEqual(set(tensors_of(target)), {"weight", "bias"})
        target.unlink()
        source.write_bytes(b"no pickle")
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot convert", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertFalse(target.exists())

    def test_code_isNotRun(self):
        source = self.folder / "model.pt"
        torch.save({"weight": Trap(self.folder / "ran")}, source)
        with self.assertRaises(Exception):
            convert(source, self.folder / "model.safetensors")
        self.assertFalse((self.folder / "ran").exists())


class Trap:
    def __init__(self, file):
        self.file = str(file)

    def __reduce__(self):
        return open, (self.file, "w")


if __name__ == "__main__":
    unittest.main()

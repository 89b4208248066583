"""What the tests share: a temporary folder, the program, small data."""
import csv
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import numpy as np

from ncscope_logger import Clean, Mix

CLASSES = ["Shirt", "Größe", "靴", "Bag"]


def ncscope(*words):
    return subprocess.run([os.environ["NCSCOPE_BINARY"], *map(str, words)], capture_output=True, text=True)


def make_splits(rng):
    clean = Clean(rng.integers(0, 4, 20), sample=np.arange(20), images=rng.integers(0, 256, (20, 3, 2), dtype="uint8"))
    mix = Mix(rng.integers(0, 4, 30), rng.integers(0, 4, 30), rng.random(30))
    return {"clean": clean, "mix": mix}


def make_epoch(rng, dim=6):
    """Arguments of RunWriter.epoch for make_splits: logits are W h + b."""
    weight, bias = rng.normal(size=(4, dim)), rng.normal(size=4)
    features = {"clean": rng.normal(size=(20, dim)), "mix": rng.normal(size=(30, dim))}
    logits = {name: h @ weight.T + bias for name, h in features.items()}
    return dict(features=features, logits=logits, weight=weight, bias=bias)


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.run_path = self.folder / "run"
        self.rng = np.random.default_rng(1)

    def problems(self, path=None):
        """What `check --deep` finds."""
        done = ncscope("check", path or self.run_path, "--deep", "--json")
        report = json.loads(done.stdout)
        self.assertEqual(report["valid"], done.returncode == 0)
        return report["problems"]

    def table(self, *options):
        """The table that `ncscope project` writes: names and columns."""
        file = self.folder / "table.csv"
        done = ncscope("project", *options, "-o", file)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(file) as lines:
            rows = list(csv.reader(lines))
        return rows[0], np.array(rows[1:], dtype=float)

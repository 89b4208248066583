import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest
from unittest import mock

import h5py
import numpy as np
import xxh64
from support import CLASSES, RunTest, make_epoch, make_splits, ncscope

from ncscope_logger import Clean, Mix, RunWriter, read

KILLED = """
import sys
import numpy as np
from ncscope_logger import RunWriter
rng = np.random.default_rng(0)
labels = rng.integers(0, 3, 3000)
with RunWriter(sys.argv[1], classes=3, resume=True) as writer:
    print("ready", flush=True)
    for epoch in range(len(writer.epochs), 100000):
        writer.epoch(epoch, features=rng.normal(size=(3000, 64)), labels=labels, weight=np.eye(3, 64))
"""


class WriterTest(RunTest):
    def write(self, **options):
        with RunWriter(self.run_path, CLASSES, **options) as writer:
            for epoch in (0, 3, 12):
                writer.epoch(epoch, **make_epoch(self.rng), step=10 * epoch, seconds=1.5, metrics={"train_loss": 0.5},
                             splits=make_splits(np.random.default_rng(2)))

    def test_run_passesDeepCheckWithoutAnyRemark(self):
        self.write(title="mine", config={"mixing": {"kind": "mixup"}}, feature_layer="ReLU", view_classes=[0, 2, 3])
        self.assertEqual(self.problems(), [])
        info = json.loads(ncscope("info", self.run_path, "--json").stdout)
        self.assertEqual((info["title"], info["state"], info["epochs"]), ("mine", "finished", [0, 3, 12]))

    def test_run_opensWithOldestLayout(self):
        self.write()
        with h5py.File(self.run_path / "epochs/000003.h5") as file:
            self.assertIn(file.libver[0], ("earliest", "v108"))

    def test_oneSplit_isWrittenInOneCall(self):
        with RunWriter(self.run_path, classes=["cat", "dog", "bird"]) as writer:
            writer.epoch(3, features=self.rng.normal(size=(9, 4)), labels=np.arange(9) % 3, weight=np.eye(3, 4), bias=np.zeros(3))
        self.assertEqual(self.problems(), [])
        self.assertEqual(read(self.run_path).splits(), ["clean"])

    def test_mixesAlone_areTheSplitMix(self):
        with RunWriter(self.run_path, classes=3) as writer:
            writer.epoch(0, features=np.ones((2, 4)), mixes=Mix([0, 1], [2, 1], [0.25, 1.0]))
        self.assertEqual(self.problems(), [])
        self.assertEqual(read(self.run_path).splits(), ["mix"])

    def test_samplesOfALaterEpoch_areKeptWithIt(self):
        with RunWriter(self.run_path, classes=3) as writer:
            writer.epoch(0, features=np.ones((2, 4)), labels=[0, 1])
            writer.epoch(1, features=np.ones((2, 4)), labels=[0, 1])
            writer.epoch(2, features=np.ones((3, 4)), labels=[2, 1, 0])
        self.assertEqual(self.problems(), [])
        run = read(self.run_path)
        self.assertEqual(run.labels(0).tolist(), [0, 1])
        self.assertEqual(run.labels(2).tolist(), [2, 1, 0])
        with h5py.File(self.run_path / "epochs/000001.h5") as file:
            self.assertNotIn("splits", file)

    def test_half_isUsedWhereItFits(self):
        with RunWriter(self.run_path, classes=2, dtype="float16") as writer:
            writer.epoch(0, features=[[1.5, 2.0]], labels=[0])
            writer.epoch(1, features=[[1.5, 1e5]], labels=[0])
        self.assertEqual(self.problems(), [])
        run = read(self.run_path)
        self.assertEqual([run.features(n).dtype for n in (0, 1)], [np.float16, np.float32])

    def test_wrongInput_isRefusedAndLeavesNothing(self):
        good = make_epoch(self.rng)
        wrong = {
            "rank 1": dict(features={"clean": np.ones(20)}),
            "rows": dict(features={"clean": np.ones((19, 6))}),
            "width": dict(features={"clean": np.ones((20, 5))}),
            "not a number": dict(features={"clean": np.full((20, 6), np.nan)}),
            "too large for float32": dict(features={"clean": np.full((20, 6), 1e39)}),
            "unknown split": dict(features={"test": np.ones((20, 6))}),
            "no features": dict(features={}),
            "classifier": dict(weight=np.ones((3, 6))),
            "bias": dict(bias=np.ones(5)),
            "logits": dict(logits={"mix": np.ones((30, 3))}),
            "label": dict(labels=[4] * 20),
            "label is no integer": dict(labels=np.zeros(20)),
            "lambda": dict(mixes=Mix([0] * 30, [1] * 30, np.full(30, 1.5))),
            "lambda not a number": dict(mixes=Mix([0] * 30, [1] * 30, np.full(30, np.nan))),
            "pictures": dict(labels=Clean([0] * 20, images=np.zeros((19, 2, 2), "uint8"))),
        }
        with RunWriter(self.run_path, CLASSES, splits=make_splits(self.rng)) as writer:
            for name, change in wrong.items():
                with self.subTest(name), self.assertRaises(ValueError) as caught:
                    writer.epoch(1, **{**good, **change})
                self.assertNotIn("\n", str(caught.exception))
            writer.epoch(0, **good)
        self.assertEqual(os.listdir(self.run_path / "epochs"), ["000000.h5"])
        self.assertEqual(self.problems(), [])

    def test_folderInUse_isRefused(self):
        self.write()
        with self.assertRaises(FileExistsError):
            RunWriter(self.run_path, CLASSES)

    def test_resume_goesOnWithTheRun(self):
        self.write()
        part = self.run_path / "epochs/000099.h5.part"
        part.write_text("left behind")
        with RunWriter(self.run_path, resume=True) as writer:
            self.assertEqual(writer.epochs, [0, 3, 12])
            self.assertEqual(writer.classes, CLASSES)
            writer.epoch(13, **make_epoch(self.rng))
            writer.epoch(12, **make_epoch(self.rng))  # replaces
        self.assertFalse(part.exists())
        self.assertEqual(self.problems(), [])
        self.assertEqual(read(self.run_path).epochs, [0, 3, 12, 13])

    def test_resumeWithOtherSamples_isRefused(self):
        self.write()
        with self.assertRaises(ValueError):
            RunWriter(self.run_path, ["a", "b"], resume=True)
        with self.assertRaises(ValueError):
            RunWriter(self.run_path, splits={"clean": [0, 1, 2]}, resume=True)

    def test_failedWrite_leavesTheEpochsBefore(self):
        with self.assertRaises(OSError):
            with RunWriter(self.run_path, CLASSES, splits=make_splits(self.rng)) as writer:
                writer.epoch(0, **make_epoch(self.rng))
                before = (self.run_path / "epochs/000000.h5").read_bytes()
                with mock.patch("ncscope_logger._files.flush", side_effect=OSError(28, "No space left on device")):
                    writer.epoch(0, **make_epoch(self.rng))
        self.assertEqual((self.run_path / "epochs/000000.h5").read_bytes(), before)
        self.assertEqual(os.listdir(self.run_path / "epochs"), ["000000.h5"])
        self.assertEqual(self.problems(), [])
        self.assertEqual(json.loads((self.run_path / "run.json").read_text())["state"], "stopped")

    def test_runWithoutEpochs_isValid(self):
        with RunWriter(self.run_path, CLASSES):
            pass
        self.assertEqual([p["severity"] for p in self.problems()], ["warning"])

    def test_writerKilledAtAnyMoment_leavesAValidRun(self):
        when = random.Random(3)
        for _ in range(8):
            writer = subprocess.Popen([sys.executable, "-c", KILLED, self.run_path], stdout=subprocess.PIPE)
            writer.stdout.readline()
            time.sleep(when.uniform(0.02, 0.25))
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
            if not (self.run_path / "run.h5").exists():
                continue
            errors = [p for p in self.problems() if p["severity"] == "error"]
            self.assertEqual(errors, [])
        self.assertGreater(len(read(self.run_path).epochs), 0)

    def test_checksums_areThoseThatTheProgramCompares(self):
        with mock.patch("ncscope_logger._files.xxhash", xxh64):
            self.write()
        self.assertEqual(self.problems(), [])
        with h5py.File(self.run_path / "epochs/000003.h5", "r+") as file:
            self.assertIn("xxh64", file["metrics/train_loss"].attrs)
            file["features/clean/penultimate"][0, 0] += 1
        self.assertTrue(any("checksum xxh64" in problem["message"] for problem in self.problems()))

    def test_import_needsNoTorch(self):
        code = "import sys, ncscope_logger; assert 'torch' not in sys.modules"
        self.assertEqual(subprocess.run([sys.executable, "-c", code]).returncode, 0)


if __name__ == "__main__":
    unittest.main()

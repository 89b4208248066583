import pathlib
import unittest

import h5py
import numpy as np
from support import CLASSES, RunTest, make_epoch, make_splits, ncscope

from ncscope_logger import Mix, RunWriter, read

DEMO = pathlib.Path(__file__).resolve().parents[2] / "resources/demo-run.h5"
TOLERANCE = 1e-9  # both in float64 from the same float32 numbers


class ReaderTest(RunTest):
    def setUp(self):
        super().setUp()
        self.splits = make_splits(self.rng)
        self.epoch = make_epoch(self.rng)
        with RunWriter(self.run_path, CLASSES, splits=self.splits, config={"epochs": 5}) as writer:
            writer.epoch(0, **make_epoch(self.rng))
            writer.epoch(4, **self.epoch, metrics={"train_loss": 0.25})

    def compare(self, path, *options, **chosen):
        run = read(path)
        found = run.project(**chosen)
        names, expected = self.table(path, *options)
        table = np.column_stack([np.full(len(found.index), found.epoch), found.index, found.coordinates, found.label_a,
                                 found.label_b, found.lam, found.off_view])
        self.assertEqual(table.shape, expected.shape)
        self.assertEqual(len(names), table.shape[1])
        np.testing.assert_allclose(table, expected, rtol=TOLERANCE, atol=TOLERANCE)

    def test_project_equalsTheProgram(self):
        self.compare(self.run_path, "--epoch", "last")
        self.compare(self.run_path, "--epoch", "0", "--classes", "2,0,1", epoch=0, classes=[2, 0, 1])
        self.compare(self.run_path, "--epoch", "4", "--split", "clean", "--classes", "1,3", split="clean", classes=[1, 3], epoch=4)

    def test_projectOfTheFileRun_equalsTheProgram(self):
        file = self.folder / "run.h5"
        self.assertEqual(ncscope("pack", self.run_path, file).returncode, 0)
        self.compare(file, "--epoch", "4", epoch=4)

    def test_projectOfTheDemoRun_equalsTheProgram(self):
        self.compare(DEMO, "--epoch", "last")
        self.compare(DEMO, "--epoch", "last", "--all-dims", "--classes", "0,1,2,3,4,5,6,7,8,9", classes=range(10))

    def test_projectWithoutClassifier_usesClassMeans(self):
        path = self.folder / "plain"
        with RunWriter(path, 3) as writer:
            writer.epoch(0, features=self.rng.normal(size=(30, 5)), labels=np.arange(30) % 3)
        self.compare(path, "--epoch", "0")

    def test_project_refusesWhatHasNoView(self):
        run = read(self.run_path)
        for classes in ([0], [0, 0], [0, 4], [-1, 0]):
            with self.subTest(classes), self.assertRaises(ValueError):
                run.project(classes)

    def test_everything_comesBack(self):
        run = read(self.run_path)
        self.assertEqual((run.epochs, run.class_names, run.config), ([0, 4], CLASSES, {"epochs": 5}))
        self.assertEqual(run.splits(4), ["clean", "mix"])
        for name in ("clean", "mix"):
            np.testing.assert_array_equal(run.features(4, name), self.epoch["features"][name].astype("float32"))
            np.testing.assert_array_equal(run.logits(4, name), self.epoch["logits"][name].astype("float32"))
        np.testing.assert_array_equal(run.weight(4), self.epoch["weight"].astype("float32"))
        np.testing.assert_array_equal(run.bias(4), self.epoch["bias"].astype("float32"))
        np.testing.assert_array_equal(run.labels(), self.splits["clean"].labels)
        self.assertEqual(run.metrics(4), {"train_loss": 0.25})
        mix = run.split("mix", 4)
        self.assertIsInstance(mix, Mix)
        np.testing.assert_array_equal(mix.lam, self.splits["mix"].lam.astype("float32"))
        np.testing.assert_array_equal(run.split("clean").images, self.splits["clean"].images)

    def test_whatIsMissing_isNamed(self):
        run = read(self.run_path)
        with self.assertRaisesRegex(KeyError, "epoch 2 is not recorded"):
            run.weight(2)
        with self.assertRaisesRegex(KeyError, "no split 'test'"):
            run.split("test")
        other = self.folder / "other.h5"
        h5py.File(other, "w").close()
        with self.assertRaisesRegex(ValueError, "no NCScope run"):
            read(other)

import importlib.util
import pathlib
import random
import subprocess
import sys
import types
import unittest

import numpy as np
import torch
from support import RunTest
from torch import nn
from torch.utils.data import Subset, TensorDataset

from ncscope_logger import MixupProbe, ProbeCallback, RunWriter, read

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples/pytorch_loop.py"


def make_model():
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.AdaptiveAvgPool2d(2),
                         nn.Flatten(), nn.Linear(16, 6), nn.ReLU(), nn.Linear(6, 3))


def make_data():
    torch.manual_seed(2)
    return TensorDataset(torch.rand(90, 1, 8, 8), torch.arange(90) % 3)


class NoisyData(torch.utils.data.Dataset):
    """As random augmentation: another picture at each access."""

    targets = [n % 3 for n in range(30)]

    def __len__(self):
        return 30

    def __getitem__(self, n):
        return torch.full((4,), float(n)) + torch.rand(4) + random.random() + np.random.rand(), n % 3


class ProbeTest(RunTest):
    def test_recording_equalsAForwardByHand(self):
        model, data = make_model(), make_data()
        with MixupProbe(model, data, self.run_path, per_class=10, per_pair=7, batch_size=16) as probe:
            probe.record(0)
        self.assertEqual(self.problems(), [])
        run = read(self.run_path)
        clean, mix = run.split("clean"), run.split("mix")
        self.assertEqual(np.bincount(clean.labels).tolist(), [10, 10, 10])
        np.testing.assert_array_equal(clean.labels, clean.sample % 3)
        np.testing.assert_array_equal(mix.label_a, mix.sample_a % 3)
        np.testing.assert_array_equal(mix.label_b, mix.sample_b % 3)
        pairs = {(int(a), int(b)) for a, b in zip(mix.label_a, mix.label_b)}
        self.assertEqual(pairs, {(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)})
        self.assertEqual(len(mix.lam), 42)
        self.assertTrue(np.all(mix.sample_a != mix.sample_b))
        model.eval()
        x = data.tensors[0]
        lam = torch.from_numpy(mix.lam).view(-1, 1, 1, 1)
        inputs = {"clean": x[clean.sample], "mix": lam * x[mix.sample_a] + (1 - lam) * x[mix.sample_b]}
        for name, batch in inputs.items():
            with torch.no_grad():
                h = model[:-1](batch)
                z = model[-1](h)
            # The same float32 sums in another order of batches.
            np.testing.assert_allclose(run.features(0, name), h.numpy(), rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(run.logits(0, name), z.numpy(), rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(run.weight(0), model[-1].weight.detach().numpy())
        np.testing.assert_array_equal(run.bias(0), model[-1].bias.detach().numpy())
        pictures = mix.images.astype(float)
        self.assertEqual(pictures.shape, (42, 8, 8))
        mixed = inputs["mix"][:, 0].numpy()
        stretched = (mixed - mixed.min()) / (mixed.max() - mixed.min()) * 255
        self.assertLessEqual(np.abs(pictures - stretched).max(), 0.51)  # rounding to bytes

    def test_trainMode_usesBatchStatistics(self):
        model, data = make_model(), make_data()
        model[3].p = 0.0
        with MixupProbe(model, data, self.run_path, per_class=10, per_pair=7, batch_size=1000, mode="train") as probe:
            probe.record(0)
        run = read(self.run_path)
        self.assertEqual(run.split("mix").mode, "train")
        model.train()
        with torch.no_grad():
            h = model[:-1](data.tensors[0][run.split("clean").sample])
        np.testing.assert_allclose(run.features(0, "clean"), h.numpy(), rtol=1e-4, atol=1e-5)  # sums in shuffled order

    def test_model_isLeftAsItWas(self):
        for mode in ("eval", "train"):
            with self.subTest(mode):
                model = make_model()
                model.train()
                model[1].eval()  # a frozen layer
                probe = MixupProbe(model, make_data(), self.folder / mode, per_class=4, per_pair=4, mode=mode)
                before = {name: value.clone() for name, value in model.state_dict().items()}
                modes = [module.training for module in model.modules()]
                torch.manual_seed(5), np.random.seed(5), random.seed(5)
                expected = torch.rand(1), np.random.rand(), random.random()
                torch.manual_seed(5), np.random.seed(5), random.seed(5)
                probe.record(0)
                self.assertEqual((torch.rand(1), np.random.rand(), random.random()), expected)
                for name, value in model.state_dict().items():
                    self.assertTrue(torch.equal(value, before[name]), name)
                self.assertEqual([module.training for module in model.modules()], modes)
                self.assertTrue(all(p.grad is None and p.requires_grad for p in model.parameters()))
                self.assertFalse(model[-1]._forward_hooks)

    def test_probe_isTheSameAtEveryEpochAndAfterAResume(self):
        model = nn.Sequential(nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 3))
        options = dict(per_class=5, per_pair=5, seed=9)
        with MixupProbe(model, NoisyData(), self.run_path, **options) as probe:
            probe.record(0)
            probe.record(1)
        with MixupProbe(model, NoisyData(), self.run_path, resume=True, **options) as probe:
            probe.record(2)
        run = read(self.run_path)
        for epoch in (1, 2):
            for split in ("clean", "mix"):
                np.testing.assert_array_equal(run.features(0, split), run.features(epoch, split))
        with self.assertRaises(ValueError):
            MixupProbe(model, NoisyData(), self.run_path, resume=True, per_class=5, per_pair=5, seed=10)

    def test_lastLinearLayer_isFoundByClassesOrNamed(self):
        class TwoHeads(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.head, self.extra = nn.Linear(4, 5), nn.Linear(5, 3), nn.Linear(5, 2)

            def forward(self, x):
                h = self.body(x)
                self.extra(h)
                return self.head(h)

        model = TwoHeads()
        self.assertIs(MixupProbe(model, NoisyData(), self.folder / "a", classes=3).layer, model.head)
        self.assertIs(MixupProbe(model, NoisyData(), self.folder / "b", layer="head").layer, model.head)
        with self.assertRaisesRegex(ValueError, "7 outputs"):
            MixupProbe(model, NoisyData(), self.folder / "c", classes=7)

    def test_wrappedModelAndSubset_areLookedThrough(self):
        model = make_model()
        wrapped = nn.DataParallel(model)
        data = Subset(make_data(), list(range(1, 90, 2)))
        with MixupProbe(wrapped, data, self.run_path, per_class=3, per_pair=3) as probe:
            self.assertIs(probe.layer, model[-1])
            probe.record(0)
        split = read(self.run_path).split("clean")
        np.testing.assert_array_equal(split.labels, (2 * split.sample + 1) % 3)

    def test_tokens_areRefusedWithTheReason(self):
        class Tokens(nn.Module):
            def __init__(self):
                super().__init__()
                self.head = nn.Linear(2, 3)

            def forward(self, x):
                return self.head(x.reshape(-1, 2, 2)).mean(1)

        with MixupProbe(Tokens(), NoisyData(), self.run_path) as probe:
            with self.assertRaisesRegex(ValueError, "one row for each sample"):
                probe.record(0)

    def test_openWriter_isTaken(self):
        model = make_model()
        with RunWriter(self.run_path, ["a", "b", "c"]) as writer:
            MixupProbe(model, make_data(), writer, per_class=3, per_pair=3).record(0)
        self.assertEqual(self.problems(), [])
        self.assertEqual(read(self.run_path).class_names, ["a", "b", "c"])

    def test_callback_recordsBeforeTrainingAndAfterEachPass(self):
        model = make_model()
        callback = ProbeCallback(make_data(), self.run_path, every=2, per_class=3, per_pair=3)
        trainer = types.SimpleNamespace(current_epoch=0, max_epochs=5, global_step=0, is_global_zero=True,
                                        callback_metrics={"train_loss": torch.tensor(0.5), "a/b": 1.0})
        callback.on_train_start(trainer, model)
        for trainer.current_epoch in range(5):
            trainer.global_step += 7
            callback.on_train_epoch_end(trainer, model)
        callback.on_train_end(trainer, model)
        self.assertEqual(self.problems(), [])
        run = read(self.run_path)
        self.assertEqual(run.epochs, [0, 2, 4, 5])
        self.assertEqual(run.metrics(5), {"train_loss": 0.5})

    @unittest.skipUnless(importlib.util.find_spec("lightning"), "needs Lightning")
    def test_callbackUnderLightning_recordsEachPass(self):
        import lightning.pytorch as lightning

        class Module(lightning.LightningModule):
            def __init__(self):
                super().__init__()
                self.network = make_model()

            def forward(self, x):
                return self.network(x)

            def training_step(self, batch, _):
                loss = nn.functional.cross_entropy(self(batch[0]), batch[1])
                self.log("train_loss", loss)
                return loss

            def configure_optimizers(self):
                return torch.optim.SGD(self.parameters(), 0.1)

        callback = ProbeCallback(make_data(), self.run_path, classes=["a", "b", "c"], per_class=3, per_pair=3)
        trainer = lightning.Trainer(max_epochs=2, accelerator="cpu", logger=False, enable_checkpointing=False,
                                    enable_progress_bar=False, enable_model_summary=False, callbacks=[callback])
        trainer.fit(Module(), torch.utils.data.DataLoader(make_data(), batch_size=30))
        self.assertEqual(self.problems(), [])
        run = read(self.run_path)
        self.assertEqual(run.epochs, [0, 1, 2])
        self.assertEqual(run.features(2).shape, (18, 6))  # three mixes of each of six pairs
        self.assertGreater(run.metrics(2)["train_loss"], 0)

    def test_callbackOfAnotherRank_writesNothing(self):
        callback = ProbeCallback(make_data(), self.run_path)
        trainer = types.SimpleNamespace(current_epoch=0, max_epochs=1, is_global_zero=False)
        callback.on_train_start(trainer, make_model())
        callback.on_train_epoch_end(trainer, make_model())
        callback.on_train_end(trainer, make_model())
        self.assertFalse(self.run_path.exists())

    def test_example_writesARunThatIsValid(self):
        done = subprocess.run([sys.executable, EXAMPLE, self.run_path], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.problems(), [])
        run = read(self.run_path)
        self.assertEqual(run.epochs, list(range(6)))
        self.assertLess(run.metrics(5)["train_loss"], run.metrics(1)["train_loss"])


if __name__ == "__main__":
    unittest.main()

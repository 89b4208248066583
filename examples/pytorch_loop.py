#!/usr/bin/env python3
"""Trains a small network on two moons and a ring with mixup, and records it for NCScope.

    python pytorch_loop.py RUN          then look at it with: ncscope RUN

Needs PyTorch and the package in io/python. The lines about the probe are all that a loop of your own needs.
"""
import math
import sys

import torch
from torch import nn

from ncscope_logger import MixupProbe

EPOCHS = 5
CLASSES = ["upper moon", "lower moon", "ring"]


def make_data(per_class=200):
    angle = math.pi * torch.rand(3, per_class)
    angle[2] *= 2
    shift = torch.tensor([[0.0, 0.0], [1.0, 0.5], [0.5, 0.2]])
    radius = torch.tensor([1.0, -1.0, 2.5])
    points = torch.stack([angle.cos(), angle.sin()], dim=-1) * radius[:, None, None] + shift[:, None]
    points += 0.1 * torch.randn_like(points)
    return torch.utils.data.TensorDataset(points.flatten(0, 1), torch.arange(3).repeat_interleave(per_class))


def train_one_pass(model, data, optimiser):
    total = 0.0
    for x, y in torch.utils.data.DataLoader(data, batch_size=50, shuffle=True):
        lam = torch.rand(())
        partner = torch.randperm(len(x))
        logits = model(lam * x + (1 - lam) * x[partner])
        loss = lam * nn.functional.cross_entropy(logits, y) + (1 - lam) * nn.functional.cross_entropy(logits, y[partner])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        total += loss.item() * len(x) / len(data)
    return total


def main():
    torch.manual_seed(0)
    data = make_data()
    model = nn.Sequential(nn.Linear(2, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    config = {"mixing": {"kind": "mixup"}, "loss": {"kind": "cross-entropy"}}
    with MixupProbe(model, data, run=sys.argv[1], classes=CLASSES, config=config) as probe:
        probe.record(0)
        for epoch in range(1, EPOCHS + 1):
            loss = train_one_pass(model, data, optimiser)
            probe.record(epoch, train_loss=loss)


if __name__ == "__main__":
    main()

"""The training of bench_training as a plain PyTorch script: the small residual CNN on FashionMNIST's ten classes, pixels as
bytes in memory, mixup with a lambda for each sample, SGD with momentum. torch_training.py FOLDER SECONDS contiguous|channels_last
prints the CPU seconds of a step after a warm-up."""
import gzip
import sys
import time

import torch
from torch import nn

folder, seconds, layout = sys.argv[1], float(sys.argv[2]), sys.argv[3]
torch.set_num_threads(1)
torch.manual_seed(0)
memory_format = torch.channels_last if layout == "channels_last" else torch.contiguous_format


def read(name, header):
    with gzip.open(f"{folder}/{name}.gz") as file:
        return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)


pixels = read("train-images-idx3-ubyte", 16).view(-1, 1, 28, 28)
labels = read("train-labels-idx1-ubyte", 8).long()


def convolution(a, b):
    return nn.Conv2d(a, b, 3, padding=1, bias=False)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.branch = nn.Sequential(convolution(width, width), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
                                    convolution(width, width), nn.BatchNorm2d(width))

    def forward(self, x):
        return (x + self.branch(x)).relu_()


layers, channels = [], 1
for width in (32, 64, 128):
    layers += [convolution(channels, width), nn.BatchNorm2d(width), nn.MaxPool2d(2), nn.ReLU(inplace=True), Block(width)]
    channels = width
body = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 16)).to(memory_format=memory_format)
classifier = nn.Linear(16, 10, bias=False)
optimiser = torch.optim.SGD([*body.parameters(), *classifier.parameters()], lr=0.05, momentum=0.9, weight_decay=5e-4)


def step(batch):
    x = ((pixels[batch].float() / 255 - 0.286) / 0.353).to(memory_format=memory_format)
    t = nn.functional.one_hot(labels[batch], 10).float()
    lam, partner = torch.rand(len(batch), 1), torch.randperm(len(batch))
    x = lam[:, :, None, None] * x + (1 - lam[:, :, None, None]) * x[partner]
    t = lam * t + (1 - lam) * t[partner]
    h = body(x)
    loss = -(t * torch.log_softmax(classifier(h), 1)).sum(1).mean() + 0.025 * h.square().sum(1).mean()
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.item()


order = torch.randperm(len(pixels)).split(128)
for k in range(4):
    step(order[k])
wall, cpu, steps = time.perf_counter(), time.process_time(), 0
while time.perf_counter() - wall < seconds:
    step(order[4 + steps % 400])
    steps += 1
print((time.process_time() - cpu) / steps)

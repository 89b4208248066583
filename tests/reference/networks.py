"""Writes weights, inputs and outputs of plain PyTorch networks, for tst_networks to compare with.

Each network is written down here in the way it usually is in PyTorch, with the usual parameter names, and run in
float64 in evaluation mode. FOLDER gets NAME.safetensors (weights) and NAME.io.safetensors (images, penultimate,
logits, parameters).

usage: networks.py FOLDER
"""

import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn


class WideBlock(nn.Module):
    def __init__(self, in_planes, planes, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_planes)
        self.conv1 = nn.Conv2d(in_planes, planes, 3, padding=1, bias=True)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, stride=stride, padding=1, bias=True)
        self.shortcut = nn.Sequential()
        if stride != 1 or in_planes != planes:
            self.shortcut = nn.Sequential(nn.Conv2d(in_planes, planes, 1, stride=stride, bias=True))

    def forward(self, x):
        out = self.conv1(F.relu(self.bn1(x)))
        out = self.conv2(F.relu(self.bn2(out)))
        return out + self.shortcut(x)


class WideResNet(nn.Module):
    def __init__(self, depth, k, channels, classes):
        super().__init__()
        n = (depth - 4) // 6
        widths = [16, 16 * k, 32 * k, 64 * k]
        self.conv1 = nn.Conv2d(channels, 16, 3, padding=1, bias=True)
        for stage in range(3):
            blocks = []
            for i in range(n):
                blocks.append(WideBlock(widths[stage] if i == 0 else widths[stage + 1], widths[stage + 1],
                                        2 if i == 0 and stage > 0 else 1))
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.bn1 = nn.BatchNorm2d(widths[3], momentum=0.9)
        self.linear = nn.Linear(widths[3], classes)

    def features(self, x):
        out = self.layer3(self.layer2(self.layer1(self.conv1(x))))
        return F.adaptive_avg_pool2d(F.relu(self.bn1(out)), 1).flatten(1)

    def forward(self, x):
        h = self.features(x)
        return h, self.linear(h)


class PreActBlock(nn.Module):
    def __init__(self, in_planes, planes, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(in_planes)
        self.conv1 = nn.Conv2d(in_planes, planes, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        if stride != 1 or in_planes != planes:
            self.shortcut = nn.Sequential(nn.Conv2d(in_planes, planes, 1, stride=stride, bias=False))

    def forward(self, x):
        out = F.relu(self.bn1(x))
        shortcut = self.shortcut(out) if hasattr(self, "shortcut") else x
        return self.conv2(F.relu(self.bn2(self.conv1(out)))) + shortcut


class PreActResNet18(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 3, padding=1, bias=False)
        width = 64
        for stage, planes in enumerate([64, 128, 256, 512]):
            setattr(self, f"layer{stage + 1}", nn.Sequential(PreActBlock(width, planes, 2 if stage else 1),
                                                             PreActBlock(planes, planes, 1)))
            width = planes
        self.linear = nn.Linear(512, classes)

    def forward(self, x):
        out = self.layer4(self.layer3(self.layer2(self.layer1(self.conv1(x)))))
        h = F.adaptive_avg_pool2d(out, 1).flatten(1)
        return h, self.linear(h)


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) / (d // self.heads) ** 0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, t, d))


class Mlp(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc1 = nn.Linear(dim, 4 * dim)
        self.fc2 = nn.Linear(4 * dim, dim)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = Attention(dim, heads)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = Mlp(dim)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, channels, dim, patch):
        super().__init__()
        self.proj = nn.Conv2d(channels, dim, patch, stride=patch)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    def __init__(self, side, patch, dim, depth, heads, channels, classes):
        super().__init__()
        self.patch_embed = PatchEmbed(channels, dim, patch)
        self.cls_token = nn.Parameter(torch.randn(1, 1, dim) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, (side // patch) ** 2 + 1, dim) * 0.02)
        self.blocks = nn.Sequential(*[Block(dim, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim, eps=1e-6)
        self.head = nn.Linear(dim, classes)

    def forward(self, x):
        x = self.patch_embed(x)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        h = self.norm(self.blocks(x))[:, 0]
        return h, self.head(h)


TYPES = {torch.float32: "F32", torch.float64: "F64", torch.int64: "I64"}


def write_safetensors(file, tensors):
    header, numbers = {}, b""
    for name, tensor in tensors.items():
        data = tensor.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [len(numbers), len(numbers) + len(data)]}
        numbers += data
    text = json.dumps(header).encode()
    Path(file).write_bytes(struct.pack("<Q", len(text)) + text + numbers)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    cases = {
        "wrn-16-1": (WideResNet(16, 1, 3, 10), (3, 32)),
        "wrn-10-2": (WideResNet(10, 2, 1, 4), (1, 28)),
        "preact-resnet-18": (PreActResNet18(3, 10), (3, 32)),
        "vit-ti": (VisionTransformer(32, 4, 192, 12, 3, 3, 10), (3, 32)),
    }
    for name, (network, (channels, side)) in cases.items():
        network.double()
        # Running averages that are not those of a fresh network, so that they count.
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
        network.eval()
        images = torch.randn(2, channels, side, side, dtype=torch.float64)
        with torch.no_grad():
            penultimate, logits = network(images)
        write_safetensors(folder / f"{name}.safetensors", network.state_dict())
        count = torch.tensor(sum(p.numel() for p in network.parameters()))
        write_safetensors(folder / f"{name}.io.safetensors",
                          {"images": images, "penultimate": penultimate, "logits": logits, "parameters": count})
    counts = {"wrn-40-10": WideResNet(40, 10, 3, 10),
              "vit-b": VisionTransformer(32, 4, 768, 12, 12, 3, 10)}
    write_safetensors(folder / "counts.safetensors",
                      {name: torch.tensor(sum(p.numel() for p in network.parameters()))
                       for name, network in counts.items()})


if __name__ == "__main__":
    main()

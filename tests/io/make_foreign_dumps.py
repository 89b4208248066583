"""Writes dumps as other people's loops leave them, into the folder named on the command line.

Every dump holds features[e, n, k] = e + n / 2 + k / 4, exact in float16, labels n % 3, weight[e, c, k] = e + c - k / 2
and bias c / 4, for the epochs 3 and 10 where it has several and for epoch 0 where it has one.
"""
import os
import sys

import h5py
import numpy as np

N, D, C = 20, 6, 3
EPOCHS = (3, 10)
n, k, c = np.arange(N), np.arange(D), np.arange(C)


def features(epoch):
    return epoch + n[:, None] / 2 + k / 4


def weight(epoch):
    return epoch + c[:, None] - k / 2


labels, bias = n % 3, c / 4
os.chdir(sys.argv[1])

with h5py.File("plain.h5", "w") as f:
    f["features"] = features(0).astype("float32")
    f["labels"] = labels.astype("int64")
    f["fc.weight"] = weight(0).astype("float32")
    f["fc.bias"] = bias.astype("float32")

with h5py.File("groups.hdf5", "w") as f:
    f["y"] = labels.astype("uint8")
    for epoch in EPOCHS:
        group = f.create_group(f"epoch_{epoch:03}")
        group.create_dataset("h", data=features(epoch), chunks=(7, 3), compression="gzip")
        group["model/classifier/weight"] = weight(epoch)
        group["model/classifier/bias"] = bias
        group["layer2.conv.weight"] = np.zeros((4, D, 3, 3))

with h5py.File("names.h5", "w") as f:
    f["targets"] = labels
    for epoch in EPOCHS:
        f[f"penultimate_{epoch}"] = features(epoch).astype("float16")
        f[f"head_weight_{epoch}"] = weight(epoch).astype(">f4")

with h5py.File("leading.h5", "w") as f:
    f["embeddings"] = np.stack([features(epoch) for epoch in EPOCHS]).astype("float32")
    f["label"] = labels.astype("int32")
    f["fc/weight"] = np.stack([weight(epoch) for epoch in EPOCHS])
    f["fc/bias"] = np.stack([bias for _ in EPOCHS])
    f["when"] = np.array(EPOCHS)

with h5py.File("scopes.h5", "w") as f:
    f["test/features"] = features(1)[:8]
    f["test/labels"] = labels[:8]
    f["train/features"] = features(0)[:, :, None, None]
    f["train/labels"] = labels.astype("float32")[:, None]

with h5py.File("mix.h5", "w") as f:
    f["h"] = features(0)
    f["label_a"] = labels
    f["label_b"] = (labels + 1) % 3
    f["lam"] = n / 32

with h5py.File("unnamed.h5", "w") as f:
    f["blob"] = features(0)
    f["ids"] = labels
with h5py.File("unclear.h5", "w") as f:
    f["blob"] = features(0)
    f["other"] = features(1)
    f["ids"] = labels

for folder, write in (("files", h5py.File), ("archives", None)):
    os.mkdir(folder)
    for epoch in EPOCHS:
        arrays = {"features": features(epoch).astype("float32"), "labels": labels, "weight": weight(epoch)}
        if write is None:
            np.savez_compressed(f"{folder}/run-{epoch}.npz", **arrays)
            continue
        with write(f"{folder}/run-{epoch}.h5", "w") as f:
            for name, array in arrays.items():
                f[name] = array

np.savez("stored.npz", features=features(0).astype("float16"), labels=labels.astype("int16"), W=weight(0))
np.savez_compressed("deflated.npz", **{"emb/h": features(0), "emb/y": labels.astype("uint32")})
np.savez("fortran.npz", features=np.asfortranarray(features(0)), labels=labels)
np.savez("objects.npz", features=features(0).astype(object), labels=labels)
np.savez("big_endian.npz", features=features(0).astype(">f8"), labels=labels)

os.mkdir("arrays")
np.save("arrays/labels.npy", labels)
for epoch in EPOCHS:
    np.save(f"arrays/features_{epoch:04}.npy", features(epoch))
    np.save(f"arrays/weight_{epoch:04}.npy", weight(epoch).astype("float32"))
os.mkdir("array_groups")
np.save("array_groups/y.npy", labels)
for epoch in EPOCHS:
    os.mkdir(f"array_groups/epoch{epoch}")
    np.save(f"array_groups/epoch{epoch}/h.npy", features(epoch))

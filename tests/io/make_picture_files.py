"""Writes files of pictures, good ones and bad ones, into the folder named as the argument."""
import sys

import h5py
import numpy as np

folder = sys.argv[1]
rng = np.random.default_rng(0)


def pictures(count, *shape):
    return rng.integers(0, 256, (count, *shape), dtype=np.uint8)


grey, more = pictures(36, 8, 8), pictures(12, 8, 8)
grey[0, 0, :3] = [0, 128, 255]
labels, test_labels = np.arange(36) % 3, np.arange(12) % 3
np.savez(f"{folder}/keras.npz", x_train=grey, y_train=labels.astype(np.uint8), x_test=more, y_test=test_labels)
np.savez_compressed(f"{folder}/whole.npz", images=grey[..., None], labels=labels[:, None])
with h5py.File(f"{folder}/floats.h5", "w") as file:
    file["train/images"] = (grey / 255).astype(np.float32)
    file["train/labels"] = labels
    file["test/images"] = (more / 255).astype(np.float32)
    file["test/labels"] = test_labels
    file["classes/names"] = np.array(["one", "two", "three"], dtype=h5py.string_dtype())
colour = pictures(6, 4, 6, 3)
colour[0, 0, 0] = [1, 2, 3]
np.savez(f"{folder}/oblong.npz", train_images=colour, train_labels=np.arange(6) % 2, test_images=colour,
         test_labels=np.arange(6) % 2)

np.savez(f"{folder}/planes.npz", images=pictures(6, 3, 8, 8), labels=np.zeros(6, int))
np.savez(f"{folder}/normalised.npz", images=rng.normal(size=(6, 8, 8)), labels=np.zeros(6, int))
np.savez(f"{folder}/fewer.npz", images=grey, labels=labels[:-1])
np.savez(f"{folder}/negative.npz", images=grey, labels=labels - 1)
np.savez(f"{folder}/wide.npz", images=grey.astype(np.int32), labels=labels)
np.savez(f"{folder}/unlabelled.npz", images=grey)
np.savez(f"{folder}/other.npz", x_train=grey, y_train=labels, x_test=pictures(3, 9, 9), y_test=labels[:3])
with h5py.File(f"{folder}/names.h5", "w") as file:
    file["images"], file["labels"] = grey, labels
    file["classes/names"] = np.array(["one", "two"], dtype=h5py.string_dtype())

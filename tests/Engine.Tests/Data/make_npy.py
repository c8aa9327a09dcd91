"""Writes npy.json: .npy and .npz files as NumPy itself saves them, with what must be read from them.

Run in this folder: /usr/bin/python3 make_npy.py
"""
import base64
import io
import json

import numpy as np


def file(save):
    stream = io.BytesIO()
    save(stream)
    return base64.b64encode(stream.getvalue()).decode()


def main():
    rng = np.random.default_rng(1)
    arrays = {
        "u1": rng.integers(0, 256, (3, 2, 2)).astype("u1"),
        "i4": rng.integers(-9, 9, (5,)).astype("<i4"),
        "i8": rng.integers(0, 9, (4, 1)).astype("<i8"),
        "f4": rng.normal(size=(2, 3)).astype("<f4"),
        "f8": rng.normal(size=(2, 1, 2, 3)),
    }
    cases = [{"name": name, "type": name, "shape": list(a.shape), "values": [float(v) for v in a.astype("f4").ravel()],
              "file": file(lambda stream: np.save(stream, a))} for name, a in arrays.items()]
    bad = {
        "big-endian": np.zeros(3, ">f4"),
        "columns first": np.asfortranarray(np.zeros((2, 3))),
        "complex": np.zeros(3, "c8"),
        "text": np.array(["a", "b"]),
        "scalar": np.array(3.0),
        "empty": np.zeros((0, 3)),
        "five dimensions": np.zeros((1, 1, 1, 1, 1)),
    }
    x, y = rng.integers(0, 256, (6, 4, 5)).astype("u1"), rng.integers(0, 3, 6)
    result = {
        "arrays": cases,
        "bad": {name: file(lambda stream: np.save(stream, a)) for name, a in bad.items()},
        "npz": file(lambda stream: np.savez(stream, x=x, y=y)),
        "packed": file(lambda stream: np.savez_compressed(stream, x=x, y=y)),
        "x": base64.b64encode(x.tobytes()).decode(),
        "y": y.tolist(),
    }
    with open("npy.json", "w") as out:
        json.dump(result, out, indent=0)
        out.write("\n")


main()

"""Writes filtering.json: convolutions and correlations by numpy, for every padding, size, and odd and even masks.

The picture is padded by numpy.pad, and the sums are taken window by window, as the textbook writes them.
Run in this folder: python3 make_filtering.py
"""
import json

import numpy as np

MODES = {"zero": "constant", "reflect": "reflect", "edge": "edge"}


def convolve(picture, mask, padding, size, correlate):
    (ph, pw), (kh, kw) = picture.shape, mask.shape
    wide = np.pad(picture, ((kh - 1, kh - 1), (kw - 1, kw - 1)), mode=MODES[padding])
    laid = mask if correlate else mask[::-1, ::-1]
    full = np.array([[(wide[y:y + kh, x:x + kw] * laid).sum() for x in range(pw + kw - 1)] for y in range(ph + kh - 1)])
    if padding == "zero" and not correlate:
        check = np.zeros_like(full)
        for i in range(kh):
            for j in range(kw):
                check[i:i + ph, j:j + pw] += mask[i, j] * picture
        assert np.allclose(full, check)
    if size == "full":
        return full
    if size == "same":
        top, left = (kh - 1) // 2, (kw - 1) // 2
        return full[top:top + ph, left:left + pw]
    return full[kh - 1:ph, kw - 1:pw]


def main():
    rng = np.random.default_rng(3)
    cases = []
    for shape, side in (((5, 6), (3, 3)), ((6, 4), (2, 4)), ((7, 7), (5, 1)), ((3, 4), (3, 3)), ((2, 3), (5, 6)), ((1, 5), (3, 3))):
        picture = rng.integers(-20, 256, shape).astype(float)
        mask = rng.integers(-32, 33, side) / 8
        for padding in MODES:
            for size in ("full", "same", "valid"):
                if size == "valid" and (side[0] > shape[0] or side[1] > shape[1]):
                    continue
                for correlate in (False, True):
                    cases.append({"picture": picture.tolist(), "mask": mask.tolist(), "padding": padding, "size": size,
                                  "correlate": correlate, "result": convolve(picture, mask, padding, size, correlate).tolist()})
    with open("filtering.json", "w") as file:
        json.dump(cases, file, separators=(",", ":"))
        file.write("\n")


main()

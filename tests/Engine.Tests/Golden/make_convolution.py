#!/usr/bin/env python3
"""Writes convolution.json: PyTorch's values and gradients of the operations on images, in float64. Format as in make_losses.py.

Inputs are whole multiples of 1/4096, so that float32 holds them too. Run with PyTorch 1.13: python3 make_convolution.py
"""
import json
import os

import torch
import torch.nn.functional as F


def numbers(*shape):
    """Distinct in each tensor, so that no maximum is a tie."""
    count = 1
    for extent in shape:
        count *= extent
    values = (torch.randperm(count).double() - count / 2 + 0.25) * (2048 // max(count, 64) + 1) / 1024
    return values.reshape(shape).requires_grad_()


def padded(x, y_pad, x_pad):
    return F.pad(x, (*x_pad, *y_pad))


def convolution(x, weight, bias, s):
    weight = weight.flip(2, 3) if s["flip"] else weight
    x = padded(x, s["y"][3:], s["x"][3:])
    return F.conv2d(x, weight, bias, (s["y"][1], s["x"][1]), 0, (s["y"][2], s["x"][2]), s["groups"])


def transposed(x, weight, bias, s):
    y, c = s["y"], s["x"]
    weight = weight.flip(2, 3) if s["flip"] else weight
    return F.conv_transpose2d(x, weight, bias, (y[1], c[1]), (y[3], c[3]), tuple(s["extra"]), s["groups"], (y[2], c[2]))


def locally_connected(x, weight, bias, s):
    y, c = s["y"], s["x"]
    x = padded(x, y[3:], c[3:])
    windows = F.unfold(x, (y[0], c[0]), (y[2], c[2]), 0, (y[1], c[1]))  # [B, C·Ky·Kx, P·Q]
    rows, columns, maps = weight.shape[:3]
    out = torch.einsum("bkp,pok->bop", windows, weight.reshape(rows * columns, maps, -1))
    return out.reshape(x.shape[0], maps, rows, columns) + bias


def maximum(x, s):
    y, c = s["y"], s["x"]
    return F.max_pool2d(x, (y[0], c[0]), (y[1], c[1]), (y[3], c[3]))


def average(x, s):
    y, c = s["y"], s["x"]
    return F.avg_pool2d(x, (y[0], c[0]), (y[1], c[1]), (y[3], c[3]), count_include_pad=s["countPadding"])


def length(x, s):
    y, c = s["y"], s["x"]
    return F.lp_pool2d(padded(x, y[3:], c[3:]), 2, (y[0], c[0]), (y[1], c[1]))


def length_of_maps(x, s):
    size, stride = s["maps"][:2]
    return x.unfold(1, size, stride).square().sum(-1).sqrt()


def unpooling(z, x, s):
    y, c = s["y"], s["x"]
    _, places = F.max_pool2d(x, (y[0], c[0]), (y[1], c[1]), (y[3], c[3]), return_indices=True)
    return F.max_unpool2d(z, places, (y[0], c[0]), (y[1], c[1]), (y[3], c[3]), x.shape[2:])


def upsampling(x, s):
    return x.repeat_interleave(s["factor"][0], 2).repeat_interleave(s["factor"][1], 3)


def local_contrast(x, s):
    size, maps = s["size"], x.shape[1]
    line = torch.exp(-0.5 * ((torch.arange(size).double() - size // 2) / (size / 4)) ** 2) if s["gaussian"] else torch.ones(size).double()
    window = torch.outer(line, line)[None, None]

    def mean(plane):
        ones = F.conv2d(torch.ones_like(plane[:, :1]), window, padding=size // 2)
        each = F.conv2d(plane.reshape(-1, 1, *plane.shape[2:]), window, padding=size // 2).reshape(plane.shape) / ones
        return each.mean(1, keepdim=True) if s["acrossMaps"] else each

    if s["subtractive"]:
        x = x - mean(x)
    if s["divisive"]:
        x = x / mean(x.square()).sqrt().clamp(min=s["epsilon"])
    return x


# Windows are [size, stride, dilation, before, after].
CASES = [
    ("conv2d", convolution, [(2, 4, 7, 6), (5, 4, 3, 3), (5,)],
     dict(y=[3, 1, 1, 1, 1], x=[3, 1, 1, 1, 1], groups=1, flip=False)),
    ("conv2d", convolution, [(2, 1, 9, 8), (3, 1, 5, 5), (3,)],
     dict(y=[5, 1, 1, 2, 2], x=[5, 1, 1, 2, 2], groups=1, flip=True)),
    ("conv2d", convolution, [(2, 4, 9, 7), (6, 2, 3, 2), (6,)],
     dict(y=[3, 2, 2, 2, 1], x=[2, 3, 1, 0, 2], groups=2, flip=False)),
    ("conv2d", convolution, [(2, 3, 10, 7), (3, 1, 2, 4), (3,)],
     dict(y=[2, 3, 3, 1, 2], x=[4, 2, 2, 3, 3], groups=3, flip=True)),
    ("conv-transpose2d", transposed, [(2, 3, 4, 5), (3, 4, 3, 2), (4,)],
     dict(y=[3, 2, 1, 1, 1], x=[2, 2, 1, 0, 0], extra=[1, 0], groups=1, flip=False)),
    ("conv-transpose2d", transposed, [(2, 4, 5, 3), (4, 3, 3, 4), (6,)],
     dict(y=[3, 3, 2, 2, 2], x=[4, 1, 2, 1, 1], extra=[2, 0], groups=2, flip=True)),
    ("locally-connected", locally_connected, [(3, 2, 6, 5), (3, 5, 3, 2, 3, 2), (3, 3, 5)],
     dict(y=[3, 2, 1, 1, 0], x=[2, 1, 2, 1, 1])),
    ("max-pool", maximum, [(2, 2, 7, 9)], dict(y=[3, 2, 1, 1, 1], x=[2, 2, 1, 0, 0])),
    ("max-pool", maximum, [(2, 3, 8, 6)], dict(y=[2, 2, 1, 0, 0], x=[3, 1, 1, 1, 1])),
    ("average-pool", average, [(2, 2, 7, 9)], dict(y=[3, 2, 1, 1, 1], x=[2, 2, 1, 0, 0], countPadding=True)),
    ("average-pool", average, [(1, 2, 7, 9)], dict(y=[3, 1, 1, 1, 1], x=[4, 3, 1, 2, 2], countPadding=False)),
    ("l2-pool", length, [(2, 2, 7, 8)], dict(y=[3, 2, 1, 1, 1], x=[2, 3, 1, 0, 1])),
    ("l2-pool-maps", length_of_maps, [(2, 7, 3, 4)], dict(maps=[3, 2, 1, 0, 0])),
    ("unpool", unpooling, [(2, 2, 3, 4), (2, 2, 7, 9)], dict(y=[2, 2, 1, 0, 0], x=[2, 2, 1, 0, 0])),
    ("upsample", upsampling, [(2, 2, 3, 4)], dict(factor=[2, 3])),
    ("local-contrast", local_contrast, [(1, 3, 8, 7)],
     dict(size=5, gaussian=True, subtractive=True, divisive=True, acrossMaps=True, epsilon=0.25)),
    ("local-contrast", local_contrast, [(2, 2, 6, 9)],
     dict(size=3, gaussian=False, subtractive=True, divisive=True, acrossMaps=False, epsilon=0.125)),
    ("local-contrast", local_contrast, [(2, 2, 5, 6)],
     dict(size=7, gaussian=True, subtractive=False, divisive=True, acrossMaps=False, epsilon=0.125)),
    ("local-contrast", local_contrast, [(1, 3, 5, 6)],
     dict(size=9, gaussian=True, subtractive=True, divisive=False, acrossMaps=True, epsilon=0.125)),
]


def short(values):
    """Thirteen digits: the comparison is to ten."""
    return [float(f"{value:.13g}") for value in values.detach().flatten().tolist()]


def main():
    torch.manual_seed(1)
    cases = []
    for number, (operation, function, shapes, settings) in enumerate(CASES):
        inputs = [numbers(*shape) for shape in shapes]
        output = function(*inputs, settings)
        output_gradient = numbers(*output.shape).detach()
        output.backward(output_gradient)
        cases.append({
            "name": f"{number} {operation}",
            "operation": operation,
            **settings,
            "inputs": [{"shape": list(x.shape), "values": x.detach().flatten().tolist(),
                        "gradient": None if x.grad is None else short(x.grad)} for x in inputs],
            "output": {"shape": list(output.shape), "values": short(output)},
            "outputGradient": output_gradient.flatten().tolist(),
        })
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "convolution.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes normalization.json beside it: PyTorch's batch and layer normalization with all gradients, in float64.

Needs PyTorch (Debian: python3-torch). Run it without arguments: python3 make_normalization.py
Format as in make_losses.py. Batch normalization in training has two more fields: what its running mean and variance would move
towards, which PyTorch gives with momentum 1.
"""
import json
import os

import torch
from torch.nn import functional

from make_losses import case, exact, numbers

EPSILON = float(torch.tensor(1e-5, dtype=torch.float32))
SAMPLES = 6


def main():
    torch.manual_seed(4)
    cases = []
    for shape in ((SAMPLES, 3), (SAMPLES, 3, 5, 3), (SAMPLES, 2, 1, 9)):
        channels = shape[1]
        x = exact(numbers(*shape, scale=2) + 3)
        gain, shift, mean, variance = numbers(channels), numbers(channels), numbers(channels), exact(torch.rand(channels) + 0.5)
        inputs = [(x, True), (gain, True), (shift, True), (mean, False), (variance, False)]
        observed = (mean.clone(), variance.clone())
        functional.batch_norm(x, *observed, gain, shift, True, 1.0, EPSILON)
        training = case(f"batch norm of {list(shape)} in training", "batch-norm", {"epsilon": EPSILON, "training": True}, inputs,
                        lambda x, g, b, m, v: functional.batch_norm(x, None, None, g, b, True, 0.0, EPSILON))
        training["observed"] = [statistic.tolist() for statistic in observed]
        cases.append(training)
        cases.append(case(f"batch norm of {list(shape)} in evaluation", "batch-norm", {"epsilon": EPSILON, "training": False}, inputs,
                          lambda x, g, b, m, v: functional.batch_norm(x, m, v, g, b, False, 0.0, EPSILON)))
    for shape in ((SAMPLES, 9), (SAMPLES, 3, 5, 2)):
        sample = list(shape[1:])
        cases.append(case(f"layer norm of {list(shape)}", "layer-norm", {"epsilon": EPSILON},
                          [(exact(numbers(*shape, scale=2) + 3), True), (numbers(*sample), True), (numbers(*sample), True)],
                          lambda x, g, b, sample=sample: functional.layer_norm(x, sample, g, b, EPSILON)))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "normalization.json"), "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()

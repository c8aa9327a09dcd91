#!/usr/bin/env python3
"""Writes losses.json beside it: PyTorch's losses, one a sample, and their gradients, in float64.

Needs PyTorch (Debian: python3-torch). Run it without arguments: python3 make_losses.py
Each case: operation and settings, inputs (shape with the samples first, values, gradient or null where there is none), output,
outputGradient. Numbers going in are held exactly by float32.
"""
import json
import os

import torch
from torch.nn import functional

SAMPLES = 5


def exact(tensor):
    return tensor.to(torch.float32).to(torch.float64)


def case(name, operation, settings, inputs, loss):
    """inputs: (tensor, whether it has a gradient)."""
    leaves = [tensor.detach().clone().requires_grad_(wanted) for tensor, wanted in inputs]
    output = loss(*leaves)
    weight = exact(torch.rand(output.shape) + 0.5)
    output.backward(weight)
    return {
        "name": name,
        "operation": operation,
        **settings,
        "inputs": [{"shape": list(leaf.shape), "values": leaf.detach().flatten().tolist(),
                    "gradient": leaf.grad.flatten().tolist() if leaf.requires_grad else None} for leaf in leaves],
        "output": {"shape": list(output.shape), "values": output.detach().flatten().tolist()},
        "outputGradient": weight.flatten().tolist(),
    }


def numbers(*shape, scale=1.0):
    return exact(scale * torch.randn(*shape))


def labels(classes, *shape):
    return torch.randint(classes, shape).to(torch.float64)


def cross_entropy(smoothing, weights):
    def loss(scores, target):
        target = target.long()
        each = functional.cross_entropy(scores, target, reduction="none", label_smoothing=smoothing)
        if weights is not None:  # PyTorch weighs inside the smoothed sum; here the weight is the sample's
            each = each * torch.tensor(weights, dtype=torch.float64)[target]
        return each.flatten(1).mean(1) if each.dim() > 1 else each
    return loss


def margin(delta):
    """With p = 1, MultiMarginLoss adds all offenders; the worst alone is taken here by hand."""
    def loss(scores, target):
        right = scores.gather(1, target.long()[:, None])
        wrong = scores.masked_fill(functional.one_hot(target.long(), scores.shape[1]) == 1, -torch.inf)
        return torch.relu(delta + wrong.max(1).values - right[:, 0])
    return loss


def binary_margin(delta):
    return lambda scores, target: torch.relu(delta - (2 * target - 1) * scores[:, 0])


def main():
    torch.manual_seed(3)
    cases = []
    for smoothing in (0.0, 0.125):
        for weights in (None, [0.5, 2.0, 1.0, 0.0]):
            settings = {"smoothing": smoothing, "classWeights": weights or []}
            suffix = f"smoothing {smoothing}{', weighted' if weights else ''}"
            cases.append(case(f"softmax-cross-entropy, {suffix}", "softmax-cross-entropy", settings,
                              [(numbers(SAMPLES, 4, scale=3), True), (labels(4, SAMPLES), False)],
                              cross_entropy(smoothing, weights)))
            cases.append(case(f"per-pixel, {suffix}", "per-pixel-cross-entropy", settings,
                              [(numbers(SAMPLES, 4, 3, 7, scale=3), True), (labels(4, SAMPLES, 3, 7), False)],
                              cross_entropy(smoothing, weights)))
    for classes in (1, 6):
        cases.append(case(f"binary cross-entropy of {classes}", "binary-cross-entropy", {},
                          [(numbers(SAMPLES, classes, scale=4), True), (exact(torch.rand(SAMPLES, classes)), True)],
                          lambda z, t: functional.binary_cross_entropy_with_logits(z, t, reduction="none").sum(1)))
    for delta in (0.0, 1.0, 2.5):
        cases.append(case(f"multiclass margin {delta}", "multiclass-margin", {"margin": delta},
                          [(numbers(3 * SAMPLES, 5), True), (labels(5, 3 * SAMPLES), False)], margin(delta)))
        cases.append(case(f"binary margin {delta}", "binary-margin", {"margin": delta},
                          [(numbers(3 * SAMPLES, 1), True), (labels(2, 3 * SAMPLES), False)], binary_margin(delta)))
    cases.append(case("squared error", "squared-error", {}, [(numbers(SAMPLES, 7), True), (numbers(SAMPLES, 7), True)],
                      lambda s, t: 0.5 * functional.mse_loss(s, t, reduction="none").sum(1)))
    cases.append(case("absolute error", "absolute-error", {}, [(numbers(SAMPLES, 7), True), (numbers(SAMPLES, 7), True)],
                      lambda s, t: functional.l1_loss(s, t, reduction="none").mean(1)))
    for delta in (0.75, 2.0):
        cases.append(case(f"huber {delta}", "huber", {"delta": delta},
                          [(numbers(SAMPLES, 7, scale=2), True), (numbers(SAMPLES, 7), True)],
                          lambda s, t, delta=delta: functional.huber_loss(s, t, reduction="none", delta=delta).sum(1)))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"), "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "cases": cases}, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()

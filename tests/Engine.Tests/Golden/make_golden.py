#!/usr/bin/env python3
"""Writes the golden files beside it: whole models with PyTorch's losses and gradients, in float32 and in float64.

Needs PyTorch (Debian: python3-torch) and NumPy. Run it without arguments: python3 make_golden.py
Weights, features and slopes are numbers that float32 holds exactly, so both precisions compute from the same ones. Losses are
per sample, in nats where that applies; gradients are those of the sum of the losses over the samples, not of their mean.
"""
import json
import os

import torch
from torch import nn
from torch.nn import functional

SLOPE = float(torch.tensor(0.01, dtype=torch.float32))


def cross_entropy(scores, labels):
    return functional.cross_entropy(scores, labels, reduction="none")


def hinge(scores, labels):
    """Sum over j != y of max(0, s_j - s_y + 1). PyTorch's MultiMarginLoss is the same divided by the number of classes."""
    right = scores.gather(1, labels[:, None])
    other = functional.one_hot(labels, scores.shape[1]) == 0
    losses = torch.where(other, torch.clamp(scores - right + 1, min=0), torch.zeros_like(scores)).sum(1)
    scaled = nn.MultiMarginLoss(p=1, margin=1, reduction="none")(scores, labels) * scores.shape[1]
    assert torch.allclose(losses, scaled, rtol=1e-5)
    return losses


def squared(scores, labels):
    targets = functional.one_hot(labels, scores.shape[1]).to(scores.dtype)
    return 0.5 * ((targets - scores) ** 2).sum(1)


# name: (sample shape, widths of the linear layers, activation, loss)
MODELS = {
    "relu-softmax-cross-entropy": ([2, 3], [7, 5, 3], nn.ReLU(), cross_entropy),
    "tanh-multiclass-hinge": ([5], [6, 4], nn.Tanh(), hinge),
    "sigmoid-squared": ([4], [6, 5, 3], nn.Sigmoid(), squared),
    "leaky-relu-softmax-cross-entropy": ([1, 2, 4], [6, 4, 5], nn.LeakyReLU(SLOPE), cross_entropy),
}
SAMPLES = 9


def build(sample, widths, activation):
    layers, inputs = [nn.Flatten()], torch.Size(sample).numel()
    for place, outputs in enumerate(widths):
        layers.append(nn.Linear(inputs, outputs))
        if place + 1 < len(widths):
            layers.append(activation)
        inputs = outputs
    return nn.Sequential(*layers)


def results(network, features, labels, loss, dtype):
    network = network.to(dtype)
    network.zero_grad()
    scores = network(features.to(dtype))
    losses = loss(scores, labels)
    losses.sum().backward()
    return {
        "scores": scores.flatten().tolist(),
        "losses": losses.tolist(),
        "gradients": [parameter.grad.flatten().tolist() for parameter in network.parameters()],
    }


def main():
    for seed, (name, (sample, widths, activation, loss)) in enumerate(MODELS.items()):
        torch.manual_seed(seed)
        network = build(sample, widths, activation)
        for parameter in network.parameters():
            nn.init.normal_(parameter, std=0.7)
        features = torch.randn(SAMPLES, *sample)
        labels = torch.arange(SAMPLES) * 5 % widths[-1]
        golden = {
            "torch": torch.__version__,
            "sampleShape": sample,
            "classes": widths[-1],
            "features": features.flatten().tolist(),
            "labels": labels.tolist(),
            "parameters": [
                {"shape": list(parameter.shape), "values": parameter.flatten().tolist()} for parameter in network.parameters()
            ],
            "float32": results(network, features, labels, loss, torch.float32),
            "float64": results(network, features, labels, loss, torch.float64),
        }
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(golden, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()

"""Golden weights of the optimizers: 20 steps on fixed gradients, by PyTorch in float64.

Run with Debian's python3-torch (1.13):  /usr/bin/python3 make_optimizers.py
Settings, first weights and gradients are floats of 32 bits, so that both sides begin with the same numbers.
"""
import json
import os

import numpy
import torch

STEPS, COUNT = 20, 7


def single(value):
    return float(numpy.float32(value))


CASES = [
    ("sgd-nesterov", "sgd", dict(rate=0.1, momentum=0.9), torch.optim.SGD, dict(nesterov=True)),
    ("sgd-nesterov-decay", "sgd", dict(rate=0.05, momentum=0.8, weight_decay=0.01), torch.optim.SGD, dict(nesterov=True)),
    ("sgd-momentum", "sgd", dict(rate=0.1, momentum=0.9, weight_decay=0.001), torch.optim.SGD, dict(nesterov=False)),
    ("adagrad", "adagrad", dict(rate=0.1, epsilon=1e-10), torch.optim.Adagrad, {}),
    ("adagrad-decay", "adagrad", dict(rate=0.02, epsilon=1e-3, weight_decay=0.1), torch.optim.Adagrad, {}),
    ("rmsprop", "rmsprop", dict(rate=0.01, decay=0.99, epsilon=1e-8), torch.optim.RMSprop, {}),
    ("rmsprop-momentum", "rmsprop", dict(rate=0.02, decay=0.9, momentum=0.8, epsilon=1e-4, weight_decay=0.05), torch.optim.RMSprop, {}),
    ("adam", "adam", dict(rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8), torch.optim.Adam, {}),
    ("adam-decay", "adam", dict(rate=0.05, beta1=0.7, beta2=0.95, epsilon=1e-3, weight_decay=0.1), torch.optim.Adam, {}),
    ("adamw", "adamw", dict(rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01), torch.optim.AdamW, {}),
    ("adamw-strong", "adamw", dict(rate=0.05, beta1=0.5, beta2=0.9, epsilon=1e-5, weight_decay=0.5), torch.optim.AdamW, {}),
]
NAMES = dict(rate="lr", decay="alpha", epsilon="eps")

random = numpy.random.default_rng(3)
first = [single(x) for x in random.normal(size=COUNT)]
# Magnitudes from 1e-4 to 10, a gradient of exactly 0 now and then.
gradients = [[single(x) for x in row] for row in random.normal(size=(STEPS, COUNT)) * 10.0 ** random.uniform(-4, 1, size=(STEPS, COUNT))]
for step in range(0, STEPS, 3):
    gradients[step][step % COUNT] = 0.0

cases = []
for name, kind, settings, optimizer, more in CASES:
    settings = {key: single(value) for key, value in settings.items()}
    wanted = {NAMES.get(key, key): value for key, value in settings.items() if not key.startswith("beta")}
    if "beta1" in settings:
        wanted["betas"] = (settings["beta1"], settings["beta2"])
    weights = torch.tensor(first, dtype=torch.float64, requires_grad=True)
    steps = optimizer([weights], **wanted, **more)
    history = []
    for gradient in gradients:
        weights.grad = torch.tensor(gradient, dtype=torch.float64)
        steps.step()
        history.append(weights.detach().tolist())
    cases.append(dict(name=name, kind=kind, settings={**settings, **more}, weights=history))

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.json")
with open(path, "w") as file:
    json.dump(dict(torch=torch.__version__, first=first, gradients=gradients, cases=cases), file)
    file.write("\n")

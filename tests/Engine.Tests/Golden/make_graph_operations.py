#!/usr/bin/env python3
"""Writes graph-operations.json beside it: single operations with PyTorch's outputs and gradients, in float64.

Needs PyTorch (Debian: python3-torch). Run it without arguments: python3 make_graph_operations.py
{cases: [{name, operation, batched, settings, inputs: [{shape, values, gradient}], output: {shape, values}, outputGradient}]}. The first
axis of an input is the batch where "batched" says so. Numbers of the inputs and of outputGradient are held exactly by float32, so that both precisions
compute from the same ones; gradients are those of sum(output * outputGradient).
"""
import json
import os

import torch
from torch.nn import functional

torch.manual_seed(4)


def numbers(shape, positive=False):
    """Normal numbers on a grid of 1/64, which keeps the file short."""
    values = torch.round(torch.randn(shape, dtype=torch.float64) * 64) / 64
    return values.abs() + 0.25 if positive else values


def case(operation, run, *inputs, batched=(), **settings):
    leaves = [leaf.clone().requires_grad_() for leaf in inputs]
    output = run(*leaves)
    weights = numbers(output.shape)
    (output * weights).sum().backward()
    assert all(leaf.grad.abs().max() > 0 for leaf in leaves), f"{operation}: a gradient is 0 alone, try another seed"
    return {
        "operation": operation,
        "batched": list(batched) or [False] * len(leaves),
        **settings,
        "inputs": [
            {"shape": list(leaf.shape), "values": leaf.detach().flatten().tolist(), "gradient": leaf.grad.flatten().tolist()}
            for leaf in leaves
        ],
        "output": {"shape": list(output.shape), "values": output.detach().flatten().tolist()},
        "outputGradient": weights.flatten().tolist(),
    }


def pairs():
    """Two inputs of every way to be spread over each other; the batch, where there is one, is the first extent."""
    kinds = [
        ((19,), (19,), (False, False)), ((3, 3, 2), (3, 3, 2), (True, True)), ((3, 2, 2), (), (True, False)),
        ((), (3, 5), (False, True)), ((3, 2, 3), (3,), (True, False)), ((2, 1), (3, 2, 3), (False, True)),
        ((3, 1, 3), (3, 2, 1), (True, True)), ((1, 3, 1), (3, 1, 2), (False, True)), ((2, 3, 1), (2,), (False, False)),
    ]
    operations = [
        ("add", lambda a, b: a + b), ("subtract", lambda a, b: a - b), ("multiply", lambda a, b: a * b),
        ("divide", lambda a, b: a / b), ("maximum", torch.maximum), ("minimum", torch.minimum), ("power", torch.pow),
    ]
    for name, run in operations:
        for left, right, batched in kinds:
            # Half a step of the grid apart, so that maximum and minimum meet no tie, whose gradient PyTorch shares out.
            yield case(name, run, numbers(left, name == "power"), numbers(right, name == "divide") + 1 / 128, batched=batched)


def singles():
    shapes = [((), (False,)), ((2, 17), (True,)), ((3, 2, 2), (True,))]
    float32 = lambda number: float(torch.tensor(number, dtype=torch.float32))
    for shape, batched in shapes:
        one = not shape  # a single number is positive, so that its gradient is not 0 alone
        yield case("exp", torch.exp, numbers(shape), batched=batched)
        yield case("log", torch.log, numbers(shape, True), batched=batched)
        yield case("sqrt", torch.sqrt, numbers(shape, True), batched=batched)
        yield case("square", torch.square, numbers(shape), batched=batched)
        yield case("negate", torch.neg, numbers(shape), batched=batched)
        yield case("relu", functional.relu, numbers(shape, one), batched=batched)
        yield case("sigmoid", torch.sigmoid, numbers(shape), batched=batched)
        yield case("tanh", torch.tanh, numbers(shape), batched=batched)
        yield case("identity", lambda x: x.clone(), numbers(shape), batched=batched)
        for alpha in (1.0, float32(0.3)):
            yield case("leaky-relu", lambda x: functional.leaky_relu(x, alpha), numbers(shape, one), batched=batched, alpha=alpha)
            yield case("elu", lambda x: functional.elu(x, alpha), numbers(shape, one), batched=batched, alpha=alpha)
        for exponent in (2, 3, -2, 0.5, -1.5):
            positive = exponent < 0 or exponent != int(exponent)
            yield case("constant-power", lambda x: x ** exponent, numbers(shape, positive), batched=batched, exponent=exponent)
        if shape:
            yield case("softmax", lambda x: functional.softmax(x, -1), numbers(shape), batched=batched)


def axes():
    shape, batched = (3, 2, 3, 4), (True,)
    for dims in ([0], [1], [-1], [1, 3], [0, 2], [0, 1, 2, 3]):
        for keep in (False, True):
            for name, run in (("sum", torch.sum), ("mean", torch.mean)):
                yield case(name, lambda x: run(x, dims, keepdim=keep), numbers(shape), batched=batched, axes=dims, keep=keep)
    for order in ([0, 2, 1, 3], [0, 3, 1, 2], [0, 3, 2, 1]):
        yield case("transpose", lambda x: x.permute(order), numbers(shape), batched=batched, order=order)
    yield case("transpose", lambda x: x.permute(2, 0, 1), numbers((2, 3, 4)), order=[2, 0, 1])
    for axis, start, stop, step in ((3, 1, 4, 2), (1, 1, 2, 1), (-1, 0, 4, 3), (2, 1, 3, 1)):
        def cut(x, axis=axis, start=start, stop=stop, step=step):
            index = [slice(None)] * 4
            index[axis] = slice(start, stop, step)
            return x[tuple(index)]
        yield case("slice", cut, numbers(shape), batched=batched, axis=axis, start=start, stop=stop, step=step)
    for axis in (1, 2, -1):
        parts = []
        for extent in (2, 1, 3):
            extents = [3, 2, 2, 2]
            extents[axis] = extent
            parts.append(numbers(extents))
        yield case("concatenate", lambda *x: torch.cat(x, axis), *parts, batched=(True,) * 3, axis=axis)
    for narrow, wide, flags in (((7,), (3, 2, 7), (False,)), ((3, 1, 7), (3, 2, 7), (True,)), ((3, 1), (2, 3, 4), (False,))):
        yield case("broadcast", lambda x: x.expand(wide), numbers(narrow), batched=flags, to=list(wide),
                   toBatched=wide[0] == 3)
    yield case("matmul", torch.matmul, numbers((3, 7)), numbers((7, 5)), batched=(True, False))
    yield case("matmul", torch.matmul, numbers((3, 17)), numbers((17, 2)))


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "graph-operations.json")
    with open(path, "w", encoding="utf-8") as file:
        cases = [made for family in (pairs(), singles(), axes()) for made in family]
        rows = [json.dumps({"name": f"{made['operation']} {place}", **made}) for place, made in enumerate(cases)]
        file.write('{"cases": [\n' + ",\n".join(rows) + "\n]}\n")
    print(f"{len(rows)} cases, {os.path.getsize(path)} bytes")

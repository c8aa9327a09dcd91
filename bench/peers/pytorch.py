"""Trains a model of bench/Throughput with PyTorch and prints samples a second: the median of five windows of half a second after a warm-up."""
import gzip
import json
import os
import statistics
import sys
import time

import numpy
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

WINDOWS, WINDOW_SECONDS, WARM_UP_SECONDS = 5, 0.5, 2.0


def load(folder):
    """Images [60000, 784], standardized, and labels."""
    def read(name):
        path = os.path.join(folder, name)
        opened = gzip.open(path + ".gz") if os.path.exists(path + ".gz") else open(path, "rb")
        with opened as file:
            return numpy.frombuffer(file.read(), numpy.uint8)
    images = read("train-images-idx3-ubyte")[16:].reshape(-1, 784).astype(numpy.float32) / 255
    labels = read("train-labels-idx1-ubyte")[8:].astype(numpy.int64)
    return torch.from_numpy((images - images.mean()) / images.std()), torch.from_numpy(labels)


def model(name):
    if name == "cnn":
        return nn.Sequential(nn.Unflatten(1, (1, 28, 28)),
                             nn.Conv2d(1, 16, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Conv2d(16, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10))
    first, second = {"mlp": (512, 256), "mlp_large": (2048, 2048)}[name]
    return nn.Sequential(nn.Linear(784, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU(), nn.Linear(second, 10))


def batches(images, labels, size, rank, workers):
    while True:
        order = torch.randperm(len(images), generator=torch.Generator().manual_seed(1))
        for begin in range(0, len(images) - size + 1, size):
            mine = order[begin + rank * size // workers:begin + (rank + 1) * size // workers]
            yield images[mine], labels[mine]


def train(rank, name, size, workers, results):
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(1)
    net = model(name)
    if workers > 1:
        dist.init_process_group("gloo", rank=rank, world_size=workers)
        net = nn.parallel.DistributedDataParallel(net)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    loss = nn.CrossEntropyLoss()
    images, labels = load(os.environ["MNIST"])
    source = batches(images, labels, size, rank, workers)

    def steps(count):
        begin = time.perf_counter()
        for _ in range(count):
            x, y = next(source)
            optimizer.zero_grad(set_to_none=True)
            loss(net(x), y).backward()
            optimizer.step()
        return time.perf_counter() - begin

    steps(10)
    count = torch.tensor(max(4, int(WINDOW_SECONDS / (steps(10) / 10))))
    if workers > 1:
        dist.broadcast(count, 0)  # all processes take as many steps
    for _ in range(max(1, round(WARM_UP_SECONDS / WINDOW_SECONDS))):
        steps(int(count))
    rates = [int(count) * size / steps(int(count)) for _ in range(WINDOWS)]
    if rank == 0:
        results.put(rates)


if __name__ == "__main__":
    name, size, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    workers = 2 if how == "ddp" else 1
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29511")
    queue = mp.get_context("spawn").SimpleQueue()
    if workers == 1:
        train(0, name, size, 1, queue)
    else:
        mp.spawn(train, (name, size, workers, queue), nprocs=workers)
    rates = queue.get()
    print(json.dumps({"peer": "torch " + torch.__version__, "model": name, "batch": size, "how": how,
                      "samples_s": round(statistics.median(rates), 1), "windows": [round(rate, 1) for rate in rates]}))

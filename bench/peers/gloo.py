"""Sums a vector over processes with gloo and prints the milliseconds of one sum: the median of five windows of 0.3 s after a warm-up."""
import json
import os
import socket
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

WINDOWS, WINDOW_SECONDS, WARM_UP_SECONDS = 5, 0.3, 0.7


def measure(rank, workers, floats, port):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port), GLOO_SOCKET_IFNAME="lo")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=workers)
    vector = torch.zeros(floats)

    def window(seconds):
        """The first process decides how many sums there are, so that all make as many."""
        count, begin = 0, time.perf_counter()
        going = torch.ones(1)
        while going.item():
            for _ in range(chunk):
                dist.all_reduce(vector)
            count += chunk
            if rank == 0:
                going.fill_(float(time.perf_counter() - begin < seconds))
            dist.broadcast(going, 0)
        return 1000 * (time.perf_counter() - begin) / count

    chunk = 1
    chunk = max(1, round(50 / max(window(WARM_UP_SECONDS), 0.5)))  # some 50 ms between two looks at the clock
    counts = torch.tensor([float(chunk)])
    dist.broadcast(counts, 0)
    chunk = int(counts.item())
    windows = [window(WINDOW_SECONDS) for _ in range(WINDOWS)]
    if rank == 0:
        print(json.dumps({"ms": statistics.median(windows), "windows": windows}), flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port_number = free.getsockname()[1]
    mp.spawn(measure, (arguments[0], arguments[1], port_number), nprocs=arguments[0])

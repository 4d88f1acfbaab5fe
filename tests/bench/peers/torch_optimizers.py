"""PyTorch: one step of each optimizer on a parameter of 10 million floats; prints "NAME seconds_per_step VALUE", the fastest of several.

usage: torch_optimizers.py [--threads N] [--steps N]
"""
import argparse
import time

import torch

SHAPE = (2500, 4000)
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=1e-3, fused=True),
    "sgd with momentum": lambda p: torch.optim.SGD(p, lr=1e-3, momentum=0.9, fused=True),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, fused=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=1e-3, alpha=0.9),
    "nadam": lambda p: torch.optim.NAdam(p, lr=1e-3),
    "adagrad": lambda p: torch.optim.Adagrad(p, lr=1e-3, initial_accumulator_value=0.1),
    "adadelta": lambda p: torch.optim.Adadelta(p, lr=1e-3),
    "adamax": lambda p: torch.optim.Adamax(p, lr=1e-3),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=8)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name, make in OPTIMIZERS.items():
        parameter = torch.nn.Parameter(torch.rand(SHAPE))
        parameter.grad = torch.rand(SHAPE)
        optimizer = make([parameter])
        optimizer.step()
        best = float("inf")
        for _ in range(options.steps):
            begin = time.perf_counter()
            optimizer.step()
            best = min(best, time.perf_counter() - begin)
        print(f"{name}: seconds_per_step {best:.6f}", flush=True)


if __name__ == "__main__":
    main()

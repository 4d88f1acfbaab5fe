"""Golden learning rates and momenta from PyTorch's OneCycleLR: what tests/runtime/train/rate_schedule_test.cpp compares with.

usage: torch_one_cycle.py [--out FILE]

Each line is the name of a configuration and the rates of the steps 0, 1, ..., total - 1; the highest rate is 0.1. Lines NAME_momentum have the
momenta.
"""
import argparse
import pathlib

import torch

CONFIGURATIONS = {
    "one_cycle": dict(total_steps=40),
    "one_cycle_linear": dict(total_steps=40, anneal_strategy="linear"),
    "one_cycle_three_phase": dict(total_steps=40, three_phase=True),
    "one_cycle_other": dict(total_steps=25, pct_start=0.45, div_factor=10, final_div_factor=100, base_momentum=0.5, max_momentum=0.8),
}


def values_of(key, total_steps, **options):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=total_steps, **options)
    values = []
    for _ in range(total_steps):
        values.append(optimizer.param_groups[0][key])
        optimizer.step()
        if len(values) < total_steps:
            scheduler.step()
    return values


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent.parent / "runtime/train/golden/torch_one_cycle.txt")
    options = parser.parse_args()
    with open(options.out, "w") as out:
        for name, configuration in CONFIGURATIONS.items():
            for line, key in ((name, "lr"), (f"{name}_momentum", "momentum")):
                out.write(line + "".join(f" {value:.12g}" for value in values_of(key, **configuration)) + "\n")


if __name__ == "__main__":
    main()

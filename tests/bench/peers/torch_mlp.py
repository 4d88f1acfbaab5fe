"""PyTorch: 784-units-10, relu, Adam 1e-3, without dropout; shuffled epochs over all 60,000 images.

usage: torch_mlp.py [--mode eager|compile] [--batch N] [--epochs N] [--units N] [--threads N] [--device cpu|cuda] [--amp 0|1]
"""
import numpy as np
import torch
from torch import nn

import data
import torch_steps


def main():
    options = data.arguments(mode="eager", units=512)
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    images, labels, _, _ = data.load()
    images, labels = torch.from_numpy(images).to(options.device), torch.from_numpy(labels.astype(np.int64)).to(options.device)
    net = nn.Sequential(nn.Linear(784, options.units), nn.ReLU(), nn.Linear(options.units, 10)).to(options.device)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)
    loss_of = nn.CrossEntropyLoss()

    def forward(x, y):
        with torch_steps.precision(options):
            return loss_of(net(x), y)

    if options.mode == "compile":
        forward = torch.compile(forward)

    def step(rows):
        optimizer.zero_grad(set_to_none=True)
        loss = forward(images[rows], labels[rows])
        loss.backward()
        optimizer.step()
        return loss.detach()

    whole = len(images) // options.batch * options.batch
    step(torch.arange(options.batch, device=options.device))
    for _ in range(options.epochs):
        with data.EpochClock(whole) as clock:
            order = torch.randperm(len(images), device=options.device)[:whole].reshape(-1, options.batch)
            total = 0.0
            for rows in order:
                total += step(rows)
            total = float(total)  # waits for the device
        clock.report(total / len(order))


if __name__ == "__main__":
    main()

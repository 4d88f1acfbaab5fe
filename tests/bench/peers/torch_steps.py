"""Epochs of a PyTorch network on images [N, H, W, C], channels-last: what the scripts of convolutional networks share."""
import contextlib

import numpy as np
import torch
from torch import nn

import data


def precision(options):
    """`--amp 1`: automatic mixed precision in bfloat16, which needs no scaled loss."""
    return torch.autocast(options.device, torch.bfloat16) if options.amp else contextlib.nullcontext()


def train(net, optimizer, images, labels, options):
    """Shuffled epochs of whole batches; prints a line for each. `options.mode`: eager or compile; `net` is on `options.device`."""
    net = net.to(memory_format=torch.channels_last)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).to(options.device)  # a view: channels stay last in memory
    y = torch.from_numpy(labels.astype(np.int64)).to(options.device)
    loss_of = nn.CrossEntropyLoss()

    def forward(image, label):
        with precision(options):
            return loss_of(net(image), label)

    if options.mode == "compile":
        forward = torch.compile(forward)

    def step(rows):
        optimizer.zero_grad(set_to_none=True)
        loss = forward(x[rows].contiguous(memory_format=torch.channels_last), y[rows])
        loss.backward()
        optimizer.step()
        return loss.detach()

    whole = len(x) // options.batch * options.batch
    step(torch.arange(options.batch, device=options.device))
    for _ in range(options.epochs):
        with data.EpochClock(whole) as clock:
            total = 0.0
            order = torch.randperm(len(x), device=options.device)[:whole].reshape(-1, options.batch)
            for rows in order:
                total += step(rows)
            total = float(total)  # waits for the device
        clock.report(total / len(order))

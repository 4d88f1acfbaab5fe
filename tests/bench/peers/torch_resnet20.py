"""PyTorch, channels-last: the network of samples/resnet, SGD with momentum, on generated images.

usage: torch_resnet20.py [--mode eager|compile] [--batch N] [--epochs N] [--rows N] [--threads N] [--device cpu|cuda] [--amp 0|1]
"""
import numpy as np
import torch
from torch import nn

import data
import torch_steps


def convolution(channels, filters, kernel, stride):
    return [nn.Conv2d(channels, filters, kernel, stride, padding=kernel // 2, bias=False), nn.BatchNorm2d(filters)]


class Unit(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.body = nn.Sequential(*convolution(channels, filters, 3, stride), nn.ReLU(), *convolution(filters, filters, 3, 1))
        self.shortcut = nn.Identity() if channels == filters else nn.Sequential(*convolution(channels, filters, 1, stride))
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.body(x) + self.shortcut(x))


def network():
    units, channels = [], 16
    for filters in (16, 32, 64):
        units += [Unit(channels, filters, filters // channels), Unit(filters, filters, 1), Unit(filters, filters, 1)]
        channels = filters
    return nn.Sequential(*convolution(3, 16, 3, 1), nn.ReLU(), *units, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main():
    options = data.arguments(mode="eager", rows=2560)
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    random = np.random.default_rng(0)
    images, labels = random.random((options.rows, 32, 32, 3), np.float32), random.integers(0, 10, options.rows)
    net = network().to(options.device)
    torch_steps.train(net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9), images, labels, options)


if __name__ == "__main__":
    main()

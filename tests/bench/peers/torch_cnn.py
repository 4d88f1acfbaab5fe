"""PyTorch, channels-last: the network of samples/fashion_cnn, Adam 1e-3, on the first `rows` images.

usage: torch_cnn.py [--mode eager|compile] [--batch N] [--epochs N] [--rows N] [--threads N] [--device cpu|cuda] [--amp 0|1]
"""
import torch
from torch import nn

import data
import torch_steps


def convolution(channels, filters):
    return [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2)]


def main():
    options = data.arguments(mode="eager", rows=12800)
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    images, labels = data.images(options.rows)
    net = nn.Sequential(*convolution(1, 32), *convolution(32, 64), nn.Flatten(), nn.Linear(7 * 7 * 64, 128), nn.ReLU(), nn.Linear(128, 10))
    net = net.to(options.device)
    torch_steps.train(net, torch.optim.Adam(net.parameters(), lr=1e-3, fused=True), images, labels, options)


if __name__ == "__main__":
    main()

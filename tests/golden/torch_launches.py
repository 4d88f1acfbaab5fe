"""How many kernels PyTorch launches at least, in eager mode, for a training step of the samples: one for each operator that is dispatched
(views and allocations left out, the optimizer in its multi-tensor form), and one for each gradient of a convolution, which its libraries
compute one by one. The batches are those of the samples, but the number does not depend on them.

    python tests/golden/torch_launches.py        # where PyTorch is installed
"""
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

# These launch nothing: they make views, allocate, or read a number.
SILENT = {"view", "_unsafe_view", "t", "transpose", "expand", "as_strided", "detach", "alias", "empty", "empty_like", "empty_strided",
          "new_empty_strided", "reshape", "unsqueeze", "squeeze", "permute", "select", "slice", "_local_scalar_dense", "lift_fresh",
          "new_empty", "is_same_size", "_has_compatible_shallow_copy_type"}


class Counter(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.kernels = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        if name == "convolution_backward":
            self.kernels += sum(args[-1])  # of the image, the kernel and the bias: those that are wanted
        elif name not in SILENT:
            self.kernels += 1
        return func(*args, **(kwargs or {}))


class Unit(nn.Module):
    """Of ResNet-20: two convolutions beside a shortcut, which is a projection where the width changes."""

    def __init__(self, width, to):
        super().__init__()
        stride = 1 if width == to else 2
        self.first, self.first_norm = nn.Conv2d(width, to, 3, stride, padding=1, bias=False), nn.BatchNorm2d(to)
        self.second, self.second_norm = nn.Conv2d(to, to, 3, padding=1, bias=False), nn.BatchNorm2d(to)
        self.shortcut = nn.Identity() if width == to else nn.Sequential(nn.Conv2d(width, to, 1, stride, bias=False), nn.BatchNorm2d(to))

    def forward(self, x):
        y = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(y)) + self.shortcut(x))


def resnet20():
    widths = [16, 16, 16, 16, 32, 32, 32, 64, 64, 64]
    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), *map(Unit, widths, widths[1:]),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def adam(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)


def momentum(model):
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, foreach=True)


def count(model, images, make_optimizer):
    optimizer = make_optimizer(model)
    labels = torch.randint(0, 10, (images.shape[0],))

    def step():
        optimizer.zero_grad(set_to_none=True)
        scores = model(images.float() / 255)
        loss = nn.functional.cross_entropy(scores, labels)
        loss.backward()
        optimizer.step()
        return loss, (scores.argmax(1) == labels).float().mean()

    step()  # makes the optimizer's state
    with Counter() as counter:
        step()
    return counter.kernels


def main():
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    cnn = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Conv2d(32, 64, 3, padding=1),
                        nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))
    bytes_of = torch.randint(0, 256, (64, 1, 28, 28), dtype=torch.uint8)
    colours = torch.randint(0, 256, (64, 3, 32, 32), dtype=torch.uint8)
    print(f"PyTorch {torch.__version__}: fashion {count(mlp, bytes_of[:32], adam)}, fashion_cnn {count(cnn, bytes_of, adam)}, "
          f"resnet20 {count(resnet20(), colours, momentum)}")


if __name__ == "__main__":
    main()

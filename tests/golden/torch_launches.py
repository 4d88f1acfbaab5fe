"""How many operators PyTorch runs in eager mode for a training step of the samples: views and allocations left out, the optimizer in
its multi-tensor form. On a GPU each is one kernel at least, so this is a lower bound of its launches.

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
        self.names = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        name = func.overloadpacket.__name__
        if name not in SILENT:
            self.names.append(name)
        return func(*args, **(kwargs or {}))


def count(model, images):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=True)
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
    return len(counter.names)


def main():
    mlp = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))
    cnn = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Conv2d(32, 64, 3, padding=1),
                        nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2), nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10))
    bytes_of = torch.randint(0, 256, (64, 1, 28, 28), dtype=torch.uint8)
    print(f"PyTorch {torch.__version__}: fashion {count(mlp, bytes_of[:32])}, fashion_cnn {count(cnn, bytes_of)}")


if __name__ == "__main__":
    main()

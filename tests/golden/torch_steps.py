"""Golden single steps from PyTorch: states before steps 0, 50 and 99 of a training and every tensor after that step.

usage: torch_steps.py [--out DIR]    ->  DIR/NAME_STEP.safetensors: loss, before/TENSOR, after/TENSOR (default: steps/)

Gradients come from PyTorch's autograd; what Keras does otherwise is written out: padding `same` puts the odd cell behind, batch
normalization divides by sqrt(variance + 1e-3), and its moving statistics are 0.99 old + 0.01 new with the variance of the population.
Updates: torch_trace.update. Batches: step_batches.py, one for each step. Models: step_models.cpp, one for each configuration.

The state before a step is rounded to float32 and the step is taken from there, in float64 and in float32. It is written (the float64
result) only when both agree within a tenth of what the test allows, so that what a comparison shows is the program under test.
"""
import argparse
import array
import pathlib
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F

import step_batches
import torch_trace
import weights

STEPS = (0, 50, 99)
AGREEMENT = 1e-5  # of a tensor's norm
KEPT, EPSILON = 0.99, 1e-3  # of batch normalization

CONFIGURATIONS = {
    "step_cnn": dict(input=(28, 28, 1), opt="adam", lr=1e-3, eps=1e-7, slots={"m": "adam.m", "v": "adam.v"}),
    "step_resnet": dict(input=(16, 16, 3), opt="sgd", lr=0.03, momentum=0.9, nesterov=False, slots={"m": "sgd.momentum"}),
}


class Network:
    """Layers by name, over tensors in Keras's layouts; a state that is met first is made by `make`."""

    def __init__(self, state, make):
        self.state, self.make, self.moved = state, make, {}
        self.convolutions = self.normalizations = 0

    def tensor(self, name, shape, fan_in=None):
        if name not in self.state:
            self.state[name] = self.make(name, shape, fan_in)
        return self.state[name]

    def conv(self, x, filters, size, strides=1, name=None, bias=False):
        self.convolutions += 1
        name, channels = name or f"conv2d_{self.convolutions}", x.shape[1]
        kernel = self.tensor(f"{name}.kernel", (size, size, channels, filters), size * size * channels)
        b = self.tensor(f"{name}.bias", (filters,)) if bias else None
        pads = []
        for extent in (x.shape[3], x.shape[2]):
            total = max((-(-extent // strides) - 1) * strides + size - extent, 0)
            pads += [total // 2, total - total // 2]
        return F.conv2d(F.pad(x, pads), kernel.permute(3, 2, 0, 1), b, strides)

    def dense(self, x, units, name):
        return x @ self.tensor(f"{name}.kernel", (x.shape[1], units), x.shape[1]) + self.tensor(f"{name}.bias", (units,))

    def norm(self, x):
        self.normalizations += 1
        name, shape = f"batch_norm_{self.normalizations}", (x.shape[1],)
        gamma, beta = self.tensor(f"{name}.gamma", shape), self.tensor(f"{name}.beta", shape)
        mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
        for moving, new in (("mean", mean), ("variance", variance)):
            key = f"{name}.moving_{moving}"
            self.moved[key] = KEPT * self.tensor(key, shape) + (1 - KEPT) * new.detach()
        column = lambda values: values[:, None, None]
        return column(gamma) * (x - column(mean)) / torch.sqrt(column(variance) + EPSILON) + column(beta)


def step_cnn(net, x):
    x = F.max_pool2d(torch.relu(net.conv(x, 6, 3, name="conv1", bias=True)), 2)
    x = F.max_pool2d(torch.relu(net.conv(x, 8, 3, name="conv2", bias=True)), 2)
    x = x.permute(0, 2, 3, 1).flatten(1)
    return net.dense(torch.relu(net.dense(x, 16, "hidden")), 10, "logits")


def step_resnet(net, x):
    def block(x, width, strides):
        y = torch.relu(net.norm(net.conv(x, width, 3, strides)))
        y = net.norm(net.conv(y, width, 3))
        if strides > 1:
            x = net.norm(net.conv(x, width, 1, strides))
        return torch.relu(y + x)

    x = torch.relu(net.norm(net.conv(x, 4, 3)))
    for width, strides in ((4, 1), (4, 1), (4, 1), (8, 2), (8, 1), (8, 1), (16, 2), (16, 1), (16, 1)):
        x = block(x, width, strides)
    return net.dense(x.mean((2, 3)), 10, "logits")


def initial(name, shape, fan_in):
    """Kernels as weights.py makes them, the largest power of two below He's limit; the rest as Keras initializes it."""
    if fan_in is None:
        return torch.ones(shape) if name.endswith((".gamma", ".moving_variance")) else torch.zeros(shape)
    limit = 2.0 ** np.floor(np.log2(np.sqrt(6 / fan_in)))
    seed = zlib.crc32(name.encode())
    return torch.tensor(np.array(weights.kernel(seed, int(np.prod(shape)), limit))).reshape(shape)


def take_step(name, c, step, state, slots, dtype):
    """(loss, state, slots) after a step from `state` and `slots`, which stay as they are."""
    height, width, channels = c["input"]
    pixels, labels = step_batches.batch(step, height, width, channels)
    x = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(-1, height, width, channels)
    x = x.to(dtype).permute(0, 3, 1, 2) * (1 / 255.0)
    moving = [key for key in state if ".moving_" in key]
    state = {key: value.clone().to(dtype).requires_grad_(key not in moving) for key, value in state.items()}
    slots = {key: {slot: value.clone().to(dtype) for slot, value in of.items()} for key, of in slots.items()}
    make = lambda *asked: initial(*asked).to(dtype).requires_grad_(".moving_" not in asked[0])
    net = Network(state, make)
    value = F.cross_entropy(globals()[name](net, x), torch.tensor(list(labels)))
    trained = [key for key in state if ".moving_" not in key]
    gradients = torch.autograd.grad(value, [state[key] for key in trained])
    with torch.no_grad():
        for key, gradient in zip(trained, gradients):
            torch_trace.update(c, step + 1, state[key], gradient, slots.setdefault(key, {}))
    return value.item(), {key: value.detach() for key, value in (state | net.moved).items()}, slots


def flat(c, state, slots):
    """{name in the checkpoint: tensor}."""
    named = {f"{key}/{c['slots'][slot]}": value for key, of in slots.items() for slot, value in of.items()}
    return state | named


def rounded(tensors):
    return {key: value.to(torch.float32) for key, value in tensors.items()}


def worst_difference(a, b):
    return max(float((a[key].double() - b[key].double()).norm() / (b[key].double().norm() + 1e-30)) for key in b)


def entry(tensor):
    return list(tensor.shape), array.array("f", tensor.float().flatten().tolist())


def steps(name, c, out):
    height, width, channels = c["input"]
    state, slots = {}, {}
    with torch.no_grad():
        globals()[name](Network(state, initial), torch.zeros(1, channels, height, width))
    for key in [key for key in state if ".moving_" not in key]:
        slots[key] = {slot: torch.zeros_like(state[key]) for slot in c["slots"]}
    agrees = True
    for step in range(max(STEPS) + 1):
        before, before_slots = rounded(state), {key: rounded(of) for key, of in slots.items()}
        loss, state, slots = take_step(name, c, step, before, before_slots, torch.float64)
        if step not in STEPS:
            continue
        single_loss, *single = take_step(name, c, step, before, before_slots, torch.float32)
        worst = max(worst_difference(flat(c, *single), flat(c, state, slots)), abs(single_loss / loss - 1))
        agrees &= worst <= AGREEMENT
        print(f"{name} step {step:2}: loss {loss:.6f}  float32 against float64: {worst:.2e} {'ok' if worst <= AGREEMENT else 'TOO FAR'}", flush=True)
        tensors = {"loss": entry(torch.tensor([loss]))}
        tensors |= {f"before/{key}": entry(value) for key, value in flat(c, before, before_slots).items()}
        tensors |= {f"after/{key}": entry(value) for key, value in flat(c, state, slots).items()}
        if worst <= AGREEMENT:
            weights.write_safetensors(out / f"{name}_{step}.safetensors", tensors)
    return agrees


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent / "steps")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(exist_ok=True)
    return 0 if all([steps(name, c, options.out) for name, c in CONFIGURATIONS.items()]) else 1


if __name__ == "__main__":
    sys.exit(main())

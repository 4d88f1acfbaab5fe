"""One step from a given state against PyTorch's: the loss, and every tensor after it with slots and moving statistics.

The state, optimizer slots included, goes in through a checkpoint: a run of one step on the batch leaves one, its tensors and its number of steps
are replaced, and the run is resumed for one step more. A tensor may differ by 1e-4 of its norm. Slots after step 0 are the gradient alone; moving
statistics move by a hundredth, so what step 0 changes in them is compared as well.
"""
import array
import math
import sys

import checkpoint_file
import support
from support import check

TOLERANCE = 1e-4
SHAPES = {"step_cnn": (28, 28, 1), "step_resnet": (16, 16, 3)}
STEPS = (0, 50, 99)


def floats(raw):
    return array.array("f", raw)


def norm(values):
    return math.sqrt(math.fsum(v * v for v in values))


def difference(got, want):
    """Relative to the norm of `want`."""
    return norm([a - b for a, b in zip(got, want)]) / max(norm(want), 1e-30)


def write_batch(folder, shape, step):
    import step_batches
    import weights

    folder.mkdir()
    pixels, labels = step_batches.batch(step, *shape)
    weights.write_npy(folder / "x_train.npy", [step_batches.ROWS, *shape], array.array("B", pixels))
    weights.write_npy(folder / "y_train.npy", [step_batches.ROWS], array.array("B", labels))


def take_step(program, folder, step, before):
    """(loss, {tensor: floats}) after one step from `before`."""
    base = ["train", "--data", folder, "--validation", 0, "--no-shuffle", "--out", folder / "out"]
    program.run(*base, "--epochs", 1)
    header, blocks = checkpoint_file.read(folder / "out")
    states = {name[len("state/") :] for name in blocks if name.startswith("state/")}
    check(states == set(before), f"states differ: only here {sorted(states - set(before))}, only in PyTorch {sorted(set(before) - states)}")
    for name, (dims, raw) in before.items():
        check(blocks[f"state/{name}"][0] == dims, f"{name}: {blocks[f'state/{name}'][0]}, PyTorch has {dims}")
        blocks[f"state/{name}"] = (dims, raw)
    header["step"] = step
    checkpoint_file.write(folder / "out", header, blocks)
    program.run(*base, "--epochs", 2, "--resume")
    rows = (folder / "out" / "history.csv").read_text().splitlines()
    check(len(rows) == 3, f"two epochs of one step: {rows}")
    header, blocks = checkpoint_file.read(folder / "out")
    check(header["step"] == step + 1, f"steps done: {header['step']}, want {step + 1}")
    return float(rows[2].split(",")[1]), {name: floats(blocks[f"state/{name}"][1]) for name in before}


def compare(project, name, step):
    """Sentences on what is too far away."""
    import weights

    golden = weights.read_safetensors(project.source / "tests" / "golden" / "steps" / f"{name}_{step}.safetensors")
    before = {key[len("before/") :]: value for key, value in golden.items() if key.startswith("before/")}
    folder = project.scratch / f"{name}_{step}"
    write_batch(folder, SHAPES[name], step)
    loss, after = take_step(project.program(name, "tests"), folder, step, before)
    want_loss = floats(golden["loss"][1])[0]
    found = {"loss": abs(loss - want_loss) / want_loss}
    for key, got in after.items():
        want = floats(golden[f"after/{key}"][1])
        found[key] = difference(got, want)
        if ".moving_" in key and step == 0:
            start = floats(before[key][1])
            found[f"change of {key}"] = difference([a - b for a, b in zip(got, start)], [a - b for a, b in zip(want, start)])
    worst = max(found, key=found.get)
    print(f"{name} step {step}: {len(found)} figures, worst {found[worst]:.2e} ({worst})")
    return [f"{name} step {step}, {key}: {value:.2e}" for key, value in found.items() if not value <= TOLERANCE]


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden"))
    wrong = [sentence for name in SHAPES for step in STEPS for sentence in compare(project, name, step)]
    check(not wrong, "\n".join(wrong))


if __name__ == "__main__":
    support.run(main)

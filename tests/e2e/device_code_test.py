"""Device code of the samples and of models in mixed precision: how many launches a training step is, what fusion saves, and what ptxas says of every kernel.

Needs no GPU. Without ptxas on PATH the last part is skipped, aloud.
"""
import concurrent.futures
import pathlib
import re
import shutil
import subprocess

import support

SAMPLES = ["fashion", "fashion_cnn", "resnet20", "searched", "cats_vs_dogs", "churn", "spend", "dropout_mlp", "regularization_mlp",
           "augmentation", "caching", "fashion_bf16", "fashion_f16"]
MIXED = ["narrow_f16", "cnn_f16", "resnet_bf16"]  # tests/mixed/device_models.cpp
MODELS = SAMPLES + MIXED
# Whose source exports other models, too.
SEVERAL = {"caching", "fashion_bf16", "fashion_f16", *MIXED}
ARCHITECTURES = [80, 90, 100, 120]
# Launches of a training step, at most. PyTorch 2.15 in eager mode launches 32, 56 and 205 kernels at least for the same steps
# (tests/golden/torch_launches.py counts them).
LAUNCHES = {"fashion": 8, "fashion_cnn": 16, "resnet20": 197, "narrow_f16": 12, "fashion_f16": 14, "fashion_bf16": 10}
BYTES = 0.5  # share of the unfused bytes that fusion leaves, at most
TABLE = pathlib.Path(__file__).parent.parent / "golden" / "device_registers.txt"
PROPERTIES = re.compile(
    r"Function properties for (\S+)\s+(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads\s+"
    r"ptxas info\s*: Used (\d+) registers")


def show(project, model, what):
    found = sorted((project.build / ("tests" if model in MIXED else "samples")).rglob(f"{model}_generator"))
    programs = [p for p in found if p.is_file()]
    if not programs:
        support.skip(f"{model}_generator is not built")
    chosen = ["--model", model] if model in SEVERAL else []
    run = subprocess.run([programs[0], "--show", what, *chosen], stdout=subprocess.PIPE, text=True, check=True)
    return run.stdout


def check_plans(project):
    totals = re.compile(r"\.train: launches (\d+) arena \d+ moves (\d+) bytes, unfused (\d+); with a library (\d+)")
    for model in MODELS:
        launches, moved, unfused, library = map(int, totals.search(show(project, model, "launches")).groups())
        print(f"{model}: {launches} launches, {library} with a library, {moved / unfused:.2f} of the bytes of one kernel for each op")
        most = LAUNCHES.get(model, 10**6)
        support.check(max(launches, library) <= most, f"{model}: {launches} launches, {library} with a library, at most {most}")
        support.check(moved <= BYTES * unfused, f"{model}: fusion leaves {moved / unfused:.2f} of the bytes, at most {BYTES}")


def version(ptxas):
    words = subprocess.run([ptxas, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.search(r"V(\d+\.\d+\.\d+)", words).group(1)


def assemble(ptxas, source, sm):
    """Registers of each kernel of a file, by name; a spill or a stack is an error."""
    run = subprocess.run([ptxas, "-v", f"-arch=sm_{sm}", source, "-o", f"{source}.{sm}"], stderr=subprocess.PIPE, text=True)
    support.check(run.returncode == 0, f"ptxas for sm_{sm} refuses {source.name}:\n{run.stderr[:2000]}")
    registers = {}
    for name, stack, stores, loads, used in PROPERTIES.findall(run.stderr):
        support.check((stack, stores, loads) == ("0", "0", "0"),
                      f"{source.name}, sm_{sm}, {name}: {stack} bytes of stack, {stores} and {loads} bytes spilled")
        registers[name] = int(used)
    support.check(registers, f"ptxas -v said nothing of {source.name}")
    return registers


def measure(project, ptxas):
    """(model, sm, kernel) -> registers."""
    jobs = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for model in MODELS:
            source = project.scratch / f"{model}.ptx"
            source.write_text(show(project, model, "ptx"))
            for sm in ARCHITECTURES:
                jobs[model, sm] = pool.submit(assemble, ptxas, source, sm)
    return {(model, sm, name): used for (model, sm), job in jobs.items() for name, used in job.result().items()}


def table_text(ptxas, registers):
    lines = [f"ptxas {version(ptxas)}"]
    for (model, sm, name), used in sorted(registers.items()):
        lines.append(f"{model} sm_{sm} {name} {used}")
    return "\n".join(lines) + "\n"


def compare(ptxas, registers):
    head, *rows = TABLE.read_text().splitlines()
    if head != f"ptxas {version(ptxas)}":
        print(f"the table of registers is of {head}, and this is {version(ptxas)}: not compared")
        return
    expected = {tuple(row.split()[:3]): int(row.split()[3]) for row in rows}
    got = {(model, f"sm_{sm}", name): used for (model, sm, name), used in registers.items()}
    changed = [f"{' '.join(k)}: {expected.get(k)} -> {got.get(k)}" for k in sorted(expected.keys() | got.keys()) if expected.get(k) != got.get(k)]
    support.check(not changed, f"registers of {len(changed)} kernels changed; tests/golden/device_registers.py writes the table anew:\n"
                  + "\n".join(changed[:20]))


def main(project):
    check_plans(project)
    ptxas = shutil.which("ptxas")
    if ptxas is None:
        support.skip("ptxas is not on PATH (it comes with CUDA): no kernel was assembled")
    registers = measure(project, ptxas)
    for sm in ARCHITECTURES:
        used = [r for (_, arch, _), r in registers.items() if arch == sm]
        print(f"sm_{sm}: {len(used)} kernels, {min(used)} to {max(used)} registers, no spill, no stack")
    compare(ptxas, registers)


if __name__ == "__main__":
    support.run(main)

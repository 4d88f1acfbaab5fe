"""Every command on the simulated CUDA device, and what its failures say."""
import pathlib
import sys

import device_runs
import support
from support import check

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "bench"))
import on_gpu
from ours import Program
from table import Table


def simulated(project, folder, library="simulated_cuda", plan=""):
    """A driver of its own: options for it, and the file of its report."""
    built = project.build / "tests" / f"lib{library}.so"
    if not built.exists():
        support.skip(f"{built.name} is not built")
    folder.mkdir()
    driver = folder / "driver.so"
    driver.symlink_to(built.resolve())
    (folder / "driver.so.plan").write_text(plan)
    return ("--device", "cuda", "--cuda-driver", driver), folder / "driver.so.report"


def clean(report):
    lines = report.read_text().splitlines()
    wrong = [line for line in lines if line.startswith("wrong") or (line.startswith("alive") and not line.endswith(" 0"))]
    check(not wrong, f"the simulated driver saw: {wrong}")


def failures(project, fashion):
    data = device_runs.few_rows(project.scratch / "few", 12, 4)
    train = ("train", *device_runs.SMALL, "--data", data, "--validation", 0, "--epochs", 2, "--out", project.scratch / "failing")
    device, _ = simulated(project, project.scratch / "described")
    own = [launch for launch in fashion.json("describe", *device_runs.SMALL, *device)["launches"] if not launch["library"]]
    second = f"kernel {own[1]['kernel']} of {own[1]['name']} ("  # with the ops behind it
    for name, plan, says in (
        ("memory", "memory 100000", ["cuda:0: cannot allocate", "are free: CUDA_ERROR_OUT_OF_MEMORY"]),
        ("refused", "refuse launch 2", [f"cuda:0: cannot launch {second}", "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"]),
        ("first", "fail launch 2", [f"cuda:0: cannot run {second}", "in train: CUDA_ERROR_LAUNCH_FAILED"]),
        ("later", "fail launch 20", ["cuda:0: cannot finish train, in one of its kernels", "hidden.matmul (matmul", "CUDA_ERROR_LAUNCH_FAILED"]),
        ("product", "fail gemm 1", ["cuda:0: cannot run the product hidden.matmul (matmul", "CUDA_ERROR_LAUNCH_FAILED"]),
        ("lost", "lose device 30", ["cuda:0: cannot", "CUDA_ERROR_UNKNOWN (the device is gone)"]),
    ):
        device, report = simulated(project, project.scratch / name, plan=plan)
        message = fashion.refused(*train, *device, code=1, says=says)
        check(message.splitlines()[-1].startswith("fashion: cuda:0: "), f"one sentence at the end: {message}")
        clean(report)
    device, _ = simulated(project, project.scratch / "old", library="simulated_cuda_old")
    fashion.refused(*train, *device, code=1, says=["lacks the function cuGraphInstantiateWithFlags"])
    device, _ = simulated(project, project.scratch / "three", plan="devices 3")
    fashion.refused(*train, "--device", "cuda:3", *device[2:], code=1, says=["this machine has 3 such devices, cuda:0 to cuda:2"])
    device, _ = simulated(project, project.scratch / "whole")
    fashion.refused(*train, *device, "--profile", code=2, says=["--profile times the kernels of the cpu; leave it out, or give --device cpu"])
    device, _ = simulated(project, project.scratch / "bare", library="simulated_cuda_without_library")
    report = fashion.json("describe", *device_runs.SMALL, *device)
    check("our own kernels (" in report["device"] and report["library_calls_per_step"] == 0, f"without cuBLASLt: {report['device']}")


def mixed_failures(project):
    """In mixed precision, with a chain of layers, each kernel of the first step that fails is named, with its ops."""
    model = project.program("mixed_f16", "tests")
    data = project.scratch / "mixed.csv"
    data.write_text("\n".join([",".join([*(f"x{c}" for c in range(20)), "y"]), *(",".join(["0.5"] * 20 + [str(r % 3)]) for r in range(12))]))
    device, _ = simulated(project, project.scratch / "mixed_described")
    launches = model.json("describe", *device)["launches"]
    check(any(".." in launch["name"] and "a chain of 2 layers: about" in launch["why"] for launch in launches), f"no chain: {launches}")
    check(len(launches) >= 10 and all(launch["why"] for launch in launches if launch["library"]), f"launches: {launches}")
    for number, launch in enumerate(launches, 1):  # a batch that is not full goes through kernels alone
        device, report = simulated(project, project.scratch / f"mixed_{number}", plan=f"fail launch {number}")
        model.refused("train", "--data", data, "--validation", 0, "--epochs", 1, "--out", project.scratch / "mixed_out", *device, code=1,
                      says=[f"cuda:0: cannot run kernel {launch['kernel']} of {launch['name']} (", "in train: CUDA_ERROR_LAUNCH_FAILED"])
        clean(report)


def figures(project, fashion):
    """What `./ingot test --gpu` measures where there is a GPU."""
    table = Table()
    device, _ = simulated(project, project.scratch / "measured")
    check(on_gpu.reason_for_none(fashion, device) is None, "the simulated device can be used")
    check("this machine has 1 such device" in on_gpu.reason_for_none(fashion, ("--device", "cuda:9", *device[2:])), "and others cannot")
    data = device_runs.few_rows(project.scratch / "measured_rows", 12, 4)
    rows = (*device_runs.SMALL, "--data", data, "--validation", 0, "--epochs", 2)
    on_gpu.measure(table, Program(fashion.path), "fashion", device, rows, theirs=1e9)
    check(len(table.rows) == 2 + 6, f"throughput, PyTorch's, and six launches: {table.rows}")
    check(table.rows[1][3] == "MISSED" and any("(cuBLASLt)" in row[0] for row in table.rows), f"the table: {table.rows}")


def main(project):
    fashion = project.fashion()
    figures(project, fashion)
    device, report = simulated(project, project.scratch / "driver", plan="seed 4")
    device_runs.every_command(fashion, project.scratch, device)
    clean(report)
    device_runs.averages(project.program("recipe_everything", "tests"), project.scratch, device)
    clean(report)
    failures(project, fashion)
    mixed_failures(project)


if __name__ == "__main__":
    support.run(main)

"""The environments of the peers, and one run of each peer."""
import pathlib
import re
import subprocess
import sys

from ours import Failure

SCRIPTS = pathlib.Path(__file__).parent / "peers"
ENVIRONMENTS = {
    "torch": ["torch", "numpy"],
    "tf": ["tensorflow-cpu", "keras-tuner", "tensorboard", "jax", "optax"],
}
# name in the table: environment, script, its arguments
MLP = {
    "JAX": ("tf", "jax_mlp.py", []),
    "PyTorch": ("torch", "torch_mlp.py", ["--mode", "eager"]),
    "PyTorch compiled": ("torch", "torch_mlp.py", ["--mode", "compile"]),
    "Keras": ("tf", "keras_mlp.py", []),
}
CNN = {
    "Keras": ("tf", "keras_cnn.py", []),
    "PyTorch": ("torch", "torch_cnn.py", ["--mode", "eager"]),
    "PyTorch compiled": ("torch", "torch_cnn.py", ["--mode", "compile"]),
    "JAX": ("tf", "jax_cnn.py", []),
}
RESNET = {"PyTorch": ("torch", "torch_resnet20.py", ["--mode", "eager"])}


class Peers:
    """Python environments below `folder`; made when they are not there."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        for name, packages in ENVIRONMENTS.items():
            if not self.python(name).exists():
                self.make(name, packages)

    def python(self, name):
        return self.folder / name / "bin" / "python"

    def make(self, name, packages):
        print(f"Making {self.folder / name}: {' '.join(packages)} (several GB)", file=sys.stderr, flush=True)
        for command in (
            [sys.executable, "-m", "venv", self.folder / name],
            [self.python(name), "-m", "pip", "install", "-q", *packages],
        ):
            if subprocess.run(command).returncode != 0:
                raise Failure(f"cannot make {self.folder / name}; it needs python3-venv and the network")

    def run(self, environment, script, arguments):
        command = [self.python(environment), SCRIPTS / script, *map(str, arguments)]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if run.returncode != 0:
            raise Failure(f"{script} failed: {run.stderr.strip().splitlines()[-1:]}")
        return run.stdout

    def throughput(self, peer, batch, epochs):
        """Best epoch of a row of the tables above, in samples/s."""
        environment, script, arguments = peer
        text = self.run(environment, script, [*arguments, "--batch", batch, "--epochs", epochs])
        return max(float(value) for value in re.findall(r"samples_per_s ([\d.]+)", text))

    def search_seconds(self, points_file, epochs):
        text = self.run("tf", "keras_tuner_points.py", [points_file, "--epochs", epochs])
        seconds, best = re.search(r"seconds ([\d.]+) best ([\d.]+)", text).groups()
        return float(seconds), float(best)

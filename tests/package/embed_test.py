"""samples/embed trains and predicts in its own process, and is linked with nothing of the compiler."""
import re
import subprocess

import package
import support


def main(project):
    if not support.FASHION_DATA.exists():
        support.skip("Fashion-MNIST is not there; apt-get install dataset-fashion-mnist")
    program = project.program("embed").path
    text = package.command(program)
    accuracies = [float(value) for value in re.findall(r"test accuracy ([0-9.]+)", text)]
    support.check(len(accuracies) == 2 and accuracies[1] > 0.82, f"two epochs must reach 0.82:\n{text}")
    support.check(len(re.findall(r"^image \d: class \d, predicted \d$", text, re.M)) == 5, f"five predictions are missing:\n{text}")
    package.command(program, project.scratch, code=1)
    libraries = subprocess.run(["ldd", program], stdout=subprocess.PIPE, text=True).stdout
    support.check("LLVM" not in libraries and "ingot" not in libraries, f"embed is linked with the compiler:\n{libraries}")


if __name__ == "__main__":
    support.run(main)

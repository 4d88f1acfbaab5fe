"""Every source is as clang-format 19 writes it."""
import shutil
import subprocess

import support
from layers_test import sources


def main(project):
    program = shutil.which("clang-format-19")
    if not program:
        support.skip("clang-format-19 is not installed")
    files = [path for path in sources(project, "dsl", "codegen", "runtime", "samples", "tests") if path.suffix != ".def"]
    run = subprocess.run([program, "--dry-run", "--Werror", *files], stderr=subprocess.PIPE, text=True)
    wrong = sorted({line.split(":")[0] for line in run.stderr.splitlines() if ": error:" in line})
    support.check(run.returncode == 0, "not formatted (clang-format-19 -i mends it):\n" + "\n".join(wrong))


if __name__ == "__main__":
    support.run(main)

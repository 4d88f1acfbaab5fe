"""Every command on the CUDA device of this machine, if it has one."""
import subprocess

import device_runs
import support


def main(project):
    fashion = project.fashion()
    found = subprocess.run([fashion.path, "describe", "--device", "cuda"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if found.returncode != 0 and ("no NVIDIA driver" in found.stderr or "sees no device" in found.stderr or "cannot start" in found.stderr):
        support.skip(found.stderr.strip())
    device_runs.every_command(fashion, project.scratch, ("--device", "cuda"))


if __name__ == "__main__":
    support.run(main)

"""Writes device_registers.txt: the registers that ptxas gives each device kernel of the samples.

    python3 tests/golden/device_registers.py --source . --build build
"""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import device_code_test
import support


def main(project):
    ptxas = shutil.which("ptxas")
    if ptxas is None:
        support.skip("ptxas is not on PATH")
    device_code_test.TABLE.write_text(device_code_test.table_text(ptxas, device_code_test.measure(project, ptxas)))


if __name__ == "__main__":
    support.run(main)

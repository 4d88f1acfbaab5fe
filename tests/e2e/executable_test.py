"""The stripped executable is at most 2 MB, needs no LLVM, and starts quickly."""
import shutil
import subprocess
import time

import support
from support import check


def main(project):
    fashion = project.fashion()
    cache = (project.build / "CMakeCache.txt").read_text()
    if "-fsanitize" in cache or "CMAKE_BUILD_TYPE:STRING=Debug" in cache:
        support.skip("sizes and times count in an optimized build only")
    copy = project.scratch / "fashion"
    shutil.copy(fashion.path, copy)
    subprocess.run(["strip", copy], check=True)
    size = copy.stat().st_size
    check(size <= 2 * 2**20, f"the stripped executable has {size} bytes, want at most {2 * 2**20}")
    needed = subprocess.run(["ldd", copy], stdout=subprocess.PIPE, text=True, check=True).stdout
    check("LLVM" not in needed, f"the executable is linked with LLVM:\n{needed}")
    for library in ("libstdc++", "libsqlite3"):
        check(library in needed, f"{library} is not shared:\n{needed}")
    best = float("inf")
    for _ in range(20):
        begin = time.perf_counter()
        subprocess.run([copy, "--help"], stdout=subprocess.DEVNULL, check=True)
        best = min(best, time.perf_counter() - begin)
    check(best <= 0.020, f"--help takes {best * 1e3:.1f} ms; the figure is 5 ms, a loaded machine gets 20")
    print(f"{size} bytes, --help in {best * 1e3:.1f} ms")


if __name__ == "__main__":
    support.run(main)

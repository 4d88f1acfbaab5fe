"""The table of figures, and verdicts that depend on the machine."""
import pathlib
import sys


class Table:
    def __init__(self):
        self.rows = []

    def add(self, figure, value, bar, good):
        """`good`: True, False, or None for a figure without verdict."""
        verdict = {True: "ok", False: "MISSED", None: ""}[good]
        self.rows.append((figure, value, bar, verdict))
        print(f"  {figure}: {value} {verdict}", file=sys.stderr, flush=True)

    def text(self):
        rows = [("figure", "measured", "bar", ""), *self.rows]
        widths = [max(len(row[k]) for row in rows) for k in range(4)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def has_avx512():
    return " avx512f " in pathlib.Path("/proc/cpuinfo").read_text()


def fraction(table, name, report, value, bar):
    """A fraction of the peak that was measured in the same run; void when the peak loop did not reach the clock's peak."""
    if not report["peak_valid"]:
        table.add(name, f"void: the peak loop was disturbed ({report['peak_gflops']:.0f} GFLOP/s)", f">= {bar}", None)
    else:
        table.add(name, f"{value:.3f} of {report['peak_gflops']:.0f} GFLOP/s", f">= {bar}", value >= bar if has_avx512() else None)

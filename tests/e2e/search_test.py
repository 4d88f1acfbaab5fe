"""A search is the same whatever the jobs, whether it was killed, and however it was extended."""
import pathlib
import signal
import sqlite3
import time

import support
from support import check


def study_file(folder):
    files = sorted(pathlib.Path(folder).rglob("*.db")) + sorted(pathlib.Path(folder).rglob("*.sqlite*"))
    check(files, f"no study file in {folder}: {sorted(map(str, pathlib.Path(folder).rglob('*')))}")
    return files[0]


def trials(folder):
    """[(number, state, value, {parameter: value})] of a study in Optuna's schema."""
    with sqlite3.connect(f"file:{study_file(folder)}?mode=ro", uri=True) as db:
        rows = db.execute(
            "SELECT t.trial_id, t.number, t.state, v.value FROM trials t LEFT JOIN trial_values v USING (trial_id) ORDER BY t.number"
        ).fetchall()
        return [
            (number, state, value, dict(db.execute("SELECT param_name, param_value FROM trial_params WHERE trial_id = ?", (key,))))
            for key, number, state, value in rows
        ]


def main(project):
    fashion, folder = project.fashion(), project.scratch
    base = ["search", "--epochs", 1, "--batch", 250, "--seed", 3]

    report = fashion.json(*base, "--trials", 4, "--jobs", 1, "--out", folder / "one")
    support.check_keys(report, "trials best_value best_params seconds study")
    one = trials(folder / "one")
    check([t[:2] for t in one] == [(k, "COMPLETE") for k in range(4)], f"trials of the study: {one}")
    best = max(one, key=lambda t: t[2])
    check(abs(report["best_value"] - best[2]) < 1e-12, f"best_value {report['best_value']}, the study has {best[2]}")

    fashion.run(*base, "--trials", 4, "--jobs", 2, "--out", folder / "two")
    check(trials(folder / "two") == one, f"--jobs 2 differs from --jobs 1:\n{trials(folder / 'two')}\n{one}")

    fashion.refused(*base, "--trials", 4, "--out", folder / "two", code=1, says=["--resume", "--overwrite"])
    fashion.run(*base, "--trials", 5, "--resume", "--out", folder / "two")
    extended = trials(folder / "two")
    check(extended[:4] == one and len(extended) == 5, f"more --trials must extend the study: {extended}")

    process = fashion.start(*base, "--trials", 5, "--out", folder / "killed")
    end = time.monotonic() + 60
    while not list(folder.glob("killed/**/checkpoint/state.ingot")) and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    fashion.run(*base, "--trials", 5, "--resume", "--out", folder / "killed")
    check(trials(folder / "killed") == extended, f"killed and resumed differs:\n{trials(folder / 'killed')}\n{extended}")

    trained = fashion.json("train", "--best", folder / "one", "--epochs", 1, "--out", folder / "best")
    check(trained["test_accuracy"] > 0.7, f"train --best: {trained}")


if __name__ == "__main__":
    support.run(main)

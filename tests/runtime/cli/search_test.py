"""Searches of the hand-written model: same results for any jobs, after kill -9, when extended; then the best point is retrained."""
import signal
import sqlite3
import time

import support
from support import check

BASE = ["search", "--epochs", 4, "--validation", 40, "--seed", 5]


def table(folder):
    """Everything a study says except times."""
    with sqlite3.connect(f"file:{folder / 'study.db'}?mode=ro", uri=True) as db:
        check(db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], f"{folder}: the study is damaged")
        rows = []
        for key, number, state in db.execute("SELECT trial_id, number, state FROM trials ORDER BY trial_id").fetchall():
            of = lambda columns, where: db.execute(f"SELECT {columns} FROM {where} WHERE trial_id = ? ORDER BY 1", (key,)).fetchall()
            rows.append(
                (number, state, of("value, value_type", "trial_values"), of("param_name, param_value, distribution_json", "trial_params"),
                 of("step, intermediate_value", "trial_intermediate_values"), of("key, value_json", "trial_user_attributes"))
            )
        return rows


def killed(model, scratch, whole):
    """Killed at several moments, each time resumed: the same table in the end."""
    out = scratch / "killed"
    for delay in (0.0, 0.02, 0.1):
        process = model.start(*BASE, "--trials", 8, "--out", out, "--resume")
        end = time.monotonic() + 30
        while not list(out.glob("trials/*/checkpoint/*")) and time.monotonic() < end:
            time.sleep(0.002)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    model.run(*BASE, "--trials", 8, "--out", out, "--resume")
    check(table(out) == whole, f"killed and resumed:\n{table(out)}\nnot killed:\n{whole}")


def main(model, scratch):
    one = scratch / "one"
    report = model.json(*BASE, "--trials", 8, "--jobs", 1, "--out", one)
    for key in ("trials", "best_value", "best_params", "seconds", "study"):
        check(key in report, f"{key} is not in {report}")
    whole = table(one)
    check([row[1] for row in whole] == ["COMPLETE"] * 8 and all(len(row[4]) == 4 for row in whole), f"trials: {whole}")
    check(report["best_value"] == max(row[2][0][0] for row in whole), f"best_value: {report}")

    run = model.run(*BASE, "--trials", 8, "--jobs", 2, "--out", scratch / "two")
    check(table(scratch / "two") == whole, f"--jobs 2:\n{table(scratch / 'two')}\n--jobs 1:\n{whole}")
    check("rank" in run.stdout and "retrain the best point" in run.stdout, f"table of best trials: {run.stdout}")
    killed(model, scratch, whole)

    message = model.run(*BASE, "--trials", 8, "--out", one, code=1).stderr
    check("--resume" in message and "--overwrite" in message, message)
    message = model.run(*BASE, "--trials", 8, "--out", one, "--resume", "--set", "units=4", code=1).stderr
    check("'units: 2..8 step 2'" in message and "'units: fixed at 4'" in message, message)
    message = model.run("search", "--epochs", 9, "--out", one, "--resume", code=1).stderr
    check("epochs 4, now it is 9" in message, message)

    # Options that are not given again are the study's own.
    model.run("search", "--trials", 10, "--out", one, "--resume")
    check(table(one)[:8] == whole and len(table(one)) == 10, "more --trials must extend the study")

    finite = [*BASE, "--epochs", 1, "--out", scratch / "finite", "--set", "act=tanh", "--set", "drop=false", "--set", "rate=0.25"]
    finite.remove(4), finite.remove("--epochs")
    report = model.json(*finite, "--trials", 50)
    check(report["trials"] == 12 and report["space_size"] == 12 and report["end"] == "exhausted", f"4 units x 3 rates: {report}")
    check("12 of 12 points seen" in model.run(*finite, "--trials", 50, "--resume").stdout, "the end of the space is said")

    trained = model.json("train", "--best", one, "--out", scratch / "best", "--seed", 1)
    check(trained["epochs"] >= 1 and trained["val_accuracy"] is None, f"train --best uses all the data: {trained}")


if __name__ == "__main__":
    support.run(main)

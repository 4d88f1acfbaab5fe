"""Reports of trainings and searches: written by the commands, and made again by `report`."""
import json

import support
from support import check


def training(model, scratch):
    out = scratch / "run"
    model.json("train", "--epochs", 3, "--validation", 40, "--statistics", "--out", out)
    page = (out / "report.html").read_text()
    for part in ("Learning curves", "<svg", "adam", "Confusion matrix of", "hidden.kernel", "gradient norm", "finished"):
        check(part in page, f"report.html lacks {part}")
    (out / "report.html").unlink()
    answer = model.json("report", "--out", out)
    check(answer["file"] == str(out / "report.html") and (out / "report.html").read_text() == page, "report makes the same page again")

    record = json.loads((out / "report.json").read_text())
    record["confusions"][0]["classes"][0] = "<script>alert(1)</script>"
    (out / "report.json").write_text(json.dumps(record))
    model.run("report", "--out", out)
    page = (out / "report.html").read_text()
    check("<script" not in page and "&lt;script&gt;" in page, "a class name became markup")

    (out / "report.json").write_text("{")
    message = model.run("report", "--out", out, code=1).stderr
    check("report.json is damaged" in message and message.count("\n") == 1, message)
    message = model.run("report", "--out", scratch / "nowhere", code=1).stderr
    check("holds neither a training (report.json) nor a search (study.db)" in message, message)


def search(model, scratch):
    out = scratch / "study"
    model.json("search", "--trials", 4, "--epochs", 2, "--validation", 40, "--out", out)
    page = (out / "report.html").read_text()
    for part in ("val_accuracy of every trial", "val_accuracy over units", "learning_rate", "complete", "<circle", "maximized"):
        check(part in page, f"report.html of the search lacks {part}")
    check(page.count("<td>complete</td>") == 4, "a row for each trial")
    (out / "report.html").unlink()
    model.run("report", "--out", out)
    check((out / "report.html").read_text() == page, "report makes the same page again")


def main(model, scratch):
    training(model, scratch)
    search(model, scratch)


if __name__ == "__main__":
    support.run(main)

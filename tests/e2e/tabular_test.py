"""The tabular sample reaches Keras's AUC and R2 on the same files, within 0.01: means of three seeds on both sides."""
import csv
import json
import statistics
import subprocess
import sys

import support
from support import check

TOLERANCE = 0.01


def predictions(program, folder, data, seed):
    program.run("train", "--data", data, "--seed", seed, "--out", folder)
    answer = program.json("predict", data / "test.csv", "--weights", folder / "model.safetensors")
    return [(row.get("probabilities") or row["values"])[-1] for row in answer["predictions"]]


def main(project):
    sys.path.insert(0, str(project.source / "tests" / "golden" / "tabular"))
    import scores

    golden = json.loads((project.source / "tests" / "golden" / "tabular" / "keras.json").read_text())
    data = project.scratch / "data"
    subprocess.run([sys.executable, project.source / "samples" / "tabular_csv" / "gen_data.py", data], check=True)
    for name, score in (("churn", scores.auc), ("spend", scores.r2)):
        with open(data / name / "test.csv") as source:
            truth = [scores.target(row[-1]) for row in list(csv.reader(source))[1:]]
        program, folder = project.program(name), project.scratch / name
        got = statistics.mean(score(truth, predictions(program, folder, data / name, seed)) for seed in (1, 2, 3))
        want = golden[score.__name__]
        print(f"{name}: {score.__name__} {got:.4f}, Keras {want:.4f}")
        check(got >= want - TOLERANCE, f"{name}: {score.__name__} is {got:.4f}, Keras reaches {want:.4f}")


if __name__ == "__main__":
    support.run(main)

"""Optuna itself loads a study of ours, finds the same best trial, and goes on with it."""
import sys

import support
from support import check


def main(model, scratch):
    try:
        import optuna
    except ImportError:
        raise support.Skipped(f"Optuna is not installed for {sys.executable}; pip install optuna") from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    report = model.json("search", "--trials", 6, "--epochs", 3, "--validation", 40, "--out", scratch / "s")
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{report['study']}")
    best = study.best_trial
    check(best.number == report["best_trial"] and best.value == report["best_value"], f"Optuna finds {best}, we found {report}")
    check(best.params == report["best_params"], f"Optuna reads {best.params}, we wrote {report['best_params']}")
    check(study.metric_names == ["val_accuracy"] and study.direction.name == "MAXIMIZE", f"{study.metric_names} {study.direction}")
    for trial in study.trials:
        check(trial.state.name == "COMPLETE" and list(trial.intermediate_values) == [1, 2, 3], f"{trial}")
        check(trial.datetime_complete >= trial.datetime_start, f"{trial}")
    lrs = {trial.distributions["learning_rate"].choices for trial in study.trials}
    check(lrs == {(0.1, 0.01, 0.001)}, f"choices: {lrs}")

    def objective(trial):
        trial.suggest_int("units", 2, 8, step=2)
        return trial.suggest_categorical("learning_rate", (0.1, 0.01, 0.001))

    study.optimize(objective, n_trials=3)
    check(len(study.trials) == 9, "Optuna goes on with the study")
    check(model.json("search", "--trials", 10, "--out", scratch / "s", "--resume")["trials"] == 10, "and we go on after Optuna")


if __name__ == "__main__":
    support.run(main)

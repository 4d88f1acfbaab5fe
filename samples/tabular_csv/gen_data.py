"""Writes two tables of customers, 10,000 rows each, always the same: numbers, categories, missing cells.

usage: gen_data.py DIR    ->  DIR/churn/{train,test}.csv  target `churned`, yes or no
                              DIR/spend/{train,test}.csv  target `spend`, a number

The first 8,000 rows train, the last 2,000 test. About 8 % of the incomes and 5 % of the plans are not known.
"""
import csv
import math
import pathlib
import random
import sys

ROWS, TRAIN_ROWS = 10_000, 8_000
FEATURES = ["age", "income", "visits", "tenure", "discount", "region", "plan", "device"]
REGIONS = {"north": 0.0, "east": 0.5, "south": -0.6, "west": 0.2}
PLANS = {"basic": 0.7, "plus": -0.2, "pro": -0.9}
DEVICES = {"phone": 0.3, "tablet": -0.1, "desktop": -0.2}


def normal(draw):
    """Box-Muller, so that the numbers depend on Random.random() alone."""
    return math.sqrt(-2 * math.log(1 - draw.random())) * math.cos(2 * math.pi * draw.random())


def pick(draw, table):
    return list(table)[int(draw.random() * len(table))]


def customer(draw):
    """(features, churned, spend) of one row."""
    age = 18 + int(62 * draw.random())
    income = round(math.exp(10.3 + 0.5 * normal(draw)), 0)
    visits = int(-8 * math.log(1 - draw.random()))
    tenure = round(12 * draw.random() ** 2, 1)
    discount = round(0.4 * draw.random(), 2)
    region, plan, device = pick(draw, REGIONS), pick(draw, PLANS), pick(draw, DEVICES)

    wealth = math.log(income) - 10.3
    score = 1.6 * PLANS[plan] + REGIONS[region] + DEVICES[device] - 0.35 * tenure + 0.9 * math.cos(age / 9) - 1.2 * wealth * discount * 5 + 0.8
    churned = "yes" if draw.random() < 1 / (1 + math.exp(-2 * score)) else "no"
    spend = 2 + 1.5 * wealth + 0.08 * visits * (1 - discount) + 0.8 * math.sin(age / 7) - PLANS[plan] + 0.5 * REGIONS[region] * tenure / 4 + 0.35 * normal(draw)

    shown_income = "" if draw.random() < 0.08 else f"{income:.0f}"
    shown_plan = "" if draw.random() < 0.05 else plan
    return [age, shown_income, visits, tenure, discount, region, shown_plan, device], churned, f"{spend:.4f}"


def write(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *rows])


def main(folder):
    draw = random.Random(2024)
    rows = [customer(draw) for _ in range(ROWS)]
    for name, target, column in (("churn", "churned", 1), ("spend", "spend", 2)):
        table = [[*row[0], row[column]] for row in rows]
        write(folder / name / "train.csv", [*FEATURES, target], table[:TRAIN_ROWS])
        write(folder / name / "test.csv", [*FEATURES, target], table[TRAIN_ROWS:])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: gen_data.py DIR")
    main(pathlib.Path(sys.argv[1]))

"""Trains gru-forecaster with quantiles on ETTh1: see Benchmarks/quantiles.

    quantiles.py OUT PAGE [OT|all ...]

OUT/quantiles.jsonl has a line for each training; PAGE is a Markdown file, whose section "Quantile forecasts" gets a table
of them.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

from trainings import Results

SEEDS = int(os.environ.get("SEEDS", 3))
THREADS = ["--threads", os.environ["THREADS"]] if "THREADS" in os.environ else []
QUANTILES = "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9"
WINDOWS = "--length 168 --horizon 24 --calendar hour,weekday --scale standard -q".split()
SCALING = {"OT": ["--scale-per", "window"], "all": ["--scale-per", "series", "--transform", "last"]}
TRAINING = {
    "OT": [],
    "all": "--batch-size 256 --epochs 6 --optimizer adam(cosine(0.002,1386),clipnorm=1.0)".split(),
}
# The share by which the errors must be below those of the seasonal naive forecast.
GOALS = {"scaled_quantile_loss": 0.18, "mase": 0.07}


def download(out):
    if "ETT" in os.environ:
        return Path(os.environ["ETT"]) / "ETTh1.csv"
    path = out / "ETTh1.csv"
    if not path.exists():
        subprocess.run(["rnn-download", "etth1", "-q", "-o", path], check=True)
    return path


def panel(out):
    """All columns as series, one after the other."""
    path = out / "panel.csv"
    with download(out).open() as file:
        names, *rows = csv.reader(file)
    with path.open("w") as file:
        print("unique_id,ds,y", file=file)
        for number, name in enumerate(names[1:], 1):
            file.writelines(f"{name},{row[0]},{row[number]}\n" for row in rows)
    return path


def windows(out, data):
    path = out / f"{data}.tensors.zst"
    if not path.exists():
        source = [download(out), "--time", "date", "--columns", "OT"] if data == "OT" else [
            panel(out), "--static", "unique_id"]
        split = subprocess.Popen(
            ["rnn-split", *source, "--chronological", "8640,2880,2880", "-q"], stdout=subprocess.PIPE)
        subprocess.run(["rnn-window", *WINDOWS, *SCALING[data], "-o", path], stdin=split.stdout, check=True)
        if split.wait() != 0:
            path.unlink()
            raise SystemExit("rnn-split failed")
    return path


def train(out, data, seed):
    stream, model = windows(out, data), out / f"{data}-{seed}.tensors.zst"
    start = time.perf_counter()
    subprocess.run(
        ["rnn-train", stream, "--preset", "gru-forecaster", "--quantiles", QUANTILES, "--seed", str(seed),
         *TRAINING[data], *THREADS, "-q", "-o", model], check=True)
    seconds = time.perf_counter() - start
    output = subprocess.run(
        ["rnn-predict", model, stream, "--split", "test", "--evaluate", "--json"], check=True,
        stdout=subprocess.PIPE).stdout
    result = json.loads(output)
    kept = ["coverage_80", *(prefix + key for key in GOALS for prefix in ("", "seasonal_", "theta_"))]
    return dict(data=data, seed=seed, seconds=seconds) | {key: result[key] for key in kept}


def table(results):
    """A row for each set of series."""
    lines = ["| series | seeds | measure | gru-forecaster | seasonal naive | theta | below seasonal naive | to reach | "
             "coverage of 80% | minutes |", "|---|---|---|---|---|---|---|---|---|---|"]
    for data in sorted({r["data"] for r in results}):
        runs = [r for r in results if r["data"] == data]
        mean = {key: statistics.mean(r[key] for r in runs) for key in runs[0] if key != "data"}
        for key, goal in GOALS.items():
            own, naive = mean[key], mean[f"seasonal_{key}"]
            lines.append(
                f"| {data} | {len(runs)} | {key.replace('_', ' ')} | {own:.4f} | {naive:.4f} | "
                f"{mean[f'theta_{key}']:.4f} | {1 - own / naive:.1%} | {goal:.0%} | {mean['coverage_80']:.1%} | "
                f"{mean['seconds'] / 60:.1f} |")
    return "\n".join(lines)


def main():
    out, page = Path(sys.argv[1]), Path(sys.argv[2])
    results = Results(
        out / "quantiles.jsonl", ("data", "seed"), page, "Quantile forecasts",
        "ETTh1, 24 hours ahead from every hour of the test part, by `Benchmarks/quantiles`: nine quantiles, means over "
        "seeds.", table)
    for data, seed in product(sys.argv[3:] or ["OT", "all"], range(1, SEEDS + 1)):
        if not results.has(data, seed):
            results.add(train(out, data, seed))
    results.write()
    print(table(results.all))


main()

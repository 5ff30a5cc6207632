"""Trains the preset segrnn on the ETT series, as its authors did: see Benchmarks/forecasting.

    forecasting.py OUT PAGE [data set ...]

A data set is a name such as ETTh1, or ETTh1:OT for one column of it. OUT/forecasting.jsonl has a line for each training;
PAGE is a Markdown file, whose section "Forecasting" gets a table of them. Settings are those of the scripts of
lss-1138/SegRNN for look-backs of 96 and 720, and for one column.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

from trainings import Results

LENGTHS = [int(n) for n in os.environ.get("LENGTHS", "96").split()]
HORIZONS = [int(n) for n in os.environ.get("HORIZONS", "96 192 336 720").split()]
SEEDS = int(os.environ.get("SEEDS", 3))
THREADS = ["--threads", os.environ["THREADS"]] if "THREADS" in os.environ else []

# MSE and MAE by data set, look-back and horizon, published by the authors (README and table 2); of one column, those of
# NLinear (cure-lab/LTSF-Linear).
PUBLISHED = {
    ("ETTh1", 96): {96: (0.368, 0.395), 192: (0.408, 0.419), 336: (0.444, 0.440), 720: (0.446, 0.457)},
    ("ETTh2", 96): {96: (0.278, None), 192: (0.359, None), 336: (0.421, None), 720: (0.432, None)},
    ("ETTm1", 96): {96: (0.330, None), 192: (0.369, None), 336: (0.399, None), 720: (0.454, None)},
    ("ETTm2", 96): {96: (0.173, None), 192: (0.237, None), 336: (0.296, None), 720: (0.389, None)},
    ("ETTh1", 720): {96: (0.351, 0.392), 192: (0.392, 0.414), 336: (0.423, 0.433), 720: (0.466, 0.472)},
    ("ETTm1", 720): {96: (0.293, 0.354)},
    ("ETTh1:OT", 720): {96: (0.053, None), 192: (0.069, None), 336: (0.081, None), 720: (0.080, None)},
}


def settings(data, length, horizon):
    """The authors' settings: segment, units, dropout, batch size, rate, epochs, patience and loss.

    With a look-back of 96, they train for at most 30 epochs and take the one with the least validation loss, of batches
    drawn at random. From the second epoch on, that loss changes by one or two percent, up and down, while the test error
    falls by five: here, the twelfth epoch is taken. The longest horizon is learned with the rate of longer look-backs,
    since with 0.001 the epochs differ by a tenth. For one column, the authors have a small and a large network, and use
    the large one from horizon 336 on; here, each horizon has the one whose validation loss is less.
    """
    long = dict(segment=24, units=512, dropout=0.1, batch=64, rate=0.0003, epochs=30, patience=5, loss="mae")
    if column(data):
        small = dict(segment=48, units=256, dropout=0.5, batch=256, rate=0.0005)
        return long | small if horizon < 720 else long
    if length <= 96:
        rate = 0.001 if horizon < 720 else 0.0003
        return long | dict(dropout=0.5, batch=256, rate=rate, epochs=12, patience=None, loss="mse")
    return long | dict(segment=48, dropout=0.5, batch=256) if data == "ETTm2" else long


def column(data):
    """The only column of the data set; None for all."""
    return data.partition(":")[2] or None


def initial(inputs):
    """PyTorch's initial weights and biases of a layer with so many inputs, with which the authors began."""
    limit = inputs**-0.5
    return f"random_uniform(minval={-limit:.6f},maxval={limit:.6f})"


def dense(units, inputs, activation=""):
    return f"dense({units}{activation},kernel_initializer={initial(inputs)},bias_initializer={initial(inputs)})"


def layers(s, horizon, channels=True):
    segment, units = s["segment"], s["units"]
    gru = ",".join(f"{weights}_initializer={initial(units)}" for weights in ("kernel", "recurrent", "bias"))
    embedding = "" if channels else ",channel_embedding=false"
    return (
        f"last: {{x}} last_step; change: {{x last}} subtract channel_segments({segment}) "
        f"{dense(units, segment, ',relu')} segment_gru({units},{horizon // segment}{embedding},{gru}) "
        f"dropout({s['dropout']}) {dense(segment, units)} join_channels; y: {{change last}} add flatten")


def optimizer(s, rows):
    """Adam with the authors' schedule: from the fifth epoch on, each has 0.8 times the rate of the one before."""
    steps = -(-rows // s["batch"])
    boundaries = [epoch * steps - 1 for epoch in range(4, s["epochs"])]
    rates = [s["rate"] * 0.8**n for n in range(len(boundaries) + 1)]
    return "adam(step(boundaries={},values={}))".format(
        ":".join(map(str, boundaries)), ":".join(f"{rate:.6g}" for rate in rates))


def series(out, data):
    """The CSV file, downloaded unless it is in $ETT."""
    data = data.partition(":")[0]
    if "ETT" in os.environ:
        return Path(os.environ["ETT"]) / f"{data}.csv"
    path = out / f"{data}.csv"
    if not path.exists():
        subprocess.run(["rnn-download", data.lower(), "-q", "-o", path], check=True)
    return path


def windows(out, data, length, horizon):
    path = out / f"{data.replace(':', '-')}-{length}-{horizon}.tensors.zst"
    if not path.exists():
        parts = "34560,11520,11520" if data.startswith("ETTm") else "8640,2880,2880"
        split = subprocess.Popen(
            ["rnn-split", series(out, data), "--time", "date", "--chronological", parts, "-q"],
            stdout=subprocess.PIPE)
        subprocess.run(
            ["rnn-window", "--length", str(length), "--horizon", str(horizon), "--scale", "standard",
             *(["--columns", column(data)] if column(data) else []), "-q", "-o", path],
            stdin=split.stdout, check=True)
        if split.wait() != 0:
            path.unlink()
            raise SystemExit("rnn-split failed")
    return path


def train(out, data, length, horizon, seed):
    s = settings(data, length, horizon)
    rows = (34560 if data.startswith("ETTm") else 8640) - length - horizon + 1
    stream = windows(out, data, length, horizon)
    name = out / f"{data.replace(':', '-')}-{length}-{horizon}-{seed}"
    model, checkpoint = f"{name}.tensors.zst", f"{name}.state.tensors.zst"
    resume = ["--resume"] if Path(checkpoint).exists() else []
    stop = ["--best", "--early-stopping", f"patience={s['patience']},restore_best"] if s["patience"] else []
    start = time.perf_counter()
    subprocess.run(
        ["rnn-train", stream, "--layers", layers(s, horizon, not column(data)), "--loss", s["loss"],
         "--metrics", "mae,mse", "--batch-size", str(s["batch"]), "--epochs", str(s["epochs"]),
         "--optimizer", optimizer(s, rows), *stop, "--seed", str(seed), "--history",
         f"{name}.csv", "--checkpoint", checkpoint, *resume, *THREADS, "-q", "-o", model], check=True)
    seconds = time.perf_counter() - start
    Path(checkpoint).unlink(missing_ok=True)
    output = subprocess.run(
        ["rnn-predict", model, stream, "--split", "test", "--evaluate", "--json"], check=True,
        stdout=subprocess.PIPE).stdout
    mse, mae = scaled_errors(json.loads(output), s["loss"])
    epochs = len(Path(f"{name}.csv").read_text().splitlines()) - 1
    return dict(
        data=data, length=length, horizon=horizon, seed=seed, mse=mse, mae=mae,
        epochs=epochs, seconds=None if resume else seconds)


def scaled_errors(result, loss):
    """The errors of standardized values. With one column only the loss, an absolute error, is that of such values."""
    if "scaled_mse" in result:
        return result["scaled_mse"], result["scaled_mae"]
    assert loss == "mae"
    return result["mse"] * (result["loss"] / result["mae"]) ** 2, result["loss"]


def table(results):
    """A row for each data set, look-back and horizon."""
    groups = {}
    for r in results:
        groups.setdefault((r["data"], r["length"], r["horizon"]), []).append(r)
    lines = ["| data | look-back | horizon | seeds | MSE | published | ratio | MAE | published | epochs | minutes |",
             "|---|---|---|---|---|---|---|---|---|---|---|"]
    for (data, length, horizon), runs in sorted(groups.items()):
        mse, mae = (statistics.mean(r[key] for r in runs) for key in ("mse", "mae"))
        goal, goal_mae = PUBLISHED.get((data, length), {}).get(horizon, (None, None))
        minutes = [r["seconds"] / 60 for r in runs if r["seconds"]]
        lines.append(
            f"| {data} | {length} | {horizon} | {len(runs)} | {mse:.4f} | {goal or ''} | "
            f"{f'{mse / goal:.3f}' if goal else ''} | {mae:.4f} | {goal_mae or ''} | "
            f"{statistics.mean(r['epochs'] for r in runs):.0f} | "
            f"{f'{statistics.mean(minutes):.1f}' if minutes else ''} |")
    return "\n".join(lines)


def main():
    out, page = Path(sys.argv[1]), Path(sys.argv[2])
    results = Results(
        out / "forecasting.jsonl", ("data", "length", "horizon", "seed"), page, "Forecasting",
        "SegRNN on the ETT series, trained by `Benchmarks/forecasting`: all columns, every test window, errors of "
        "standardized values, means over seeds.", table)
    for data in sys.argv[3:] or ["ETTh1", "ETTh2", "ETTm1", "ETTm2"]:
        if "ETT" in os.environ and not series(out, data).exists():
            continue
        for length, horizon, seed in product(LENGTHS, HORIZONS, range(1, SEEDS + 1)):
            if not results.has(data, length, horizon, seed):
                results.add(train(out, data, length, horizon, seed))
    results.write()
    print(table(results.all))


if __name__ == "__main__":
    main()

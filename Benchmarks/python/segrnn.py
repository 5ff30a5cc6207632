"""Measures how fast SegRNN trains in rnnpipe and in PyTorch: see Benchmarks/segrnn.

    segrnn.py OUT PAGE [LENGTHxHORIZON ...]

OUT/segrnn.jsonl has a line for each size and number of threads; PAGE is a Markdown file, whose section "SegRNN: speed of
training" gets a table of them.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from forecasting import layers, settings
from torch_segrnn import Training
from trainings import Results

ROUNDS = int(os.environ.get("ROUNDS", 3))
BATCHES = int(os.environ.get("BATCHES", 4))
CORES = len(os.sched_getaffinity(0))
CHANNELS = 7


class Size:
    """A look-back and a horizon with the authors' settings, and a series with BATCHES batches of windows."""

    def __init__(self, text):
        self.length, self.horizon = map(int, text.split("x"))
        self.settings = settings("ETTh1", self.length, self.horizon)
        rows = self.settings["batch"] * BATCHES + self.length + self.horizon - 1
        self.series = np.random.default_rng(1).normal(size=(rows, CHANNELS)).cumsum(0).astype("float32")

    def windows(self, out):
        """The file of windows for rnn-train."""
        table, path = out / "series.csv", out / f"{self.length}-{self.horizon}.tensors.zst"
        names = ",".join(f"c{n}" for n in range(CHANNELS))
        np.savetxt(table, self.series, delimiter=",", header=names, comments="", fmt="%.6g")
        subprocess.run(
            ["rnn-window", table, "--length", str(self.length), "--horizon", str(self.horizon), "--scale", "none",
             "--no-registry", "-q", "-o", path], check=True)
        return path


def ours(size, path, threads, epochs):
    """Wall and CPU seconds of a process that trains for so many epochs."""
    s = size.settings
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        ["rnn-train", path, "--layers", layers(s, size.horizon), "--loss", s["loss"], "--optimizer", f"adam({s['rate']})",
         "--batch-size", str(s["batch"]), "--epochs", str(epochs), "--validation-split", "0", "--threads", str(threads),
         "--no-registry", "-q", "-o", path.with_suffix(".model.zst")], check=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def seconds_of_batches(size, path, threads):
    """Wall and CPU seconds of BATCHES batches in rnnpipe."""
    once, twice = ours(size, path, threads, 1), ours(size, path, threads, 2)
    return tuple(b - a for a, b in zip(once, twice))


def seconds_of_peer(training):
    start, cpu = time.perf_counter(), time.process_time()
    training.run(BATCHES)
    return time.perf_counter() - start, time.process_time() - cpu


def measure(text, out, threads):
    size = Size(text)
    path = size.windows(out)
    torch.set_num_threads(threads)
    peer = Training(size.series, size.length, size.horizon, size.settings)
    peer.run(2)
    rounds = [(seconds_of_batches(size, path, threads), seconds_of_peer(peer)) for _ in range(ROUNDS)]
    wall, peer_wall, cpu, peer_cpu = (
        statistics.median(one[side][kind] for one in rounds) for kind in (0, 1) for side in (0, 1))
    rows = size.settings["batch"] * BATCHES
    return dict(
        size=text, threads=threads, rows=rows / wall, peer_rows=rows / peer_wall, ratio=peer_wall / wall,
        cpu_ratio=peer_cpu / cpu, torch=torch.__version__, load=round(os.getloadavg()[0], 1))


def table(results):
    lines = ["| look-back x horizon | threads | windows/s | PyTorch | ratio | ratio of CPU time |", "|---|---|---|---|---|---|"]
    return "\n".join(lines + [
        f"| {r['size']} | {r['threads']} | {r['rows']:.0f} | {r['peer_rows']:.0f} | {r['ratio']:.1f} | {r['cpu_ratio']:.1f} |"
        for r in sorted(results, key=lambda r: (r["threads"], int(r["size"].split("x")[0]), int(r["size"].split("x")[1])))])


def main():
    out, page = Path(sys.argv[1]), Path(sys.argv[2])
    results = Results(
        out / "segrnn.jsonl", ("size", "threads"), page, "SegRNN: speed of training",
        "SegRNN with the settings of its authors on seven columns, in turns with the same network in PyTorch "
        f"{torch.__version__}, by `Benchmarks/segrnn`: medians of rounds.", table)
    for threads in map(int, os.environ.get("THREADS", f"1 {CORES}").split()):
        for text in sys.argv[3:] or ["96x96", "96x720", "720x96"]:
            if not results.has(text, threads):
                results.add(measure(text, out, threads))
    print(table(results.all))


main()

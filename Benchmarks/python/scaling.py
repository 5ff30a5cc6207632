"""Calculates how long a step would take in up to 1,000 processes: see Benchmarks/scaling.

Measured is what one process of one thread computes in a step on its rows, as CPU time. The rest is the formula of
docs/processes.md, with the time that it takes to hand over messages, which counts if there are many processes.
"""

import os
import resource
import subprocess
import sys
import tempfile

# Leaves of eight rows, the height of a product's tile.
ROWS = 8
PROCESSES = [1, 8, 64, 128, 256, 512, 1000]
BATCH = ROWS * PROCESSES[-1]
# Steps for whose numbers of rows time is measured.
MEASURED = [8, 32, 128, 512]
DATA = 512
EPOCHS = int(os.environ.get("EPOCHS", 3))
ROUNDS = int(os.environ.get("ROUNDS", 3))
NETWORKS = {
    "2 x 128": "lstm(128,return_sequences) lstm(128) dense(1)",
}
# Bytes in a second in each direction, and seconds until a message arrives.
CONNECTIONS = {
    "1 Gbit/s": (125e6, 50e-6),
    "10 Gbit/s": (1.25e9, 25e-6),
    "100 Gbit/s": (12.5e9, 2e-6),
}
# What it takes to send or receive a message, without its bytes.
OVERHEAD = 0.5e-6
# The exchanges of a step: whether all go on, sums of losses, gradients, sums of gradients.
EXCHANGES = 4


def seconds(arguments):
    """The CPU time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(arguments, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def step(data, layers, rows):
    """The time of a step on as many rows, without starting up and reading."""
    command = ["rnn-train", data, "--layers", layers, "--batch-size", str(rows), "--threads", "1", "--quiet",
               "--no-registry", "-o", os.devnull, "--epochs"]
    longer = min(seconds([*command, str(EPOCHS + 1)]) for _ in range(ROUNDS))
    return (longer - min(seconds([*command, "1"]) for _ in range(ROUNDS))) / EPOCHS / (DATA / rows)


def weights(layers):
    """The number of weights."""
    units = [int(part.split("(")[1].split(",")[0].rstrip(")")) for part in layers.split()]
    total, inputs = 0, 1
    for count in units[:-1]:
        total += 4 * count * (inputs + count + 1)
        inputs = count
    return total + units[-1] * (inputs + 1)


def computed(times, rows):
    """The time of a step on `rows` rows: between two that were measured, or beyond, on their line."""
    low = max([number for number in MEASURED[:-1] if number <= rows])
    high = MEASURED[MEASURED.index(low) + 1]
    return times[low] + (times[high] - times[low]) * (rows - low) / (high - low)


def modeled(times, count, processes, connection):
    """The time of a step on BATCH rows."""
    bandwidth, latency = connection
    leaves = -(-PROCESSES[-1] // processes)
    others = processes - 1
    return (computed(times, leaves * ROWS) + 8 * count * others / processes / bandwidth
            + EXCHANGES * ((latency if others else 0) + 2 * others * OVERHEAD))


def main():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "windows.tensors.zst")
        windows = subprocess.Popen(["rnn-synth", "sine", "--length", str(DATA + 50), "--quiet", "--no-registry"],
                                   stdout=subprocess.PIPE)
        subprocess.run(["rnn-window", "--length", "50", "--quiet", "--no-registry", "-o", data],
                       stdin=windows.stdout, check=True)
        if windows.wait() != 0:
            sys.exit("rnn-synth failed")
        times = {name: {rows: step(data, layers, rows) for rows in MEASURED} for name, layers in NETWORKS.items()}
    print("| layers | weights |", " | ".join(f"{rows} rows" for rows in MEASURED), "|")
    print("|---|---|" + "---|" * len(MEASURED))
    for name, layers in NETWORKS.items():
        print(f"| {name} | {weights(layers):,} |", " | ".join(f"{1e3 * times[name][rows]:.1f}" for rows in MEASURED), "|")
    print("\n| layers | connection |", " | ".join(f"{number:,}" for number in PROCESSES), "|")
    print("|---|---|" + "---|" * len(PROCESSES))
    for name, layers in NETWORKS.items():
        for speed, connection in CONNECTIONS.items():
            steps = [modeled(times[name], weights(layers), number, connection) for number in PROCESSES]
            cells = [f"{1e3 * one:.0f} ({steps[0] / one:.0f})" if one >= 0.01 else f"{1e3 * one:.1f} ({steps[0] / one:.0f})"
                     for one in steps]
            print(f"| {name} | {speed} |", " | ".join(cells), "|")


main()

"""Measures rnnpipe and other frameworks in turn, a slice of each at a time, so that other load on the machine
affects all of them equally. Writes one JSON line per side and measurement.

usage: rounds.py [options] models|growth|latency|mappings ...

    --inputs FILE          reviews from rnn-pad or `throughput --write-inputs`
    --mappings FILE        rows of `throughput --write-mappings`, for the part mappings
    --results FILE         the output; the lines of a part that is measured again are replaced
    --throughput FILE      rnnpipe's side (.build/release/throughput)
    --sides A,B            the other frameworks (keras-tf,keras-jax,torch,jax; for latency torch,jax,onnxruntime)
    --rounds N             slices of each side (5; growth: 3)
    --milliseconds N       the approximate length of a slice (1000; growth: 400)
    --threads N            mappings: the number of threads (1 and all cores)
    --short                growth, mappings: fewer sizes
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from mappings import MAPPINGS
from presets import PRESETS

HERE = Path(__file__).parent
OURS = "rnnpipe"
GROWTH_MODEL = "lstm-sentiment"
SIZES = {
    "steps": [50, 100, 200, 400, 800, 1600],
    "units": [16, 32, 64, 128, 256, 512],
    "batch": [1, 4, 16, 64, 256, 1024],
}
# Kinds of measurements in which calls are counted, rather than batches.
ONE_AT_A_TIME = ("step", "generate", "single")
SHORT_SIZES = {name: sizes[::2] + sizes[-1:] for name, sizes in SIZES.items()}


class Side:
    """A process that measures one framework on request."""

    def __init__(self, name, options, threads):
        self.name = name
        command = [sys.executable, str(HERE / "worker.py"), name, options.inputs]
        if name == OURS:
            command = [options.throughput, "--serve", "--inputs", options.inputs, "--threads", str(threads)]
        if options.mappings:
            command += ["--mappings", options.mappings] if name == OURS else [options.mappings]
        cores = sorted(os.sched_getaffinity(0))[:threads]
        self.log = open(Path(options.results).with_name(f"{name}-{threads}.log"), "w")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )

    def ask(self, **command):
        """The answer to a command; raises RuntimeError if there is none."""
        print(json.dumps(command), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended (see {self.log.name})")
        answer = json.loads(answer)
        if "error" in answer:
            raise RuntimeError(f"{self.name}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.log.close()


class Slice:
    """A measurement of one side, with the length of a slice determined by trial."""

    def __init__(self, side, seconds, command):
        self.side, self.command, self.rates, self.cpu_rates = side, command, [], []
        self.counter = "count" if command["kind"] in ONE_AT_A_TIME else "batches"
        side.ask(**command, **{self.counter: 1})
        self.count, answer = 1, side.ask(**command, **{self.counter: 1})
        while answer["seconds"] < seconds / 4 and self.count < 1 << 20:
            self.count *= 2
            answer = side.ask(**command, **{self.counter: self.count})
        self.count = max(1, round(self.count * seconds / answer["seconds"]))
        self.facts = {"operations": answer["operations"]} if "operations" in answer else {}

    def take(self):
        answer = self.side.ask(**self.command, **{self.counter: self.count})
        self.rates.append(answer["rows"] / answer["seconds"])
        if answer.get("cpu"):
            self.cpu_rates.append(answer["rows"] / answer["cpu"])

    def line(self):
        result = {"side": self.side.name, **self.command, **self.facts, "median": statistics.median(self.rates)}
        if self.cpu_rates:
            result["cpu_rates"] = [round(rate, 2) for rate in self.cpu_rates]
        return result | {"rates": [round(rate, 2) for rate in self.rates]}


def alternate(sides, rounds, seconds, command):
    """The results of all sides for one command."""
    slices = [Slice(side, seconds, command) for side in sides]
    for _ in range(rounds):
        for one in slices:
            one.take()
    return [one.line() for one in slices]


class Results:
    """JSON lines in a file, by part."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        old = self.path.read_text().splitlines() if self.path.exists() else []
        self.lines = [json.loads(line) for line in old]

    def begin(self, part):
        self.lines = [line for line in self.lines if line["part"] != part]

    def has_versions(self, part):
        return any(line["part"] == part and "versions" in line for line in self.lines)

    def add(self, part, lines):
        self.lines += [{"part": part, **line} for line in lines]
        text = "".join(json.dumps(line) + "\n" for line in self.lines)
        scratch = self.path.with_suffix(".tmp")
        scratch.write_text(text)
        scratch.replace(self.path)
        for line in lines:
            size = " ".join(f"{name}={line[name]}" for name in SIZES if name in line)
            model, kind = line.get("model", ""), line.get("kind", "")
            print(f"{line['side']:12} {model:24} {kind:8} {size:12} {line.get('median', 0):12.1f}", file=sys.stderr)


def models(options, results, open_sides):
    """Training and prediction of every model at its own size, with all cores."""
    sides = open_sides(cores())
    for model in PRESETS:
        for kind in ("train", "predict"):
            results.add("models", alternate(
                sides, options.rounds or 5, (options.milliseconds or 1000) / 1000, {"model": model, "kind": kind}))


def growth(options, results, open_sides):
    """One model at many sizes, with one core and with all."""
    for threads in sorted({1, cores()}):
        sides = open_sides(threads)
        for name, sizes in (SHORT_SIZES if options.short else SIZES).items():
            for size in sizes:
                for kind in ("train", "predict"):
                    command = {"model": GROWTH_MODEL, "kind": kind, name: size}
                    lines = alternate(
                        sides, options.rounds or 3, (options.milliseconds or 400) / 1000, command)
                    results.add("growth", [line | {"threads": threads} for line in lines])


def latency(options, results, open_sides):
    """One row, one step per call."""
    sides = open_sides(1)
    for model, preset in PRESETS.items():
        if not preset.bidirectional:
            results.add("latency", alternate(
                sides, options.rounds or 5, (options.milliseconds or 300) / 1000, {"model": model, "kind": "step"}))


def mappings(options, results, open_sides):
    """Tagging, text and translation, with one core and with all; what is done one at a time, only with one."""
    for threads in [options.threads] if options.threads else sorted({1, cores()}):
        sides = open_sides(threads)
        for mapping in MAPPINGS.values():
            own = [side for side in sides if side.name == OURS or side.name in mapping.sides]
            kinds = [kind for kind in mapping.kinds if threads == 1 or kind not in ONE_AT_A_TIME]
            sizes = mapping.units[::2] if options.short else mapping.units
            for kind, units in [(kind, units) for units in sizes for kind in kinds]:
                lines = alternate(
                    own, options.rounds or 5, (options.milliseconds or 1000) / 1000,
                    {"model": mapping.name, "kind": kind, "units": units})
                facts = {"threads": threads, "load": round(os.getloadavg()[0], 1)}
                results.add("mappings", [line | facts for line in lines])


PARTS = {"models": models, "growth": growth, "latency": latency, "mappings": mappings}
SIDES = {
    "models": ["keras-tf", "keras-jax", "torch", "jax"],
    "growth": ["keras-tf", "torch", "jax"],
    "latency": ["torch", "jax", "onnxruntime"],
    "mappings": ["keras-tf", "torch"],
}


def commit():
    """The commit that is measured, if this is a Git clone."""
    command = ["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def cores():
    return len(os.sched_getaffinity(0))


def measure(part, options, results):
    opened = []

    def open_sides(threads):
        close()
        names = [name for name in SIDES[part] if not options.sides or name in options.sides.split(",")]
        opened.extend(Side(name, options, threads) for name in [OURS, *names])
        if not results.has_versions(part):
            results.add(part, [
                {"side": side.name, "versions": side.ask(kind="versions"), "commit": commit()} for side in opened
            ])
        return opened

    def close():
        while opened:
            opened.pop().close()

    results.begin(part)
    try:
        PARTS[part](options, results, open_sides)
    finally:
        close()


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("parts", nargs="+", choices=PARTS)
    parser.add_argument("--inputs", required=True)
    parser.add_argument("--mappings")
    parser.add_argument("--results", required=True)
    parser.add_argument("--throughput", default=".build/release/throughput")
    parser.add_argument("--sides")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--milliseconds", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    results = Results(options.results)
    for part in options.parts:
        measure(part, options, results)


if __name__ == "__main__":
    main()

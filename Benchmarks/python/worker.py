"""Measures one framework on request, with one line of JSON per command and answer, like Benchmarks/throughput.

usage: worker.py keras-tf|keras-jax|torch|jax|onnxruntime INPUTS [MAPPINGS]

Commands, on standard input:
    {"kind": "versions"}
    {"kind": "train" | "predict", "model": NAME, "batches": N}     "units", "steps" and "batch" override
                                                                   the model's own sizes
    {"kind": "step", "model": NAME, "count": N}                    one row, one step per call
    {"kind": KIND, "model": MAPPING, "units": N, "batches": N}     one of the mappings (mappings.py); instead of
                                                                   "batches" a "count" of characters or sources, if
                                                                   these are processed one at a time
Answers: {"seconds": S, "rows": N}, or {"error": TEXT}; for mappings, N is the number of words, characters or tokens,
and "cpu" is the CPU time of all threads in seconds.
"""

import dataclasses
import importlib
import json
import os
import sys
import time

import numpy as np

from mappings import MAPPINGS, Rows
from presets import PRESETS
from streams import read_stream

MODULES = {
    "keras-tf": "keras_peer", "keras-jax": "keras_peer", "torch": "torch_peer", "jax": "jax_peer",
    "onnxruntime": "onnx_peer",
}
BACKENDS = {"keras-tf": "tensorflow", "keras-jax": "jax"}


class Inputs:
    """Rows for a model: the reviews, or for other lengths their words without padding."""

    def __init__(self, path):
        columns = read_stream(path)
        self.reviews, self.labels = columns["x"], columns["y"].reshape(-1).astype("float32")
        self.words = self.reviews[self.reviews != 0]

    def rows(self, preset, full):
        """Inputs and targets; `full` asks for rows without padding."""
        if preset.reads_tokens and preset.steps == self.reviews.shape[1] and not full:
            return self.reviews, self.labels
        random = np.random.default_rng(1)
        if preset.reads_tokens:
            count = max(preset.batch, min(5120, len(self.words) // preset.steps // preset.batch * preset.batch))
            x = np.resize(self.words, (count, preset.steps))
        else:
            x = random.random((12800 if preset.cell == "simple_rnn" else 3200, preset.steps, 1), dtype="float32")
        return x, random.integers(0, 2, len(x)).astype("float32")


class Worker:
    """Caches the last network, so that it is built once for all rounds of measurements."""

    def __init__(self, side, inputs, mappings):
        self.side, self.inputs, self.mappings, self.shape = side, inputs, mappings, None
        self.module = importlib.import_module(MODULES[side])

    def answer(self, command):
        if command["kind"] == "versions":
            return self.module.versions()
        measure = self.mapping if command["model"] in MAPPINGS else self.preset
        return measure(command)

    def mapping(self, command):
        """The answer to a command about a mapping."""
        shape = (command["model"], command["units"])
        if shape != self.shape:
            self.shape = self.peer = None
            mapping = MAPPINGS[command["model"]]
            module = importlib.import_module(mapping.sides[self.side])
            self.peer, self.shape = module.Peer(mapping, command["units"], self.mappings), shape
        run = getattr(self.peer, command["kind"])
        return timed(lambda: run(command["batches"] if "batches" in command else command["count"]))

    def preset(self, command):
        """The answer to a command about a reference model."""
        preset = shaped(PRESETS[command["model"]], command)
        full = bool({"units", "steps", "batch"} & set(command))
        if (preset, full) != self.shape:
            self.shape = self.peer = None
            self.x, self.y = self.inputs.rows(preset, full)
            self.peer, self.shape = self.module.Peer(preset), (preset, full)
        return timed(lambda: self.measure(command))

    def measure(self, command):
        if command["kind"] == "step":
            return self.peer.step(self.x, command["count"])
        if command["kind"] == "train":
            return self.peer.train(self.x, self.y, command["batches"])
        return self.peer.predict(self.x, command["batches"])


def timed(run):
    start, cpu = time.perf_counter(), time.process_time()
    rows = run()
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "rows": rows}


def shaped(preset, command):
    """`preset` with the sizes in the command."""
    changes = {name: command[name] for name in ("steps", "batch") if name in command}
    if "units" in command:
        changes["units"] = (command["units"],) * len(preset.units)
    return dataclasses.replace(preset, **changes)


def main(side, path, mappings=None):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["JAX_PLATFORMS"] = "cpu"
    if side in BACKENDS:
        os.environ["KERAS_BACKEND"] = BACKENDS[side]
    # The output of frameworks must not be mixed with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(side, Inputs(path), mappings and Rows(mappings))
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in MODULES:
        sys.exit(__doc__)
    main(*sys.argv[1:])

"""Writes the sections of Benchmarks/RESULTS.md for which there are measurements.

usage: results.py RESULTS.md LINES.jsonl ...

LINES are files of JSON lines from rounds.py, quality.py, and `make bench`. Other sections are kept, so that
one part can be measured without losing the others.
"""

import json
import platform
import re
import statistics
import sys
from pathlib import Path

import quality
from growth_plot import draw
from mappings import MAPPINGS
from page import read_sections, table, write_sections
from presets import PRESETS

OURS = "rnnpipe"
NAMES = {"keras-tf": "Keras (TF)", "keras-jax": "Keras (JAX)", "torch": "PyTorch", "jax": "JAX"}
NAMES |= {"onnxruntime": "onnxruntime", OURS: "rnnpipe"}


# Markdown


def number(value):
    """At least three digits, with thousands separators."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


# What was measured


class Lines:
    """JSON lines, selected by their keys."""

    def __init__(self, lines):
        self.lines = lines

    def where(self, **keys):
        return Lines([line for line in self.lines if all(line.get(key) == value for key, value in keys.items())])

    def sides(self):
        """The sides in the order of their names above, ours last."""
        found = {line["side"] for line in self.lines if "median" in line}
        return [side for side in NAMES if side in found]

    def median(self, side):
        values = [line["median"] for line in self.lines if line["side"] == side and "median" in line]
        return values[0] if values else None

    def commit(self):
        return next((line["commit"] for line in self.lines if line.get("commit")), "unknown")

    def __bool__(self):
        return bool(self.lines)


def machine(lines):
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    flags = re.search(r"flags\s*: (.*)", Path("/proc/cpuinfo").read_text())
    wide = [name for name in ("avx2", "fma", "avx512f") if flags and name in flags[1].split()]
    versions = {}
    for line in lines.lines:
        versions |= line.get("versions", {})
    target = versions.pop("rnnpipe_cpu_target", "")
    rows = [
        ["processor", f"{processor[1] if processor else platform.machine()}, {', '.join(wide)}"],
        ["cores used", max((line.get("threads", 1) for line in lines.lines), default=1)],
        ["system", f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"],
        ["rnnpipe", f"commit {lines.where(part='models').commit()}, kernels for {target}"],
        *([name, version] for name, version in sorted(versions.items())),
    ]
    for line in lines.where(kind="sgemm").lines:
        plural = "s" if line["threads"] > 1 else ""
        rows.append([
            f"sgemm, 2,048 x 2,048, {line['threads']} thread{plural}",
            f"{line['gflop_per_second']:.0f} GFLOP/s (OpenBLAS, kernels for {line['openblas_core']})",
        ])
    return table(["what", "which"], rows)


# Sections


def models_section(lines, peaks):
    """Speeds and ratios of the six models, and the share of the cores' peak."""
    text = [
        "Sequences per second, all cores, medians; ratio: rnnpipe relative to the fastest of the others. The last two "
        "columns count the arithmetic of a straightforward implementation (every step of every row with every weight, "
        "once for a forward pass, three times for training), although rnnpipe needs less by sharing equal work: "
        "they measure speed, not the utilization of the cores."
    ]
    for kind, heading in (("train", "Training"), ("predict", "Prediction")):
        part = lines.where(kind=kind)
        peers = [side for side in part.sides() if side != OURS]
        rows = [model_row(part.where(model=model), peers, PRESETS[model], kind, peaks) for model in PRESETS]
        head = ["model", *(NAMES[side] for side in peers), "rnnpipe", "ratio", "nominal GFLOP/s", "of sgemm"]
        text.append(f"**{heading}**\n\n" + table(head, [row for row in rows if row]))
    return "\n\n".join(text)


def model_row(part, peers, preset, kind, peaks):
    ours = part.median(OURS)
    if ours is None:
        return None
    speeds = [part.median(side) for side in peers]
    best = max(speed for speed in speeds if speed)
    operations = ours * nominal(preset) * (3 if kind == "train" else 1) / 1e9
    share = f"{operations / peaks[max(peaks)]:.0%}" if peaks else ""
    cells = [number(speed) if speed else "" for speed in speeds]
    return [preset.name, *cells, number(ours), f"**{ours / best:.1f}**", number(operations), share]


def nominal(preset):
    """Floating-point operations of the forward pass of one sequence, as counted by Benchmarks/throughput."""
    gates = {"simple_rnn": 1, "gru": 3, "lstm": 4}[preset.cell]
    width, products = 128 if preset.reads_tokens else 1, 0
    for units in preset.units:
        products += (width + units) * gates * units
        width = units
    return 2 * preset.steps * products * (2 if preset.bidirectional else 1)


KINDS = {
    "train": "training", "predict": "the best tags", "generate": "text", "greedy": "greedy, 256 sources at once",
    "beam": "beam of 5, 51 sources at once", "single": "greedy, one source at a time",
}


def mappings_section(lines, products):
    """Speeds and ratios of the mappings, for training and for decoding; `products` are the lines of sgemm."""
    peaks = {line["threads"]: line["gflop_per_second"] for line in products.lines}
    measured = ", ".join(
        f"{line['gflop_per_second']:,.0f} GFLOP/s with {line['threads']} thread{'s'[: line['threads'] > 1]} and kernels "
        f"for {line['openblas_core']}" for line in products.lines)
    text = [
        "Words (tagger), characters (char-lm) and target tokens (translators) per second, at commit "
        f"{lines.commit()}: medians of slices taken in turns; ratio: the median of the ratios of a slice of rnnpipe to "
        "that of the fastest of the others. With one thread, time is CPU time. Operations are counted without padding, "
        f"dense and attention layers included; sgemm: {measured}."
    ]
    loads = [line["load"] for line in lines.lines if "load" in line]
    if loads and statistics.median(loads) > max(peaks, default=1) + 1:
        text.append(
            f"The machine was busy with other work (load average {statistics.median(loads):.1f}), which ratios of CPU time "
            "withstand best.")
    for threads in sorted({line["threads"] for line in lines.lines if "median" in line}):
        for is_training, heading in ((True, "Training"), (False, "Decoding")):
            part = lines.where(threads=threads)
            part = Lines([line for line in part.lines if (line["kind"] == "train") == is_training])
            if part:
                plural = "s" if threads > 1 else ""
                text.append(f"**{heading}, {threads} thread{plural}**\n\n" + mappings_table(part, peaks.get(threads)))
    return "\n\n".join(text)


def mappings_table(lines, peak):
    peers = [side for side in lines.sides() if side != OURS]
    rows = []
    for name, mapping in MAPPINGS.items():
        for units in mapping.units:
            for kind in mapping.kinds:
                part = lines.where(model=name, units=units, kind=kind)
                if part:
                    rows.append(mapping_row(part, peers, f"{name}, {KINDS[kind]}", units, kind, peak))
    head = ["model", "units", *(NAMES[side] for side in peers), "rnnpipe", "ratio", "nominal GFLOP/s", "of sgemm"]
    return table(head, rows)


def mapping_row(part, peers, name, units, kind, peak):
    """A row; with one thread the rates are those by CPU time."""
    rates = {line["side"]: line["cpu_rates" if line["threads"] == 1 else "rates"] for line in part.lines}
    medians = {side: statistics.median(own) for side, own in rates.items()}
    ours = medians[OURS]
    best = max((side for side in peers if side in rates), key=medians.get)
    ratio = statistics.median(own / other for own, other in zip(rates[OURS], rates[best]))
    operations = ours * part.where(side=OURS).lines[0]["operations"] / 1e9
    share = f"{operations / peak:.0%}" if peak else ""
    cells = [number(medians[side]) if side in medians else "" for side in peers]
    name = name.removesuffix(f", {KINDS['train']}")
    return [name, units, *cells, number(ours), f"**{ratio:.1f}**", number(operations), share]


def latency_section(lines):
    """Microseconds per step of one row."""
    sides = lines.sides()
    rows = []
    for model in PRESETS:
        part = lines.where(model=model)
        if part:
            speeds = [part.median(side) for side in sides]
            rows.append([model, *(f"{1e6 / speed:.1f}" if speed else "" for speed in speeds)])
    text = (
        "One row, one time step per call, one thread, with the state passed from call to call: microseconds per step, "
        "from the input to the model's output. PyTorch, JAX and onnxruntime are called from Python, as they "
        "usually are; rnnpipe from Swift."
    )
    return text + "\n\n" + table(["model", *(NAMES[side] for side in sides)], rows)


AXES = {"steps": "T, time steps", "units": "H, units", "batch": "batch size"}


def growth_section(lines, folder):
    draw(lines.lines, NAMES, folder / "growth.svg")
    text = [
        "The sentiment LSTM (embedding of 10,000 words in 128 dimensions, LSTM(64), 200 steps, batches of 128), "
        f"one size varied at a time, rows without padding: sequences per second, at commit {lines.commit()}.\n\n"
        "![Sequences per second by time steps, units and batch size](growth.svg)"
    ]
    for name, title in AXES.items():
        for kind, heading in (("train", "training"), ("predict", "prediction")):
            text.append(growth_table(lines.where(kind=kind), name, f"{title}: {heading}"))
    return "\n\n".join(text)


def growth_table(lines, name, title):
    lines = Lines([line for line in lines.lines if name in line])
    columns = [
        (side, threads) for threads in sorted({line["threads"] for line in lines.lines}) for side in lines.sides()
    ]
    rows = []
    for size in sorted({line[name] for line in lines.lines}):
        at = lines.where(**{name: size})
        speeds = [at.where(threads=threads).median(side) for side, threads in columns]
        rows.append([f"{size:,}", *(number(speed) if speed else "" for speed in speeds)])
    head = [name, *(f"{NAMES[side]}, {threads} thread{'s' if threads > 1 else ''}" for side, threads in columns)]
    return f"**{title}**\n\n" + table(head, rows)


def shell_section(lines):
    """Wait times at the prompt."""
    rows = [[line["what"], f"{line['value']:g} {line['unit']}", line["goal"]] for line in lines.lines]
    return table(["measurement", "result", "goal"], rows)


def quality_section(lines):
    text = (
        "Test results of the presets in Keras and in rnnpipe on the same tensors, means and standard errors over "
        "seeds: IMDB's 25,000 test reviews (10,000 words, 200 steps, the best of 4 epochs by validation loss), "
        "1,000 test sequences of the sequence-mean task, 200 test windows of the noisy sine (100 epochs each). "
        "\"As good\" means no worse than Keras by more than two standard errors of the difference.\n\n"
    )
    return text + "\n".join(quality.table_lines(lines.lines))


def main(page, paths):
    page = Path(page)
    lines = Lines([json.loads(line) for path in paths for line in Path(path).read_text().splitlines()])
    sections = read_sections(page)
    peaks = {line["threads"]: line["gflop_per_second"] for line in lines.where(kind="sgemm").lines}
    parts = {name: lines.where(part=name) for name in ("models", "mappings", "latency", "growth", "shell")}
    scores = Lines([line for line in lines.lines if line.get("side") in ("ours", "keras")])
    if parts["models"]:
        sections["The machine"] = machine(lines)
        sections["Training and prediction"] = models_section(parts["models"], peaks)
    if parts["mappings"]:
        sections["Tagging, text and translation"] = mappings_section(parts["mappings"], lines.where(kind="sgemm"))
    if parts["latency"]:
        sections["One step at a time"] = latency_section(parts["latency"])
    if parts["growth"]:
        sections["How cost grows"] = growth_section(parts["growth"], page.parent)
    if parts["shell"]:
        sections["From the shell"] = shell_section(parts["shell"])
    if scores:
        sections["Quality"] = quality_section(scores)
    write_sections(page, sections)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2:])

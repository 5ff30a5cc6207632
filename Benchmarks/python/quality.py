"""Test results of the presets in Keras and in rnnpipe, trained on the same tensors.

    quality.py keras  DATA RESULTS [model ...]    trains in Keras
    quality.py ours   DATA RESULTS [model ...]    trains with rnn-train and tests with rnn-predict
    quality.py table  RESULTS                     compares all results, as Markdown

DATA is the folder created by Benchmarks/quality. RESULTS is a file of JSON lines, to which each training appends a
line; trainings that are already in it are not repeated. Every model is trained with validation on the last fifth of
its training rows, and the weights of the best epoch by validation loss are tested on the test rows; `last` is the
result of the last epoch's weights, for the two models that are tested quickly.
"""

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from presets import PRESETS

SENTIMENT_EPOCHS = int(os.environ.get("SENTIMENT_EPOCHS", 4))
EPOCHS = int(os.environ.get("EPOCHS", 100))
SENTIMENT_SEEDS = int(os.environ.get("SENTIMENT_SEEDS", 3))
SEEDS = int(os.environ.get("SEEDS", 10))
THREADS = ["--threads", os.environ["THREADS"]] if "THREADS" in os.environ else []


def files(preset):
    """The streams with the training and the test rows of `preset`."""
    if preset.reads_tokens:
        return "reviews-train.tensors.zst", "reviews-test.tensors.zst"
    name = "means.tensors.zst" if preset.cell == "simple_rnn" else "sine.tensors.zst"
    return name, name


def epochs(preset):
    return SENTIMENT_EPOCHS if preset.reads_tokens else EPOCHS


def seeds(preset):
    return range(1, 1 + (SENTIMENT_SEEDS if preset.reads_tokens else SEEDS))


def metric(preset):
    return "accuracy" if preset.is_classifier else "mse"


def rows(folder, preset):
    """Training inputs and targets, test inputs and targets."""
    from streams import read_stream

    train, test = (read_stream(folder / name) for name in files(preset))
    if "split" in train:
        parts = train["split"]
        train, test = ({name: column[parts == part] for name, column in train.items()} for part in (0, 2))
    return train["x"], train["y"].astype("float32"), test["x"], test["y"].astype("float32")


# Keras


def train_keras(folder, preset, seed):
    """Test results of one training in Keras, with the weights of the best and of the last epoch."""
    import keras
    import keras_networks

    x, y, test_x, test_y = rows(folder, preset)
    keras.utils.set_random_seed(seed)
    network = keras_networks.build(preset)
    best = {"val_loss": math.inf}

    def keep(epoch, logs):
        if logs["val_loss"] < best["val_loss"]:
            best.update(val_loss=logs["val_loss"], epoch=epoch + 1, weights=network.get_weights())

    history = network.fit(
        x, y, batch_size=preset.batch, epochs=epochs(preset), validation_split=0.2, verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=keep)],
    ).history

    def evaluate():
        scores = network.evaluate(test_x, test_y, batch_size=256, verbose=0, return_dict=True)
        return scores["accuracy" if preset.is_classifier else "loss"]

    # Keras needs half a minute to test the film reviews, so only the best weights are tested.
    last = {} if preset.reads_tokens else {"last": evaluate()}
    network.set_weights(best.pop("weights"))
    return {"test": evaluate(), **last, **best, "val_losses": history["val_loss"]}


# rnnpipe


def command(*words):
    """Standard output of a command, which must succeed."""
    return subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE, text=True).stdout


def train_ours(folder, preset, seed):
    """The same with rnn-train, run twice with the same seed: with the best and with the last epoch's weights."""
    train, test = (folder / name for name in files(preset))
    with tempfile.TemporaryDirectory() as scratch:
        model, history = Path(scratch) / "model.tensors.zst", Path(scratch) / "history.csv"

        def result(*options):
            command(
                "rnn-train", train, "--preset", preset.name, "--epochs", epochs(preset), "--validation-split", 0.2,
                "--seed", seed, "--history", history, "--no-registry", "--quiet", "-o", model, *THREADS, *options,
            )
            scores = command("rnn-predict", model, test, "--evaluate", "--json", "--no-registry", "--quiet")
            return json.loads(scores)[metric(preset)]

        last = {} if preset.reads_tokens else {"last": result()}
        test_result = result("--early-stopping", "patience=1000000,restore_best")
        header, *lines = (line.split(",") for line in history.read_text().splitlines())
        losses = [float(line[header.index("val_loss")]) for line in lines]
    best = min(losses)
    return {"test": test_result, **last, "val_loss": best, "epoch": losses.index(best) + 1, "val_losses": losses}


# Results


def read_results(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def train_all(side, train, folder, path, names):
    """Trains what is not in the results yet, seed by seed, so that all models have results if it is interrupted."""
    done = {(line["side"], line["model"], line["seed"]) for line in read_results(path)}
    chosen = [PRESETS[name] for name in names or PRESETS]
    for seed in range(1, 1 + max(SEEDS, SENTIMENT_SEEDS)):
        for preset in chosen:
            if seed not in seeds(preset) or (side, preset.name, seed) in done:
                continue
            start = time.perf_counter()
            line = {"side": side, "model": preset.name, "seed": seed, "metric": metric(preset)}
            line |= train(folder, preset, seed) | {"seconds": round(time.perf_counter() - start, 2)}
            with path.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(f"{side} {preset.name} seed {seed}: {line['metric']} {line['test']:.5f}", file=sys.stderr)


def summary(values):
    """Mean and standard error."""
    return statistics.mean(values), statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def verdict(preset, ours, keras):
    """Whether our mean is no worse than Keras's by more than two standard errors of the difference."""
    difference = ours[0] - keras[0] if preset.is_classifier else keras[0] - ours[0]
    error = math.hypot(ours[1], keras[1])
    return difference / error, "yes" if difference >= -2 * error else "NO"


def comparisons(results):
    """For each preset and choice of weights: both results, and whether ours is as good."""
    for preset in PRESETS.values():
        for key, text in (("test", "best epoch"), ("last", "last epoch")):
            sides = [
                [
                    line[key] for line in results
                    if (line["side"], line["model"]) == (side, preset.name) and key in line
                ]
                for side in ("ours", "keras")
            ]
            if min(len(values) for values in sides) > 1:
                yield preset, f"{metric(preset)}, {text}", sides, verdict(preset, *map(summary, sides))


def table_lines(results):
    """The comparisons as a Markdown table."""
    yield "| preset | test result | seeds | rnnpipe | Keras | difference in standard errors | as good |"
    yield "|---|---|---|---|---|---|---|"
    for preset, text, sides, (errors, answer) in comparisons(results):
        cells = [f"{mean:.4f} ± {error:.4f}" for mean, error in map(summary, sides)]
        counts = ", ".join(str(len(values)) for values in sides)
        yield f"| {preset.name} | {text} | {counts} | {cells[0]} | {cells[1]} | {errors:+.1f} | {answer} |"


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "table":
        results = read_results(Path(arguments[1]))
        print("\n".join(table_lines(results)))
        return 0 if all(answer == "yes" for *_, (_, answer) in comparisons(results)) else 1
    sides = {"keras": train_keras, "ours": train_ours}
    if len(arguments) < 3 or arguments[0] not in sides or not set(arguments[3:]) <= set(PRESETS):
        sys.exit(__doc__)
    train_all(arguments[0], sides[arguments[0]], Path(arguments[1]), Path(arguments[2]), arguments[3:])
    return 0


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.exit(main(sys.argv[1:]))

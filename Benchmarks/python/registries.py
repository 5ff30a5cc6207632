"""Measures how fast run histories answer: see Benchmarks/registry.

    registries.py OUT PAGE RUNS

OUT is the folder of the registries; PAGE is a Markdown file, whose section "Run history" gets the table. The others answer
in two ways: as a whole process, and as a call in a Python process that has their packages loaded and has asked before.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from page import replace_section, table

TIMES, SECONDS = 9, 20
EXPERIMENT = "project"

# What is asked: the words for it, our arguments, MLflow's arguments of search_runs, and SQL for Trackio, whose interface
# has neither filters nor an order by metrics.
RECENT = {"max_results": 20, "order_by": ["attributes.start_time DESC"]}
OF_TRAININGS = "SELECT run_name, max(step), json_extract(metrics, '$.val_loss') AS value FROM metrics GROUP BY run_id"
QUESTIONS = [
    ("the last runs", ["list"], RECENT,
     "SELECT run_name, created_at FROM configs ORDER BY created_at DESC LIMIT 20"),
    ("failed trainings", ["list", "--stage", "train", "--status", "failed"],
     RECENT | {"filter_string": "attributes.status = 'FAILED' and params.batch_size = '32'"}, None),
    ("by tag", ["list", "--tag", "project=p7"], RECENT | {"filter_string": "tags.project = 'p7'"}, None),
    ("by two parameters", ["list", "--param", "units=64", "--param", "rate<0.002"],
     None,
     "SELECT run_name FROM configs WHERE json_extract(config, '$.units') = 64 AND json_extract(config, '$.rate') < 0.002 "
     "ORDER BY created_at DESC LIMIT 20"),
    ("by parameter", ["list", "--param", "units=64"], RECENT | {"filter_string": "params.units = '64'"},
     "SELECT run_name FROM configs WHERE json_extract(config, '$.units') = 64 ORDER BY created_at DESC LIMIT 20"),
    ("by metric, the last value", ["list", "--metric", "val_loss<0.001"],
     RECENT | {"filter_string": "metrics.val_loss < 0.001"}, f"{OF_TRAININGS} HAVING value < 0.001 LIMIT 20"),
    ("by metric, the least value", ["list", "--metric", "val_loss:min<0.001"], None,
     "SELECT run_name, min(json_extract(metrics, '$.val_loss')) AS value FROM metrics GROUP BY run_id "
     "HAVING value < 0.001 LIMIT 20"),
    ("by date", ["list", "--since", "2001-02-01", "--until", "2001-02-03"],
     RECENT | {"filter_string": "attributes.start_time >= 980985600000 and attributes.start_time < 981158400000"},
     "SELECT run_name FROM configs WHERE created_at BETWEEN '2001-02-01' AND '2001-02-03' ORDER BY created_at DESC LIMIT 20"),
    ("the best run", ["best", "--metric", "val_loss"], {"max_results": 1, "order_by": ["metrics.val_loss ASC"]},
     f"{OF_TRAININGS} ORDER BY value LIMIT 1"),
    ("the best of a tag", ["best", "--metric", "val_loss", "--tag", "project=p7"],
     {"max_results": 1, "order_by": ["metrics.val_loss ASC"], "filter_string": "tags.project = 'p7'"}, None),
    ("compare 1,000 runs", ["compare", "--last", "1000"], RECENT | {"max_results": 1000},
     f"{OF_TRAININGS} ORDER BY run_id DESC LIMIT 1000"),
]


def median_ms(ask):
    """The median of TIMES calls, of fewer if they take more than SECONDS; one before them isn't counted."""
    ask()
    times, end = [], time.perf_counter() + SECONDS
    while len(times) < TIMES and (not times or time.perf_counter() < end):
        start = time.perf_counter()
        ask()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def process(command):
    return lambda: subprocess.run(command, check=True, capture_output=True)


# The registries


def registry(out, runs):
    """A registry of this many runs by Benchmarks/registry.sql."""
    path = out / f"runs-{runs}.db"
    if not path.exists():
        new = out / "new.db"
        new.unlink(missing_ok=True)
        process(["rnn-synth", "sine", "--length", "10", "--registry", new, "-q"])()
        script = (Path(__file__).parent.parent / "registry.sql").read_text().replace("RUNS", str(runs))
        with sqlite3.connect(new) as database:
            database.executescript(script)
        database.close()
        new.rename(path)
    return path


def rows_of(path):
    """The runs of our registry, with parameters, metrics and tags, in the shape of MLflow's tables."""
    database = sqlite3.connect(path)
    ids = {row[0]: f"{number:032x}" for number, row in enumerate(database.execute("SELECT id FROM runs ORDER BY id"))}
    milliseconds = "CAST(round((julianday(started_at) - 2440587.5) * 86400000) AS INTEGER)"
    for run, status, started in database.execute(f"SELECT id, status, {milliseconds} FROM runs"):
        yield "runs", {
            "run_uuid": ids[run], "name": run, "status": "FAILED" if status == "failed" else "FINISHED",
            "start_time": started, "end_time": started, "lifecycle_stage": "active", "experiment_id": 1,
            "source_type": "LOCAL", "artifact_uri": "", "user_id": "user",
        }
    for name in ("params", "tags"):
        for run, key, value in database.execute(f"SELECT run_id, key, value FROM {name}"):
            yield name, {"run_uuid": ids[run], "key": key, "value": value}
    for name, select in (
        ("metrics", "SELECT run_id, name, step, value FROM metrics"),
        ("latest_metrics", "SELECT run_id, name, last_step, last FROM metric_summaries"),
    ):
        for run, key, step, value in database.execute(select):
            yield name, {
                "run_uuid": ids[run], "key": key, "step": step, "value": value, "timestamp": step, "is_nan": False}


def fill_mlflow(path, ours):
    """The runs of `ours` in an MLflow database. Sent over its interface they would take hours; the tables are the same."""
    import mlflow
    import sqlalchemy
    from mlflow.store.db.base_sql_model import Base

    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    mlflow.MlflowClient(f"sqlite:///{new}").create_experiment(EXPERIMENT)
    engine = sqlalchemy.create_engine(f"sqlite:///{new}")
    waiting = {}
    with engine.begin() as connection:
        def flush(name):
            connection.execute(sqlalchemy.insert(Base.metadata.tables[name]), waiting.pop(name))
        for name, row in rows_of(ours):
            waiting.setdefault(name, []).append(row)
            if len(waiting[name]) == 50_000:
                flush(name)
        for name in list(waiting):
            flush(name)
    new.rename(path)


def fill_trackio(ours):
    """The trainings of `ours` as a Trackio project."""
    from trackio.sqlite_storage import SQLiteStorage

    path = SQLiteStorage.get_project_db_path(EXPERIMENT)
    if path.exists():
        return
    made = SQLiteStorage.init_db(EXPERIMENT)
    with sqlite3.connect(made) as database:
        database.execute("ATTACH ? AS ours", [str(ours)])
        database.execute(
            "INSERT INTO configs (run_id, run_name, config, created_at) SELECT r.id, r.id, json_group_object(p.key, "
            "json(CASE WHEN json_valid(p.value) THEN p.value ELSE json_quote(p.value) END)), r.started_at "
            "FROM ours.runs r JOIN ours.params p ON p.run_id = r.id GROUP BY r.id")
        database.execute(
            "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) SELECT r.id, r.started_at, r.id, m.step, "
            "json_group_object(m.name, m.value) FROM ours.runs r JOIN ours.metrics m ON m.run_id = r.id "
            "GROUP BY r.id, m.step")


# The measurements


def measure_mlflow(path):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{path}")
    columns = {"process": [], "call": []}
    for _, _, arguments, _ in QUESTIONS:
        if arguments is None:
            columns["process"].append(None), columns["call"].append(None)
            continue
        code = f"import mlflow; mlflow.MlflowClient('sqlite:///{path}').search_runs(['1'], **{arguments!r})"
        columns["process"].append(median_ms(process([sys.executable, "-c", code])))
        columns["call"].append(median_ms(lambda: client.search_runs(["1"], **arguments)))
    return columns


def measure_trackio():
    from trackio.sqlite_storage import SQLiteStorage

    columns = {"process": [], "call": []}
    for _, _, _, query in QUESTIONS:
        if query is None:
            columns["process"].append(None), columns["call"].append(None)
            continue
        command = [Path(sys.executable).parent / "trackio", "query", "project", "--project", EXPERIMENT, "--sql", query]
        columns["process"].append(median_ms(process(command)))
        columns["call"].append(median_ms(lambda: SQLiteStorage.query_project(EXPERIMENT, query)))
    return columns


def cell(value):
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def section(out, runs):
    tenth = runs // 10
    ours = [registry(out, count) for count in (runs, tenth)]
    os.environ["TRACKIO_DIR"] = str(out / f"trackio-{tenth}")
    mlflow_path = out / f"mlflow-{tenth}.db"
    if not mlflow_path.exists():
        fill_mlflow(mlflow_path, ours[1])
    fill_trackio(ours[1])
    started = median_ms(process(["rnn-runs", "--version"]))
    columns = [
        [median_ms(process(["rnn-runs", *question[1], "--registry", path])) for question in QUESTIONS] for path in ours]
    mlflow, trackio = measure_mlflow(mlflow_path), measure_trackio()
    columns += [mlflow["process"], mlflow["call"], trackio["process"], trackio["call"]]
    rows = [
        [f"{words}: `{' '.join(arguments)}`", *map(cell, numbers)]
        for (words, arguments, _, _), *numbers in zip(QUESTIONS, *columns)]
    head = [
        "question", f"rnnpipe, {runs:,} runs", f"rnnpipe, {tenth:,}", f"MLflow, {tenth:,}", "MLflow, a call",
        f"Trackio, {tenth:,}", "Trackio, a call"]
    return (
        f"Milliseconds, medians of {TIMES}, by `Benchmarks/registry`. A fifth of the runs are trainings, each with five "
        f"parameters and twenty metric values ({ours[0].stat().st_size >> 20:,} MiB for {runs:,} runs). Columns are whole "
        "processes; \"a call\" is `search_runs` of MLflow's client, or a query by Trackio's storage, in a Python process "
        "that has asked before. MLflow has all of a tenth of the runs in SQLite, as rnnpipe has; Trackio its trainings, "
        "asked by SQL, since its interface has no filters. Empty: it can't be asked. `rnn-runs --version` takes "
        f"{started:.1f} ms. MLflow {version('mlflow')}, Trackio {version('trackio')}.\n\n" + table(head, rows))


def main(out, page, runs):
    replace_section(Path(page), "Run history", section(Path(out).resolve(), int(runs)))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])

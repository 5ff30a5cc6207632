"""Measures how fast models answer over HTTP: see Benchmarks/serving.

    serving.py OUT PAGE

OUT is a folder with the models NAME.tensors.zst and NAME.onnx, and the rows NAME.safetensors; PAGE is a Markdown file, whose
section "Serving" gets the table. For each model and number of connections the servers are asked in turns.
"""

import json
import os
import re
import signal
import statistics
import struct
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import version
from pathlib import Path

from page import replace_section, table

MODELS = {"lstm-forecaster": "50 steps of one number", "lstm-sentiment": "200 token ids"}
CONNECTIONS = [1, 16]
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "2")), int(os.environ.get("DURATION", "5"))
TYPES = {"F32": "f", "I32": "i", "I64": "q", "U8": "B"}
POST = 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [==[%s]==]\n'
HERE = Path(__file__).parent


def first_row(path):
    """The column x of the first row of a safetensors file."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    entry = json.loads(data[8 : 8 + size])["x"]
    shape, kind = entry["shape"], TYPES[entry["dtype"]]
    count = 1
    for extent in shape[1:]:
        count *= extent
    start = 8 + size + entry["data_offsets"][0]
    values = struct.unpack_from(f"<{count}{kind}", data, start)
    return [1] + shape[1:], list(values), kind != "f"


def request_for(out, name, ids="INT32"):
    shape, values, are_ids = first_row(out / f"{name}.safetensors")
    # A number in single precision has at most nine digits.
    numbers = values if are_ids else [float(f"{value:.9g}") for value in values]
    tensor = {"name": "x", "shape": shape, "datatype": ids if are_ids else "FP32", "data": numbers}
    return json.dumps({"inputs": [tensor]})


def answer(url, body):
    with urllib.request.urlopen(urllib.request.Request(url, body.encode()), timeout=20) as reply:
        return json.loads(reply.read())["outputs"][0]["data"]


class Served:
    """A server process and the address at which it infers."""

    def __init__(self, command, port, environment=None):
        self.process = subprocess.Popen(
            command, env=os.environ | (environment or {}), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{port}"
        self.url = f"{self.base}/v2/models/model/infer"
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.base}/v2/health/ready", timeout=5)
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"{command[0]} doesn't answer")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def rnn_serve(out, name, port):
    return Served(
        ["rnn-serve", str(out / f"{name}.tensors.zst"), "--port", str(port), "--model-name", "model", "--no-registry", "-q"],
        port)


def onnx_server(out, name, port):
    command = [sys.executable, "-m", "uvicorn", "serving_onnx:app", "--port", str(port), "--no-access-log", "--app-dir",
               str(HERE), "--log-level", "warning"]
    return Served(command, port, {"MODEL": str(out / f"{name}.onnx")})


def milliseconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]


def wrk(script, url, connections, seconds):
    """Requests per second, and the median and the 99th percentile of the time of one, in ms."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    bad = re.search(r"Non-2xx.*|Socket errors.*", text)
    if bad:
        raise SystemExit(f"{url}: {bad[0]}")
    percentile = {name: milliseconds(re.search(rf"^\s+{name}%\s+(\S+)$", text, re.M)[1]) for name in ["50", "99"]}
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), percentile["50"], percentile["99"]


def measured(out, name):
    """The rows of the table for a model."""
    body = request_for(out, name)
    script = out / f"{name}.lua"
    script.write_text(POST % body)
    servers = {"rnn-serve": rnn_serve(out, name, 18201), "onnxruntime": onnx_server(out, name, 18202)}
    try:
        ours, theirs = (answer(server.url, body) for server in servers.values())
        # Forecasts are answered in the units of the data: these windows are not scaled.
        if max(abs(a - b) for a, b in zip(ours, theirs)) > 1e-5 or len(ours) != len(theirs):
            raise SystemExit(f"{name}: {ours[:4]} is not {theirs[:4]}")
        found = {}
        for connections in CONNECTIONS:
            for server in servers.values():
                wrk(script, server.url, connections, 1)
            for _ in range(ROUNDS):
                for key, server in servers.items():
                    found.setdefault((connections, key), []).append(wrk(script, server.url, connections, SECONDS))
    finally:
        for server in servers.values():
            server.end()
    return [row(name, connections, found) for connections in CONNECTIONS]


def row(name, connections, found):
    cells = [name, MODELS[name], connections]
    for key in ["rnn-serve", "onnxruntime"]:
        rate, median, late = (statistics.median(values) for values in zip(*found[connections, key]))
        cells += [f"{rate:,.0f}", f"{median:.2f}", f"{late:.2f}"]
    return cells


def main():
    out, page, load = Path(sys.argv[1]), Path(sys.argv[2]), os.getloadavg()[0]
    rows = [row for name in MODELS for row in measured(out, name)]
    head = ["model", "a request", "connections", "rnn-serve: requests/s", "p50 ms", "p99 ms",
            "onnxruntime: requests/s", "p50 ms", "p99 ms"]
    text = (
        "One row a request, as JSON of KServe's V2 protocol over kept connections; `wrk` with one thread. Beside `rnn-serve`, the "
        "same model (`rnn-convert -o model.onnx`) in onnxruntime "
        f"{version('onnxruntime')} behind FastAPI {version('fastapi')} and uvicorn {version('uvicorn')} (one process, uvloop, "
        "httptools, orjson; the default threads of onnxruntime). The client and the server shared the machine's "
        f"{os.cpu_count()} cores; the servers were asked in turns, {ROUNDS} times {SECONDS} s each, of which the medians are "
        "shown. Both gave the same numbers."
        + (f" The machine was busy with other work (load average {load:.1f} before the measurement)." if load > 1.5 else "")
        + "\n\n")
    replace_section(page, "Serving", text + table(head, rows))


main()

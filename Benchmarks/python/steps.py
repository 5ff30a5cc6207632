"""Single steps of one row, states carried from call to call, on one core: onnxruntime, OpenVINO and LiteRT, called from
Python as they usually are, beside rnnpipe's networks of low latency, called from Swift.

All networks have random weights: recurrent layers and a dense layer with one output."""

import json
import os
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import onnxruntime
import openvino
from ai_edge_litert.interpreter import Interpreter
from onnx import TensorProto, helper, numpy_helper

from page import replace_section, table

# Name: cell, units, layers, features.
NETWORKS = {f"{cell}-{units}": (cell, units, 1, 1) for cell in ["lstm", "gru"] for units in [16, 32, 64]}
NETWORKS |= {"lstm-2x128": ("lstm", 128, 2, 16), "lstm-3x256": ("lstm", 256, 3, 16)}
GATES = {"lstm": 4, "gru": 3}
STATES = {"lstm": ["h", "c"], "gru": ["h"]}
STEPS = 5000


def weights(shape, random):
    return random.standard_normal(shape, dtype="float32") * 0.1


def onnx_model(cell, units, layers, features):
    """The network as an ONNX model whose states are inputs and outputs."""
    random = np.random.default_rng(0)
    nodes, constants, inputs, outputs = [], [], [], []

    def constant(name, *shape):
        constants.append(numpy_helper.from_array(weights(shape, random), name))
        return name

    def info(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    inputs.append(info("x", 1, 1, features))
    x, width = "x", features
    for number in range(layers):
        size = GATES[cell] * units
        names = [f"{state}{number}" for state in STATES[cell]]
        for name in names:
            inputs.append(info(name, 1, 1, units))
            outputs.append(info(f"{name}_after", 1, 1, units))
        options = {"linear_before_reset": 1} if cell == "gru" else {}
        nodes.append(helper.make_node(
            cell.upper(),
            [x, constant(f"w{number}", 1, size, width), constant(f"r{number}", 1, size, units),
             constant(f"b{number}", 1, 2 * size), "", *names],
            ["", *(f"{name}_after" for name in names)], hidden_size=units, **options))
        x, width = f"h{number}_after", units
    constants.append(numpy_helper.from_array(np.array([1, units], dtype="int64"), "flat"))
    nodes.append(helper.make_node("Reshape", [x, "flat"], ["row"]))
    nodes.append(helper.make_node("Gemm", ["row", constant("dense_w", units, 1), constant("dense_b", 1)], ["y"]))
    outputs.append(info("y", 1, 1))
    graph = helper.make_graph(nodes, "steps", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


class OnnxRuntime:
    """onnxruntime with one thread."""

    def __init__(self, cell, units, layers, features):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = onnx_model(cell, units, layers, features).SerializeToString()
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.outputs = [output.name for output in self.session.get_outputs()]
        self.states = {
            f"{state}{number}": np.zeros((1, 1, units), dtype="float32")
            for number in range(layers) for state in STATES[cell]
        }

    def step(self, x):
        results = dict(zip(self.outputs, self.session.run(self.outputs, {"x": x, **self.states})))
        self.states = {name: results[f"{name}_after"] for name in self.states}
        return results["y"]


class OpenVINO:
    """OpenVINO with one thread."""

    def __init__(self, cell, units, layers, features):
        core = openvino.Core()
        model = core.read_model(onnx_model(cell, units, layers, features).SerializeToString())
        compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"})
        self.request = compiled.create_infer_request()
        self.states = {
            f"{state}{number}": np.zeros((1, 1, units), dtype="float32")
            for number in range(layers) for state in STATES[cell]
        }

    def step(self, x):
        self.request.infer({"x": x, **self.states}, share_inputs=True)
        for name in self.states:
            self.states[name] = self.request.get_tensor(f"{name}_after").data.copy()
        return self.request.get_tensor("y").data


class LiteRT:
    """LiteRT with one thread and XNNPACK, its default; the cells of Keras, converted."""

    def __init__(self, cell, units, layers, features):
        import tensorflow as tf
        from absl import logging

        # The conversion keeps the order of the inputs, but advises another one.
        logging.set_verbosity(logging.ERROR)
        cells = [{"lstm": tf.keras.layers.LSTMCell, "gru": tf.keras.layers.GRUCell}[cell](units) for _ in range(layers)]
        dense = tf.keras.layers.Dense(1)
        names = STATES[cell]

        def run(x, *states):
            after = []
            for number, layer in enumerate(cells):
                own = list(states[number * len(names):(number + 1) * len(names)])
                x, own = layer(x, own)
                after += own
            return [dense(x), *after]

        shapes = [tf.TensorSpec((1, features), tf.float32)]
        shapes += [tf.TensorSpec((1, units), tf.float32)] * (layers * len(names))
        # Weights are made in the first call, which must not be traced.
        run(*(tf.zeros(shape.shape) for shape in shapes))
        function = tf.function(run, input_signature=shapes).get_concrete_function()
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function])
        self.interpreter = Interpreter(model_content=converter.convert(), num_threads=1)
        self.interpreter.allocate_tensors()
        self.inputs = [entry["index"] for entry in self.interpreter.get_input_details()]
        self.outputs = [entry["index"] for entry in self.interpreter.get_output_details()]
        self.states = [np.zeros((1, units), dtype="float32")] * (layers * len(names))

    def step(self, x):
        for index, value in zip(self.inputs, [x[0], *self.states]):
            self.interpreter.set_tensor(index, value)
        self.interpreter.invoke()
        y, *self.states = (self.interpreter.get_tensor(index) for index in self.outputs)
        return y


PEERS = {"onnxruntime": OnnxRuntime, "OpenVINO": OpenVINO, "LiteRT": LiteRT}


def measured(peer, features):
    """The median and the 99th percentile of a step in microseconds."""
    inputs = np.sin(0.01 * np.arange(4096 * features, dtype="float32")).reshape(4096, 1, 1, features)
    times = []
    for number in range(-STEPS // 5, STEPS):
        x = inputs[number % 4096]
        begin = time.perf_counter_ns()
        y = peer.step(x)
        if number >= 0:
            times.append((time.perf_counter_ns() - begin) / 1000)
    if not np.isfinite(y).all():
        raise SystemExit(f"{type(peer).__name__}: {y}")
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


def rnnpipe(program):
    """The lines of `throughput --steps` of three runs: the median of each number."""
    runs = []
    for _ in range(3):
        text = subprocess.run([program, "--steps"], check=True, capture_output=True, text=True).stdout
        runs.append({(line["network"], line["weights"]): line for line in map(json.loads, text.splitlines())})
    return {
        key: {name: statistics.median(run[key][name] for run in runs) for name in ["mean_in_blocks", "median", "p99"]}
        for key in runs[0]
    }


def main():
    program, page, load = sys.argv[1], Path(sys.argv[2]), os.getloadavg()[0]
    own = rnnpipe(program)
    rows = []
    for name, (cell, units, layers, features) in NETWORKS.items():
        row = [name]
        for form in ["float32", "int8"]:
            found = own[name, form]
            row += [f"{found['mean_in_blocks']:.3f}", f"{found['p99']:.2f}"]
        for peer in PEERS.values():
            row += [f"{value:.1f}" for value in measured(peer(cell, units, layers, features), features)]
        rows.append(row)
    head = ["network", "rnnpipe, float32", "p99", "rnnpipe, int8", "p99"]
    head += [name for peer in PEERS for name in (peer, "p99")]
    text = (
        "Microseconds for a step of one row on one core, from the numbers of the step to the output, states carried: the "
        "median and the 99th percentile. One feature, or 16 for the larger networks, and a dense layer with one output. "
        "rnnpipe is the network of `rnn-predict --stream --low-latency`, called from Swift; its median is that of the mean of 64 "
        f"steps. onnxruntime {version('onnxruntime')}, OpenVINO {version('openvino').split('-')[0]} and LiteRT "
        f"{version('ai-edge-litert')} are called from Python, with one thread."
        + (f" The machine was busy with other work (load average {load:.1f})." if load > 1.5 else "")
        + "\n\n")
    replace_section(page, "Single steps", text + table(head, rows))


main()
